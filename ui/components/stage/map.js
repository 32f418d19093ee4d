// The decision map: what the network answers over the plane, the border between its answers, and the data.
//
// One idea serves every task: at each place the network leans towards one class with a strength from 0 to 1. The class
// gives the colour, the strength how far it stands out from white. Two classes: strength is |2p - 1|; more: how far
// the likeliest is ahead of the second; regression: the sign is the class, and the size, relative to the data, the
// strength.

const MAP_MARGIN = { left: 42, right: 10, top: 8, bottom: 36 };
const FULL_TINT = 0.8; // how far the strongest colour goes from white: markers in the full colour stand out on it

/** Marker shapes, one per class, about one unit in radius: SVG paths, so that canvas and legend draw the same. */
const SHAPES = [
  "M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z",
  "M-.9,-.9H.9V.9H-.9Z",
  "M0,-1.25L1.15,.8H-1.15Z",
  "M0,-1.3L1.3,0L0,1.3L-1.3,0Z",
  "M-.45,-1.15H.45V-.45H1.15V.45H.45V1.15H-.45V.45H-1.15V-.45H-.45Z",
  "M0,1.25L1.15,-.8H-1.15Z",
];

/** Classes of the picture: regression has two, below and above zero. */
const classCount = (run) => (run.task === "multiclass" ? run.network.sizes.at(-1) : 2);
const shapeOf = (k) => SHAPES[k % SHAPES.length];
const colourOf = (palette, k) => palette.classes[k % palette.classes.length];

/** 256 shades from white to each class's colour, as pixels: shades[256 * class + strength]. */
function makeShades(palette, count) {
  const shades = new Uint32Array(256 * count);
  const bytes = new Uint8ClampedArray(shades.buffer);
  for (let k = 0; k < count; k++) {
    const colour = channels(colourOf(palette, k));
    for (let strength = 0; strength < 256; strength++) {
      const at = 4 * (256 * k + strength);
      for (let c = 0; c < 3; c++) bytes[at + c] = 255 + (colour[c] - 255) * FULL_TINT * (strength / 255);
      bytes[at + 3] = 255;
    }
  }
  return shades;
}

/** The class that a value leans to and its strength as one index into the shades. `scale` is 1 for probabilities. */
function leanOfValue(value, scale) {
  const strength = Math.min(Math.abs(value / scale), 1);
  return (value > 0 ? 256 : 0) + Math.round(255 * strength);
}

/** How far class k is ahead of its best rival at one place: positive where k wins. `outputs` is (classes, n). */
function lead(outputs, n, place, k) {
  let rival = -Infinity;
  for (let at = place, other = 0; at < outputs.length; at += n, other++) {
    if (other !== k && outputs[at] > rival) rival = outputs[at];
  }
  return outputs[k * n + place] - rival;
}

/** The class with the highest output at one place. */
function winner(outputs, n, place) {
  let best = 0;
  for (let k = 1; k * n < outputs.length; k++) if (outputs[k * n + place] > outputs[best * n + place]) best = k;
  return best;
}

/**
 * Add the line where `values` is zero to the current path (marching squares, with linear interpolation on the edges).
 * @param {CanvasRenderingContext2D} context
 * @param {Float64Array} values (n, n), row by row from the top
 * @param {{x: number, y: number, width: number, height: number}} plot
 */
function traceZero(context, values, n, plot) {
  const [dx, dy] = [plot.width / (n - 1), plot.height / (n - 1)];
  const crossing = new Float64Array(8); // up to four points where the line meets the cell's edges
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const at = row * n + column;
      const [a, b, c, d] = [values[at], values[at + 1], values[at + n + 1], values[at + n]]; // clockwise from top left
      const sides = (a > 0) + (b > 0) + (c > 0) + (d > 0);
      if (sides === 0 || sides === 4) continue;
      const [x, y] = [plot.x + column * dx, plot.y + row * dy];
      let count = 0;
      const add = (px, py) => {
        crossing[count++] = px;
        crossing[count++] = py;
      };
      if (a > 0 !== b > 0) add(x + (dx * a) / (a - b), y);
      if (b > 0 !== c > 0) add(x + dx, y + (dy * b) / (b - c));
      if (c > 0 !== d > 0) add(x + (dx * d) / (d - c), y + dy);
      if (d > 0 !== a > 0) add(x, y + (dy * a) / (a - d));
      // A saddle meets all four edges: the middle of the cell decides which corners belong together.
      const turn = count === 8 && (a + b + c + d > 0) !== a > 0 ? 6 : 0;
      for (let i = 0; i < count; i += 4) {
        const [from, to] = [(i + turn) % 8, (i + turn + 2) % 8];
        context.moveTo(crossing[from], crossing[from + 1]);
        context.lineTo(crossing[to], crossing[to + 1]);
      }
    }
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

function paintAxes(context, { plot, width, height, domain }, palette) {
  const [x1Low, x1High, x2Low, x2High] = domain;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.strokeRect(plot.x - 0.5, plot.y - 0.5, plot.width + 1, plot.height + 1);
  context.fillStyle = palette.ink;
  context.font = `12px ${palette.font}`;
  context.globalAlpha = 0.75;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of roundTicks(x1Low, x1High, 5)) {
    const x = plot.x + ((tick - x1Low) / (x1High - x1Low)) * plot.width;
    context.fillText(formatNumber(tick), x, plot.y + plot.height + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of roundTicks(x2Low, x2High, 5)) {
    const y = plot.y + plot.height - ((tick - x2Low) / (x2High - x2Low)) * plot.height;
    context.fillText(formatNumber(tick), plot.x - 7, y);
  }
  context.globalAlpha = 1;
  context.font = `italic 13px ${palette.font}`;
  context.textBaseline = "bottom";
  context.textAlign = "center";
  context.fillText("x₁", plot.x + plot.width / 2, height);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText("x₂", 0, plot.y + plot.height / 2);
}

/** One mark as a small picture of its own: a thousand points are then a thousand copies, not a thousand drawings. */
function makeStamp(shape, colour, outline, size, open) {
  const side = 2 * Math.ceil(1.5 * size);
  const scaled = (scale) => {
    const path = new Path2D();
    path.addPath(new Path2D(shape), { a: scale, d: scale, e: side / 2, f: side / 2 });
    return path;
  };
  const canvas = document.createElement("canvas");
  const context = fitCanvas(canvas, side, side);
  context.fillStyle = colour;
  context.fill(scaled(size));
  context.strokeStyle = outline;
  context.lineWidth = Math.min(1.4, 0.24 * size);
  context.stroke(scaled(size));
  context.fillStyle = outline;
  if (open) context.fill(scaled(0.55 * size));
  return { canvas, side };
}

/** The data: colour and shape say the class (for regression the colour says the target); test points are hollow. */
function paintPoints(context, points, run, palette, shades, stamps) {
  const regression = run.task === "regression";
  const outline = regression ? palette.outline : palette.contrast;
  const density = context.getTransform().a;
  for (const isTest of [1, 0]) { // train points lie on top: a test point at the same place is a ring about its twin
    for (let i = 0; i < points.n; i++) {
      if (points.isTest[i] !== isTest) continue;
      const size = points.sizes[i];
      const kind = regression ? leanOfValue(points.targets[i], points.scale) & ~15 : points.targets[i]; // 32 shades do
      const look = `${kind} ${isTest} ${size}`;
      if (!stamps.has(look)) {
        const colour = regression ? pixelColour(shades[kind]) : colourOf(palette, kind);
        stamps.set(look, makeStamp(shapeOf(regression ? 0 : kind), colour, outline, size, isTest));
      }
      const { canvas, side } = stamps.get(look);
      const whole = (value) => Math.round((value - side / 2) * density) / density; // on whole pixels it stays sharp
      context.drawImage(canvas, whole(points.left[i]), whole(points.top[i]), side, side);
    }
  }
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

function pixelColour(pixel) {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`; // little-endian: red is the lowest byte
}

/** The points of a run with their places in the picture and what the network says about them. */
function placePoints(run, { plot, domain }) {
  const rows = run.arrays.points;
  const n = rows.length / POINT_COLUMNS;
  const column = (at) => Float64Array.from({ length: n }, (_, i) => rows[POINT_COLUMNS * i + at]);
  const [x1, x2, targets, isTest, counts] = [0, 1, 2, 3, 4].map(column);
  const small = (n <= 60 ? 6 : n <= 500 ? 4.2 : 3.2) * (plot.width < 340 ? 0.85 : 1);
  const trained = new Set();
  for (let i = 0; i < n; i++) if (!isTest[i]) trained.add(`${x1[i]} ${x2[i]}`);
  const sizes = Float64Array.from({ length: n }, (_, i) => {
    const merged = counts[i] > 1 ? 2 : 0;
    const around = isTest[i] && trained.has(`${x1[i]} ${x2[i]}`) ? 5 : 0; // a ring about the train point at this place
    return small + merged + around;
  });
  return {
    n, targets, isTest, counts, sizes,
    cross: small + 1, // the arm of the cross over a wrong one
    scale: targets.reduce((most, target) => Math.max(most, Math.abs(target)), 1e-9),
    left: x1.map((value) => plot.x + ((value - domain[0]) / (domain[1] - domain[0])) * plot.width),
    top: x2.map((value) => plot.y + plot.height - ((value - domain[2]) / (domain[3] - domain[2])) * plot.height),
    batch: makeBatch(run.network, x1, x2),
  };
}

/** The picture of a field, `cells` pixels a side, and room for its border line. */
function makePicture(cells) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = cells;
  const image = new ImageData(cells, cells);
  return { cells, canvas, image, pixels: new Uint32Array(image.data.buffer), border: new Float64Array(cells * cells) };
}

/** Colour the field from the network's answers. `scale` is the value of the strongest colour, for regression. */
function colourField(picture, outputs, run, shades, scale) {
  const { pixels } = picture;
  const n = pixels.length;
  if (run.task === "multiclass") {
    for (let i = 0; i < n; i++) {
      const k = winner(outputs, n, i);
      pixels[i] = shades[256 * k + Math.round(255 * lead(outputs, n, i, k))];
    }
  } else if (run.task === "binary") {
    for (let i = 0; i < n; i++) pixels[i] = shades[leanOfValue(2 * outputs[i] - 1, 1)];
  } else {
    for (let i = 0; i < n; i++) pixels[i] = shades[leanOfValue(outputs[i], scale)];
  }
  picture.canvas.getContext("2d").putImageData(picture.image, 0, 0);
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

/**
 * The picture on one canvas. load() takes a run, colours and size; paint() what is shown, and is all a frame costs.
 * @param {HTMLCanvasElement} canvas
 */
function createMap(canvas) {
  const overlay = document.createElement("canvas");
  const stamps = new Map(); // by look; kept until the colours change
  let run, palette, shades, scene, points, pictures, drawn;

  /** Everything that does not depend on the epoch. Repeating it with the same data, size and colours costs nothing. */
  function load(newRun, newPalette, width, height) {
    run = newRun;
    palette = newPalette;
    const plot = {
      x: MAP_MARGIN.left,
      y: MAP_MARGIN.top,
      width: width - MAP_MARGIN.left - MAP_MARGIN.right,
      height: height - MAP_MARGIN.top - MAP_MARGIN.bottom,
    };
    const { network, domain, task } = run;
    const sketch = JSON.stringify([network, domain, task, width, height, palette]);
    const samePlace = drawn && drawn.sketch === sketch;
    if (samePlace && sameNumbers(drawn.points, run.arrays.points)) return;
    if (!samePlace) {
      scene = { plot, width, height, domain };
      shades = makeShades(palette, classCount(run));
      pictures = {}; // made when they are first painted: the fine one is not needed while a slider is dragged
      stamps.clear();
    }
    points = placePoints(run, scene);
    paintLayer(overlay, width, height, (context) => {
      paintAxes(context, scene, palette);
      context.beginPath();
      context.rect(plot.x, plot.y, plot.width, plot.height);
      context.clip();
      paintPoints(context, points, run, palette, shades, stamps);
      paintCounts(context, points, scene, palette);
    });
    drawn = { sketch, points: run.arrays.points };
  }

  /** Paint the field, its border and the data. */
  function paint({ parameters, field }) {
    const { plot, width, height } = scene;
    const context = fitCanvas(canvas, width, height);
    const outputs = field.batch.layers.at(-1);
    const picture = (pictures[field.cells] ??= makePicture(field.cells));
    colourField(picture, outputs, run, shades, points.scale);
    context.clearRect(0, 0, width, height);
    // The outermost cells lie on the edges of the plane: their centres, half a pixel inside, are stretched to the plot.
    const inner = field.cells - 1;
    context.imageSmoothingQuality = "low"; // bilinear
    context.drawImage(picture.canvas, 0.5, 0.5, inner, inner, plot.x, plot.y, plot.width, plot.height);
    context.beginPath();
    traceBorders(context, picture, outputs, run, plot);
    context.strokeStyle = palette.outline;
    context.lineWidth = 1.6;
    context.stroke();
    context.drawImage(overlay, 0, 0, width, height);
    if (run.task !== "regression") markWrong(context, points, forward(run.network, parameters, points.batch), palette);
  }

  /** The place of the plane under a pointer event, or null outside the plot. */
  function placeAt(event) {
    const box = canvas.getBoundingClientRect();
    const { plot, domain: [x1Low, x1High, x2Low, x2High] } = scene;
    const across = (event.clientX - box.left - plot.x) / plot.width;
    const up = 1 - (event.clientY - box.top - plot.y) / plot.height;
    if (across < 0 || across > 1 || up < 0 || up > 1) return null;
    return { x1: x1Low + across * (x1High - x1Low), x2: x2Low + up * (x2High - x2Low) };
  }

  return { load, paint, placeAt, get scale() { return points.scale; } };
}

function sameNumbers(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
