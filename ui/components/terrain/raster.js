// The ground as a block of triangles, and the block as pixels: each has a depth, and the nearest wins. Colour follows
// the rise, with a contour line where it passes a level, as sharp as the picture.

const HILL_HEIGHT = 0.55; // of the block, its sides being 1
const LIGHT = [-0.5, 0.45, 0.74]; // from the upper left, as on paper maps
const SIDES_LIGHT = [0.78, 0.88, 0.84, 0.72]; // of the walls: below, right, above, left
const SHADOW = [0, 0.14, 0.38]; // of red, green and blue, how much darkness leaves: shadows are bluish
const LINE_STRENGTH = 0.5;
const NO_LINES = [];

/** Ground and the walls around it as arrays by vertex, and three vertices for each of the `triangles`. */
function makeMesh(ground) {
  const { steps, rises } = ground;
  const u = [], v = [], rise = [], shade = [], triangles = [];
  const last = steps - 1;
  const add = (column, row, height, bright) => {
    u.push(column / last);
    v.push(row / last);
    shade.push(bright);
    return rise.push(height) - 1;
  };
  const cover = (a, b, c, d) => {
    if (!Number.isNaN(rise[a] + rise[b] + rise[c] + rise[d])) triangles.push(a, b, c, a, c, d); // else a hole
  };
  rises.forEach((height, at) => {
    const [column, row] = [at % steps, Math.floor(at / steps)];
    add(column, row, height, shadeAt(ground, column, row));
  });
  for (let at = 0; at < last * steps; at++) {
    if (at % steps < last) cover(at, at + 1, at + steps + 1, at + steps);
  }
  const walls = [(k) => [k, 0], (k) => [last, k], (k) => [last - k, last], (k) => [0, last - k]];
  walls.forEach((nodeOf, side) => {
    for (let k = 0; k <= last; k++) {
      const [column, row] = nodeOf(k);
      const floor = add(column, row, 0, SIDES_LIGHT[side]);
      const edge = add(column, row, rises[row * steps + column], SIDES_LIGHT[side]);
      if (k) cover(floor - 2, floor, edge, edge - 2);
    }
  });
  const arrays = [u, v, rise, shade].map((values) => Float64Array.from(values));
  return { count: u.length, u: arrays[0], v: arrays[1], rise: arrays[2], shade: arrays[3], triangles };
}

/** How bright the ground is at a node: as much as it faces the light. */
function shadeAt({ steps, rises }, column, row) {
  const grade = (before, after, cells) => {
    const rise = ((rises[after] - rises[before]) * (steps - 1) * HILL_HEIGHT) / cells;
    return Number.isNaN(rise) ? 0 : rise;
  };
  const [left, right] = [Math.max(column - 1, 0), Math.min(column + 1, steps - 1)];
  const [low, high] = [Math.max(row - 1, 0), Math.min(row + 1, steps - 1)];
  const across = grade(row * steps + left, row * steps + right, right - left);
  const up = grade(low * steps + column, high * steps + column, high - low);
  const facing = (LIGHT[2] - across * LIGHT[0] - up * LIGHT[1]) / Math.hypot(across, up, 1);
  return 0.8 + 0.27 * facing;
}

/** Pixels, with depths that grow towards the eye, empty: those of before where they are as many. */
function emptyRaster(before, width, height) {
  const same = before?.image.width === width && before.image.height === height;
  const image = same ? before.image : new ImageData(width, height);
  const depths = same ? before.depths : new Float32Array(width * height);
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(0);
  depths.fill(-Infinity);
  return { width, height, image, depths, pixels };
}

/**
 * Fill a triangle of a mesh, unless it is seen from behind: the ground is closed, so something stands before it.
 * @param {{x, y, depth, rise, shade}} mesh arrays by vertex; shade is how bright it is, 1 as the colour itself
 * @param {number} a with b and c its vertices, against the clock
 * @param {{tones: Uint32Array, lines: number[], ink: number[], thick: number}} look colours by rise, the rises that
 *   have a line, the line's colour and its width in pixels
 */
function fillTriangle(raster, { x, y, depth, rise, shade }, a, b, c, look) {
  const abx = x[b] - x[a], aby = y[b] - y[a], acx = x[c] - x[a], acy = y[c] - y[a];
  const area = abx * acy - acx * aby;
  if (area >= 0) return;
  const depthB = depth[b] - depth[a], depthC = depth[c] - depth[a];
  const riseB = rise[b] - rise[a], riseC = rise[c] - rise[a];
  const shadeB = shade[b] - shade[a], shadeC = shade[c] - shade[a];
  const grade = Math.hypot(riseB * acy - riseC * aby, riseC * abx - riseB * acx) / -area; // of the rise, by pixel
  const [low, high] = [Math.min(rise[a], rise[b], rise[c]), Math.max(rise[a], rise[b], rise[c])];
  const crossed = linesWithin(look, low, high, grade);
  const left = Math.max(0, Math.ceil(Math.min(x[a], x[b], x[c]) - 0.5));
  const right = Math.min(raster.width - 1, Math.floor(Math.max(x[a], x[b], x[c]) - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(y[a], y[b], y[c]) - 0.5));
  const bottom = Math.min(raster.height - 1, Math.floor(Math.max(y[a], y[b], y[c]) - 0.5));
  for (let row = top; row <= bottom; row++) {
    const down = row + 0.5 - y[a];
    for (let column = left; column <= right; column++) {
      const across = column + 0.5 - x[a];
      const ofB = (across * acy - acx * down) / area, ofC = (abx * down - across * aby) / area;
      if (ofB < -1e-6 || ofC < -1e-6 || ofB + ofC > 1 + 1e-6) continue; // outside
      const at = row * raster.width + column;
      const near = depth[a] + depthB * ofB + depthC * ofC;
      if (near <= raster.depths[at]) continue;
      raster.depths[at] = near;
      const here = rise[a] + riseB * ofB + riseC * ofC;
      const line = crossed === NO_LINES ? 0 : lineAt(here, crossed, grade, look.thick);
      const tone = look.tones[Math.max(0, Math.min(255, Math.round(255 * here)))];
      raster.pixels[at] = mixed(tone, shade[a] + shadeB * ofB + shadeC * ofC, look.ink, line);
    }
  }
}

/** The levels of which a triangle has a part of the line. */
function linesWithin({ lines, thick }, low, high, grade) {
  if (grade < 1e-7) return NO_LINES; // level ground
  const reach = thick * grade;
  const has = (level) => level > low - reach && level < high + reach;
  return lines.some(has) ? lines.filter(has) : NO_LINES;
}

/** How much of a pixel is line, 0 to 1. */
function lineAt(here, levels, grade, thick) {
  let most = 0;
  for (const level of levels) most = Math.max(most, 0.5 + thick / 2 - Math.abs(here - level) / grade);
  return Math.min(most, 1) * LINE_STRENGTH;
}

/** A pixel made brighter or darker, with a share of a line in it. */
function mixed(pixel, bright, ink, line) {
  const dark = Math.max(0, 1 - bright);
  const red = Math.min(255, (pixel & 255) * (bright + dark * SHADOW[0])) * (1 - line) + ink[0] * line;
  const green = Math.min(255, ((pixel >> 8) & 255) * (bright + dark * SHADOW[1])) * (1 - line) + ink[1] * line;
  const blue = Math.min(255, ((pixel >> 16) & 255) * (bright + dark * SHADOW[2])) * (1 - line) + ink[2] * line;
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}
