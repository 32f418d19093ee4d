// The ground: heights on a square grid, the ways across it, and where walkers are at an epoch. Pure functions.

const TONES = 4; // colours of the style sheet, from low to high, evenly far apart

/** What has arrived, with `rises`, the heights from 0 to 1 as they are coloured, and the ways taken apart. */
function parseGround(bytes) {
  const ground = parsePacked(bytes);
  if (ground.version !== 1) throw new Error(`The terrain reads version 1 of its data, not ${ground.version}.`);
  const { heights, ways } = ground.arrays;
  ground.steps = Math.sqrt(heights.length);
  ground.rises = Float64Array.from(heights, (height) => riseOf(ground, height));
  ground.lines = ground.levels.map((loss) => riseOf(ground, Math.log10(loss)));
  let start = 0;
  ground.walks = ground.walks.map(({ name, count }) => {
    const rows = Array.from({ length: 5 }, (_, row) => ways.subarray(start + row * count, start + (row + 1) * count));
    start += 5 * count;
    const [epochs, u, v, loss, beneath] = rows;
    const walk = { name, epochs, u, v, loss, beneath };
    return { ...walk, trail: drape(ground, walk) };
  });
  ground.epochs = [...new Set(ground.walks.flatMap(({ epochs }) => [...epochs]))].sort((a, b) => a - b);
  return ground;
}

const riseOf = ({ range: [low, high] }, height) => Math.min(Math.max((height - low) / (high - low), 0), 1);

/** The loss of a contour line: round, so without a digit that says nothing. */
const formatLevel = (loss) => formatNumber(loss).replace(".0e", "e");

/** The rise of the ground at a place, between its four neighbours; NaN beyond the window and where there is none. */
function riseAt({ steps, rises }, u, v) {
  if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return NaN;
  const [column, row] = [u, v].map((share) => Math.min(Math.floor(share * (steps - 1)), steps - 2));
  const [right, up] = [u * (steps - 1) - column, v * (steps - 1) - row];
  const at = row * steps + column;
  const [below, above] = [at, at + steps].map((left) => rises[left] * (1 - right) + rises[left + 1] * right);
  return below * (1 - up) + above * up;
}

/** A way laid over the ground: steps longer than a cell are cut, so that it goes over hills and not through them. */
function drape(ground, { epochs, u, v }) {
  const trail = { u: [], v: [], rise: [], epoch: [] };
  const add = (across, up, epoch) => {
    trail.u.push(across);
    trail.v.push(up);
    trail.rise.push(riseAt(ground, across, up));
    trail.epoch.push(epoch);
  };
  for (let i = 0; i < epochs.length; i++) {
    const before = Math.max(i - 1, 0);
    const cells = Math.hypot(u[i] - u[before], v[i] - v[before]) * (ground.steps - 1);
    const pieces = Math.min(Math.max(Math.ceil(cells), 1), ground.steps) || 1;
    for (let piece = i ? 1 : pieces; piece <= pieces; piece++) {
      const share = piece / pieces;
      const between = (values) => (share === 1 ? values[i] : values[before] + share * (values[i] - values[before]));
      add(between(u), between(v), between(epochs));
    }
  }
  return trail;
}

/** The last recorded epoch of a walk that is not after this one, by its number in the walk. */
function lastBefore({ epochs }, epoch) {
  const at = nearestIndex(epochs, epoch);
  return epochs[at] > epoch && at > 0 ? at - 1 : at;
}

/** Where a walker is at an epoch: between two recorded places it goes straight on. */
function standing(walk, epoch) {
  const { epochs, u, v } = walk;
  const at = lastBefore(walk, epoch);
  if (at === epochs.length - 1 || epoch <= epochs[at]) return { u: u[at], v: v[at] };
  const share = (epoch - epochs[at]) / (epochs[at + 1] - epochs[at]);
  return { u: u[at] + share * (u[at + 1] - u[at]), v: v[at] + share * (v[at + 1] - v[at]) };
}

/** 256 colours from low to high, as pixels. */
function tonesOf(colours) {
  const tones = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(tones.buffer);
  const stops = colours.map(channels);
  for (let tone = 0; tone < 256; tone++) {
    const along = (tone / 255) * (stops.length - 1);
    const from = Math.min(Math.floor(along), stops.length - 2);
    const [low, high] = [stops[from], stops[from + 1]];
    for (let c = 0; c < 3; c++) bytes[4 * tone + c] = low[c] + (along - from) * (high[c] - low[c]);
    bytes[4 * tone + 3] = 255;
  }
  return tones;
}

/** The colours of the style sheet that only these pictures have. */
function readGroundColours(root, count) {
  const style = getComputedStyle(root);
  const read = (name, n) => Array.from({ length: n }, (_, k) => style.getPropertyValue(`--${name}-${k}`).trim());
  return { tones: tonesOf(read("loss", TONES)), walks: read("pin", count) };
}
