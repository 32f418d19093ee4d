// Numbers as texts and back, round ticks, coordinates in the visitor's own units, names of any length.

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

/** A tick of an axis whose ticks are `step` apart: as many digits as tell them apart, thousands as K. */
function formatTick(value, step) {
  if (step < 1e-3) return formatNumber(value);
  const [divisor, letter] = [[1e9, "B"], [1e6, "M"], [1e3, "K"]].find(([size]) => step >= size) ?? [1, ""];
  const decimals = Math.max(0, -Math.floor(Math.log10(step / divisor) + 1e-9));
  return `${(value / divisor + 0).toFixed(decimals)}${value ? letter : ""}`.replace("-", MINUS);
}

/** Three significant digits, kept where they are zeros too, so that running numbers do not dance: 0.820, −12.5. */
function formatDigits(value) {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(size)) return formatNumber(value);
  const text = size >= 1e-3 && size < 999.5 ? value.toPrecision(3) : value.toExponential(2).replace("+", "");
  return text.replaceAll("-", MINUS);
}

/** A typed number, with a decimal point or comma; NaN for anything else. */
function readNumber(text) {
  return /^[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text.trim().replace(",", ".")) : NaN;
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

/** A coordinate of the plane in the visitor's own numbers, and back. */
const toAxis = ({ zero, unit }, value) => zero + unit * value;
const fromAxis = ({ zero, unit }, value) => (value - zero) / unit;

/** A coordinate in the visitor's own units, with as many digits as a pixel is worth. `which`: 0 for x1, 1 for x2. */
function formatCoordinate({ axes, domain }, which, value) {
  const axis = axes[which];
  return formatTick(toAxis(axis, value), ((domain[2 * which + 1] - domain[2 * which]) * axis.unit) / 100);
}

const cutShort = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** "x₁ 0.25, x₂ −1.30", in the visitor's own units. */
function placeText(run, x1, x2) {
  const coordinate = (value, which) => `${cutShort(run.axes[which].title, 20)} ${formatCoordinate(run, which, value)}`;
  return [x1, x2].map(coordinate).join(", ");
}

/** What a class is called, cut short where it is long. */
const classTitle = ({ classes }, k) => cutShort(classes[k] ?? String(k), 20);

/** "probability of 1" */
const probabilityOf = (run, k) => `probability of ${classTitle(run, k)}`;

/** "0.693 = ln 2": the cross-entropy of guessing among so many classes; where they are not equally many, without ln. */
function guessingText(loss, classes) {
  const text = loss.toFixed(3);
  return text === Math.log(classes).toFixed(3) ? `${text} = ln ${classes}` : text;
}
