// The output, or any neuron, as a surface over the plane, with the data at their targets. Drawn by Plotly, whose script
// (4.8 MB, from the app's own address) is fetched when this view is first opened.

const SURFACE_CELLS = 41; // a side of the surface, at most
const SURFACE_PAUSE = 60; // milliseconds at least between two pictures
const SURFACE_HEIGHT = 0.72; // of the box, its sides being 1
const MARKERS = ["circle", "square", "diamond", "cross", "x", "circle"]; // as near to the map's as Plotly has them
const CAMERA = { eye: { x: -0.92, y: -1.44, z: 0.86 }, center: { x: 0, y: 0, z: -0.16 }, up: { x: 0, y: 0, z: 1 } };
const TURN = Math.PI / 8; // by one press of a button
const OUTPUT = "output"; // the choice of no neuron

let plotlyArriving = null; // one for all stages

/** Plotly, fetched once. Rejects when it cannot be had; the next call tries again. */
function fetchPlotly() {
  plotlyArriving ??= (async () => {
    if (!window.Plotly) await import(new URL(`scripts/${PLOTLY}`, document.baseURI));
    return window.Plotly;
  })();
  plotlyArriving.catch(() => (plotlyArriving = null));
  return plotlyArriving;
}

function hasWebGL() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

/** A colour as strong as the map's strongest: `share` of "#rrggbb", the rest white. */
function tinted(colour, white, share) {
  const [a, b] = [channels(colour), channels(white)];
  return `rgb(${a.map((value, i) => Math.round(share * value + (1 - share) * b[i])).join(",")})`;
}

/** A text of the visitor's for Plotly, which reads mark-up in "<" and places to fill in in "%{". */
const asPlain = (text) => cutShort(String(text), 28).replaceAll("<", "‹").replaceAll("%{", "% {");

/** The neurons in the picture: the one looked at, or all outputs, a sheet for each. */
function neuronsShown(run, focus) {
  if (focus && focus.layer >= 0) return [focus];
  const layer = run.network.sizes.length - 2;
  return Array.from({ length: run.network.sizes.at(-1) }, (_, unit) => ({ layer, unit }));
}

/** What the height says: its name, and the zero and unit of its numbers, the visitor's own for a regression. */
function heightAxis(run, neuron) {
  if (!isOutput(run, neuron)) return { title: neuronName(run, neuron), zero: 0, unit: 1 };
  if (run.task === "regression") return run.axes[2];
  return { title: run.task === "binary" ? `probability of ${run.classes[1]}` : "probability", zero: 0, unit: 1 };
}

/**
 * How a neuron looks: the values of the weakest and strongest colour, the colours between, the value of its line (null
 * for none), and the range of the height.
 */
function lookOf(run, neuron, field, scale, { classes, contrast }) {
  const strong = (k) => tinted(classes[k % classes.length], contrast, FULL_TINT);
  if (run.task === "multiclass" && isOutput(run, neuron)) {
    return { low: 0, high: 1, colours: [[0, contrast], [1, strong(neuron.unit)]], line: null, range: [0, 1] };
  }
  const tone = toneOf(run, neuron, field, scale);
  const [low, high] = [tone.white - tone.scale, tone.white + tone.scale];
  const n = field.batch.n;
  const values = field.batch.layers[neuron.layer].subarray(neuron.unit * n, (neuron.unit + 1) * n);
  const positive = values.every((value) => value >= 0);
  return {
    low, high, line: tone.white,
    colours: [[0, strong(0)], [0.5, contrast], [1, strong(1)]],
    range: [positive ? Math.max(0, low) : low, high],
  };
}

/** One neuron over the plane; `alone` is false for one of several outputs. */
function surfaceTrace(run, { cells, batch }, { layer, unit }, alone, axis, look, { outline }) {
  const at = evenly(cells, SURFACE_CELLS);
  const [x1Low, x1High, x2Low, x2High] = run.domain;
  const values = batch.layers[layer];
  const own = alone ? null : nearWins(values, unit, cells, at);
  const height = (row, column) => toAxis(axis, values[(unit * cells + row) * cells + column]);
  const [line, step] = [toAxis(axis, look.line ?? 0), toAxis(axis, look.high) - toAxis(axis, look.low)];
  return {
    type: "surface",
    x: at.map((column) => toAxis(run.axes[0], x1Low + ((x1High - x1Low) * column) / (cells - 1))),
    y: at.map((row) => toAxis(run.axes[1], x2High - ((x2High - x2Low) * row) / (cells - 1))),
    z: at.map((row, i) => at.map((column, j) => (!own || own[i * at.length + j] ? height(row, column) : NaN))),
    colorscale: look.colours,
    cmin: toAxis(axis, look.low),
    cmax: toAxis(axis, look.high),
    showscale: false,
    lighting: { ambient: 0.85, diffuse: 0.3, specular: 0.05, roughness: 0.9 },
    contours: {
      x: { highlight: false }, y: { highlight: false },
      z: {
        highlight: false, show: look.line !== null, start: line, end: line + step / 2, size: step, // one line
        width: 4, color: outline,
      },
    },
  };
}

/** Where class k wins, or wins right beside: a sheet among several ends just below the one that rises above it. */
function nearWins(outputs, k, cells, at) {
  const side = at.length;
  const wins = at.flatMap((row) => at.map((column) => winner(outputs, cells * cells, row * cells + column) === k));
  return wins.map((_, i) => {
    const [row, column] = [Math.floor(i / side), i % side];
    const beside = (to) => [to - 1, to, to + 1].filter((place) => place >= 0 && place < side);
    return beside(row).some((r) => beside(column).some((c) => wins[r * side + c]));
  });
}

/** The data at the heights given, in their classes' colours and shapes; test points are hollow where Plotly can. */
function pointsTrace(run, points, heights, shades, palette) {
  const regression = run.task === "regression";
  const kinds = Array.from(points.targets, (target) => (regression ? 0 : target));
  const colours = Array.from(points.targets, (target) =>
    regression ? pixelColour(shades[leanOfValue(target, points.scale)]) : colourOf(palette, target));
  const shape = (k) => MARKERS[k % MARKERS.length];
  const open = (k) => (shape(k).length > 5 ? `${shape(k)}-open` : shape(k)); // there is no hollow cross or x
  return {
    type: "scatter3d",
    mode: "markers",
    x: Array.from(points.x1, (value) => toAxis(run.axes[0], value)),
    y: Array.from(points.x2, (value) => toAxis(run.axes[1], value)),
    z: heights,
    marker: {
      symbol: kinds.map((k, i) => (points.isTest[i] ? open(k) : shape(k))),
      size: points.n <= 60 ? 7 : 3,
      color: colours,
      line: { color: palette.outline, width: points.n <= 60 ? 1 : 0 },
    },
  };
}

/** From where the whole box is seen: from farther away where there is less width than height. */
function cameraFor([width, height]) {
  const far = Math.max(1, (1.35 * height) / width);
  return { ...CAMERA, eye: { x: far * CAMERA.eye.x, y: far * CAMERA.eye.y, z: far * CAMERA.eye.z } };
}

/** Plotly's layout: axes by name, in the colours of the theme. */
function surfaceLayout(run, axis, range, camera, { ink, line, font }, width, height) {
  const plain = { color: ink, gridcolor: line, zeroline: false, showbackground: false, showspikes: false, nticks: 6 };
  const [x1Low, x1High, x2Low, x2High] = run.domain;
  const told = (axis, range) => ({
    ...plain, title: { text: asPlain(axis.title) }, range: range.map((value) => toAxis(axis, value)),
  });
  return {
    width, height,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "transparent",
    showlegend: false,
    font: { family: font, size: 12, color: ink },
    scene: {
      camera,
      dragmode: "turntable",
      aspectmode: "manual",
      aspectratio: { x: 1, y: 1, z: SURFACE_HEIGHT },
      xaxis: told(run.axes[0], [x1Low, x1High]),
      yaxis: told(run.axes[1], [x2Low, x2High]),
      zaxis: told(axis, range),
    },
  };
}

/**
 * The view, in the stage's contract: load() takes a run and colours, paint() what is shown. Plotly needs longer for a
 * picture than a frame lasts: it gets the newest whenever it has finished the one before.
 * @param {HTMLElement} container
 * @param {object} actions the stage's
 */
function createSurface(container, actions) {
  const choice = make("select", { "aria-label": "Surface of" });
  const button = (label, text, press) => {
    const node = make("button", { type: "button", "aria-label": label, title: label }, text);
    node.addEventListener("click", press);
    return node;
  };
  const buttons = make("div", { class: "turns", role: "group", "aria-label": "Where from" },
    button("Turn left", "⟲", () => turn(-TURN)),
    button("Turn right", "⟳", () => turn(TURN)),
    button("From above", "From above", () => look({ eye: { x: 0, y: -0.01, z: 2 }, center: { x: 0, y: 0, z: 0 } })),
    button("As at first", "Reset", () => look(null)));
  const plot = make("div", { class: "plot" });
  const note = make("p", { class: "note", role: "status" });
  const frame = make("div", { class: "frame" }, plot, note);
  container.append(make("div", { class: "surface-view" },
    make("div", { class: "surface-tools" }, make("span", {}, "Surface of"), choice, buttons), frame));

  let plotly, run, palette, shades, points, pointsOf, size, shown;
  let camera = null; // the visitor's; before, one that fits the room
  let turning = false; // in someone's hand: a new picture would take it out of it
  let busy = false, waiting = false, timer = 0, closed = false;

  function load(newRun, newPalette) {
    run = newRun;
    palette = newPalette;
    size = [frame.clientWidth, frame.clientHeight];
    shades = makeShades(palette, classCount(run));
    pointsOf = "";
    offerNeurons();
    if (!plotly) begin();
  }

  /** The points in force, if they are others than before. */
  function placeData() {
    const which = dataInForce(run, shown.epoch);
    const wanted = `${which} ${taste.tests}`;
    if (wanted === pointsOf) return;
    pointsOf = wanted;
    const nowhere = { plot: { x: 0, y: 0, width: 1, height: 1 }, domain: run.domain };
    points = placePoints(run, nowhere, dataRows(run, which, null, taste.tests));
  }

  async function begin() {
    if (!hasWebGL()) return setText(note, "This browser shows no 3-D pictures: it has WebGL switched off.");
    setText(note, "Loading the 3-D library…");
    try {
      plotly = await fetchPlotly();
    } catch {
      return setText(note, "The 3-D library could not be loaded. Open this view again to try once more.");
    }
    if (closed) return;
    setText(note, "");
    request();
  }

  function offerNeurons() {
    const layers = run.network.sizes.slice(1, run.task === "multiclass" ? undefined : -1);
    const neurons = layers.flatMap((units, layer) => Array.from({ length: units }, (_, unit) => ({ layer, unit })));
    const names = neurons.map((neuron) => [`${neuron.layer}.${neuron.unit}`, neuronName(run, neuron)]);
    const first = [OUTPUT, run.task === "multiclass" ? "all outputs" : "output"];
    offerOptions(choice, Object.fromEntries([first, ...names]), choice.value);
  }

  // --- a picture ---

  function paint(newShown) {
    shown = newShown;
    const { focus } = shown;
    choice.value = focus ? `${focus.layer}.${focus.unit}` : OUTPUT;
    if (choice.selectedIndex < 0) choice.value = OUTPUT;
    request();
  }

  /** A picture as soon as Plotly is free. */
  function request() {
    waiting = true;
    if (plotly && shown && size[0] && !busy && !turning && !closed) timer ||= setTimeout(draw, 0);
  }

  async function draw() {
    timer = 0;
    if (turning || closed) return;
    busy = true;
    waiting = false;
    const begun = performance.now();
    const { traces, layout } = picture();
    await plotly.react(plot, traces, layout, { displayModeBar: false, scrollZoom: false, doubleClick: false });
    if (!plot.dataset.heard) plot.on("plotly_relayout", keepCamera);
    plot.dataset.heard = true;
    const pause = Math.max(SURFACE_PAUSE, 1.5 * (performance.now() - begun)); // the time line has its share
    setTimeout(() => {
      busy = false;
      if (waiting) request();
    }, pause);
  }

  function picture() {
    const { field, focus, parameters } = shown;
    placeData();
    const neurons = neuronsShown(run, focus);
    const looks = neurons.map((neuron) => lookOf(run, neuron, field, points.scale, palette));
    const axis = heightAxis(run, neurons[0]);
    const names = [...run.axes.slice(0, 2), axis].map(({ title }) => asPlain(title));
    const numbers = names.map((name, i) => `${name} %{${"xyz"[i]}:.3~g}`).join("<br>");
    const told = (extra) => `${numbers}<extra>${extra}</extra>`;
    const traces = neurons.map((neuron, i) => ({
      ...surfaceTrace(run, field, neuron, neurons.length === 1, axis, looks[i], palette),
      hovertemplate: told(neurons.length > 1 ? asPlain(run.classes[neuron.unit]) : ""),
    }));
    const data = pointsTrace(run, points, heightsOfPoints(neurons[0], axis, parameters), shades, palette);
    traces.push({ ...data, hovertemplate: told("data") });
    return { traces, layout: surfaceLayout(run, axis, looks[0].range, camera ?? cameraFor(size), palette, ...size) };
  }

  /** Under an output the data stand at their targets, under another neuron at what it answers to them. */
  function heightsOfPoints(neuron, axis, parameters) {
    if (isOutput(run, neuron)) {
      if (run.task !== "multiclass") return Array.from(points.targets, (target) => toAxis(axis, target));
      if (!shown.focus) return Array.from(points.targets, () => 1);
      return Array.from(points.targets, (target) => Number(target === neuron.unit));
    }
    forward(run.network, parameters, points.batch);
    const start = neuron.unit * points.n;
    return Array.from(points.batch.layers[neuron.layer].subarray(start, start + points.n));
  }

  // --- hands ---

  function keepCamera(change) {
    camera = change["scene.camera"] ?? camera;
  }

  function look(change) {
    camera = change && { ...(camera ?? cameraFor(size)), ...change };
    request();
  }

  function turn(angle) {
    const { x, y, z } = (camera ?? cameraFor(size)).eye;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    look({ eye: { x: cosine * x - sine * y, y: sine * x + cosine * y, z } });
  }

  function release() {
    if (!turning) return;
    turning = false;
    if (waiting) request();
  }

  const listening = new AbortController();
  const options = { capture: true, signal: listening.signal }; // before Plotly, which keeps some events to itself
  plot.addEventListener("pointerdown", () => (turning = true), options);
  for (const type of ["pointerup", "pointercancel"]) window.addEventListener(type, release, options);
  choice.addEventListener("change", () => {
    const [layer, unit] = choice.value.split(".").map(Number);
    actions.focus(choice.value === OUTPUT ? null : { layer, unit }, true);
  });

  function close() {
    closed = true;
    listening.abort();
    clearTimeout(timer);
    plotly?.purge(plot);
  }

  return { load, paint, close };
}
