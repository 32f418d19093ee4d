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
const LARGEST_RESIDUAL = 13; // pixels: the arm of a triangle that is as far off as the farthest target is from zero
const TRIANGLES = { above: SHAPES[2], below: SHAPES[5] }; // the answer is too high, too low

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
  const shares = [...of].sort(([, a], [, b]) => b - a);
  return `${total}: ${shares.map(([k, count]) => `${formatCount(count)} of class ${classTitle(run, k)}`).join(", ")}`;
}

// --- the data ---

/** Where a coordinate lies in a plot that shows this domain, in pixels. */
const leftOf = (x1, plot, [low, high]) => plot.x + ((x1 - low) / (high - low)) * plot.width;
const topOf = (x2, plot, [, , low, high]) => plot.y + ((high - x2) / (high - low)) * plot.height;

/** Which of the run's data sets is in force at an epoch. */
const dataInForce = ({ data_from }, epoch) => data_from.findLastIndex((from) => from <= epoch);

/** The target farthest from zero: it has the full colour. */
function largestTarget({ arrays: { points } }) {
  let most = 1e-9;
  for (let at = 2; at < points.length; at += POINT_COLUMNS) most = Math.max(most, Math.abs(points[at]));
  return most;
}

/**
 * The rows x1, x2, target, is_test, count, own to draw of one of the run's data sets; `own` stands in for the visitor's
 * own points, and without `tests` those for testing are left out.
 */
function dataRows({ arrays: { points }, data_from }, which = data_from.length - 1, own = null, tests = true) {
  const rows = [];
  for (let at = 0; at < points.length; at += POINT_COLUMNS) {
    const row = points.subarray(at, at + POINT_COLUMNS);
    if (row[6] === which && !(own && row[5] >= 0)) rows.push(row);
  }
  own?.forEach(([x1, x2, target, isTest], index) => rows.push([x1, x2, target, isTest, 1, index]));
  return tests ? rows : rows.filter((row) => !row[3]);
}

/** The points with their places in the picture, and a batch to ask the network about them. */
function placePoints(run, { plot, domain }, rows = dataRows(run)) {
  const n = rows.length;
  const [x1, x2, targets, isTest, counts, own] = [0, 1, 2, 3, 4, 5].map((at) => Float64Array.from(rows, (row) => row[at]));
  const small = (n <= 60 ? 6 : n <= 500 ? 4.2 : 3.2) * (plot.width < 340 ? 0.85 : 1);
  const trained = new Set();
  for (let i = 0; i < n; i++) if (!isTest[i]) trained.add(`${x1[i]} ${x2[i]}`);
  const sizes = Float64Array.from({ length: n }, (_, i) => {
    const merged = counts[i] > 1 ? 2 : 0;
    const around = isTest[i] && trained.has(`${x1[i]} ${x2[i]}`) ? 5 : 0; // a ring about the train point at this place
    return small + merged + around;
  });
  return {
    n, x1, x2, targets, isTest, counts, own, sizes,
    cross: small + 1, // the arm of the cross over a wrong one
    scale: largestTarget(run),
    left: x1.map((value) => leftOf(value, plot, domain)),
    top: x2.map((value) => topOf(value, plot, domain)),
    batch: makeBatch(run.network, x1, x2),
  };
}

/**
 * The data: colour and shape say the class (for regression the colour says the target), test points are hollow, the
 * visitor's own have a dark ring. With `sides` those where it is not positive are faded.
 */
function paintPoints(context, points, run, palette, shades, stamps, sides = null) {
  const regression = run.task === "regression";
  const outline = regression ? palette.outline : palette.contrast;
  const density = context.getTransform().a;
  for (const isTest of [1, 0]) { // train points lie on top: a test point at the same place is a ring about its twin
    for (let i = 0; i < points.n; i++) {
      if (points.isTest[i] !== isTest) continue;
      const size = points.sizes[i];
      const ring = points.own[i] >= 0;
      const kind = regression ? leanOfValue(points.targets[i], points.scale) & ~15 : points.targets[i]; // 32 shades do
      const look = `${kind} ${isTest} ${size} ${ring}`;
      if (!stamps.has(look)) {
        const colour = regression ? pixelColour(shades[kind]) : colourOf(palette, kind);
        stamps.set(look, makeStamp(shapeOf(regression ? 0 : kind), colour, outline, size, isTest, ring && palette.outline));
      }
      const { canvas, side } = stamps.get(look);
      const whole = (value) => Math.round((value - side / 2) * density) / density; // on whole pixels it stays sharp
      context.globalAlpha = sides && !(sides[i] > 0) ? 0.22 : 1;
      context.drawImage(canvas, whole(points.left[i]), whole(points.top[i]), side, side);
    }
  }
  context.globalAlpha = 1;
}

/** How many samples a merged mark stands for, beside it. */
function paintCounts(context, points, { plot }, palette) {
  context.font = `600 12px ${palette.font}`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = palette.contrast;
  context.fillStyle = palette.outline;
  for (let i = 0; i < points.n; i++) {
    if (points.counts[i] < 2) continue;
    const onLeft = points.left[i] < plot.x + plot.width / 2;
    context.textAlign = onLeft ? "left" : "right";
    const x = points.left[i] + (onLeft ? 18 : -18);
    const y = points.top[i] + (points.isTest[i] ? 8 : -8);
    const text = `${points.isTest[i] ? "test" : "train"} ×${formatCount(points.counts[i])}`;
    context.strokeText(text, x, y);
    context.fillText(text, x, y);
  }
}

/** A cross over every point the network gets wrong. Regression has no wrong answers, only distances. */
function markWrong(context, points, outputs, palette) {
  context.beginPath();
  for (let i = 0; i < points.n; i++) {
    const said = outputs.length > points.n ? winner(outputs, points.n, i) : Number(outputs[i] > 0.5);
    if (said === points.targets[i]) continue;
    const [x, y, r] = [points.left[i], points.top[i], points.cross];
    context.moveTo(x - r, y - r);
    context.lineTo(x + r, y + r);
    context.moveTo(x + r, y - r);
    context.lineTo(x - r, y + r);
  }
  context.lineCap = "round";
  context.strokeStyle = palette.contrast;
  context.lineWidth = 0.6 * points.cross;
  context.stroke();
  context.strokeStyle = palette.wrong;
  context.lineWidth = 0.3 * points.cross;
  context.stroke();
}

/** The size of the triangle of a residual: its area grows with the distance. `scale` is the farthest target. */
const residualSize = (residual, scale) => LARGEST_RESIDUAL * Math.sqrt(Math.min(Math.abs(residual) / scale, 1));

/** A triangle at every point, upwards where the answer is too high; those of test points are hollow. */
function paintResiduals(context, points, outputs, palette) {
  for (const isTest of [1, 0]) {
    for (const [sign, shape, colour] of [[-1, TRIANGLES.below, palette.classes[0]], [1, TRIANGLES.above, palette.classes[1]]]) {
      const triangle = new Path2D(shape);
      const path = new Path2D();
      for (let i = 0; i < points.n; i++) {
        const residual = outputs[i] - points.targets[i];
        if (points.isTest[i] !== isTest || !(residual * sign > 0)) continue;
        const size = Math.max(0.8, residualSize(residual, points.scale));
        path.addPath(triangle, { a: size, d: size, e: points.left[i], f: points.top[i] });
      }
      context.fillStyle = isTest ? palette.contrast : colour;
      context.strokeStyle = isTest ? colour : palette.contrast;
      context.lineWidth = isTest ? 1.5 : 0.75;
      context.fill(path);
      context.stroke(path);
    }
  }
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
  for (const [x2, text] of ticksOf(axes[1], x2Low, x2High)) {
    context.fillText(text, plot.x - 7, topOf(x2, plot, domain), plot.x - 8);
  }
  context.globalAlpha = 1;
  context.font = `italic 13px ${palette.font}`;
  context.textBaseline = "bottom";
  context.textAlign = "center";
  context.fillText(fitText(context, axes[0].title, plot.width), plot.x + plot.width / 2, height);
  const title = fitText(context, axes[1].title, width - 4); // above the upright axis, where a long one has room
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
 * @param {{canvas: HTMLCanvasElement, bar: HTMLElement, key: HTMLElement}} parts the last two empty, for its buttons and
 *   for what its colours and marks mean
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
    // The outermost cells lie on the edges of the plane: their centres, half a pixel inside, are stretched to the plot.
    const inner = field.cells - 1;
    context.imageSmoothingQuality = "low"; // bilinear
    context.globalAlpha = residuals ? 0.35 : 1;
    context.drawImage(picture.canvas, 0.5, 0.5, inner, inner, plot.x, plot.y, plot.width, plot.height);
    context.strokeStyle = palette.outline;
    context.lineWidth = viewNow() === "classes" && !focus ? 2.4 : 1.6;
    context.stroke();
    context.globalAlpha = 1;
    context.drawImage(frame, 0, 0, width, height);
    paintData(context, answers, residuals, shown);
    writeNote(focus);
  }

  function paintData(context, answers, residuals, { focus, parameters }) {
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
    context.restore();
  }

  function writeNote(focus) {
    note.hidden = !focus;
    if (focus) setText(note, `${neuronName(run, focus)}: ${separationInWords(run, points, sides)}`);
  }

  /** The place of the plane under a pointer event, or null outside the plot; `held` brings it to the nearest edge. */
  function placeAt(event, held = false) {
    const box = canvas.getBoundingClientRect();
    const { plot } = scene;
    const [x1Low, x1High, x2Low, x2High] = run.domain;
    const within = (share) => (held ? Math.max(0, Math.min(1, share)) : share);
    const across = within((event.clientX - box.left - plot.x) / plot.width);
    const up = within(1 - (event.clientY - box.top - plot.y) / plot.height);
    if (across < 0 || across > 1 || up < 0 || up > 1) return null;
    return { x1: x1Low + across * (x1High - x1Low), x2: x2Low + up * (x2High - x2Low) };
  }

  const kind = () => (run.task === "regression" ? "regression" : "classification");
  const viewNow = () => taste[kind()];

  function repaint() {
    if (last) paint(last);
  }

  const map = {
    load, paint, placeAt, repaint,
    close: () => brush.close(),
    get run() { return run; },
    get scale() { return look.scale; },
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
    /** Where a place of the plane lies on the canvas, in CSS pixels. */
    positionOf: ([x1, x2]) => ({ x: leftOf(x1, scene.plot, run.domain), y: topOf(x2, scene.plot, run.domain) }),
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
