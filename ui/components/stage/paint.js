// What the two pictures share: colours from the style sheet, canvases of the right size, round ticks, numbers in words.

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

/** Paint a canvas that is never shown: what does not change with the epoch stands there and is copied every frame. */
function paintLayer(canvas, width, height, paint) {
  const context = fitCanvas(canvas, width, height);
  context.clearRect(0, 0, width, height);
  context.save();
  paint(context);
  context.restore(); // takes clipping away again
}

/** The distance of about `count` round ticks (1, 2 or 5 times a power of ten) over `span`. */
function roundStep(span, count) {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
}

/** Round ticks from low to high, both included where they are round. */
function roundTicks(low, high, count) {
  const step = roundStep(high - low, count);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push(i * step + 0); // + 0: never minus zero
  }
  return ticks;
}

const MINUS = "\u2212";

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 }); // made once: making one takes a while
const SHORT = [2, 3].map((digits) => new Intl.NumberFormat("en-US", { maximumSignificantDigits: digits }));

const formatCount = (value) => WHOLE.format(value);

/** Two or three significant digits, without trailing zeros: 0.25, 1,250, 2.1e−5. */
function formatNumber(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replace("+", "").replaceAll("-", MINUS);
  return SHORT[digits - 2].format(value + 0).replace("-", MINUS);
}

/** A loss or R² with a fixed number of decimals, so that running figures do not dance. */
function formatFixed(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : "too large";
  const size = Math.abs(value);
  if (size !== 0 && (size < 5e-4 || size >= 1000)) return formatNumber(value);
  return value.toFixed(4).replace("-", MINUS);
}

/** 0.973 -> "97.3 %"; never says 100 % of what is a little less. */
function formatPercent(value) {
  if (!Number.isFinite(value)) return "–";
  if (value < 1 && value > 0.999) return "> 99.9 %";
  if (value > 0 && value < 0.001) return "< 0.1 %";
  return `${(100 * value).toFixed(value === 0 || value === 1 ? 0 : 1)} %`;
}

function formatSeconds(seconds) {
  if (seconds < 0.0095) return `${formatNumber(1000 * seconds, 2)} ms`;
  if (seconds < 0.9995) return `${Math.round(1000 * seconds)} ms`;
  return `${formatNumber(seconds, 2)} s`;
}

/** Write a text only when it differs: a repaint that says the same touches no page layout. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
