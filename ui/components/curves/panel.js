// One panel of a chart: two axes, and lines and marks on them.

const PANEL_MARGIN = { left: 54, right: 14, top: 26, bottom: 44 };
const DASHES = { solid: [], dashed: [7, 4], dotted: [2, 3], dashdot: [8, 3, 2, 3], long: [13, 4] };
const KINDS = { // how a value is written, and how a tick
  number: [formatNumber, formatNumber],
  count: [formatCount, formatCount],
  share: [formatPercent, formatPercentTick],
};
const MARKS_ON_A_LINE = 8;
const BEHIND = 0.32; // opacity of the others while one is lifted

/** Where values of an axis are between two pixels. What is below the end of a logarithmic one, as 0, stands there. */
function scaleOf({ low, high, logarithmic }, from, to) {
  const scaled = logarithmic ? (value) => Math.log(Math.max(value, low)) : (value) => value;
  const [first, last] = [scaled(low), scaled(high)];
  return (value) => from + ((scaled(value) - first) / (last - first)) * (to - from);
}

/** The ticks of an axis, so many about, and their texts. */
function ticksOf({ low, high, logarithmic, kind, ticks }, count) {
  if (ticks.length) return { ticks: ticks.map(([at]) => at), label: (at) => ticks.find(([each]) => each === at)[1] };
  if (logarithmic) return { ticks: fineTicks(low, high, count), label: formatPower };
  const round = roundTicks(low, high, count);
  return { ticks: kind === "count" ? round.filter(Number.isInteger) : round, label: KINDS[kind][1] };
}

/** Where everything of a panel is in a picture of this size. */
function panelScene(panel, width, height) {
  const plot = plotWithin(PANEL_MARGIN, width, height);
  const x = scaleOf(panel.x, plot.x, plot.x + plot.width);
  const y = scaleOf(panel.y, plot.y + plot.height, plot.y);
  const told = panel.series.filter(({ told }) => told !== "");
  const grid = told.reduce((most, each) => (each.x.length > most.length ? each.x : most), []);
  const marks = panel.series.reduce((count, { dash, x: { length } }) => count + (dash ? 0 : length), 0);
  const rungs = withFloor(panel, ticksOf(panel.y, Math.max(5, plot.height / 30)), y);
  return { width, height, plot, x, y, rungs, grid, lefts: Float64Array.from(grid, x), radius: marks > 80 ? 3 : 4.2 };
}

/** The ticks of the axis to the left, with 0 at its end where it is logarithmic and some values are 0. */
function withFloor({ y: axis, series }, { ticks, label }, y) {
  const { low, logarithmic } = axis;
  if (!logarithmic || !series.some(({ y: values }) => values.some((value) => value <= 0))) return { ticks, label };
  const free = ticks.filter((tick) => y(low) - y(tick) > 14);
  return { ticks: [...free, low], label: (tick) => (tick === low ? "0" : label(tick)) };
}

/** The panel as it is with one name lifted, null for none. */
function paintPanel(context, panel, scene, palette, lifted) {
  paintAxes(context, panel, scene, palette);
  context.save();
  clipTo(context, scene.plot, 6);
  const level = (each) => paintLevel(context, panel, scene, each, palette);
  panel.levels.filter(({ text }) => !text).forEach(level);
  const above = panel.series.some(({ name }) => name === lifted) ? lifted : null;
  const order = (each) => (each.name === above ? 2 : each.faint ? 0 : 1);
  for (const series of [...panel.series].sort((a, b) => order(a) - order(b))) {
    const [inFront, asUsual] = [series.name === above, series.faint ? 0.5 : 1];
    context.globalAlpha = inFront ? 1 : above === null ? asUsual : BEHIND * asUsual;
    context.lineWidth = (series.faint ? 1 : 2.2) + (inFront ? 0.6 : 0);
    paintSeries(context, series, scene, palette);
  }
  context.globalAlpha = 1;
  context.restore();
  panel.levels.filter(({ text }) => text).forEach(level);
}

function paintSeries(context, series, { x, y, radius }, palette) {
  context.strokeStyle = context.fillStyle = palette.of(series.colour);
  context.lineJoin = "round";
  if (series.dash) {
    context.setLineDash(series.faint ? [] : DASHES[series.dash]);
    traceCurve(context, series.x, series.y, x, y);
    context.setLineDash([]);
  }
  if (series.mark === null) return;
  const every = series.dash ? Math.max(1, Math.ceil(series.x.length / MARKS_ON_A_LINE)) : 1;
  for (let i = 0; i < series.x.length; i += every) paintMark(context, series, i, x, y, series.dash ? 3.2 : radius);
}

function paintMark(context, { mark, hollow, x: across, y: up }, i, x, y, radius) {
  const [left, top] = [x(across[i]), y(up[i])];
  if (!Number.isFinite(left + top)) return;
  const shape = new Path2D();
  shape.addPath(new Path2D(shapeOf(mark)), new DOMMatrix([radius, 0, 0, radius, left, top]));
  if (!hollow) return context.fill(shape);
  context.lineWidth = 1.6;
  context.stroke(shape);
}

function paintAxes(context, panel, scene, palette) {
  const { plot, x } = scene;
  paintTicks(context, scene, scene.rungs, palette);
  context.globalAlpha = 0.75;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillText(fitText(context, panel.y.title, scene.width), 0, 12);
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillText(fitText(context, panel.x.title, plot.width), plot.x + plot.width / 2, plot.y + plot.height + 26);
  const { ticks, label } = ticksOf(panel.x, Math.max(3, plot.width / 80));
  let free = -Infinity; // where the next text may begin
  for (const tick of ticks.toSorted((a, b) => a - b)) {
    const [text, left] = [label(tick), x(tick)];
    const half = context.measureText(text).width / 2;
    context.fillRect(left, plot.y + plot.height, 1, 4);
    if (left - half < free) continue;
    context.fillText(text, Math.min(left, scene.width - half), plot.y + plot.height + 8);
    free = left + half + 6;
  }
  context.globalAlpha = 1;
}

/** A thin line at a value, with its name where it has one. */
function paintLevel(context, panel, { plot, x, y }, { axis, at, text }, palette) {
  const { low, high } = panel[axis];
  if (!(at >= low && at <= high)) return;
  if (axis === "y") {
    return paintHeight(context, plot, y(at), text, palette, freeEnd(context, panel, { plot, x, y }, at, text));
  }
  const left = Math.round(x(at)) + 0.5;
  context.globalAlpha = text ? 0.45 : 1;
  context.lineWidth = 1;
  context.strokeStyle = text ? palette.ink : palette.line;
  context.beginPath();
  context.moveTo(left, plot.y);
  context.lineTo(left, plot.y + plot.height);
  context.stroke();
  context.globalAlpha = 0.85;
  const beyond = left > plot.x + plot.width / 2;
  context.textAlign = beyond ? "right" : "left";
  context.textBaseline = "bottom";
  haloText(context, text, left + (beyond ? -6 : 6), plot.y + plot.height - 3, palette.background, palette.ink, 4);
  context.globalAlpha = 1;
}

/** The end of a line at a height where its name covers the fewest points. */
function freeEnd(context, { series }, { plot, x, y }, at, text) {
  const width = context.measureText(text).width + 24;
  const covered = (from) => series.reduce((count, each) => count + each.x.reduce((sum, across, i) => {
    const [left, above] = [x(across), y(at) - y(each.y[i])];
    return sum + (left >= from && left <= from + width && above > -4 && above < 20 ? 1 : 0);
  }, 0), 0);
  return covered(plot.x) < covered(plot.x + plot.width - width) ? "left" : "right";
}
