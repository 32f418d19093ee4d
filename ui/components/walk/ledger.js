// The ledger: which numbers are known at a step of the walk. Layers count from 0, the inputs.

const NO_NUMBER = NaN;

function parseWalk(bytes) {
  const walk = parsePacked(bytes);
  if (walk.version !== 2) throw new Error(`The walk reads version 2 of its data, not ${walk.version}.`);
  const { rest } = openContainer(bytes);
  const ends = Object.values(walk.arrays).map((array) => array.length);
  const begin = 4 * ends.reduce((total, length) => total + length, 0);
  walk.texts = rest.subarray(begin, begin + walk.packed);
  walk.steps = walk.arrays.kind.length;
  return walk;
}

/** The texts behind the arrays: names, and lines of formulas. */
async function unpackTexts(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/** One step: its kind in words and where it is. */
function stepAt(walk, at) {
  const { kind, layer, unit, source, value, code } = walk.arrays;
  const [name, part, title, meaning] = walk.kinds[kind[at]];
  return { name, part, title, meaning, layer: layer[at], unit: unit[at], source: source[at], value: value[at],
    code: walk.codes[code[at]] };
}

/** The step of another walk that does the same; without one, the first of the update. */
function sameStep(walk, at, other) {
  const wanted = stepAt(walk, at);
  const steps = Array.from({ length: other.steps }, (_, i) => stepAt(other, i));
  const same = steps.findIndex((step) => ["name", "layer", "unit", "source"].every((key) => step[key] === wanted[key]));
  return same < 0 ? steps.findIndex(({ part }) => part === "Update") : same;
}

/** Where the parameter of a step stands in the flat array. */
const indexOfStep = ({ network: { sizes } }, { layer, unit, source }) =>
  parameterIndex(sizes, { layer: layer - 1, unit }, source);

/**
 * What is known after a step: for each layer and unit z, a, `sent` (dL/da) and `error` (dL/dz); for each parameter its
 * gradient by the sample, the `mean` (of a batch of one the gradient itself), and its new value. What is not known yet
 * is no number.
 */
function ledgerAt(walk, at) {
  const { sizes } = walk.network;
  const room = () => sizes.map((units) => new Float64Array(units).fill(NO_NUMBER));
  const n = walk.arrays.parameters.length;
  const [gradient, renewed] = [new Float64Array(n).fill(NO_NUMBER), new Float64Array(n).fill(NO_NUMBER)];
  const mean = walk.batch ? new Float64Array(n).fill(NO_NUMBER) : gradient;
  const known = { z: room(), a: room(), sent: room(), error: room(), gradient, mean, renewed };
  const columns = {
    input: "a", sum: "z", activation: "a", mask: "a", output: "a", output_error: "error", error: "error", back: "sent",
    mask_back: "sent",
  };
  const losses = { loss: "loss", batch_loss: "batchLoss", new_loss: "newLoss", new_batch_loss: "newBatchLoss" };
  for (let i = 0; i <= at; i++) {
    const name = walk.kinds[walk.arrays.kind[i]][0];
    const value = walk.arrays.value[i];
    const step = { layer: walk.arrays.layer[i], unit: walk.arrays.unit[i], source: walk.arrays.source[i] };
    if (name in columns) known[columns[name]][step.layer][step.unit] = value;
    else if (name in losses) known[losses[name]] = value;
    else if (name === "weight" || name === "bias") gradient[indexOfStep(walk, step)] = value;
    else if (name === "mean" || name === "penalty") mean[indexOfStep(walk, step)] = value;
    else if (name === "clip") mean.forEach((each, k) => (mean[k] = each * value));
    else if (name === "update") renewed[indexOfStep(walk, step)] = value;
  }
  return known;
}

/** Steps of one layer and kind belong together, and of these those of one unit; a number is a step. */
const PACES = {
  number: ["Number", "Each step is one number"],
  unit: ["Unit", "Each step is all that is done alike at one unit"],
  layer: ["Layer", "Each step is all that is done alike in one layer"],
};

function groupOf(walk, at, pace) {
  const { kind, layer, unit } = walk.arrays;
  const name = walk.kinds[kind[at]][0];
  const alike = name === "bias" ? "weight" : name;
  if (pace === "number") return String(at);
  return pace === "unit" ? `${alike} ${layer[at]} ${unit[at]}` : `${alike} ${layer[at]}`;
}

/** The last step of a group. */
function groupEnd(walk, at, pace) {
  let end = at;
  while (end + 1 < walk.steps && groupOf(walk, end + 1, pace) === groupOf(walk, at, pace)) end += 1;
  return end;
}

/** The step that lies one such pace on (1) or back (-1): the last of its group, so that all of the group is known. */
function paceFrom(walk, at, direction, pace) {
  if (direction > 0) {
    const end = groupEnd(walk, at, pace);
    return end > at ? end : groupEnd(walk, Math.min(at + 1, walk.steps - 1), pace);
  }
  let start = at;
  while (start > 0 && groupOf(walk, start - 1, pace) === groupOf(walk, at, pace)) start -= 1;
  return Math.max(0, start - 1);
}
