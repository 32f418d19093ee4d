// Walkers and their ways, painted over either picture. A view says where a place of the ground is on its canvas, and
// whether something stands before it.

const STAR = "M0,-1.5L.44,-.6L1.43,-.46L.71,.24L.88,1.21L0,.75L-.88,1.21L-.71,.24L-1.43,-.46L-.44,-.6Z";
const FORMS = [SHAPES[0], SHAPES[1], SHAPES[2], SHAPES[3], SHAPES[4], SHAPES[5], STAR];
const START_RING = new Path2D("M6,0A6,6,0,1,1,-6,0A6,6,0,1,1,6,0Z");
const POINTED_CROSS = new Path2D("M-8,0H8M0,-8V8");
const HIDDEN = 0.35; // how much of a mark is seen through what stands before it
const formOf = (walk) => FORMS[walk % FORMS.length];
const dashOf = (walk) => PIN_DASHES[walk % PIN_DASHES.length];

/** Where a trail is on the canvas, and which of its points are seen: once for each size and turn of a view. */
function placeTrail(view, { u, v, rise }) {
  const points = Array.from(u, (_, i) => view.place(u[i], v[i], rise[i]));
  return { points, seen: points.map(view.sees) };
}

/** The ways as far as they have gone, with the rest of them pale, and the walkers at their tips. */
function paintWalkers(context, view, ground, colours, epoch, palette) {
  const tips = ground.walks.map((walk) => placeOnGround(view, ground, standing(walk, epoch)));
  ground.walks.forEach((walk, i) => {
    const { points, seen } = view.trails[i];
    const gone = walk.trail.epoch.findLastIndex((each) => each <= epoch) + 1;
    const stretch = (from, to, tip) => tracePath(points, seen, from, to, tip);
    const behind = stretch(0, gone, tips[i]);
    context.lineJoin = "round";
    strokeWay(context, behind, [], 5.5, palette.contrast, 0.75);
    strokeWay(context, stretch(Math.max(gone - 1, 0), points.length, null), dashOf(i), 1.6, colours[i], 0.5);
    strokeWay(context, behind, dashOf(i), 3, colours[i], 1);
  });
  paintStart(context, view, ground, palette);
  const [u, v] = ground.star;
  paintMark(context, placeOnGround(view, ground, { u, v }), STAR, 7.5, palette.contrast, palette.outline);
  tips.forEach((tip, i) => paintMark(context, tip, formOf(i), 6.5, colours[i], palette.contrast));
}

function placeOnGround(view, ground, { u, v }) {
  const rise = riseAt(ground, u, v);
  const point = view.place(u, v, rise);
  return { point, seen: view.sees(point) };
}

/** A stretch of a way, and with a tip on to there; what is hidden is left out. */
function tracePath(points, seen, from, to, tip) {
  const path = new Path2D();
  let down = false;
  const go = ([x, y], visible) => {
    if (visible && down) path.lineTo(x, y);
    else if (visible) path.moveTo(x, y);
    down = visible;
  };
  for (let i = from; i < to; i++) go(points[i], seen[i]);
  if (tip) go(tip.point, tip.seen);
  return path;
}

function strokeWay(context, path, dash, width, colour, alpha) {
  context.setLineDash(dash);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.globalAlpha = alpha;
  context.stroke(path);
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function paintMark(context, { point: [x, y], seen }, form, size, fill, edge) {
  if (!Number.isFinite(x + y)) return;
  context.save();
  context.globalAlpha = seen ? 1 : HIDDEN;
  context.translate(x, y);
  context.scale(size, size);
  const path = new Path2D(form);
  context.lineJoin = "round";
  context.lineWidth = 4 / size;
  context.strokeStyle = edge;
  context.stroke(path);
  context.fillStyle = fill;
  context.fill(path);
  context.restore();
}

/** The place where all have begun. */
function paintStart(context, view, ground, palette) {
  const [{ u, v }] = ground.walks;
  paintOutline(context, placeOnGround(view, ground, { u: u[0], v: v[0] }), START_RING, palette);
}

/** The place that is pointed at. */
function paintPointed(context, view, ground, place, palette) {
  paintOutline(context, placeOnGround(view, ground, place), POINTED_CROSS, palette);
}

function paintOutline(context, { point: [x, y], seen }, path, { contrast, outline }) {
  if (!Number.isFinite(x + y)) return;
  context.save();
  context.globalAlpha = seen ? 1 : HIDDEN;
  context.translate(x, y);
  for (const [width, colour] of [[5.2, contrast], [2.2, outline]]) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke(path);
  }
  context.restore();
}
