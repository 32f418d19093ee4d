// The time line: the curves of a run over its epochs, and a playhead to drag along them.

const TIME_MARGIN = { left: 52, right: 14, top: 12, bottom: 26 };
const FLAG = { width: 11, height: 9 }; // of a change on the way

/** The two curves shown and those of pinned runs, with the range and the ticks of an axis that holds them all. */
function chooseCurves(run, pins, metric, logarithmic) {
  const of = ({ arrays }, which) => arrays[`${which}_${metric}`];
  const curves = { train: of(run, "train"), test: of(run, "test"), pins: pins.map((pin) => of(pin.run, "train")) };
  const all = [curves.train, curves.test, ...curves.pins].flatMap((curve) => Array.from(curve));
  const values = all.filter(Number.isFinite);
  if (metric === "score") return { ...curves, ...scoreAxis(run, values) };
  return { ...curves, ...(logarithmic ? powerAxis(values) : lossAxis(values)) };
}

function scoreAxis(run, values) {
  if (run.score === "accuracy") return { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: formatPercentTick };
  const low = values.some((value) => value < 0) ? -1 : 0; // R² has no lower end: what lies below -1 is cut off
  return { low, high: 1, ticks: roundTicks(low, 1, 4), label: formatNumber };
}

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

/** 0.001 as it is, smaller and larger powers of ten in short. */
function formatPower(value) {
  return value < 1e-3 || value > 1e4 ? `1e${Math.round(Math.log10(value))}`.replace("-", MINUS) : formatNumber(value);
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

/** The two looks: train is a solid line in the text colour, test a dashed one in its own. */
function useLook(context, which, palette) {
  context.lineWidth = which === "train" ? 2 : 1.8;
  context.lineJoin = "round";
  context.setLineDash(which === "train" ? [] : [6, 4]);
  context.strokeStyle = which === "train" ? palette.ink : palette.test;
  context.fillStyle = context.strokeStyle;
}

function paintFrame(context, { plot, x, y, lastEpoch }, curves, palette) {
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

/** What an answer without looking costs: a thin line with its name, when the axis reaches that far. */
function paintGuessing(context, { plot, y }, curves, run, palette) {
  const { guessing, classes } = run;
  if (guessing === null || guessing <= curves.low || guessing >= curves.high) return;
  const height = y(guessing);
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
  context.textAlign = "right";
  context.textBaseline = room ? "bottom" : "top";
  const balanced = guessing.toFixed(3) === Math.log(classes.length).toFixed(3);
  const text = `guessing: ${balanced ? `ln ${classes.length} = ` : ""}${guessing.toFixed(3)}`;
  haloText(context, text, plot.x + plot.width - 12, height + (room ? -3 : 4), palette.background, palette.ink, 4);
  context.globalAlpha = 1;
}

/** The curves of pinned runs: thin, in their colours, each in its own pattern. */
function paintPins(context, { x, y }, pins, curves) {
  pins.forEach(({ run, colour, dash }, i) => {
    context.lineWidth = 1.2;
    context.setLineDash(dash);
    context.strokeStyle = colour;
    traceCurve(context, run.arrays.epochs, curves.pins[i], x, y);
  });
  context.setLineDash([]);
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

/**
 * The time line on one canvas: load() as in the map, paint() puts the playhead (and the pointer's crosshair) on it.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} flags lies over the canvas and holds a button for each change on the way
 * @param {{goTo: function(number), describe: function(?string, number)}} on a flag pressed, pointed at or left
 */
function createTimeline(canvas, flags, on) {
  const backdrop = document.createElement("canvas");
  let run, palette, pins, scene, curves;
  let flagged = ""; // what the buttons were made of

  /** @param {{metric: "loss"|"score", logarithmic: boolean}} chart */
  function load(newRun, newPalette, chart, newPins, width, height) {
    run = newRun;
    palette = newPalette;
    pins = newPins;
    curves = chooseCurves(run, pins, chart.metric, chart.logarithmic);
    const plot = plotWithin(TIME_MARGIN, width, height);
    // A finished run fills the axis; one that is still training grows into the room that was planned for it.
    const own = run.finished ? run.arrays.epochs.at(-1) : run.figures.epochs;
    const lastEpoch = Math.max(1, own, ...pins.map((pin) => pin.run.arrays.epochs.at(-1)));
    const scaled = curves.logarithmic ? Math.log : (value) => value;
    const [low, high] = [scaled(curves.low), scaled(curves.high)];
    scene = {
      plot, width, height, lastEpoch,
      x: (epoch) => plot.x + (epoch / lastEpoch) * plot.width,
      y: (value) => plot.y + plot.height * (1 - (scaled(value) - low) / (high - low)),
    };
    paintLayer(backdrop, width, height, (context) => {
      paintFrame(context, scene, curves, palette);
      if (chart.metric === "loss") paintGuessing(context, scene, curves, run, palette);
      clipTo(context, plot, 2);
      paintMarks(context, scene, run, palette);
      paintPins(context, scene, pins, curves);
      for (const which of ["test", "train"]) {
        useLook(context, which, palette);
        traceCurve(context, run.arrays.epochs, curves[which], scene.x, scene.y);
      }
    });
    placeFlags();
  }

  /** Buttons over the painted flags, for pointers and keys. */
  function placeFlags() {
    const marks = marksOf(run);
    const wanted = JSON.stringify([marks, scene.width, scene.lastEpoch]);
    if (wanted === flagged) return;
    flagged = wanted;
    flags.replaceChildren(...marks.map(([epoch, text]) => {
      const left = scene.x(epoch);
      const words = `epoch ${formatCount(epoch)}: ${text}`;
      const button = make("button", { type: "button", "aria-label": words, style: `left: ${left}px` });
      for (const type of ["pointerenter", "focus"]) button.addEventListener(type, () => on.describe(words, left));
      for (const type of ["pointerleave", "blur"]) button.addEventListener(type, () => on.describe(null, left));
      button.addEventListener("click", () => on.goTo(epoch));
      return button;
    }));
  }

  function paintCrosshair(context, epoch, radius) {
    const { plot, x, y } = scene;
    const at = nearestIndex(run.arrays.epochs, epoch);
    for (const which of ["test", "train"]) {
      const height = y(curves[which][at]);
      if (!(height >= plot.y - 1 && height <= plot.y + plot.height + 1)) continue;
      useLook(context, which, palette);
      context.beginPath();
      context.arc(x(epoch), height, radius, 0, 2 * Math.PI);
      context.fill();
    }
  }

  function paintRule(context, epoch, colour, thickness) {
    const { plot, x } = scene;
    context.setLineDash([]);
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.beginPath();
    context.moveTo(x(epoch), plot.y - 4);
    context.lineTo(x(epoch), plot.y + plot.height);
    context.stroke();
  }

  /** @param {number} epoch of the playhead  @param {?number} pointed epoch under the pointer */
  function paint(epoch, pointed) {
    const { plot, width, height, x } = scene;
    const context = fitCanvas(canvas, width, height);
    context.clearRect(0, 0, width, height);
    context.drawImage(backdrop, 0, 0, width, height);
    if (pointed !== null) {
      context.globalAlpha = 0.5;
      paintRule(context, pointed, palette.ink, 1);
      context.globalAlpha = 1;
      paintCrosshair(context, pointed, 3);
    }
    paintRule(context, epoch, palette.accent, 2);
    context.fillStyle = palette.accent;
    context.beginPath();
    context.arc(x(epoch), plot.y - 4, 6, 0, 2 * Math.PI);
    context.fill();
    paintCrosshair(context, epoch, 4);
  }

  /** The epoch under a pointer event, held within a run. */
  function epochAt(event, { arrays } = run) {
    const across = (event.clientX - canvas.getBoundingClientRect().left - scene.plot.x) / scene.plot.width;
    return Math.max(0, Math.min(arrays.epochs.at(-1), across * scene.lastEpoch));
  }

  /** The pinned run whose curve is under a pointer event, if any. */
  function pinAt(event) {
    const down = event.clientY - canvas.getBoundingClientRect().top;
    const distance = (pin, i) => {
      const { epochs } = pin.run.arrays;
      const epoch = epochAt(event, pin.run);
      return Math.abs(scene.y(curves.pins[i][nearestIndex(epochs, epoch)]) - down);
    };
    const near = pins.map((pin, i) => ({ pin, away: distance(pin, i) })).filter(({ away }) => away < 8);
    return near.sort((a, b) => a.away - b.away)[0]?.pin;
  }

  return { load, paint, epochAt, pinAt };
}
