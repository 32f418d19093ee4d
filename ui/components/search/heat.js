// Trials on the plane of two settings: the cells of a grid, or a dot each where others have tried.

const HEAT_MARGIN = { left: 64, right: 14, top: 10, bottom: 46 };
const ROOM_FOR_TEXT = 30; // CSS pixels of a cell, from which its value is written into it
const DOT_RADIUS = { ended: 8, stopped: 4 };
const HATCH = 6;

/** How strong the colour of a value is, 0 to 1, white to full; null where there is no value. */
function strengthOf(hunt, measure, trial) {
  const { done, solved, loss, accuracy } = hunt.arrays;
  if (!done[trial]) return null;
  if (measure === "solved") return solved[trial] / done[trial];
  if (measure === "accuracy") return Number.isFinite(accuracy[trial]) ? accuracy[trial] : null;
  if (!Number.isFinite(loss[trial])) return null;
  const { low, high } = hunt.losses;
  const span = Math.log(high / low);
  return span > 1e-9 ? (Math.log(high) - Math.log(Math.min(Math.max(loss[trial], low), high))) / span : 1;
}

/** The loss, share or accuracy of a trial in few characters. */
function shortValue(hunt, measure, trial) {
  const { done, solved, loss, accuracy } = hunt.arrays;
  if (!done[trial]) return "";
  if (measure === "loss") return formatNumber(loss[trial], 2);
  return String(Math.round(100 * (measure === "solved" ? solved[trial] / done[trial] : accuracy[trial])));
}

/** All seeds of it have diverged. */
const allLost = ({ arrays: { done, diverged } }, trial) => done[trial] > 0 && diverged[trial] === done[trial];

/**
 * Where a place along an axis lies on the plane, 0 to 1, when the values of the grid are equally far apart there: each
 * in the middle of its cell, and between two of them evenly.
 */
function warp(places, place) {
  const n = places.length;
  if (n === 1) return 0.5;
  const after = Math.min(Math.max(1, places.findIndex((each) => each >= place - 1e-6)), n - 1);
  const [from, to] = [places[after - 1], places[after]];
  return (after - 1 + (place - from) / (to - from) + 0.5) / n;
}

function createHeat(canvas) {
  const backdrop = document.createElement("canvas");
  let hunt, palette, shades, measure, scene, spots;

  function load(newHunt, newPalette, newMeasure, isKept) {
    [hunt, palette, measure] = [newHunt, newPalette, newMeasure];
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    shades = shadesOf([palette.classes[1]]);
    const plot = plotWithin(HEAT_MARGIN, width, height);
    const places = hunt.columns.map((column) => column.map(([place]) => place));
    scene = {
      width, height, plot, places,
      x: (place) => plot.x + warp(places[0], place) * plot.width,
      y: (place) => plot.y + (1 - warp(places[1], place)) * plot.height,
    };
    spots = hunt.grid ? cellsOf() : dotsOf();
    paintLayer(backdrop, width, height, (context) => paint(context, isKept));
  }

  /** A cell for each pair of values, with the trials in it, the best first: more settings may be varied than two. */
  function cellsOf() {
    const { plot, places: [xs, ys] } = scene;
    const cells = new Map();
    for (const trial of hunt.order) {
      const [i, j] = [nearestIndex(xs, placeOf(trial, 0)), nearestIndex(ys, placeOf(trial, 1))];
      const key = i * ys.length + j;
      const [left, bottom] = [plot.x + (i / xs.length) * plot.width, plot.y + (1 - j / ys.length) * plot.height];
      const box = { left, right: left + plot.width / xs.length, top: bottom - plot.height / ys.length, bottom };
      if (!cells.has(key)) cells.set(key, { ...box, trials: [] });
      cells.get(key).trials.push(trial);
    }
    return [...cells.values()];
  }

  /** A dot for each trial; those that went on lie above those that were stopped, and among them the best on top. */
  function dotsOf() {
    const { trained } = hunt.arrays;
    const upwards = [...hunt.order].reverse().sort((a, b) => trained[a] - trained[b]);
    return upwards.map((trial) => {
      const radius = trained[trial] >= hunt.epochs ? DOT_RADIUS.ended : DOT_RADIUS.stopped;
      const [x, y] = [scene.x(placeOf(trial, 0)), scene.y(placeOf(trial, 1))];
      return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius, radius, trials: [trial] };
    });
  }

  const placeOf = (trial, which) => hunt.arrays.places[trial * hunt.axes.length + which];

  function paint(context, isKept) {
    const { plot } = scene;
    context.globalAlpha = 0.5;
    context.fillStyle = palette.line;
    context.fillRect(plot.x, plot.y, plot.width, plot.height);
    context.globalAlpha = 1;
    for (const spot of spots) paintSpot(context, spot, isKept);
    paintScales(context);
    const best = spots.find((spot) => spot.trials.includes(hunt.best));
    if (best) outline(context, best, palette.classes[0], 3);
  }

  function paintSpot(context, spot, isKept) {
    const kept = spot.trials.filter(isKept);
    const values = kept.map((trial) => strengthOf(hunt, measure, trial)).filter((value) => value !== null);
    const lost = kept.length > 0 && kept.every((trial) => allLost(hunt, trial));
    const strength = values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
    context.globalAlpha = kept.length ? 1 : 0.12;
    trace(context, spot);
    context.fillStyle = strength === null || lost ? palette.contrast : pixelColour(shades[Math.round(255 * strength)]);
    if (strength !== null || lost) context.fill();
    if (lost) hatch(context, spot);
    context.strokeStyle = spot.radius ? palette.neutral : palette.background;
    context.lineWidth = spot.radius ? 0.8 : 1;
    context.stroke();
    const room = Math.min(spot.right - spot.left, spot.bottom - spot.top);
    if (!spot.radius && spot.trials.length === 1 && room > ROOM_FOR_TEXT && strength !== null && !lost) {
      context.fillStyle = strength > 0.55 ? palette.contrast : palette.outline;
      context.font = `12px ${palette.font}`;
      context.textAlign = "center";
      context.textBaseline = "middle";
      const text = shortValue(hunt, measure, spot.trials[0]);
      context.fillText(text, (spot.left + spot.right) / 2, (spot.top + spot.bottom) / 2 + 0.5);
    }
    context.globalAlpha = 1;
  }

  function trace(context, { left, right, top, bottom, radius }) {
    context.beginPath();
    if (radius) context.arc((left + right) / 2, (top + bottom) / 2, radius, 0, 2 * Math.PI);
    else context.rect(left, top, right - left, bottom - top);
  }

  function hatch(context, spot) {
    context.save();
    trace(context, spot);
    context.clip();
    context.beginPath();
    const reach = spot.bottom - spot.top;
    for (let at = spot.left - reach; at < spot.right; at += HATCH) {
      context.moveTo(at, spot.bottom);
      context.lineTo(at + reach, spot.top);
    }
    context.strokeStyle = palette.wrong;
    context.lineWidth = 1.6;
    context.stroke();
    context.restore();
    trace(context, spot);
  }

  function outline(context, spot, colour, width) {
    trace(context, spot);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }

  function paintScales(context) {
    const { plot, x, y, width, height } = scene;
    const [across, up] = hunt.axes;
    context.font = `12px ${palette.font}`;
    context.fillStyle = palette.ink;
    context.globalAlpha = 0.8;
    context.textAlign = "center";
    context.textBaseline = "top";
    const [columns, rows] = hunt.columns;
    const cell = plot.width / columns.length;
    const every = Math.max(1, Math.ceil(38 / cell));
    columns.forEach(([place, text], i) => {
      if (i % every) return;
      context.fillText(fitText(context, text, cell * every - 4), x(place), plot.y + plot.height + 6);
    });
    context.textAlign = "right";
    context.textBaseline = "middle";
    const skip = Math.max(1, Math.ceil(16 / (plot.height / rows.length)));
    rows.forEach(([place, text], i) => {
      if (i % skip === 0) context.fillText(fitText(context, text, plot.x - 24), plot.x - 7, y(place));
    });
    context.globalAlpha = 1;
    context.font = `600 13px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText(across.title, plot.x + plot.width / 2, height - 4);
    context.save();
    context.translate(13, plot.y + plot.height / 2);
    context.rotate(-Math.PI / 2);
    context.textBaseline = "middle";
    context.fillText(up.title, 0, 0);
    context.restore();
  }

  /** Repaint, with the spot of one trial lit up, or none for null. */
  function point(trial) {
    if (!scene) return;
    const context = fitCanvas(canvas, scene.width, scene.height);
    context.clearRect(0, 0, scene.width, scene.height);
    context.drawImage(backdrop, 0, 0, scene.width, scene.height);
    const spot = spotOf(trial);
    if (spot) outline(context, spot, palette.accent, 3);
  }

  const spotOf = (trial) => spots?.find((spot) => spot.trials.includes(trial));

  /** The best trial at a place, or null. */
  function at(left, top) {
    const within = (spot) => left >= spot.left && left <= spot.right && top >= spot.top && top <= spot.bottom;
    return spots?.findLast(within)?.trials[0] ?? null;
  }

  /** The middle of a trial's spot. */
  function centre(trial) {
    const spot = spotOf(trial);
    return spot && [(spot.left + spot.right) / 2, (spot.top + spot.bottom) / 2];
  }

  return { load, point, at, centre };
}
