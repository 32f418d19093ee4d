// The drawn network with the numbers known so far: a box for every unit, with its signal above and the error below; a
// line for every weight. Forward, lines show weights, backward gradients, and at the update the new weights. What the
// step is about has a frame and its numbers beside it.

const GRAPH_TOP = 26; // room for the names of the layers
const GRAPH_RIGHT = 96; // for what is wanted, and the loss
const LETTER = 8.5; // pixels of a letter of an input's name, at most
const NARROWEST_PITCH = 74; // pixels from column to column: below, the drawing is pushed sideways
const BOX_WIDTH = 72;
const GAP = 22; // pixels between boxes of two layers, at least
const NUMBERS_GAP = 46; // in a narrower one only the number of a single line has room
const TALL_BOX = 34; // with room for two numbers
const SHARE_ALONG = { into: 0.24, outOf: 0.76, one: 0.5 }; // where on a line its number stands
const MOST_LABELLED = 30; // lines of a network that all have their number
const NUMBER_PLACES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.24, 0.76];

/** The size of a drawing of such a network, in so much room. */
function graphSize({ sizes, features }, room) {
  const left = 34 + LETTER * Math.max(...features.map((name) => featureName(name).length));
  const width = Math.max(room, sizes.length * NARROWEST_PITCH + left + GRAPH_RIGHT - 20);
  const most = Math.max(...sizes);
  return { width, left, height: GRAPH_TOP + Math.max(210, most * (most > 8 ? 27 : 50)) };
}

/** Boxes and lines of a network, all in pixels. */
function layGraph(sizes, { width, height, left }) {
  const columns = layOut(sizes, { width, height: height - GRAPH_TOP, left, right: GRAPH_RIGHT });
  const pitch = columns.length > 1 ? columns[1].x - columns[0].x : width;
  const boxWidth = Math.min(BOX_WIDTH, pitch - GAP);
  const boxes = columns.map(({ x, ys }) => {
    const down = ys.length > 1 ? ys[1] - ys[0] : height;
    return { x, ys: ys.map((y) => y + GRAPH_TOP), width: boxWidth, side: Math.min(40, down - 5) };
  });
  const links = layLinks(boxes, sizes).map((link) => ({ ...link, places: [] }));
  return { width, height, boxes, links, gap: pitch - boxWidth };
}

/** For a small network: places for the number of each line where no two numbers and no box are in the way. */
function placeNumbers({ boxes, links }) {
  if (links.length > MOST_LABELLED) return;
  const taken = boxes.flatMap(({ x, ys, width, side }) => ys.map((y) => ({ x, y, width, height: side })));
  for (const link of links) {
    const free = NUMBER_PLACES.map((t) => ({ ...alongLink(link, t), width: 42, height: 15 })).find((place) =>
      taken.every((other) => Math.abs(other.x - place.x) > (other.width + place.width) / 2
        || Math.abs(other.y - place.y) > (other.height + place.height) / 2));
    if (!free) continue;
    taken.push(free);
    link.places.push(free);
  }
}

function createGraph(canvas) {
  let walk, palette, shades, scene, sketch;

  /** Whether everything stands elsewhere now. */
  function load(newWalk, newPalette, room) {
    [walk, palette] = [newWalk, newPalette];
    shades = makeShades(palette, 2);
    const { sizes } = walk.network;
    const size = graphSize(walk.network, room);
    const wanted = JSON.stringify([sizes, size]);
    if (wanted === sketch) return;
    sketch = wanted;
    scene = layGraph(sizes, size);
    placeNumbers(scene);
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
  }

  const sideways = (value) => (value > 0 ? palette.classes[1] : value < 0 ? palette.classes[0] : palette.neutral);

  /** `members` are the steps looked at, the last of them the one that stands beside; `known` is the ledger there. */
  function paint(members, known) {
    const context = fitCanvas(canvas, scene.width, scene.height);
    context.clearRect(0, 0, scene.width, scene.height);
    const step = members.at(-1);
    const own = new Map(members.flatMap(linksOf).map((each) => [each.link, each.t]));
    paintLinks(context, step, known, own);
    paintBoxes(context, members, known);
    paintBiases(context, members, known);
    paintNames(context, step, known);
    paintNumbers(context, step, known, own);
  }

  /** The lines that take part in a step, and where on them their numbers stand. */
  function linksOf({ name, layer, unit, source }) {
    const { links } = scene;
    const found = (test, t) => links.filter(test).map((link) => ({ link, t }));
    if (name === "sum") return found((one) => one.layer === layer - 1 && one.unit === unit, SHARE_ALONG.into);
    if (name === "back") return found((one) => one.layer === layer && one.input === unit, SHARE_ALONG.outOf);
    if (!["weight", "mean", "penalty", "update"].includes(name)) return [];
    const spread = walk.network.sizes[layer - 1] > 1 ? SHARE_ALONG.into : SHARE_ALONG.one;
    return found((one) => one.layer === layer - 1 && one.unit === unit && one.input === source, spread);
  }

  /** What a line shows: weights on the way forward, then gradients, of a batch their means, then new weights, as far as
   * they are known. */
  function worthOf({ index, layer, unit }, step, known) {
    const { parameters } = walk.arrays;
    if (Number.isFinite(known.renewed[index])) return known.renewed[index];
    if (step.part === "Forward") return Number.isFinite(known.z[layer + 1][unit]) ? parameters[index] : NaN;
    return Number.isFinite(known.mean[index]) ? known.mean[index] : known.gradient[index];
  }

  function paintLinks(context, step, known, own) {
    const { parameters } = walk.arrays;
    const worths = scene.links.map((link) => worthOf(link, step, known));
    const { part } = step;
    const gradients = part === "Forward" ? parameters : part === "Update" ? known.mean : known.gradient;
    const most = gradients.reduce((top, value) => Math.max(top, Math.abs(value) || 0), 1e-12);
    scene.links.forEach((link, i) => {
      const mine = own.has(link);
      const value = mine && step.name === "back" ? parameters[link.index] : worths[i];
      const isKnown = Number.isFinite(value);
      context.globalAlpha = mine ? 1 : isKnown ? 0.5 : 0.22;
      context.strokeStyle = isKnown ? sideways(value) : palette.neutral;
      const scale = Number.isFinite(known.renewed[link.index]) ? 3 : most;
      context.lineWidth = (isKnown ? 1 + 3 * shareOf(value, scale) : 1) + (mine ? 1.2 : 0);
      context.setLineDash(isKnown && value < 0 ? [6, 3] : []);
      context.stroke(link.path);
    });
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  function paintBoxes(context, members, known) {
    const looked = new Map();
    for (const member of members) for (const [place, strong] of boxesOf(member)) {
      looked.set(place, strong || looked.get(place) || false);
    }
    const forward = members.at(-1).part === "Forward";
    scene.boxes.forEach((column, layer) => column.ys.forEach((y, unit) => {
      paintBox(context, { ...column, y, layer, unit }, known, looked.get(`${layer} ${unit}`), forward);
    }));
  }

  /** A square at the corner of a unit for its bias; that of the step with its number. */
  function paintBiases(context, members, known) {
    const { sizes } = walk.network;
    const step = members.at(-1);
    const own = new Set(members.filter(({ name, layer, source }) => name === "sum" || source === sizes[layer - 1])
      .map(({ layer, unit }) => `${layer} ${unit}`));
    scene.boxes.forEach(({ x, ys, width, side }, layer) => ys.forEach((y, unit) => {
      const index = layer ? parameterIndex(sizes, { layer: layer - 1, unit }, sizes[layer - 1]) : -1;
      const value = layer ? worthOf({ index, layer: layer - 1, unit }, step, known) : NaN;
      if (!Number.isFinite(value)) return;
      const [left, top, mine] = [x - width / 2, y + side / 2 - 2, own.has(`${layer} ${unit}`)];
      context.fillStyle = sideways(value);
      context.strokeStyle = mine ? palette.accent : palette.contrast;
      context.lineWidth = mine ? 2.5 : 1.2;
      context.beginPath();
      context.rect(left - 4, top - 4, 8, 8);
      context.fill();
      context.stroke();
      if (!mine || members.length > sizes[Math.max(0, layer - 1)] + 1) return;
      context.font = `600 12.5px ${palette.font}`;
      context.textAlign = "right";
      context.textBaseline = "middle";
      haloText(context, `b ${formatDigits(value)}`, left - 7, top + 1, palette.background, palette.ink, 4);
    }));
  }

  /** The units that a step is about (true), and those it takes numbers from (false), by "layer unit". */
  function boxesOf({ name, layer, unit, source }) {
    const all = (of) => scene.boxes[of].ys.map((_, i) => [`${of} ${i}`, false]);
    if (layer < 0) return [];
    if (name === "loss") return all(layer);
    if (name === "sum") return [...all(layer - 1), [`${layer} ${unit}`, true]];
    if (name === "back") return [...all(layer + 1), [`${layer} ${unit}`, true]];
    if (source < 0 || source === walk.network.sizes[layer - 1]) return [[`${layer} ${unit}`, true]];
    return [[`${layer - 1} ${source}`, false], [`${layer} ${unit}`, false]];
  }

  /** A unit: its signal (or its sum, before that) and its error (or what was sent back); where there is room for one
   * number only, on the way back the error. */
  function paintBox(context, { x, y, width, side, layer, unit }, known, strong, forward) {
    const [signal, sum, error, sent] = ["a", "z", "error", "sent"].map((each) => known[each][layer][unit]);
    const above = Number.isFinite(signal) || !Number.isFinite(sum) ? signal : sum;
    const below = Number.isFinite(error) ? error : sent;
    const two = side >= TALL_BOX && Number.isFinite(below);
    context.beginPath();
    context.roundRect(x - width / 2, y - side / 2, width, side, Math.min(7, 0.3 * side));
    context.fillStyle = Number.isFinite(above) ? pixelColour(shades[leanOfValue(above, 1.5)]) : palette.background;
    context.fill();
    context.strokeStyle = strong === undefined ? palette.neutral : palette.accent;
    context.lineWidth = strong ? 3.5 : strong === undefined ? 1 : 2;
    context.stroke();
    context.textAlign = "center";
    context.textBaseline = "middle";
    const size = Math.max(10, Math.min(13, 0.62 * side));
    const write = (sign, value, at) => {
      context.font = `${sign && "italic "}${Math.min(size, two ? 12 : size)}px ${palette.font}`;
      context.fillStyle = Number.isFinite(above) ? palette.outline : palette.ink;
      const long = `${sign}${formatDigits(value)}`;
      const fits = context.measureText(long).width < width - 4;
      context.fillText(fits ? long : `${sign}${formatNumber(value, 2)}`, x, at, width - 4);
    };
    const instead = !two && !forward && Number.isFinite(below);
    if (Number.isFinite(above) && !instead) write("", above, two ? y - side / 4 + 1 : y);
    if (two || instead) write(Number.isFinite(error) ? "δ " : "← ", below, two ? y + side / 4 : y);
  }

  /** Above, the layers; to the left the inputs; to the right what is wanted, and the loss. */
  function paintNames(context, step, known) {
    const { features, sizes } = walk.network;
    const last = sizes.length - 1;
    context.fillStyle = palette.ink;
    context.textBaseline = "middle";
    context.textAlign = "center";
    context.font = `12px ${palette.font}`;
    scene.boxes.forEach(({ x }, layer) => {
      context.globalAlpha = step.layer === layer ? 1 : 0.7;
      context.fillText(layer === 0 ? "inputs" : layer === last ? "output" : `hidden ${layer}`, x, 10);
    });
    context.globalAlpha = 1;
    const [first, final] = [scene.boxes[0], scene.boxes[last]];
    context.textAlign = "right";
    context.font = `italic 13px ${palette.font}`;
    features.forEach((name, i) => context.fillText(featureName(name), first.x - first.width / 2 - 6, first.ys[i]));
    context.textAlign = "left";
    const beside = final.x + final.width / 2 + 8;
    const lift = sizes[last] === 1 ? 9 : 0;
    walk.target.forEach((y, k) => context.fillText(`y ${formatNumber(y)}`, beside, final.ys[k] - lift));
    const names = { newBatchLoss: "mean L", newLoss: "L", batchLoss: "mean L", loss: "L" }; // the last first
    const latest = Object.keys(names).find((name) => Number.isFinite(known[name]));
    if (!latest) return;
    context.font = `600 13px ${palette.font}`;
    const down = sizes[last] === 1 ? 11 : final.side / 2 + 14;
    context.fillText(`${names[latest]} ${formatDigits(known[latest])}`, beside, final.ys.at(-1) + down);
  }

  /** The numbers on lines: of the step's own always, of the others as far as there is room. */
  function paintNumbers(context, step, known, own) {
    context.textAlign = "center";
    context.textBaseline = "middle";
    const written = [];
    const write = (link, spot, value, mine) => {
      const near = written.some((other) => Math.abs(other.x - spot.x) < 44 && Math.abs(other.y - spot.y) < 13);
      if (!Number.isFinite(value) || (near && (!mine || own.size > 1))) return;
      written.push(spot);
      context.font = `${mine ? "600 " : ""}${mine ? 12.5 : 11.5}px ${palette.font}`;
      haloText(context, formatDigits(value), spot.x, spot.y, palette.background, palette.ink, 4);
    };
    for (const [link, t] of scene.gap < NUMBERS_GAP && own.size > 1 ? [] : own) {
      const value = step.name === "back" ? walk.arrays.parameters[link.index] : worthOf(link, step, known);
      write(link, link.places[0] ?? alongLink(link, t), value, true);
    }
    for (const link of scene.links) {
      if (!own.has(link) && link.places.length) write(link, link.places[0], worthOf(link, step, known), false);
    }
  }

  /** What stands at (x, y): a unit of a layer, or a line. */
  function find(x, y) {
    for (const [layer, { x: middle, ys, width, side }] of scene.boxes.entries()) {
      if (Math.abs(middle - x) > width / 2) continue;
      const unit = ys.findIndex((at) => Math.abs(at - y) <= side / 2);
      if (unit >= 0) return { layer, unit };
    }
    let [nearest, found] = [8, null];
    for (const link of scene.links) {
      for (let t = 0; t <= 16; t++) {
        const at = alongLink(link, t / 16);
        const distance = Math.hypot(at.x - x, at.y - y);
        if (distance < nearest) [nearest, found] = [distance, { link }];
      }
    }
    return found;
  }

  return {
    load, paint, find, worthOf,
    /** The middle of a column, to bring it into sight. */
    middleOf: (layer) => scene.boxes[Math.max(0, layer)].x,
  };
}
