// What charts over epochs are made of: axes, curves and their two looks, marks where something was changed.

const FLAG = { width: 11, height: 9 }; // of a change on the way

const formatPercentTick = (value) => `${Math.round(100 * value)} %`;

function lossAxis(values) {
  const highest = Math.max(1e-9, ...values);
  const step = roundStep(highest, 4);
  const high = Math.ceil(highest / step - 1e-6) * step; // a round end: it holds still while a slider is dragged
  return { low: 0, high, ticks: roundTicks(0, high, 4), label: formatNumber };
}

function powerAxis(values) {
  const positive = values.filter((value) => value > 0);
  const lowest = positive.length ? Math.min(...positive) : 0.1;
  const highest = positive.length ? Math.max(...positive) : 1;
  const low = Math.floor(Math.log10(lowest) + 1e-6);
  const high = Math.max(low + 1, Math.ceil(Math.log10(highest) - 1e-6));
  const every = Math.ceil((high - low) / 5);
  const ticks = [];
  for (let power = high; power >= low; power -= every) ticks.push(10 ** power);
  return { low: 10 ** low, high: 10 ** high, ticks, label: formatPower, logarithmic: true };
}

/** A logarithmic axis from below the lowest to above the highest of the values in several arrays, as far as they are
 * finite and positive, with ticks at 1, 3 or 1, 2, 5 and their powers of ten, or at even steps over a narrow range. */
function fineAxis(arrays) {
  let [low, high] = [Infinity, 0];
  for (const values of arrays) {
    for (const value of values) {
      if (!(value > 0 && value < Infinity)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!high) [low, high] = [0.01, 1];
  [low, high] = [low / 1.25, high * 1.25];
  return { low, high, ticks: fineTicks(low, high, 8), label: formatPower, logarithmic: true };
}

/** At most so many ticks of a logarithmic axis: where they are too many, powers of ten alone, or not all of them. */
function fineTicks(low, high, most) {
  const ticksAt = (factors) => {
    const ticks = [];
    for (let power = Math.ceil(Math.log10(high)); power >= Math.floor(Math.log10(low)); power--) {
      ticks.push(...factors.map((factor) => factor * 10 ** power).filter((tick) => tick >= low && tick <= high));
    }
    return ticks;
  };
  const wide = Math.log10(high / low);
  const [fine, powers] = [ticksAt(wide < 1.5 ? [5, 2, 1] : wide < 3 ? [3, 1] : [1]), ticksAt([1])];
  const ticks = fine.length > most && powers.length > 2 ? powers : fine;
  const every = Math.ceil(ticks.length / most);
  return ticks.length < 3 ? roundTicks(low, high, 4) : ticks.filter((_, i) => i % every === 0);
}

/** A tick of one significant digit: 0.001 as it is, smaller and larger ones in short, 3e−4. */
function formatPower(value) {
  if (value >= 1e-3 && value <= 1e4) return formatNumber(value);
  return value.toExponential(0).replace("+", "").replace("-", MINUS);
}

/** Where epochs and values are in a plot. `axis` is low, high and whether it is logarithmic. */
function chartScene(plot, lastEpoch, { low, high, logarithmic }) {
  const scaled = logarithmic ? Math.log : (value) => value;
  const [bottom, top] = [scaled(low), scaled(high)];
  return {
    plot, lastEpoch,
    x: (epoch) => plot.x + (epoch / lastEpoch) * plot.width,
    y: (value) => plot.y + plot.height * (1 - (scaled(value) - bottom) / (top - bottom)),
  };
}

/** A curve as a path. Values that are missing, not finite or, on a logarithmic axis, not positive leave a gap. */
function traceCurve(context, epochs, values, x, y) {
  context.beginPath();
  let drawing = false;
  for (let i = 0; i < values.length; i++) {
    const height = y(values[i]);
    if (!Number.isFinite(height)) {
      drawing = false;
      continue;
    }
    if (drawing) context.lineTo(x(epochs[i]), height);
    else context.moveTo(x(epochs[i]), height);
    drawing = true;
  }
  context.stroke();
}

/** A shade between two curves. What is not finite reaches to the top; what is not positive, to the bottom. */
function paintBand(context, { x, y, plot }, epochs, low, high, colour, alpha) {
  const floor = plot.y + plot.height;
  const heightOf = (value) => (Number.isFinite(value) ? Math.min(y(Math.max(value, 1e-30)), floor) : plot.y);
  context.beginPath();
  for (let i = 0; i < epochs.length; i++) context.lineTo(x(epochs[i]), heightOf(high[i]));
  for (let i = epochs.length - 1; i >= 0; i--) context.lineTo(x(epochs[i]), heightOf(low[i]));
  context.closePath();
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
}

/** The two looks: train is a solid line in the text colour, test a dashed one in its own. */
function useLook(context, which, palette) {
  context.lineWidth = which === "train" ? 2 : 1.8;
  context.lineJoin = "round";
  context.setLineDash(which === "train" ? [] : [6, 4]);
  context.strokeStyle = which === "train" ? palette.ink : palette.test;
  context.fillStyle = context.strokeStyle;
}

function paintFrame(context, scene, curves, palette) {
  const { plot, x, lastEpoch } = scene;
  paintTicks(context, scene, curves, palette);
  context.textBaseline = "top";
  context.globalAlpha = 0.75;
  const bottom = plot.y + plot.height + 8;
  for (const tick of roundTicks(0, lastEpoch, plot.width < 420 ? 4 : 8)) {
    if (!Number.isInteger(tick) || x(tick) > plot.x + plot.width - 64) continue; // room for the axis title
    context.textAlign = tick === 0 ? "left" : "center";
    context.fillText(formatCount(tick), x(tick), bottom);
  }
  context.textAlign = "right";
  context.fillText(`epoch ${formatCount(lastEpoch)}`, plot.x + plot.width, bottom);
  context.globalAlpha = 1;
}

/** The upright axis: a line and its value for each tick. */
function paintTicks(context, { plot, y }, curves, palette) {
  context.font = `12px ${palette.font}`;
  context.fillStyle = palette.ink;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of curves.ticks) {
    const height = Math.round(y(tick)) + 0.5;
    context.beginPath();
    context.moveTo(plot.x, height);
    context.lineTo(plot.x + plot.width, height);
    context.stroke();
    context.globalAlpha = 0.75;
    context.fillText(curves.label(tick), plot.x - 8, height);
    context.globalAlpha = 1;
  }
}

/** What an answer without looking costs: a thin line with its name, when the axis reaches that far. */
function paintGuessing(context, { plot, y }, curves, run, palette) {
  const { guessing, classes } = run;
  if (guessing === null || guessing <= curves.low || guessing >= curves.high) return;
  const text = `guessing: ${guessingText(guessing, classes.length)}`;
  paintHeight(context, plot, y(guessing), text, palette);
}

/** A thin dotted line at a height, with its name at the end of it. */
function paintHeight(context, plot, height, text, palette, end = "right") {
  context.strokeStyle = palette.ink;
  context.globalAlpha = 0.45;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(plot.x, height);
  context.lineTo(plot.x + plot.width, height);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 0.75;
  const room = height - plot.y > 18; // else the name stands below the line
  context.textAlign = end;
  context.textBaseline = room ? "bottom" : "top";
  const x = end === "right" ? plot.x + plot.width - 12 : plot.x + 12;
  haloText(context, text, x, height + (room ? -3 : 4), palette.background, palette.ink, 4);
  context.globalAlpha = 1;
}

/** What was changed on the way, by epoch: [[epoch, text], ...]. */
function marksOf({ changes }) {
  const marks = new Map();
  for (const [epoch, text] of changes) marks.set(epoch, [...(marks.get(epoch) ?? []), text]);
  return [...marks].map(([epoch, texts]) => [epoch, texts.join(", ")]);
}

/** A thin line with a flag where something was changed, and a shade over what no change can touch any more. */
function paintMarks(context, { plot, x }, run, palette) {
  const bottom = plot.y + plot.height;
  context.lineWidth = 1;
  context.strokeStyle = context.fillStyle = palette.ink;
  for (const [epoch] of marksOf(run)) {
    const left = Math.round(x(epoch)) + 0.5;
    context.globalAlpha = 0.6;
    context.beginPath();
    context.moveTo(left, plot.y);
    context.lineTo(left, bottom);
    context.stroke();
    context.globalAlpha = 0.85;
    context.beginPath();
    context.moveTo(left, plot.y);
    context.lineTo(left + FLAG.width, plot.y + FLAG.height / 2);
    context.lineTo(left, plot.y + FLAG.height);
    context.fill();
  }
  if (run.since !== null) {
    context.globalAlpha = 0.07;
    context.fillRect(plot.x, plot.y, x(run.since) - plot.x, plot.height);
  }
  context.globalAlpha = 1;
}
