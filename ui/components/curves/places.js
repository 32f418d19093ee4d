// What is asked about at a place of a panel: found, told in words, and marked.

const REACH = 12; // pixels, at which a line or a point is pointed at

/** What is asked about at a place of the panel, in pixels: `at` an x of the grid, or a point of one series, `name` of
 * what lies within reach, and null where there is nothing. */
function lookAt(panel, scene, left, top) {
  if (panel.scattered) return nearestPoint(panel, scene, left, top);
  const i = nearestIndex(scene.lefts, left);
  if (i < 0) return null;
  const found = { at: scene.grid[i], name: null };
  let least = REACH;
  for (const { series, value } of valuesAt(panel, found.at)) {
    const away = Math.abs(scene.y(value) - top);
    if (away < least) [least, found.name] = [away, series.name];
  }
  return found;
}

/** A point of a series as what is asked about; a series that the legend does not have is not lifted. */
const pointOf = (series, point) => ({ series, point, name: series.legend ? series.name : null });

function nearestPoint({ series }, { x, y }, left, top) {
  let [least, found] = [2 * REACH, null];
  for (const each of series) {
    for (let i = 0; each.told !== "" && i < each.x.length; i++) {
      const away = Math.hypot(x(each.x[i]) - left, y(each.y[i]) - top);
      if (away < least) [least, found] = [away, pointOf(each, i)];
    }
  }
  return found;
}

/** The series that have a value at exactly this x, and their values. */
function valuesAt({ series }, at) {
  const found = [];
  for (const each of series) {
    const i = each.told === "" ? -1 : nearestIndex(each.x, at);
    if (i >= 0 && each.x[i] === at) found.push({ series: each, value: each.y[i] });
  }
  return found;
}

const titleOf = (series) => series.told ?? series.name;
const valueText = (axis, value) => axis.names[value] ?? KINDS[axis.kind][0](value);

/** What has been found at a place, in words. */
function tellPlace(panel, { at, series, point }) {
  const { x, y } = panel;
  if (series) {
    const [across, up] = [valueText(x, series.x[point]), valueText(y, series.y[point])];
    return `${titleOf(series)}\n${x.title} ${across}\n${y.title} ${up}`;
  }
  const head = x.names.length ? valueText(x, at) : `${x.title} ${valueText(x, at)}`;
  const values = valuesAt(panel, at).map((each) => `${titleOf(each.series)}: ${valueText(y, each.value)}`);
  return [head, ...values].join("\n");
}

/** Mark what has been found, over the panel. */
function paintPlace(context, panel, { plot, x, y }, { at, series, point }, palette) {
  if (series) {
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x(series.x[point]), y(series.y[point]), 9, 0, 2 * Math.PI);
    return context.stroke();
  }
  context.globalAlpha = 0.5;
  context.fillStyle = palette.ink;
  context.fillRect(x(at), plot.y, 1, plot.height);
  context.globalAlpha = 1;
  for (const each of valuesAt(panel, at)) {
    const top = y(each.value);
    if (!(top >= plot.y - 1 && top <= plot.y + plot.height + 1)) continue;
    context.fillStyle = palette.of(each.series.colour);
    context.beginPath();
    context.arc(x(at), top, 4, 0, 2 * Math.PI);
    context.fill();
  }
}
