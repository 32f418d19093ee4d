// The drawing of a network on one canvas: a map of the plane for every neuron, every weight as a line, every bias as a
// square. Blue is positive and orange negative, as everywhere; negative weights are dashed too, and a bias shows its
// sign. It knows where everything stands (`spotOf`) and what stands somewhere (`find`); words and hands are in
// network.js.

const MOST_LINKS = 200; // drawn at once; the weaker ones are counted
const LINK_WIDTH = { thin: 0.8, thick: 8 };
const SOLID = [];
const LEGIBLE = 40; // pixels a side of a map that has room for a name on it
const LINE = 15; // pixels from one line of a name to the next
const COUNT_ROOM = 18; // below the drawing, for the number of weights left out
const FADED = 0.1; // opacity of what does not belong to the neuron or weight pointed at
const CURVE_STEPS = 16; // of a line, to find it under the pointer

/** What stands beside the outputs, in lines. */
function outputNames(run) {
  if (run.task === "regression") return [[cutShort(run.axes[2].title, 10)]];
  if (run.task === "binary") return [["probability", `of ${cutShort(run.classes[1], 8)}`]];
  return run.classes.map((name) => [cutShort(name, 10)]);
}

/**
 * @param {HTMLCanvasElement} canvas
 */
function createDrawing(canvas) {
  const [maps, mask, names] = ["canvas", "canvas", "canvas"].map((tag) => document.createElement(tag));
  maps.getContext("2d", { willReadFrequently: true }); // put together from pixels: it stays in memory
  const tiles = new Map(); // by side: room for the pixels of one map
  let run, palette, shades, scene;
  let answerScale = 1, largestWeight = 1; // of this run: what has the strongest colour, and the widest line
  let drawn = ""; // what the scene was made of

  const sideways = (value) => (value > 0 ? palette.classes[1] : value < 0 ? palette.classes[0] : palette.neutral);

  // --- what does not depend on the epoch ---

  /** Whether everything stands elsewhere now. */
  function load(newRun, newPalette, width, height) {
    [run, palette] = [newRun, newPalette];
    const { sizes, features } = run.network;
    answerScale = largestTarget(run);
    largestWeight = Math.max(2, Math.min(10, largestSize(run.arrays.parameters, 0, run.arrays.parameters.length)));
    const sketch = JSON.stringify([sizes, features, run.task, run.limits, outputNames(run), width, height, palette]);
    if (sketch === drawn || !width) return false;
    drawn = sketch;
    shades = makeShades(palette, Math.max(2, classCount(run)));
    arrange(width, height);
    return true;
  }

  function arrange(width, height) {
    const { sizes } = run.network;
    const context = fitCanvas(canvas, width, height);
    const [before, after] = [run.network.features.map(featureName), outputNames(run).flat()].map((texts) => {
      context.font = `13px ${palette.font}`;
      return Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width))) + 12;
    });
    const weights = sizes.slice(1).reduce((sum, units, layer) => sum + units * sizes[layer], 0);
    const room = { width, height: height - (weights > MOST_LINKS ? COUNT_ROOM : 0), left: before, right: after };
    const columns = layOut(sizes, room);
    const [frames, biases] = [new Path2D(), []];
    columns.forEach(({ x, side, ys }, column) => {
      ys.forEach((y, unit) => {
        frames.roundRect(x - side / 2, y - side / 2, side, side, Math.min(6, 0.18 * side));
        if (!column) return;
        const index = parameterIndex(sizes, { layer: column - 1, unit }, sizes[column - 1]);
        const base = Math.max(6, Math.min(11, 0.24 * side));
        biases.push({ index, x: x - side / 2, y: y + side / 2 - 1, base, near: Math.min(1.2 * base, 0.5 * side) });
      });
    });
    const links = layLinks(columns, sizes);
    const thick = Math.min(LINK_WIDTH.thick, 0.3 * Math.min(...columns.map(({ side }) => side)));
    const sorting = new Float64Array(links.length);
    scene = { width, height, columns, frames, biases, links, thick, sorting, dash: [0, 0] };
    fitCanvas(maps, width, height).clearRect(0, 0, width, height);
    paintLayer(mask, width, height, (layer) => layer.fill(frames));
    paintLayer(names, width, height, paintNames);
  }

  /** Features to the left, classes to the right. */
  function paintNames(context) {
    const [first, last] = [scene.columns[0], scene.columns.at(-1)];
    context.font = `italic 13px ${palette.font}`;
    context.fillStyle = palette.ink;
    context.textBaseline = "middle";
    context.textAlign = "right";
    run.network.features.forEach((name, unit) => {
      context.fillText(featureName(name), first.x - first.side / 2 - 8, first.ys[unit]);
    });
    context.textAlign = "left";
    context.font = `13px ${palette.font}`;
    outputNames(run).forEach((lines, unit) => lines.forEach((line, i) => {
      const down = (i - (lines.length - 1) / 2) * LINE;
      context.fillText(line, last.x + last.side / 2 + 7, last.ys[unit] + down);
    }));
  }

  // --- a frame ---

  /**
   * @param {Shown} shown
   * @param {{layer: number, unit: number}} looked the neuron whose formula stands below
   * @param {?number} marked a parameter that is pointed at or in hand
   * @returns {number} how many weights are not drawn, being the weakest of too many
   */
  function paint(shown, looked, marked) {
    const { width, height } = scene;
    const context = fitCanvas(canvas, width, height);
    context.clearRect(0, 0, width, height);
    const left = paintLinks(context, shown, marked);
    paintMaps(context, shown);
    paintLooked(context, shown, looked);
    paintBiases(context, shown, marked);
    paintEdits(context, shown);
    context.drawImage(names, 0, 0, width, height);
    paintSources(context, looked);
    return left;
  }

  /** The strongest weights, and always those of the neuron or weight looked at. Returns how many are left out. */
  function paintLinks(context, { parameters, focus }, marked) {
    const { links, sorting, thick, dash } = scene;
    const least = leastDrawn(links, parameters, MOST_LINKS, sorting);
    let left = links.length;
    for (const link of links) {
      const weight = parameters[link.index];
      const own = link.index === marked || (focus !== null && touches(link, focus));
      link.drawn = Number.isFinite(weight) && (own || Math.abs(weight) >= least);
      if (!link.drawn) continue;
      left -= 1;
      context.globalAlpha = own ? 1 : focus ? FADED : marked !== null ? 3 * FADED : 0.85;
      context.strokeStyle = sideways(weight);
      context.lineWidth = LINK_WIDTH.thin + (thick - LINK_WIDTH.thin) * shareOf(weight, largestWeight);
      [dash[0], dash[1]] = [4 + 1.2 * context.lineWidth, 2.5 + 0.6 * context.lineWidth];
      context.setLineDash(weight < 0 ? dash : SOLID);
      context.stroke(link.path);
    }
    context.globalAlpha = 1;
    context.setLineDash(SOLID);
    return left;
  }

  function paintMaps(context, { field }) {
    const { width, height, columns, frames } = scene;
    const onMaps = maps.getContext("2d", { willReadFrequently: true });
    const density = maps.width / width;
    columns.forEach(({ x, side, ys }, column) => {
      const pixels = Math.round(side * density);
      if (!tiles.has(pixels)) tiles.set(pixels, new ImageData(pixels, pixels));
      const image = tiles.get(pixels);
      const room = new Uint32Array(image.data.buffer);
      for (let unit = 0; unit < ys.length; unit++) {
        paintTile(room, pixels, run, { layer: column - 1, unit }, field, shades, answerScale);
        onMaps.putImageData(image, Math.round((x - side / 2) * density), Math.round((ys[unit] - side / 2) * density));
      }
    });
    onMaps.globalCompositeOperation = "destination-in"; // rounds all corners at once
    onMaps.drawImage(mask, 0, 0, width, height);
    onMaps.globalCompositeOperation = "source-over";
    context.drawImage(maps, 0, 0, width, height);
    context.strokeStyle = palette.neutral;
    context.lineWidth = 1;
    context.stroke(frames);
  }

  /** A frame around the neuron whose formula stands below. */
  function paintLooked(context, { focus }, looked) {
    const { x, side, ys } = scene.columns[looked.layer + 1];
    context.strokeStyle = palette.accent;
    context.lineWidth = focus ? 3 : 1.5;
    context.beginPath();
    const around = side + 4;
    context.roundRect(x - around / 2, ys[looked.unit] - around / 2, around, around, Math.min(8, 0.25 * around));
    context.stroke();
  }

  /** A square each, with a minus or a plus where there is room: larger for a larger bias. */
  function paintBiases(context, { parameters }, marked) {
    for (const { index, x, y, base } of scene.biases) {
      const value = parameters[index];
      const half = Math.round(base * (0.7 + 0.7 * shareOf(value, largestWeight))) / 2;
      context.fillStyle = sideways(value);
      context.strokeStyle = index === marked ? palette.accent : palette.contrast;
      context.lineWidth = index === marked ? 3 : 1.5;
      context.beginPath();
      context.rect(x - half, y - half, 2 * half, 2 * half);
      context.fill();
      context.stroke();
      if (half < 3.5 || !value) continue;
      context.strokeStyle = palette.contrast;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x - half + 2, y);
      context.lineTo(x + half - 2, y);
      if (value > 0) context.moveTo(x, y - half + 2);
      if (value > 0) context.lineTo(x, y + half - 2);
      context.stroke();
    }
  }

  /** A dot on every weight that was edited by hand, from the epoch on at which it was. */
  function paintEdits(context, shown) {
    context.fillStyle = palette.contrast;
    context.strokeStyle = palette.outline;
    context.lineWidth = 2;
    for (const [epoch, index] of run.edits) {
      if (epoch > shown.epoch) continue;
      const { x, y } = spotOf(index);
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  /** What the inputs of the neuron looked at are called in its formula. */
  function paintSources(context, looked) {
    if (!looked.layer) return; // the features have their names
    const { x, side, ys } = scene.columns[looked.layer];
    if (side < LEGIBLE) return;
    context.font = `italic 12px ${palette.font}`;
    context.textAlign = "left";
    context.textBaseline = "top";
    ys.forEach((y, unit) => {
      const [left, top] = [x - side / 2 + 4, y - side / 2 + 3];
      haloText(context, `a${subscript(unit + 1)}`, left, top, palette.contrast, palette.outline);
    });
  }

  // --- what stands where ---

  /** Where a parameter stands in the drawing: a weight at the middle of its line, a bias beside its square. */
  function spotOf(index) {
    const link = scene.links.find((one) => one.index === index);
    if (link) return alongLink(link, 0.5);
    const { x, y } = scene.biases.find((one) => one.index === index);
    return { x: x + 11, y };
  }

  /** What of the drawing is at (x, y): a neuron, or the index of a parameter; nothing is {}. */
  function find(x, y, reach) {
    const { columns, biases, links } = scene;
    const away = (at) => Math.hypot(at.x - x, at.y - y);
    const bias = biases.find((one) => away(one) < one.near);
    if (bias) return { index: bias.index };
    for (let column = 0; column < columns.length; column++) {
      const { x: middle, side, ys } = columns[column];
      if (Math.abs(middle - x) > side / 2) continue;
      const unit = ys.findIndex((at) => Math.abs(at - y) <= side / 2);
      if (unit >= 0) return { neuron: { layer: column - 1, unit } };
    }
    let [nearest, found] = [reach, {}];
    for (const link of links) {
      if (!link.drawn || x < link.x0 || x > link.x1) continue;
      for (let step = 0; step <= CURVE_STEPS; step++) {
        const distance = away(alongLink(link, step / CURVE_STEPS));
        if (distance < nearest) [nearest, found] = [distance, { index: link.index }];
      }
    }
    return found;
  }

  return {
    load, paint, spotOf, find,
    get columns() { return scene?.columns; },
    get width() { return scene?.width; },
  };
}
