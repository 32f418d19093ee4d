// The plane: what the network answers there, the border between its answers, and the data.
//
// One idea serves every task: at each place the network leans towards one class with a strength from 0 to 1. Two
// classes: strength is |2p - 1|; more: how far the likeliest is ahead of the second; regression: the sign is the class,
// and the size, relative to the data, the strength. A view says what becomes of the two: a colour and how far it stands
// out from white, the colour alone, or the strength alone.

const MAP_MARGIN = { left: 42, right: 10, top: 24, bottom: 36 };

/** What can be shown of the plane; those of regression stand at the end. */
const VIEWS = {
  probability: { title: "Probability", help: "The colour is the likelier class; the paler, the less sure" },
  classes: { title: "Classes", help: "The likelier class alone" },
  confidence: { title: "Confidence", help: "How sure the network is, whatever the class: white is undecided" },
  surface: { title: "Surface", help: "The answer: blue above zero, orange below" },
  residuals: { title: "Residuals", help: "How far the answer is off at each point: the larger, the farther" },
};
const viewsOf = ({ task }) => Object.keys(VIEWS).slice(...(task === "regression" ? [3, 5] : [0, 3]));

const FLAT_STRENGTH = 190; // of 255: the colour of a class in the view of classes; the markers stay darker
/** What a visitor likes to see, kept while the page lives. */
const taste = { classification: "probability", regression: "surface", errors: true, tests: true };

// --- the answers over the plane ---

/** The picture of a field, `cells` pixels a side, and room for its border line. */
function makePicture(cells) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = cells;
  const image = new ImageData(cells, cells);
  return { cells, canvas, image, pixels: new Uint32Array(image.data.buffer), border: new Float64Array(cells * cells) };
}

/**
 * Colour a picture from the network's answers. `scale` is the value of the strongest colour, for regression. For the
 * view "confidence" the last of the shades are those of no class.
 */
function colourField(picture, outputs, run, shades, scale, view = "probability") {
  const { pixels } = picture;
  const n = pixels.length;
  const several = run.task === "multiclass";
  const [middle, reach] = run.task === "binary" ? [0.5, 0.5] : [0, scale];
  const [flat, hueless] = [view === "classes", view === "confidence"];
  for (let i = 0; i < n; i++) {
    const k = several ? winner(outputs, n, i) : Number(outputs[i] > middle);
    const strength = several ? lead(outputs, n, i, k) : Math.min(Math.abs(outputs[i] - middle) / reach, 1);
    const shade = flat ? FLAT_STRENGTH : Math.round(255 * strength);
    pixels[i] = shades[hueless ? shades.length - 256 + shade : 256 * k + shade];
  }
  showPicture(picture);
}

/** Bring the pixels onto the canvas. */
function showPicture({ canvas, image }) {
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** The outermost cells lie on the edges of the plane: their centres, half a pixel inside, are stretched to the plot. */
function drawPicture(context, { canvas, cells }, { x, y, width, height }) {
  context.imageSmoothingQuality = "low"; // bilinear
  context.drawImage(canvas, 0.5, 0.5, cells - 1, cells - 1, x, y, width, height);
}

/** The lines between the classes: p = 0.5, where two classes tie, or for regression where the output is zero. */
function traceBorders(context, picture, outputs, run, plot) {
  const { border, cells } = picture;
  const n = border.length;
  if (run.task !== "multiclass") {
    const middle = run.task === "binary" ? 0.5 : 0;
    for (let i = 0; i < n; i++) border[i] = outputs[i] - middle;
    traceZero(context, border, cells, plot);
    return;
  }
  for (let k = 0; k < classCount(run); k++) {
    for (let i = 0; i < n; i++) border[i] = lead(outputs, n, i, k);
    traceZero(context, border, cells, plot);
  }
}

// --- one neuron ---

/**
 * How far a neuron is on its positive side at every place of an evaluated batch: the sum it is fed, before its
 * activation, is zero on the line of every activation. An output among several is positive where it wins.
 */
function neuronSides(network, parameters, batch, { layer, unit }, into) {
  const { n, layers } = batch;
  if (network.link === "softmax" && layer === layers.length - 1) {
    for (let i = 0; i < n; i++) into[i] = lead(layers[layer], n, i, unit);
    return into;
  }
  const { sizes } = network;
  const inputs = layer ? layers[layer - 1] : batch.inputs;
  const next = parameterIndex(sizes, { layer, unit }, 0);
  into.fill(parameters[next + sizes[layer]]);
  for (let input = 0; input < sizes[layer]; input++) {
    const weight = parameters[next + input];
    for (let i = 0; i < n; i++) into[i] += weight * inputs[input * n + i];
  }
  return into;
}

/** "positive for 212 of 500: 198 of class 1, 14 of class 0" */
function separationInWords(run, { n, targets, counts }, sides) {
  const of = new Map();
  let [all, positive] = [0, 0];
  for (let i = 0; i < n; i++) {
    all += counts[i];
    if (!(sides[i] > 0)) continue;
    positive += counts[i];
    of.set(targets[i], (of.get(targets[i]) ?? 0) + counts[i]);
  }
  const total = `positive for ${formatCount(positive)} of ${formatCount(all)}`;
  if (run.task === "regression" || !positive) return total;
  const shares = [...of].sort(([k, a], [other, b]) => b - a || k - other);
  return `${total}: ${shares.map(([k, count]) => `${formatCount(count)} of class ${classTitle(run, k)}`).join(", ")}`;
}

// --- the axes ---

/** The round numbers of an axis in the visitor's own units: [place in the plane, text]. */
function ticksOf(axis, low, high) {
  const [first, last] = [toAxis(axis, low), toAxis(axis, high)];
  const step = roundStep(last - first, 5);
  return roundTicks(first, last, 5).map((tick) => [fromAxis(axis, tick), formatTick(tick, step)]);
}

function paintAxes(context, { plot, width, height, domain, axes }, palette) {
  const [x1Low, x1High, x2Low, x2High] = domain;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.strokeRect(plot.x - 0.5, plot.y - 0.5, plot.width + 1, plot.height + 1);
  context.fillStyle = palette.ink;
  context.font = `12px ${palette.font}`;
  context.globalAlpha = 0.75;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const [x1, text] of ticksOf(axes[0], x1Low, x1High)) {
    context.fillText(text, leftOf(x1, plot, domain), plot.y + plot.height + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [x2, text] of axes[1] ? ticksOf(axes[1], x2Low, x2High) : []) {
    context.fillText(text, plot.x - 7, topOf(x2, plot, domain), plot.x - 8);
  }
  context.globalAlpha = 1;
  context.font = `italic 13px ${palette.font}`;
  context.textBaseline = "bottom";
  context.textAlign = "center";
  context.fillText(fitText(context, axes[0].title, plot.width), plot.x + plot.width / 2, height);
  const title = fitText(context, axes[1]?.title ?? "", width - 4); // above the upright axis, where a long one has room
  const half = context.measureText(title).width / 2;
  context.fillText(title, Math.max(plot.x, half + 2), plot.y - 4);
}

// --- the map ---

/** A button for each view of the plane that fits the run. */
function createViewBar(map) {
  const bar = make("div", { class: "switch", role: "group", "aria-label": "View of the plane" });
  const buttons = Object.entries(VIEWS).map(([view, { title, help }]) => {
    const button = make("button", { type: "button", title: help }, title);
    button.addEventListener("click", () => map.choose({ view }));
    return [view, button];
  });

  function write() {
    const names = viewsOf(map.run);
    const offered = buttons.filter(([view]) => names.includes(view));
    if (bar.firstChild !== offered[0][1]) bar.replaceChildren(...offered.map(([, button]) => button));
    for (const [view, button] of offered) button.setAttribute("aria-pressed", view === map.view);
  }

  return { bar, write };
}

/**
 * The picture on one canvas. load() takes a run, colours and size; paint() what is shown, and is all a frame costs.
 * @param {{canvas: HTMLCanvasElement, bar: HTMLElement, key: HTMLElement}} parts the last two empty, for its buttons
 *   and for what its colours and marks mean
 * @param {{wish: function}} actions of the stage
 */
function createMap({ canvas, bar, key }, actions) {
  const [frame, marks] = [document.createElement("canvas"), document.createElement("canvas")];
  const note = make("p", { class: "neuron-note", hidden: "" }); // what the neuron looked at separates
  const stamps = new Map(); // by look; kept until the colours change
  let run, scene, look, points, sides, pictures, last;
  let drawn = {};
  let own = null; // the visitor's own points while they are painted: newer than those of the run
  let placed = ""; // what the marks were made of
  let keyed = ""; // what the key was made of
  canvas.after(note);

  /** Everything that does not depend on the epoch. Repeating it with the same data, size and colours costs nothing. */
  function load(newRun, palette, width, height) {
    run = newRun;
    const { network, domain, task, axes } = run;
    const sketch = JSON.stringify([network, domain, task, axes, width, height, palette]);
    if (drawn.sketch !== sketch) setScene(palette, width, height);
    if (drawn.sketch !== sketch || !sameNumbers(drawn.points, run.arrays.points)) {
      look.scale = largestTarget(run);
      placed = "";
    }
    drawn = { sketch, points: run.arrays.points };
    writeChoices();
    brush.load(run, palette);
  }

  function setScene(palette, width, height) {
    const plot = {
      x: MAP_MARGIN.left,
      y: MAP_MARGIN.top,
      width: width - MAP_MARGIN.left - MAP_MARGIN.right,
      height: height - MAP_MARGIN.top - MAP_MARGIN.bottom,
    };
    scene = { plot, width, height, domain: run.domain, axes: run.axes };
    const colours = Array.from({ length: classCount(run) }, (_, k) => colourOf(palette, k));
    look = { palette, shades: shadesOf([...colours, palette.outline]) };
    pictures = {}; // made when they are first painted: the fine one is not needed while a slider is dragged
    stamps.clear();
    paintLayer(frame, width, height, (context) => paintAxes(context, scene, palette));
  }

  /** The key, and which of the buttons are pressed. */
  function writeChoices() {
    const { palette, scale } = look;
    const wanted = JSON.stringify([run.task, run.classes, run.axes, viewNow(), palette, scale]);
    if (wanted !== keyed) key.replaceChildren(...makeKey(run, viewNow(), palette, scale, flip));
    keyed = wanted;
    for (const button of key.querySelectorAll("[data-switch]")) {
      button.setAttribute("aria-pressed", taste[button.dataset.switch]);
    }
    views.write();
  }

  /** The points in force, with their marks on a layer of their own: only when they are others than before. */
  function placeData(epoch) {
    const inForce = dataInForce(run, epoch);
    const wanted = `${inForce} ${taste.tests}`;
    if (placed === wanted) return;
    placed = wanted;
    points = placePoints(run, scene, dataRows(run, inForce, own, taste.tests));
    sides = new Float64Array(points.n);
    paintLayer(marks, scene.width, scene.height, (context) => {
      clipToPlot(context);
      paintPoints(context, points, run, look.palette, look.shades, stamps);
      paintCounts(context, points, scene, look.palette);
    });
  }

  function clipToPlot(context) {
    const { x, y, width, height } = scene.plot;
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
  }

  /** Paint the field, its border and the data. */
  function paint(shown) {
    last = shown;
    const { parameters, field, focus, epoch } = shown;
    const { palette } = look;
    const { plot, width, height } = scene;
    placeData(epoch);
    const context = fitCanvas(canvas, width, height);
    const picture = (pictures[field.cells] ??= makePicture(field.cells));
    const answers = forward(run.network, parameters, points.batch);
    const residuals = !focus && viewNow() === "residuals";
    context.clearRect(0, 0, width, height);
    context.fillStyle = palette.contrast;
    context.fillRect(plot.x, plot.y, plot.width, plot.height);
    context.beginPath();
    if (focus) {
      paintTile(picture.pixels, field.cells, run, focus, field, look.shades, look.scale);
      showPicture(picture);
      traceZero(context, neuronSides(run.network, parameters, field.batch, focus, picture.border), field.cells, plot);
    } else {
      const outputs = field.batch.layers.at(-1);
      colourField(picture, outputs, run, look.shades, look.scale, viewNow());
      traceBorders(context, picture, outputs, run, plot);
    }
    context.globalAlpha = residuals ? 0.35 : 1;
    drawPicture(context, picture, plot);
    context.strokeStyle = palette.outline;
    context.lineWidth = viewNow() === "classes" && !focus ? 2.4 : 1.6;
    context.stroke();
    context.globalAlpha = 1;
    context.drawImage(frame, 0, 0, width, height);
    paintData(context, answers, residuals, shown);
    writeNote(focus);
  }

  function paintData(context, answers, residuals, { focus, parameters, place }) {
    const { width, height } = scene;
    context.save();
    clipToPlot(context);
    if (focus) {
      neuronSides(run.network, parameters, points.batch, focus, sides);
      paintPoints(context, points, run, look.palette, look.shades, stamps, sides);
    } else if (residuals) {
      paintResiduals(context, points, answers, look.palette);
    } else {
      context.drawImage(marks, 0, 0, width, height);
      if (run.task !== "regression" && taste.errors) markWrong(context, points, answers, look.palette);
    }
    if (place?.ring) {
      const { x, y } = map.pixelOf(place.x1, place.x2);
      paintRing(context, x, y, look.palette);
    }
    context.restore();
  }

  function writeNote(focus) {
    note.hidden = !focus;
    if (focus) setText(note, `${neuronName(run, focus)}: ${separationInWords(run, points, sides)}`);
  }

  /** The pixel of the canvas under a pointer event. */
  function pixelAt(event) {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function onPlane({ x, y }) {
    const { plot } = scene;
    return x >= plot.x && x <= plot.x + plot.width && y >= plot.y && y <= plot.y + plot.height;
  }

  /** The place of the plane at a pixel, also beyond the plot. */
  function placeOf({ x, y }) {
    const { plot } = scene;
    const [x1Low, x1High, x2Low, x2High] = run.domain;
    return {
      x1: x1Low + ((x - plot.x) / plot.width) * (x1High - x1Low),
      x2: x2High - ((y - plot.y) / plot.height) * (x2High - x2Low),
    };
  }

  /** The place of the plane under a pointer event, or null outside the plot. */
  function placeAt(event) {
    const at = pixelAt(event);
    return onPlane(at) ? placeOf(at) : null;
  }

  const kind = () => (run.task === "regression" ? "regression" : "classification");
  const viewNow = () => taste[kind()];

  function repaint() {
    if (last) paint(last);
  }

  const map = {
    load, paint, repaint, pixelAt, onPlane, placeOf, placeAt,
    close: () => brush.close(),
    get run() { return run; },
    get view() { return viewNow(); },
    /** Show another view ({view}), or show or hide errors and test points ({errors}, {tests}). */
    choose({ view = viewNow(), ...switches }) {
      Object.assign(taste, { [kind()]: view, ...switches });
      writeChoices();
      repaint();
    },
    /** Draw these own points instead of the run's from the next painting on; null: the run's again. */
    setOwn(newOwn) {
      own = newOwn;
      placed = "";
    },
    /** The pixel of a place. */
    pixelOf: (x1, x2) => ({ x: leftOf(x1, scene.plot, run.domain), y: topOf(x2, scene.plot, run.domain) }),
  };
  const flip = (name) => map.choose({ [name]: !taste[name] });
  const views = createViewBar(map);
  const brush = createBrush(canvas, map, actions);
  bar.replaceChildren(views.bar, brush.opener);
  return map;
}

function sameNumbers(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
