// The fan: losses of many runs over their epochs, and behind their ends every final loss as a mark, on one axis; where
// there is little room, below them on the same axis once more. The plateaus that have a name are lines across both.

/** The mark of each kind of fate (nn_core.fates.KINDS), always the same; its colour is --fate-kind in seeds.css. */
const FATE_MARKS = {
  solved: SHAPES[0],
  memorised: SHAPES[4],
  learning: SHAPES[5],
  plateau: "M-1.3,-.5H1.3V.5H-1.3Z",
  restless: "M-1.2,-1L1.2,1V-1L-1.2,1Z",
  untrained: "M-.5,-1.3H.5V1.3H-.5Z",
  diverged: "M-1.2,-.6L-.6,-1.2L0,-.6L.6,-1.2L1.2,-.6L.6,0L1.2,.6L.6,1.2L0,.6L-.6,1.2L-1.2,.6L-.6,0Z",
  nothing: SHAPES[1],
  "share-2": SHAPES[3],
  "share-3": SHAPES[2],
  "share-4": "M-.6,-1.1H.6L1.3,1H-1.3Z",
  "share-5": "M0,-1.2L1.2,-.3L.75,1.1H-.75L-1.2,-.3Z",
};

const FAN_MARGIN = { left: 52, right: 10, top: 12, bottom: 28 };
const DOTS_SHARE = 0.3; // of the width, beside the curves
const DOTS_BELOW = 0.42; // of the height, below them
const STACKED = 560; // pixels of width below which they are: seeds.css has the height for that
const FEW = 100; // curves, of which each is painted more strongly
const DOT = 3.4; // the radius of a mark
const DIVERGED = 16; // the height of the strip on top, for what has no loss any more
const REACH = 14; // pixels: how near the pointer has to be to a mark or a line
const EXACT = 5e-4; // a plateau whose losses are less apart has one
const APART = 13; // pixels between two values at the upright axis

/** Where everything is: two plots with the same axis, beside or below each other. `rests` are the named plateaus. */
function fanScene(crowd, width, height) {
  const axis = fineAxis([crowd.arrays.curves, crowd.arrays.final]);
  const lost = crowd.fates.some(({ kind }) => kind === "diverged") ? DIVERGED : 0;
  const { left, right, top, bottom } = FAN_MARGIN;
  const [across, down] = [width - left - right, height - top - bottom];
  const stacked = width < STACKED;
  const plot = stacked
    ? { x: left, y: top, width: across, height: down * (1 - DOTS_BELOW) - bottom }
    : { x: left, y: top + lost, width: across * (1 - DOTS_SHARE), height: down - lost };
  const dots = stacked
    ? { x: left, y: top + down * (1 - DOTS_BELOW) + lost, width: across, height: down * DOTS_BELOW - lost }
    : { ...plot, x: plot.x + plot.width, width: across * DOTS_SHARE };
  const lastEpoch = Math.max(1, crowd.epochs);
  const [scene, { y: dotY }] = [plot, dots].map((each) => chartScene(each, lastEpoch, axis));
  const rests = crowd.fates.filter(({ plateau }) => plateau).map(({ kind, title, plateau: [low, high] }) =>
    ({ kind, title, low, high, value: (low + high) / 2 })).sort((one, other) => one.value - other.value);
  const free = (tick) => rests.every(({ value }) => Math.abs(dotY(value) - dotY(tick)) > APART);
  axis.ticks = axis.ticks.filter(free);
  return { width, height, axis, lost, stacked, dots, rests, dotY, ...scene };
}

/** A place for each final loss: marks of about the same loss stand side by side, as close as they must. */
function placeDots(crowd, { dots, dotY, lost }) {
  const rows = new Map();
  const height = 2 * DOT + 0.6;
  crowd.order.forEach((member) => {
    const value = crowd.arrays.final[member];
    const top = Number.isFinite(value) ? Math.min(dotY(value), dots.y + dots.height) : dots.y - lost / 2 - 2;
    const row = Math.round(top / height);
    rows.set(row, [...(rows.get(row) ?? []), { member, top }]);
  });
  const placed = [];
  for (const row of rows.values()) {
    const step = Math.min(2 * DOT + 1, (dots.width - 16) / row.length);
    const size = Math.min(DOT, Math.max(2.2, 0.45 * step)); // in a crowded row each is smaller
    row.forEach(({ member, top }, i) => placed.push({ member, x: dots.x + 10 + i * step, y: top, size }));
  }
  return placed;
}

/** What a plateau is called at the axis: its loss, more roughly where it depends on which inputs share an answer. */
const restTick = ({ low, high, value }) => value.toFixed(high - low > EXACT ? 2 : 3);

/** Its loss in words: "0.693 = ln 2" where it is what guessing costs, "0.465 to 0.487" where it is a range. */
function restText({ task, network, unit }, { kind, low, high, value }) {
  if (kind === "nothing" && unit === "nats") return guessingText(value, classCount({ task, network }));
  return high - low > EXACT ? `${low.toFixed(3)} to ${high.toFixed(3)}` : value.toFixed(3);
}

/** One mounted fan: load() paints it, point() lights one of the members up, at() says which one is at a place. */
function createFan(canvas) {
  const backdrop = document.createElement("canvas");
  let crowd, palette, colours, paths, scene, places;

  function load(newCrowd, newPalette, newColours) {
    [crowd, palette, colours] = [newCrowd, newPalette, newColours];
    paths = crowd.fates.map(({ kind }) => new Path2D(FATE_MARKS[kind]));
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
    clipTo(context, scene.plot, 3);
    const { curve_epochs: epochs, low, high } = crowd.arrays;
    paintBand(context, scene, epochs, low, high, palette.ink, 0.08);
    const alpha = crowd.curveOf.length > FEW ? 0.28 : 0.45;
    crowd.curveOf.forEach((member, row) => paintCurve(context, member, row, alpha, 1));
    paintMiddle(context);
    context.restore();
    paintRests(context);
    for (const place of places) paintDot(context, place);
  }

  /** Around the marks; and what the strip on top is for. */
  function paintEdge(context) {
    const { dots, dotY, lost, stacked, axis } = scene;
    if (stacked) paintTicks(context, { plot: dots, y: dotY }, axis, palette);
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
    if (lost) context.fillText("diverged", dots.x - 4, dots.y - lost / 2 - 2);
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

  /** A line across for each plateau, its value at the axis, its name on the line. */
  function paintRests(context) {
    const { y, plot, dots, dotY, stacked, rests } = scene;
    context.textAlign = "right";
    let below = Infinity;
    for (const rest of rests) {
      const top = Math.round(y(rest.value)) + 0.5;
      paintRest(context, plot.x, stacked ? plot.x + plot.width : dots.x + dots.width, top, rest);
      if (stacked) paintRest(context, dots.x, dots.x + dots.width, Math.round(dotY(rest.value)) + 0.5, rest);
      context.font = `12px ${palette.font}`;
      context.textBaseline = "bottom";
      const whole = `${restText(crowd, rest)}: ${rest.title.replace(":", ",")}`;
      const fits = context.measureText(whole).width < plot.width - 12;
      const text = fits ? whole : fitText(context, rest.title, plot.width - 12);
      const bottom = Math.min(top - 2, below - 15); // labels keep apart
      haloText(context, text, plot.x + plot.width - 8, bottom, palette.background, palette.ink, 4);
      below = bottom;
    }
  }

  function paintRest(context, from, to, top, rest) {
    context.strokeStyle = palette.ink;
    context.lineWidth = 1;
    context.globalAlpha = 0.5;
    context.setLineDash([2, 3]);
    context.beginPath();
    context.moveTo(from, top);
    context.lineTo(to, top);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    context.font = `600 12px ${palette.font}`;
    context.textBaseline = "middle";
    haloText(context, restTick(rest), scene.plot.x - 8, top, palette.background, palette.ink, 4);
  }

  function paintDot(context, { member, x, y, size }, more = 0) {
    const radius = size + more;
    const fate = crowd.arrays.fate[member];
    const mark = new Path2D();
    mark.addPath(paths[fate], { a: radius, d: radius, e: x, f: y });
    context.fillStyle = colours[fate];
    context.fill(mark);
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
    paintDot(context, place, 2);
  }

  /** The member whose mark or line is nearest to a place, or null where none is near. */
  function at(left, top) {
    if (!scene) return null;
    const { dots, lost, stacked } = scene;
    const overDots = stacked ? top >= dots.y - lost - REACH : left >= dots.x;
    return overDots ? nearestDot(left, top) : nearestLine(left, top);
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

  /** Where a member's mark is. */
  const placeOf = (member) => places?.find((each) => each.member === member);

  return { load, point, at, placeOf };
}
