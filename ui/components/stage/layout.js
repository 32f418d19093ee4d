// Where everything stands in the network's drawing, in pixels. Pure functions: no page, no canvas.

const LARGEST_MAP = 56; // pixels a side of a neuron's map

/** How strongly a value counts, 0 to 1, where `most` is the largest of its kind. */
const shareOf = (value, most) => Math.min(1, Math.abs(value) / most);

/**
 * Where everything stands in a drawing of this size, in pixels from its top left corner.
 * @param {number[]} sizes of the layers, inputs first
 * @param {{width: number, height: number, left: number, right: number}} room margins left and right are for names
 * @returns {{x: number, side: number, ys: number[]}[]} a column of neurons (their centres) per layer
 */
function layOut(sizes, { width, height, left, right }) {
  const across = width - left - right;
  const widest = Math.min(LARGEST_MAP, (0.56 * across) / sizes.length);
  const pitch = (across - widest) / Math.max(1, sizes.length - 1);
  return sizes.map((units, column) => {
    const side = Math.floor(Math.min(widest, (0.82 * height) / units));
    const down = Math.min(height / units, 1.6 * side + 6);
    const ys = Array.from({ length: units }, (_, unit) => height / 2 + (unit - (units - 1) / 2) * down);
    return { x: left + widest / 2 + column * pitch, side, ys };
  });
}

/** Every weight as a curve between two maps; they arrive side by side in the order they come from. */
function layLinks(columns, sizes) {
  const links = [];
  for (let layer = 0; layer < sizes.length - 1; layer++) {
    const [from, to] = [columns[layer], columns[layer + 1]];
    const spread = Math.min(10, (0.7 * to.side) / sizes[layer]);
    for (let unit = 0; unit < sizes[layer + 1]; unit++) {
      for (let input = 0; input < sizes[layer]; input++) {
        const [x0, x1] = [from.x + from.side / 2, to.x - to.side / 2];
        const [y0, y1] = [from.ys[input], to.ys[unit] + (input - (sizes[layer] - 1) / 2) * spread];
        const path = new Path2D();
        path.moveTo(x0, y0);
        path.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
        const index = parameterIndex(sizes, { layer, unit }, input);
        links.push({ index, layer, unit, input, x0, y0, x1, y1, path, drawn: false });
      }
    }
  }
  return links;
}

/** The place on a link's curve, t from 0 to 1 along it. */
function alongLink({ x0, y0, x1, y1 }, t) {
  const s = 1 - t;
  const [early, late] = [s * s * (s + 3 * t), t * t * (t + 3 * s)]; // two of the four Bézier points share a height
  const middle = (x0 + x1) / 2;
  return { x: s * s * s * x0 + 3 * s * t * middle + t * t * t * x1, y: early * y0 + late * y1 };
}

/** The smallest |weight| that is drawn when at most `most` are. `room` is a place to sort in, one number per link. */
function leastDrawn(links, parameters, most, room) {
  if (links.length <= most) return 0;
  for (let i = 0; i < links.length; i++) room[i] = Math.abs(parameters[links[i].index]);
  room.sort();
  return room[links.length - most];
}

/** Whether a weight goes into or comes out of a neuron. */
const touches = (link, { layer, unit }) =>
  (link.layer === layer && link.unit === unit) || (link.layer === layer + 1 && link.input === unit);
