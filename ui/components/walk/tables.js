// The matrices of the layer that a step is about, as far as their numbers are known, each with its shape.

/** Rows of numbers with a title; `mark(row, column)` says whether a cell is part of the step. */
function makeMatrix(title, rows, mark = () => false, shape = `${rows.length} × ${rows[0].length}`) {
  const body = rows.map((row, r) => make("tr", {}, ...row.map((value, c) => {
    const cell = make("td", {}, Number.isNaN(value) ? "" : formatNumber(value));
    if (mark(r, c)) cell.className = "marked";
    return cell;
  })));
  const name = make("figcaption", {}, make("b", {}, title), ` ${shape}`);
  return make("figure", { class: "matrix" }, name, make("table", {}, make("tbody", {}, ...body)));
}

/** Numbers below each other. */
const makeColumn = (title, values, mark) =>
  makeMatrix(title, Array.from(values, (value) => [value]), mark, String(values.length));

/** The parameters (or gradients, or new values) of a layer in rows of units: the weights, and apart the biases. */
function rowsOf(walk, layer, values) {
  const [inputs, units] = [walk.network.sizes[layer - 1], walk.network.sizes[layer]];
  const start = parameterIndex(walk.network.sizes, { layer: layer - 1, unit: 0 }, 0);
  const rows = Array.from({ length: units }, (_, unit) =>
    Array.from(values.subarray(start + unit * (inputs + 1), start + (unit + 1) * (inputs + 1))));
  return { weights: rows.map((row) => row.slice(0, -1)), biases: rows.map((row) => row.at(-1)) };
}

/** What is computed from what in the layer of a step: matrices, each with the sign before it. */
function tablesOf(walk, step, known) {
  const { layer, unit, source, name } = step;
  if (layer < 0 || name === "input") return [];
  const row = (r) => r === unit;
  const every = () => true;
  const { parameters } = walk.arrays;
  const last = layer === walk.network.sizes.length - 1;
  const column = (title, values, mark = row) => makeColumn(title, values, mark);
  if (name === "sum") {
    const { weights, biases } = rowsOf(walk, layer, parameters);
    return [[column("z", known.z[layer])], ["=", makeMatrix("W", weights, row)],
      ["·", column("a before", known.a[layer - 1], every)], ["+", column("b", biases)]];
  }
  if (["activation", "mask", "output"].includes(name)) {
    return [[column("z", known.z[layer])], ["→", column(last ? "answer" : "a", known.a[layer])]];
  }
  if (name === "loss" || name === "output_error") {
    const compared = [[column("answer", known.a[layer])], [column("y", walk.target)]];
    return name === "loss" ? compared : [...compared, ["→", column("δ", known.error[layer])]];
  }
  if (["back", "mask_back", "error"].includes(name)) {
    const { weights } = rowsOf(walk, layer + 1, parameters);
    const turned = weights[0].map((_, c) => weights.map((each) => each[c]));
    return [[makeMatrix("W after, turned", turned, row)], ["·", column("δ after", known.error[layer + 1], every)],
      ["=", column("dL/da", known.sent[layer])], ["→", column("δ", known.error[layer])]];
  }
  return ofParameters(walk, step, known);
}

/** The same of a step about a weight or a bias. */
function ofParameters(walk, { layer, unit, source, name }, known) {
  const isBias = source === walk.network.sizes[layer - 1];
  const one = (r, c) => r === unit && (isBias || c === source);
  const show = (name, values) => {
    const { weights, biases } = rowsOf(walk, layer, values);
    return isBias ? makeColumn(name, biases, one) : makeMatrix(name, weights, one);
  };
  const gradient = show(isBias ? "dL/db" : "dL/dW", known.gradient);
  const errors = makeColumn("δ", known.error[layer], (r) => r === unit);
  if (name === "bias") return [[errors], ["=", gradient]];
  if (name === "weight") {
    const signals = makeMatrix("a before, turned", [[...known.a[layer - 1]]], (_, c) => c === source);
    return [[errors], ["·", signals], ["=", gradient]];
  }
  const title = isBias ? "b" : "W";
  if (name === "mean") return [[gradient], ["→", show("g", known.mean)]];
  const change = [[show(`${title} before`, walk.arrays.parameters)], [show("g", known.mean)]];
  return name === "update" ? [...change, ["→", show(`${title} after`, known.renewed)]] : change;
}
