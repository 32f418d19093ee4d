// The hidden space: the data as the last hidden layer hands them on, and the straight cut the output makes through
// them. On a slice (slice.js) the output is a network without hidden layers over (u1, u2), painted as the plane is.

const SLICE_CELLS = 64; // a side of its grid; the borders are straight, finer is not truer
const SLICE_TINT = 0.55; // fainter than the plane: here the points and the cut are what to look at
const SLICE_ROOM = 1.12; // times what the data reach in the whole run: the frame holds still while it plays
const SPANS = { tanh: [-1, 1], sigmoid: [0, 1] }; // what bounded activations can say
const REACH_POINTS = 250; // of the data, to measure that on
const KINDS = { cut: "across the cut", directions: "main directions", units: "two units" }; // of slices
const MESH = { lines: 17, steps: 41 }; // the grid of the input plane, drawn warped
const LIFT = 26; // pixels between the classes where one unit makes the plane a line
const CUT_TITLES = [["across the cut", "along the cut"], ["across the borders, 1", "across the borders, 2"]];
const BEFORE_LINK = { task: "regression" }; // p is a half where the sum is zero: there the line is exactly straight
const NEAR = 24; // pixels from the pointer to the point it means

/** A unit of the last hidden layer by name. */
const unitName = (run, unit) => neuronName(run, { layer: run.network.sizes.length - 3, unit });

/** The class the network says at one place. */
const saidAt = (outputs, n, place) =>
  outputs.length > n ? winner(outputs, n, place) : Number(saysOne(outputs[place]));

/** "x₁ 0.25": a coordinate in the visitor's own numbers. */
const axisText = (axis, value) => `${axis.title} ${formatNumber(toAxis(axis, value))}`;

/** Places of the plane on their way through the network, and room for where on the slice they come to lie. */
function makeGroup(network, x1, x2) {
  const batch = makeBatch(network, x1, x2);
  return { batch, left: new Float64Array(batch.n), top: new Float64Array(batch.n) };
}

/** The lines of a grid over the plane: MESH.lines across, then as many up. */
function makeMesh({ network, domain: [x1Low, x1High, x2Low, x2High] }) {
  const x1 = [], x2 = [];
  for (const across of [true, false]) {
    for (let line = 0; line < MESH.lines; line++) {
      for (let step = 0; step < MESH.steps; step++) {
        const [fixed, moving] = [line / (MESH.lines - 1), step / (MESH.steps - 1)];
        x1.push(x1Low + (x1High - x1Low) * (across ? moving : fixed));
        x2.push(x2Low + (x2High - x2Low) * (across ? fixed : moving));
      }
    }
  }
  return makeGroup(network, x1, x2);
}

function paintMesh(context, { left, top }, palette) {
  context.beginPath();
  for (let i = 0; i < left.length; i++) {
    if (i % MESH.steps === 0) context.moveTo(left[i], top[i]);
    else context.lineTo(left[i], top[i]);
  }
  context.globalAlpha = 0.45;
  context.strokeStyle = palette.neutral;
  context.lineWidth = 0.8;
  context.stroke();
  context.globalAlpha = 1;
}

/** The corners of the truth table by name, where the network has put them; those that lie together share a label. */
function paintCorners(context, corners, table, { plot }, palette) {
  const labels = [];
  table.forEach(([x1, x2], i) => {
    const [x, y] = [corners.left[i], corners.top[i]];
    const close = labels.find((label) => Math.abs(label.x - x) < 40 && Math.abs(label.y - y) < 16);
    if (close) close.text += ` · ${x1} ${x2}`;
    else labels.push({ x, y, text: `${x1} ${x2}` });
  });
  context.font = `600 12px ${palette.font}`;
  context.textBaseline = "middle";
  for (const { x, y, text } of labels) {
    const onLeft = x < plot.x + plot.width / 2;
    context.textAlign = onLeft ? "left" : "right";
    const [beside, above] = [x + (onLeft ? 17 : -17), Math.max(plot.y + 12, y - 10)];
    haloText(context, text, beside, above, palette.contrast, palette.outline);
  }
}

/** What there is to see, computed from the data: `right` of `total` training points are on the right side. */
function hiddenInWords(run, { kind, exact, shares }, { right, total, separable }) {
  const units = run.network.sizes.at(-2);
  const cut = ["threshold", "straight line"][units - 1] ?? "flat cut";
  const count = `${formatCount(right)} of ${formatCount(total)}`;
  const words = [];
  if (run.task === "regression") {
    words.push(`In this space the output is an even slope, and ${formatNumber(toAxis(run.axes[2], 0))} on the line.`);
  } else if (run.task === "multiclass") {
    words.push(`In this space the borders are straight: ${count} training points are on their side.`);
  } else {
    if (!separable) words.push("No straight line separates the classes in the input plane.");
    if (right < total) words.push(`Here the output's ${cut} has ${count} training points on the right side.`);
    else if (separable) words.push(`One ${cut} separates the classes here, as one does in the input plane.`);
    else words.push(`Here one ${cut} does: all ${formatCount(total)} training points are on the right side.`);
  }
  if (kind === "cut" && units > 2 && run.task === "binary") words.push("It is seen edge-on.");
  if (shares) words.push(`These two directions hold ${formatPercent(sum(shares))} of the variance.`);
  if (!exact) words.push("Background and line are a slice through the mean: off it, points may seem misplaced.");
  return words.join(" ");
}

/**
 * The view of the last hidden layer, in the stage's contract: load() takes a run and colours, paint() what is shown.
 * @param {HTMLElement} container
 * @param {Actions} actions
 */
function createHidden(container, actions) {
  const select = (label) => make("select", { "aria-label": label });
  const [kind, across, up] = [select("What the axes show"), select("Horizontal axis"), select("Vertical axis")];
  const canvas = make("canvas", { role: "img" });
  const readout = make("output", { class: "readout", hidden: "" });
  const caption = make("p", { class: "caption" });
  const controls = make("div", { class: "axes" }, make("span", {}, "Axes"), kind, across, up);
  const frame = make("div", { class: "frame" }, canvas, readout);
  container.append(make("div", { class: "hidden-view" }, make("div", { class: "slice" }, controls, frame, caption)));

  const chosen = { kind: null, units: [0, 1] }; // null: the units where there are two, else across the cut
  const stamps = new Map();
  const data = keepPoints();
  const picture = makePicture(SLICE_CELLS);
  let run, palette, shades, scene, points, mesh, corners, output, field, fieldOf, shown;
  let spans, separable; // of the axes in this run, of the data: found out when they are needed
  let before = null; // the directions of the last frame
  let pointer = null; // on the canvas, in CSS pixels

  const units = () => run.network.sizes.at(-2);
  const kindShown = () => (units() === 1 ? "units" : (chosen.kind ?? (units() === 2 ? "units" : "cut")));

  // --- a new run, size or theme ---

  function load(newRun, newPalette) {
    if (run && units() !== newRun.network.sizes.at(-2)) before = null;
    run = newRun;
    palette = newPalette;
    spans = scene = undefined;
    const layered = run.network.sizes.length > 2;
    frame.hidden = !layered;
    controls.hidden = !layered || units() === 1;
    if (!layered) return setText(caption, "This network has no hidden layer: the input plane is all it has.");
    offerAxes();
    const [width, height] = [frame.clientWidth, frame.clientHeight];
    if (!width) return;
    scene = { plot: plotWithin(MAP_MARGIN, width, height), width, height, domain: run.domain };
    stamps.clear();
    shades = makeShades(palette, classCount(run));
    fieldOf = "";
    data.outdate();
    output = { sizes: [2, run.network.sizes.at(-1)], activations: [], features: ["x1", "x2"], link: "linear" };
    const table = run.corners ?? [];
    corners = makeGroup(run.network, table.map(([x1]) => x1), table.map(([, x2]) => x2));
    mesh = units() === 2 ? makeMesh(run) : null;
  }

  /** The choices there are for the axes, and which are made. */
  function offerAxes() {
    const names = Array.from({ length: units() }, (_, unit) => unitName(run, unit));
    chosen.units = chosen.units.map((unit) => Math.min(unit, units() - 1));
    if (chosen.units[0] === chosen.units[1]) chosen.units = [0, Math.min(1, units() - 1)];
    offerOptions(kind, KINDS, kindShown());
    [across, up].forEach((node, axis) => {
      offerOptions(node, names, chosen.units[axis]);
      node.hidden = kindShown() !== "units";
    });
  }

  // --- a frame ---

  /**
   * The slice chosen, at the network shown: `domain` is its frame, `titles` name its axes, `exact` says whether the
   * output depends on nothing that is off it.
   */
  function makeSlice(rows) {
    return kindShown() === "units" ? sliceOfUnits(rows) : sliceOfDirections(rows);
  }

  function sliceOfUnits(rows) {
    const base = meansOf(rows, points.counts);
    for (const unit of chosen.units) base[unit] = 0; // the axes show the activations themselves
    spans ??= chosen.units.map(spanOf);
    const titles = chosen.units.map((unit) => unitName(run, unit));
    const slice = { kind: "units", base, domain: spans.flat(), titles };
    const [first, second] = chosen.units.map((unit) => unitVector(units(), unit));
    if (units() > 1) return { ...slice, first, second, exact: units() === 2 };
    return { ...slice, first, second: [0], domain: [...spans[0], -1, 1], titles: [titles[0], ""], exact: true };
  }

  function sliceOfDirections(rows) {
    const [kind, outputs] = [kindShown(), run.network.sizes.at(-1)];
    const { means, directions, shares } = directionsIn(rows, shown.parameters, points.counts, before);
    before = directions;
    spans ??= squareSpans();
    const titles = shares
      ? shares.map((share, k) => `main direction ${k + 1} (${formatPercent(share)})`)
      : CUT_TITLES[Number(outputs > 1)];
    return {
      kind, base: means, first: directions[0], second: directions[1], shares,
      domain: spans.flat(),
      titles,
      exact: units() === 2 || (kind === "cut" && outputs <= 3),
    };
  }

  function directionsIn(rows, parameters, counts, near) {
    if (kindShown() === "directions") return mainDirections(rows, counts, near);
    return cutDirections(run.network, parameters, rows, counts, near);
  }

  /** From where to where the axis of a unit goes. */
  function spanOf(unit) {
    const [low, high] = SPANS[run.network.activations.at(-1)] ?? rangeOf(run, someData(), unit);
    const [middle, half] = [(low + high) / 2, (SLICE_ROOM * (high - low)) / 2 || 1];
    return [middle - half, middle + half];
  }

  /** The same scale on both axes: a right angle stays one. */
  function squareSpans() {
    const { width, height } = scene.plot;
    const half = SLICE_ROOM * radiusOf(run, someData(), directionsIn) || 1;
    return [width, height].map((side) => (half * side) / Math.min(width, height)).map((side) => [-side, side]);
  }

  /** Enough of the data to measure how far they go. */
  function someData() {
    const some = evenly(points.n, REACH_POINTS);
    return makeBatch(run.network, some.map((i) => points.x1[i]), some.map((i) => points.x2[i]));
  }

  function paint(newShown) {
    shown = newShown;
    if (!scene) return;
    const painted = points;
    points = data.at(run, shown.epoch, scene);
    if (points !== painted) separable = undefined;
    const { plot, width, height } = scene;
    const context = fitCanvas(canvas, width, height);
    context.clearRect(0, 0, width, height);
    const groups = [points, corners, mesh].filter(Boolean);
    for (const { batch } of groups) forward(run.network, shown.parameters, batch);
    const rows = points.batch.layers.at(-2);
    if (!points.n) return setText(caption, "There are no points to show yet.");
    if (!rows.every(Number.isFinite)) return setText(caption, "The activations have become too large to show.");
    const slice = makeSlice(rows);
    for (const group of groups) projectOnto(slice, group, plot);
    if (units() === 1) lift();
    const axes = slice.titles.map((title) => title && { title, zero: 0, unit: 1 });
    paintAxes(context, { ...scene, ...slice, axes }, palette);
    context.save();
    clipTo(context, plot);
    paintGround(context, slice);
    paintPoints(context, points, run, palette, shades, stamps);
    const outputs = points.batch.layers.at(-1);
    if (run.task !== "regression" && taste.errors) markWrong(context, points, outputs, palette);
    paintCorners(context, corners, run.corners ?? [], scene, palette);
    markPlace(context, slice);
    context.restore();
    writeWords(slice, outputs);
  }

  /** What the output says over the slice, the warped grid of the plane, and the line where the output changes sides. */
  function paintGround(context, slice) {
    const { plot } = scene;
    if (String(slice.domain) !== fieldOf) field = makeField(output, slice.domain, SLICE_CELLS);
    fieldOf = String(slice.domain);
    const sums = forward(output, parametersOnSlice(run.network, shown.parameters, slice), field.batch);
    const border = new Path2D();
    traceBorders(border, picture, sums, run.task === "binary" ? BEFORE_LINK : run, plot);
    LINKS[run.network.link](sums, field.batch.n);
    colourField(picture, sums, run, shades, points.scale);
    context.fillStyle = palette.contrast;
    context.fillRect(plot.x, plot.y, plot.width, plot.height);
    context.globalAlpha = SLICE_TINT;
    drawPicture(context, picture, plot);
    context.globalAlpha = 1;
    if (mesh) paintMesh(context, mesh, palette);
    context.strokeStyle = palette.outline;
    context.lineWidth = 2;
    context.stroke(border);
  }

  /** One unit makes the plane a line: the points are lifted off it, class by class, to be seen. */
  function lift() {
    const middle = (classCount(run) - 1) / 2;
    for (let i = 0; i < points.n; i++) {
      const level = run.task === "regression" ? points.targets[i] / points.scale : points.targets[i] - middle;
      points.top[i] -= LIFT * level;
    }
  }

  /** A ring where the place lies that is pointed at, here or on the map. */
  function markPlace(context, slice) {
    if (!shown.place) return;
    const group = makeGroup(run.network, [shown.place.x1], [shown.place.x2]);
    forward(run.network, shown.parameters, group.batch);
    projectOnto(slice, group, scene.plot);
    paintRing(context, group.left[0], group.top[0], palette);
  }

  function writeWords(slice, outputs) {
    let right = 0, total = 0;
    for (let i = 0; i < points.n; i++) {
      if (points.isTest[i]) continue;
      total += points.counts[i];
      if (saidAt(outputs, points.n, i) === points.targets[i]) right += points.counts[i];
    }
    if (run.task === "binary") separable ??= lineSeparates(...[0, 1].map(trainedOn));
    setText(caption, hiddenInWords(run, slice, { right, total, separable }));
    if (!shown.moving) canvas.setAttribute("aria-label", `Hidden space. ${caption.textContent}`);
    writeReadout();
  }

  /** The training points of a class. */
  function trainedOn(k) {
    const places = Array.from(points.x1, (x1, i) => ({ x1, x2: points.x2[i] }));
    return places.filter((_, i) => !points.isTest[i] && points.targets[i] === k);
  }

  // --- hands ---

  /** The point nearest to the pointer, or -1. */
  function pointedAt() {
    let nearest = -1, least = NEAR;
    for (let i = 0; pointer && i < points.n; i++) {
      const distance = Math.hypot(points.left[i] - pointer.x, points.top[i] - pointer.y);
      if (distance < least) [nearest, least] = [i, distance];
    }
    return nearest;
  }

  /** What is pointed at, with its place in both spaces. */
  function writeReadout() {
    const i = pointedAt();
    if (i < 0) return showReadout(readout, null);
    const { n, layers } = points.batch;
    const inPlane = [points.x1[i], points.x2[i]].map((value, k) => axisText(run.axes[k], value));
    const hidden = kindShown() === "units" ? [...new Set(chosen.units)] : [];
    const here = hidden.map((unit) => `${unitName(run, unit)} ${formatNumber(layers.at(-2)[unit * n + i])}`);
    const said = run.task === "regression" ? axisText(run.axes[2], points.targets[i]) : run.classes[points.targets[i]];
    const text = [`${inPlane.join(", ")} (${said})`, here.join(", ")].filter(Boolean).join(" → ");
    showReadout(readout, text, points.left[i], points.top[i]);
  }

  function onPointer(event) {
    const away = event.type === "pointerleave" || event.type === "pointercancel";
    pointer = away ? null : { x: event.offsetX, y: event.offsetY };
    const i = points ? pointedAt() : -1;
    actions.point(i < 0 ? null : { x1: points.x1[i], x2: points.x2[i], ring: true }); // the map rings it
  }

  function onChoice() {
    chosen.kind = kind.value;
    chosen.units = [Number(across.value), Number(up.value)];
    before = null;
    load(run, palette);
    actions.repaint();
  }

  for (const type of ["pointermove", "pointerdown", "pointerleave", "pointercancel"]) {
    canvas.addEventListener(type, onPointer);
  }
  for (const node of [kind, across, up]) node.addEventListener("change", onChoice);

  return { load, paint };
}
