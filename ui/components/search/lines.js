// Parallel coordinates: an axis for each setting and one for what it is worth, and a line across them for each trial.

const LINES_MARGIN = { left: 46, right: 46, top: 52, bottom: 18 };
const BRUSH_WIDTH = 18;
const NEAR_LINE = 10; // pixels

function createLines(canvas) {
  const backdrop = document.createElement("canvas");
  let hunt, palette, shades, measure, scene;
  let brushes = []; // of each axis [low, high], or null

  function load(newHunt, newPalette, newMeasure) {
    if (newHunt.axes.length !== hunt?.axes.length) brushes = [];
    [hunt, palette, measure] = [newHunt, newPalette, newMeasure];
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    shades = shadesOf([palette.classes[1]]);
    const plot = plotWithin(LINES_MARGIN, width, height);
    const count = hunt.axes.length + 1;
    scene = {
      width, height, plot, count,
      x: (which) => plot.x + (plot.width * which) / (count - 1),
      y: (place) => plot.y + (1 - place) * plot.height,
    };
    paintLayer(backdrop, width, height, paint);
  }

  /** Where a trial crosses an axis, 0 to 1; the last one is what it is worth, null before it is known. */
  function placeOn(trial, which) {
    if (which < hunt.axes.length) return hunt.arrays.places[trial * hunt.axes.length + which];
    return strengthOf(hunt, measure, trial);
  }

  /** Whether a trial is within all brushes. */
  const isKept = (trial) =>
    brushes.every((brush, which) => {
      const place = brush && placeOn(trial, which);
      return !brush || (place !== null && place >= brush[0] && place <= brush[1]);
    });

  function paint(context) {
    const order = [...hunt.order].reverse(); // the best ones last, on top
    for (const trial of order) {
      const strength = strengthOf(hunt, measure, trial);
      if (strength === null && !allLost(hunt, trial)) continue;
      const colour = strength === null ? palette.wrong : pixelColour(shades[Math.round(55 + 200 * strength)]);
      paintLine(context, trial, colour, isKept(trial) ? 0.25 + 0.6 * (strength ?? 0.5) : 0.04, 1.3);
    }
    for (let which = 0; which < scene.count; which++) paintAxis(context, which);
  }

  function paintLine(context, trial, colour, alpha, width) {
    const { x, y } = scene;
    context.beginPath();
    for (let which = 0; which < scene.count; which++) {
      const place = placeOn(trial, which) ?? (allLost(hunt, trial) ? 0 : null);
      if (place !== null) context.lineTo(x(which), y(place));
    }
    context.strokeStyle = colour;
    context.globalAlpha = alpha;
    context.lineWidth = width;
    context.lineJoin = "round";
    context.stroke();
    context.globalAlpha = 1;
  }

  function paintAxis(context, which) {
    const { plot, x, y, count } = scene;
    const left = x(which);
    context.strokeStyle = palette.ink;
    context.lineWidth = 1;
    context.globalAlpha = 0.6;
    context.beginPath();
    context.moveTo(left, plot.y);
    context.lineTo(left, plot.y + plot.height);
    context.stroke();
    context.globalAlpha = 1;
    const edge = which === 0 ? "left" : which === count - 1 ? "right" : "center";
    const at = { left: left - 40, right: left + 40, center: left }[edge];
    context.textAlign = edge;
    context.textBaseline = "top";
    context.fillStyle = palette.ink;
    context.font = `600 13px ${palette.font}`;
    const axis = hunt.axes[which];
    const room = plot.width / (count - 1) - 8;
    context.fillText(fitText(context, axis ? axis.title : hunt.shortMeasure, room), at, 2);
    if (axis) paintImportance(context, axis, at, edge);
    context.font = `12px ${palette.font}`;
    const last = which === count - 1;
    context.textAlign = last ? "left" : "right";
    context.textBaseline = "middle";
    const ticks = axis ? axis.ticks : hunt.measureTicks;
    for (const [place, text] of ticks) {
      haloText(context, text, left + (last ? 7 : -7), y(place), palette.background, palette.ink, 4);
    }
    if (brushes[which]) paintBrush(context, which);
  }

  function paintImportance(context, { importance }, at, edge) {
    if (importance === null) return;
    const width = 60;
    const left = { left: at, right: at - width, center: at - width / 2 }[edge];
    context.fillStyle = palette.line;
    context.fillRect(left, 21, width, 6);
    context.fillStyle = palette.classes[0];
    context.fillRect(left, 21, width * importance, 6);
    context.font = `12px ${palette.font}`;
    context.fillStyle = palette.ink;
    context.globalAlpha = 0.8;
    context.fillText(`matters ${Math.round(100 * importance)} %`, at, 30);
    context.globalAlpha = 1;
  }

  function paintBrush(context, which) {
    const [low, high] = brushes[which];
    const { x, y } = scene;
    context.globalAlpha = 0.25;
    context.fillStyle = palette.accent;
    context.fillRect(x(which) - BRUSH_WIDTH / 2, y(high), BRUSH_WIDTH, y(low) - y(high));
    context.globalAlpha = 1;
  }

  /** Repaint, with one trial's line lit up, or none for null. */
  function point(trial) {
    if (!scene) return;
    const context = fitCanvas(canvas, scene.width, scene.height);
    context.clearRect(0, 0, scene.width, scene.height);
    context.drawImage(backdrop, 0, 0, scene.width, scene.height);
    if (trial !== null) paintLine(context, trial, palette.classes[0], 1, 3);
  }

  /** The trial whose line is nearest to a place, among those that are kept; null where none is near. */
  function at(left, top) {
    if (!scene) return null;
    const { plot, count, y } = scene;
    const along = Math.min(Math.max(((left - plot.x) / plot.width) * (count - 1), 0), count - 1 - 1e-9);
    const which = Math.floor(along);
    let [best, least] = [null, NEAR_LINE];
    for (const trial of hunt.order) {
      if (!isKept(trial) || !hunt.arrays.done[trial]) continue;
      const [from, to] = [y(placeOn(trial, which) ?? 0), y(placeOn(trial, which + 1) ?? 0)];
      const distance = Math.abs(from + (along - which) * (to - from) - top);
      if (distance < least) [best, least] = [trial, distance];
    }
    return best;
  }

  /** The axis at a place, and where along it, or null beside all of them. */
  function axisAt(left, top) {
    if (!scene) return null;
    const which = Math.round(((left - scene.plot.x) / scene.plot.width) * (scene.count - 1));
    if (Math.abs(left - scene.x(which)) > BRUSH_WIDTH / 2 + 2) return null;
    return { which, place: heightOf(top) };
  }

  /** Keep only what crosses this axis between two places; all, where they are the same. */
  function brush(which, from, to) {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    brushes[which] = high - low > 0.01 ? [low - 1e-6, high + 1e-6] : null;
  }

  /** How far up a place is along the axes, 0 to 1. */
  const heightOf = (top) => Math.min(Math.max(1 - (top - scene.plot.y) / scene.plot.height, 0), 1);

  return { load, point, at, axisAt, brush, isKept, heightOf };
}
