// What the pictures share: colours from the style sheet, zero lines of a grid, canvases of the right size.

/** Colours and font as the style sheet and the theme have them now. */
function readPalette(root) {
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    ink: colour("--ink"),
    background: colour("--background"),
    line: colour("--line"),
    accent: colour("--accent"),
    test: colour("--test"),
    wrong: colour("--wrong"),
    neutral: colour("--neutral"),
    outline: colour("--outline"),
    contrast: colour("--contrast"),
    classes: Array.from({ length: 6 }, (_, k) => colour(`--class-${k}`)),
    font: style.fontFamily,
  };
}

/** "#rrggbb" -> [red, green, blue] */
function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

const FULL_TINT = 0.8; // how far the strongest colour goes from white: markers in the full colour stand out on it

// Lines of pinned runs, one pattern per colour: they can be told apart without it.
const PIN_DASHES = [[], [8, 3], [2, 2], [8, 3, 2, 3], [4, 4], [12, 3], [2, 5], [8, 3, 2, 3, 2, 3]];

/** Classes of the picture: regression has two, below and above zero. */
const classCount = (run) => (run.task === "multiclass" ? run.network.sizes.at(-1) : 2);
const colourOf = (palette, k) => palette.classes[k % palette.classes.length];

/** 256 shades from white to each colour, as pixels: shades[256 * which + strength]. */
function shadesOf(colours) {
  const shades = new Uint32Array(256 * colours.length);
  const bytes = new Uint8ClampedArray(shades.buffer);
  colours.forEach((colour, which) => {
    const full = channels(colour);
    for (let strength = 0; strength < 256; strength++) {
      const at = 4 * (256 * which + strength);
      for (let c = 0; c < 3; c++) bytes[at + c] = 255 + (full[c] - 255) * FULL_TINT * (strength / 255);
      bytes[at + 3] = 255;
    }
  });
  return shades;
}

/** The shades of the first `count` classes. */
const makeShades = (palette, count) => shadesOf(Array.from({ length: count }, (_, k) => colourOf(palette, k)));

/** The side of zero that a value is on and how far, as one index into the shades. `scale` has the full colour. */
function leanOfValue(value, scale) {
  const strength = Math.min(Math.abs(value / scale), 1);
  return (value > 0 ? 256 : 0) + Math.round(255 * strength);
}

/** How far class k is ahead of its best rival at one place: positive where k wins. `outputs` is (classes, n). */
function lead(outputs, n, place, k) {
  let rival = -Infinity;
  for (let at = place, other = 0; at < outputs.length; at += n, other++) {
    if (other !== k && outputs[at] > rival) rival = outputs[at];
  }
  return outputs[k * n + place] - rival;
}

const MORE_LIKELY = 0.5 + 1e-9 / 4; // of two classes the second: a sum that is nothing but rounding decides nothing

const saysOne = (probability) => probability > MORE_LIKELY;

/** The class with the highest output at one place. */
function winner(outputs, n, place) {
  let best = 0;
  for (let k = 1; k * n < outputs.length; k++) if (outputs[k * n + place] > outputs[best * n + place]) best = k;
  return best;
}

/**
 * Add the line where `values` is zero to the current path (marching squares, with linear interpolation on the edges).
 * @param {CanvasRenderingContext2D} context
 * @param {Float64Array} values (n, n), row by row from the top
 * @param {{x: number, y: number, width: number, height: number}} plot
 */
function traceZero(context, values, n, plot) {
  const [dx, dy] = [plot.width / (n - 1), plot.height / (n - 1)];
  const crossing = new Float64Array(8); // up to four points where the line meets the cell's edges
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const at = row * n + column;
      const [a, b, c, d] = [values[at], values[at + 1], values[at + n + 1], values[at + n]]; // clockwise from top left
      const sides = (a > 0) + (b > 0) + (c > 0) + (d > 0);
      if (sides === 0 || sides === 4) continue;
      const [x, y] = [plot.x + column * dx, plot.y + row * dy];
      let count = 0;
      const add = (px, py) => {
        crossing[count++] = px;
        crossing[count++] = py;
      };
      if (a > 0 !== b > 0) add(x + (dx * a) / (a - b), y);
      if (b > 0 !== c > 0) add(x + dx, y + (dy * b) / (b - c));
      if (c > 0 !== d > 0) add(x + (dx * d) / (d - c), y + dy);
      if (d > 0 !== a > 0) add(x, y + (dy * a) / (a - d));
      // A saddle meets all four edges: the middle of the cell decides which corners belong together.
      const turn = count === 8 && (a + b + c + d > 0) !== a > 0 ? 6 : 0;
      for (let i = 0; i < count; i += 4) {
        const [from, to] = [(i + turn) % 8, (i + turn + 2) % 8];
        context.moveTo(crossing[from], crossing[from + 1]);
        context.lineTo(crossing[to], crossing[to + 1]);
      }
    }
  }
}

function pixelColour(pixel) {
  return `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`; // little-endian: red is the lowest byte
}

/** Give a canvas its size in CSS pixels, sharp on dense screens, and return its context in CSS pixels. */
function fitCanvas(canvas, width, height) {
  const density = Math.min(window.devicePixelRatio || 1, 2);
  const [columns, rows] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== columns || canvas.height !== rows) {
    canvas.width = columns; // setting a size clears the canvas: only when it has changed
    canvas.height = rows;
  }
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  return context;
}

/** What a picture of this size has within its margins. */
const plotWithin = ({ left, right, top, bottom }, width, height) =>
  ({ x: left, y: top, width: width - left - right, height: height - top - bottom });

/** Paint only within a plot from now on, or so many pixels beyond it. */
function clipTo(context, { x, y, width, height }, beyond = 0) {
  context.beginPath();
  context.rect(x - beyond, y - beyond, width + 2 * beyond, height + 2 * beyond);
  context.clip();
}

/** Paint a canvas that is never shown: what does not change with the epoch stands there and is copied every frame. */
function paintLayer(canvas, width, height, paint) {
  const context = fitCanvas(canvas, width, height);
  context.clearRect(0, 0, width, height);
  context.save();
  paint(context);
  context.restore(); // takes clipping away again
}

/** Words with a halo: they can be read on whatever lies beneath. */
function haloText(context, text, x, y, halo, ink, width = 3) {
  context.lineJoin = "round";
  context.lineWidth = width;
  context.strokeStyle = halo;
  context.fillStyle = ink;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}

/** As much of a text as fits into `width` of a canvas, with an ellipsis where it is cut. */
function fitText(context, text, width) {
  let kept = text;
  while (kept && context.measureText(kept === text ? text : `${kept}…`).width > width) kept = kept.slice(0, -1);
  return kept === text ? text : `${kept}…`;
}
