// The output, or any neuron, as a surface over the plane, with the data at their targets. Drawn by Plotly, whose script
// (4.8 MB, from the app's own address) is fetched when this view is first opened.

const SURFACE_CELLS = 51; // a side of the surface, at most
const SURFACE_PAUSE = 60; // milliseconds at least between two pictures
const RULINGS = 12; // across the surface each way: they show its shape where it is white on white
const SURFACE_HEIGHT = 0.72; // of the box, its sides being 1
const MARKERS = ["circle", "square", "x", "diamond", "cross", "circle"]; // as near to the map's as Plotly has them
const START = { turn: -0.98, lift: 0.47 }; // where the camera stands at first: angles about the box and above its floor
const ABOVE = { turn: -Math.PI / 2, lift: 1.55 }; // as on the map; straight above, left and right have no meaning
const LIFTS = [-0.2, 1.55];
const DISTANCE = 1.9;
const CENTER = { x: 0, y: 0, z: -0.16 };
const TURN = Math.PI / 8; // by one press of a button
const TURNS = "Shows what is hidden behind the surface by turning it to the";
const TURN_A_PIXEL = 0.01; // under the pointer
const NOWHERE = { x: 0, y: 0, width: 1, height: 1 }; // a plot for points that Plotly places
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

/** The neurons in the picture: the one looked at, or all outputs, a surface for each. */
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
function surfaceTrace(run, { cells, batch }, { layer, unit }, alone, axis, look, { outline, neutral }) {
  const at = evenly(cells, SURFACE_CELLS);
  const [x1Low, x1High, x2Low, x2High] = run.domain;
  const values = batch.layers[layer];
  const own = alone ? null : nearWins(values, unit, cells, at);
  const height = (row, column) => toAxis(axis, values[(unit * cells + row) * cells + column]);
  const rulings = (axis, low, high) => {
    const [start, end] = [toAxis(axis, low), toAxis(axis, high)];
    return { highlight: false, show: true, start, end, size: (end - start) / RULINGS, width: 1, color: neutral };
  };
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
    lighting: { ambient: 0.9, diffuse: 0.2, specular: 0.03, roughness: 0.9 },
    contours: {
      x: rulings(run.axes[0], x1Low, x1High), y: rulings(run.axes[1], x2Low, x2High),
      z: {
        highlight: false, show: look.line !== null, start: line, end: line + step / 2, size: step, // one line
        width: 4, color: outline,
      },
    },
  };
}

/** Where class k wins, or wins right beside: a surface among several ends just below the one that rises above it. */
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

/** Plotly's camera, far enough away to see the whole box: farther where there is less width than height. */
function cameraFrom({ turn, lift }, [width, height]) {
  const far = DISTANCE * Math.max(1, (1.5 * height) / width);
  const across = far * Math.cos(lift);
  const eye = { x: across * Math.cos(turn), y: across * Math.sin(turn), z: far * Math.sin(lift) };
  return { eye, center: CENTER, up: { x: 0, y: 0, z: 1 } };
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
      dragmode: false, // turned by hands of our own: Plotly lets go whenever a new picture comes
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
 * @param {Actions} actions
 */
function createSurface(container, actions) {
  const choice = make("select", { "aria-label": "Surface of" });
  const button = (label, title, text, press) => {
    const node = make("button", { type: "button", "aria-label": label, title }, text);
    node.addEventListener("click", press);
    return node;
  };
  const buttons = make("div", { class: "turns", role: "group", "aria-label": "Where from" },
    button("Turn left", `${TURNS} left`, "⟲", () => stand({ ...view, turn: view.turn - TURN })),
    button("Turn right", `${TURNS} right`, "⟳", () => stand({ ...view, turn: view.turn + TURN })),
    button("From above", "Shows the surface from above: the decision map again", "From above", () => stand(ABOVE)),
    button("As at first", "Turns the surface back to where it stood at first", "Reset", () => stand(START)));
  const plot = make("div", { class: "plot", role: "img" });
  const note = make("p", { class: "note", role: "status" });
  const frame = make("div", { class: "frame" }, plot, note);
  container.append(make("div", { class: "surface-view" },
    make("div", { class: "surface-tools" }, make("span", {}, "Surface of"), choice, buttons), frame));

  let plotly, run, palette, shades, points, size, shown;
  const data = keepPoints();
  let view = START;
  let grip = null; // where a hand holds the picture
  let begun = null; // the fetching of Plotly
  let busy = false, waiting = false, timer = 0, turned = 0, closed = false;

  function load(newRun, newPalette) {
    run = newRun;
    palette = newPalette;
    size = [frame.clientWidth, frame.clientHeight];
    shades = makeShades(palette, classCount(run));
    data.outdate();
    offerNeurons();
    begun ??= begin();
  }

  async function begin() {
    if (!hasWebGL()) return setText(note, "This browser shows no 3-D pictures: it has WebGL switched off.");
    setText(note, "Loading the 3-D library…");
    try {
      plotly = await fetchPlotly();
    } catch {
      begun = null;
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
    const listed = focus && focus.layer >= 0 && (run.task === "multiclass" || !isOutput(run, focus));
    const value = listed ? `${focus.layer}.${focus.unit}` : OUTPUT;
    if (choice.value !== value) choice.value = value; // a list that is open stays as it is
    request();
  }

  /** A picture as soon as Plotly is free. */
  function request() {
    waiting = true;
    plot.setAttribute("aria-busy", true);
    if (plotly && shown && size[0] && !busy && !closed) timer ||= setTimeout(draw, 0);
  }

  async function draw() {
    timer = 0;
    if (shown.run !== run) return; // a newer one, while this view was closed
    busy = true;
    waiting = false;
    const started = performance.now();
    const { traces, layout } = picture();
    await plotly.react(plot, traces, layout, { displayModeBar: false, scrollZoom: false, doubleClick: false });
    const pause = Math.max(SURFACE_PAUSE, 1.5 * (performance.now() - started)); // the time line has its share
    setTimeout(() => {
      busy = false;
      if (waiting) request();
      else plot.setAttribute("aria-busy", false);
    }, pause);
  }

  function picture() {
    const { field, focus, parameters } = shown;
    points = data.at(run, shown.epoch, { plot: NOWHERE, domain: run.domain });
    const neurons = neuronsShown(run, focus);
    const looks = neurons.map((neuron) => lookOf(run, neuron, field, points.scale, palette));
    const axis = heightAxis(run, neurons[0]);
    const names = [...run.axes.slice(0, 2), axis].map(({ title }) => asPlain(title));
    plot.setAttribute("aria-label", `Surface: ${names[2]} over ${names[0]} and ${names[1]}`);
    const numbers = names.map((name, i) => `${name} %{${"xyz"[i]}:.3~g}`).join("<br>");
    const told = (extra) => `${numbers}<extra>${extra}</extra>`;
    const traces = neurons.map((neuron, i) => ({
      ...surfaceTrace(run, field, neuron, neurons.length === 1, axis, looks[i], palette),
      hovertemplate: told(neurons.length > 1 ? asPlain(run.classes[neuron.unit]) : ""),
    }));
    const marks = pointsTrace(run, points, heightsOfPoints(neurons[0], axis, parameters), shades, palette);
    traces.push({ ...marks, hovertemplate: told("data") });
    return { traces, layout: surfaceLayout(run, axis, looks[0].range, cameraFrom(view, size), palette, ...size) };
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

  /** Look from somewhere else. Moving the camera is quick: it need not wait for the next picture. */
  function stand(place) {
    view = { turn: place.turn, lift: Math.max(LIFTS[0], Math.min(LIFTS[1], place.lift)) };
    if (plot.layout) turned ||= requestAnimationFrame(moveCamera);
  }

  function moveCamera() {
    turned = 0;
    plotly.relayout(plot, { "scene.camera": cameraFrom(view, size) });
  }

  function onGrip(event) {
    if (event.button || grip) return; // one pointer at a time
    grip = { x: event.clientX, y: event.clientY, pointer: event.pointerId, ...view };
    plot.setPointerCapture(event.pointerId);
  }

  function onDrag(event) {
    if (event.pointerId !== grip?.pointer) return;
    const [across, down] = [event.clientX - grip.x, event.clientY - grip.y];
    stand({ turn: grip.turn - TURN_A_PIXEL * across, lift: grip.lift + TURN_A_PIXEL * down });
  }

  plot.addEventListener("pointerdown", onGrip);
  plot.addEventListener("pointermove", onDrag);
  for (const type of ["pointerup", "pointercancel"]) plot.addEventListener(type, () => (grip = null));
  choice.addEventListener("change", () => {
    const [layer, unit] = choice.value.split(".").map(Number);
    actions.focus(choice.value === OUTPUT ? null : { layer, unit }, true);
  });

  function close() {
    closed = true;
    clearTimeout(timer);
    cancelAnimationFrame(turned);
    plotly?.purge(plot);
  }

  return { load, paint, close };
}
