// The time line: the curves of a run over its epochs, and a playhead to drag along them.

const TIME_MARGIN = { left: 52, right: 14, top: 12, bottom: 26 };

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
    scene = { width, height, ...chartScene(plot, lastEpoch, curves) };
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
      button.title = `Goes to epoch ${formatCount(epoch)}, where this was changed: ${text}`;
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
