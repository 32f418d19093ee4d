// The data as marks on a picture: where points lie, how they look, and where the network is wrong about them.

/** Marker shapes, one per class, about one unit in radius: SVG paths, so that canvas and legend draw the same. */
const SHAPES = [
  "M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z",
  "M-.9,-.9H.9V.9H-.9Z",
  "M0,-1.25L1.15,.8H-1.15Z",
  "M0,-1.3L1.3,0L0,1.3L-1.3,0Z",
  "M-.45,-1.15H.45V-.45H1.15V.45H.45V1.15H-.45V.45H-1.15V-.45H-.45Z",
  "M0,1.25L1.15,-.8H-1.15Z",
];

const shapeOf = (k) => SHAPES[k % SHAPES.length];

const MOST_COUNTED = 40; // marks of a picture; among more of them, how many samples lie at one place is not written
const LARGEST_RESIDUAL = 13; // pixels: the arm of a triangle that is as far off as the farthest target is from zero
const TRIANGLES = { above: SHAPES[2], below: SHAPES[5] }; // the answer is too high, too low

/** What a visitor likes to see, kept while the page lives. */
const taste = { classification: "probability", regression: "surface", errors: true, tests: true };

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
  const column = (at) => Float64Array.from(rows, (row) => row[at]);
  const [x1, x2, targets, isTest, counts, own] = [0, 1, 2, 3, 4, 5].map(column);
  const small = (n <= 60 ? 6 : n <= 500 ? 4.2 : 3.2) * (plot.width < 340 ? 0.85 : 1);
  const trained = new Set();
  for (let i = 0; i < n; i++) if (!isTest[i]) trained.add(`${x1[i]} ${x2[i]}`);
  const sizes = Float64Array.from({ length: n }, (_, i) => {
    const merged = n <= MOST_COUNTED && counts[i] > 1 ? 2 : 0;
    // A test point where a train point is too becomes a ring about it.
    const around = n <= MOST_COUNTED && isTest[i] && trained.has(`${x1[i]} ${x2[i]}`) ? 5 : 0;
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
 * The points in force, placed in a picture by placePoints(): `at` gives the same object until others are to be drawn,
 * or `outdate` has told that something else they depend on has changed.
 */
function keepPoints() {
  let points = null, made = "";
  return {
    outdate: () => (made = ""),
    at(run, epoch, scene, own = null) {
      const which = dataInForce(run, epoch);
      const wanted = `${which} ${taste.tests}`;
      if (made !== wanted) points = placePoints(run, scene, dataRows(run, which, own, taste.tests));
      made = wanted;
      return points;
    },
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
        const shape = shapeOf(regression ? 0 : kind);
        stamps.set(look, makeStamp(shape, colour, outline, size, isTest, ring && palette.outline));
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
  for (let i = 0; i < points.n; i++) {
    if (points.counts[i] < 2 || points.n > MOST_COUNTED) continue;
    const onLeft = points.left[i] < plot.x + plot.width / 2;
    context.textAlign = onLeft ? "left" : "right";
    const x = points.left[i] + (onLeft ? 18 : -18);
    const y = points.top[i] + (points.isTest[i] ? 8 : -8);
    const text = `${points.isTest[i] ? "test" : "train"} ×${formatCount(points.counts[i])}`;
    haloText(context, text, x, y, palette.contrast, palette.outline);
  }
}

/** A cross over every point the network gets wrong. Regression has no wrong answers, only distances. */
function markWrong(context, points, outputs, palette) {
  context.beginPath();
  for (let i = 0; i < points.n; i++) {
    const said = outputs.length > points.n ? winner(outputs, points.n, i) : Number(saysOne(outputs[i]));
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
  const [low, high] = palette.classes;
  for (const isTest of [1, 0]) {
    for (const [sign, shape, colour] of [[-1, TRIANGLES.below, low], [1, TRIANGLES.above, high]]) {
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

/**
 * One mark as a small picture of its own: a thousand points are then a thousand copies, not a thousand drawings.
 * `open` has a light core, `ring` is the colour of a line around it all.
 */
function makeStamp(shape, colour, outline, size, open, ring = null) {
  const side = 2 * Math.ceil(1.5 * size + 3);
  const scaled = (scale) => {
    const path = new Path2D();
    path.addPath(new Path2D(shape), { a: scale, d: scale, e: side / 2, f: side / 2 });
    return path;
  };
  const canvas = document.createElement("canvas");
  const context = fitCanvas(canvas, side, side);
  if (ring) {
    context.strokeStyle = ring;
    context.lineWidth = 3.4;
    context.lineJoin = "round";
    context.stroke(scaled(size));
  }
  context.fillStyle = colour;
  context.fill(scaled(size));
  context.strokeStyle = outline;
  context.lineWidth = Math.min(1.4, 0.24 * size);
  context.stroke(scaled(size));
  context.fillStyle = outline;
  if (open) context.fill(scaled(0.55 * size));
  return { canvas, side };
}

/** A ring around a place that is pointed at elsewhere. */
function paintRing(context, x, y, palette) {
  context.beginPath();
  context.arc(x, y, 10, 0, 2 * Math.PI);
  for (const [width, colour] of [[5, palette.contrast], [2.5, palette.outline]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}
