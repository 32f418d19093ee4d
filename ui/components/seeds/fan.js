// The fan: losses of many runs over their epochs, and behind their ends every final loss as a dot, on one axis. The
// plateaus that have a name are lines across both.

const FAN_MARGIN = { left: 52, right: 10, top: 12, bottom: 28 };
const DOTS_SHARE = 0.3; // of the width
const DOT = 2.6; // its radius
const DIVERGED = 16; // the height of the strip on top, for what has no loss any more
const REACH = 14; // pixels: how near the pointer has to be to a dot or a line

/** Where everything is: two plots beside each other with the same heights. */
function fanScene(crowd, width, height) {
  const axis = fineAxis([crowd.arrays.curves, crowd.arrays.final]);
  const lost = crowd.fates.some((fate) => fate.name === "diverged") ? DIVERGED : 0;
  const { left, right, top, bottom } = FAN_MARGIN;
  const across = width - left - right;
  const plot = { x: left, y: top + lost, width: across * (1 - DOTS_SHARE), height: height - top - bottom - lost };
  const dots = { ...plot, x: plot.x + plot.width, width: across * DOTS_SHARE };
  return { width, height, axis, lost, dots, ...chartScene(plot, Math.max(1, crowd.epochs), axis) };
}

/** A place for each final loss: dots of about the same loss stand side by side, as close as they must. */
function placeDots(crowd, { dots, y, lost }) {
  const rows = new Map();
  const height = 2 * DOT + 0.6;
  crowd.order.forEach((member) => {
    const value = crowd.arrays.final[member];
    const top = Number.isFinite(value) ? Math.min(y(value), dots.y + dots.height) : dots.y - lost / 2 - 2;
    const row = Math.round(top / height);
    rows.set(row, [...(rows.get(row) ?? []), { member, top }]);
  });
  const placed = [];
  for (const row of rows.values()) {
    const step = Math.min(2 * DOT + 1, (dots.width - 16) / row.length);
    row.forEach(({ member, top }, i) => placed.push({ member, x: dots.x + 10 + i * step, y: top }));
  }
  return placed;
}

/** One mounted fan: load() paints it, point() lights one of the members up, at() says which one is at a place. */
function createFan(canvas) {
  const backdrop = document.createElement("canvas");
  let crowd, palette, colours, scene, places;

  function load(newCrowd, newPalette, newColours) {
    [crowd, palette, colours] = [newCrowd, newPalette, newColours];
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    scene = fanScene(crowd, width, height);
    places = placeDots(crowd, scene);
    paintLayer(backdrop, width, height, paint);
  }

  function paint(context) {
    paintFrame(context, scene, scene.axis, palette);
    paintEdge(context);
    context.save();
    const { plot, dots } = scene;
    clipTo(context, { ...plot, width: plot.width + dots.width }, 3);
    const { curve_epochs: epochs, low, high } = crowd.arrays;
    paintBand(context, scene, epochs, low, high, palette.ink, 0.08);
    crowd.curveOf.forEach((member, row) => paintCurve(context, member, row, 0.28, 1));
    paintMiddle(context);
    context.restore();
    paintPlateaus(context);
    for (const place of places) paintDot(context, place, DOT);
  }

  /** Between the curves and the dots; and what the strip on top is for. */
  function paintEdge(context) {
    const { dots, lost } = scene;
    context.strokeStyle = palette.line;
    context.strokeRect(Math.round(dots.x) + 0.5, dots.y + 0.5, dots.width - 1, dots.height);
    context.font = `12px ${palette.font}`;
    context.fillStyle = palette.ink;
    context.globalAlpha = 0.75;
    context.textBaseline = "top";
    context.textAlign = "center";
    context.fillText("at the end", dots.x + dots.width / 2, dots.y + dots.height + 8);
    context.textBaseline = "middle";
    context.textAlign = "right";
    if (lost) context.fillText("diverged", dots.x - 6, dots.y - lost / 2 - 2);
    context.globalAlpha = 1;
  }

  function paintMiddle(context) {
    const { x, y } = scene;
    context.strokeStyle = palette.ink;
    context.lineWidth = 2;
    context.setLineDash([7, 4]);
    traceCurve(context, crowd.arrays.curve_epochs, crowd.arrays.middle, x, y);
    context.setLineDash([]);
  }

  function paintCurve(context, member, row, alpha, width) {
    const { x, y } = scene;
    const { curve_epochs: epochs, curves } = crowd.arrays;
    context.strokeStyle = colours[crowd.arrays.fate[member]] ?? palette.neutral;
    context.globalAlpha = alpha;
    context.lineWidth = width;
    traceCurve(context, epochs, curves.subarray(row * epochs.length, (row + 1) * epochs.length), x, y);
    context.globalAlpha = 1;
  }

  function paintPlateaus(context) {
    const { y, plot, dots } = scene;
    context.font = `12px ${palette.font}`;
    context.textAlign = "right";
    context.textBaseline = "bottom";
    let below = Infinity;
    const resting = crowd.fates.filter(({ plateau }) => plateau);
    for (const { title, plateau } of resting.sort((one, other) => one.plateau[0] - other.plateau[0])) {
      const middle = (plateau[0] + plateau[1]) / 2;
      const top = Math.round(y(middle)) + 0.5;
      context.strokeStyle = palette.ink;
      context.lineWidth = 1;
      context.globalAlpha = 0.5;
      context.setLineDash([2, 3]);
      context.beginPath();
      context.moveTo(plot.x, top);
      context.lineTo(dots.x + dots.width, top);
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
      const text = fitText(context, `${middle.toFixed(3)} ${title}`, plot.width - 16);
      const bottom = Math.min(top - 2, below - 15); // labels keep apart
      haloText(context, text, dots.x - 8, bottom, palette.background, palette.ink, 4);
      below = bottom;
    }
  }

  function paintDot(context, { member, x, y }, radius) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = colours[crowd.arrays.fate[member]] ?? palette.neutral;
    context.fill();
    if (crowd.seeds[member] !== crowd.shown) return;
    context.beginPath();
    context.arc(x, y, radius + 3, 0, 2 * Math.PI);
    context.strokeStyle = palette.accent;
    context.lineWidth = 2;
    context.stroke();
  }

  /** Repaint, with one member lit up, or none for null. */
  function point(member) {
    if (!scene) return;
    const context = fitCanvas(canvas, scene.width, scene.height);
    context.clearRect(0, 0, scene.width, scene.height);
    context.drawImage(backdrop, 0, 0, scene.width, scene.height);
    const place = places.find((each) => each.member === member);
    if (!place) return;
    const row = crowd.curveOf.indexOf(member);
    context.save();
    clipTo(context, scene.plot, 3);
    if (row >= 0) paintCurve(context, member, row, 1, 2.6);
    context.restore();
    paintDot(context, place, DOT + 2);
  }

  /** The member whose dot or line is nearest to a place, or null where none is near. */
  function at(left, top) {
    if (!scene) return null;
    return left >= scene.dots.x ? nearestDot(left, top) : nearestLine(left, top);
  }

  function nearestDot(left, top) {
    let [best, least] = [null, REACH ** 2];
    for (const { member, x, y } of places) {
      const distance = (x - left) ** 2 + (y - top) ** 2;
      if (distance < least) [best, least] = [member, distance];
    }
    return best;
  }

  function nearestLine(left, top) {
    const { curve_epochs: epochs, curves } = crowd.arrays;
    const { plot, lastEpoch, y } = scene;
    const epoch = ((left - plot.x) / plot.width) * lastEpoch;
    const after = Math.min(Math.max(1, epochs.findIndex((each) => each >= epoch)), epochs.length - 1);
    const share = (epoch - epochs[after - 1]) / (epochs[after] - epochs[after - 1]);
    let [best, least] = [null, REACH];
    crowd.curveOf.forEach((member, row) => {
      const [from, to] = [y(curves[row * epochs.length + after - 1]), y(curves[row * epochs.length + after])];
      const distance = Math.abs(from + share * (to - from) - top);
      if (distance < least) [best, least] = [member, distance];
    });
    return best;
  }

  /** Where a member's dot is. */
  const placeOf = (member) => places?.find((each) => each.member === member);

  return { load, point, at, placeOf };
}
