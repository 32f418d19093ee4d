// One neuron in names, numbers and colours: where its parameters stand, what they are called, its formula, its map.
// And the side of it that every place is on. Pure functions.
//
// A neuron is {layer, unit}: layer 0 is the first hidden one, the last holds the outputs, -1 the input features. In
// the flat parameters a neuron is one row, its weights and last its bias: `input` counts along it, the bias stands at
// sizes[layer].

const MOST_TERMS = 6; // of a formula; the smaller ones of a wide layer are only counted

/** How an activation is written where its own name would not do. */
const WRITTEN = {
  sigmoid: "σ", relu: "ReLU", leaky_relu: "leaky ReLU", elu: "ELU", gelu: "GELU", silu: "SiLU", linear: "",
};

const isSameNeuron = (a, b) => a?.layer === b?.layer && a?.unit === b?.unit;

/** Where a parameter stands in the flat array. */
function parameterIndex(sizes, { layer, unit }, input) {
  let start = 0;
  for (let before = 0; before < layer; before++) start += sizes[before + 1] * (sizes[before] + 1);
  return start + unit * (sizes[layer] + 1) + input;
}

/** The neuron a parameter belongs to, and which of its row it is. */
function parameterPlace(sizes, index) {
  let layer = 0;
  while (index >= sizes[layer + 1] * (sizes[layer] + 1)) {
    index -= sizes[layer + 1] * (sizes[layer] + 1);
    layer += 1;
  }
  const row = sizes[layer] + 1;
  return { layer, unit: Math.floor(index / row), input: index % row };
}

const isOutput = (run, { layer }) => layer === run.network.sizes.length - 2;
const isBias = (run, { layer, input }) => input === run.network.sizes[layer];
const subscript = (number) => String(number).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));

/** "x1_squared" -> "x₁²", "sin_x2" -> "sin x₂" */
function featureName(name) {
  const plain = name.replace("_squared", "²").replace("_times_", "").replace("_", " ");
  return plain.replace(/x(\d)/g, (_, digit) => `x${subscript(digit)}`);
}

/** "x₁", "hidden 1.2", "output", and with more than two classes "output cat". */
function neuronName(run, neuron) {
  if (neuron.layer < 0) return featureName(run.network.features[neuron.unit]);
  if (!isOutput(run, neuron)) return `hidden ${neuron.layer + 1}.${neuron.unit + 1}`;
  return run.task === "multiclass" ? `output ${cutShort(run.classes[neuron.unit], 20)}` : "output";
}

/** The same in full, for headings and for those who listen. */
function neuronTitle(run, neuron) {
  if (neuron.layer < 0 || isOutput(run, neuron)) return neuronName(run, neuron).replace(/^o/, "O");
  return `Hidden layer ${neuron.layer + 1}, neuron ${neuron.unit + 1}`;
}

/** "w from x₁ to hidden 1.2", "bias of output" */
function parameterName(run, index) {
  const place = parameterPlace(run.network.sizes, index);
  if (isBias(run, place)) return `bias of ${neuronName(run, place)}`;
  return `w from ${neuronName(run, { layer: place.layer - 1, unit: place.input })} to ${neuronName(run, place)}`;
}

/** What stands around the weighted sum in a neuron's formula: [before, after]. */
function aroundTheSum(run, neuron) {
  const activation = writtenActivation(run, neuron);
  const name = { sigmoid: "p", softmax: "p", linear: "y" }[run.network.link];
  const left = isOutput(run, neuron) ? name : neuronName(run, neuron);
  if (activation === "softmax") return [`${left} = softmax(z), z = `, ""];
  return activation ? [`${left} = ${activation}(`, ")"] : [`${left} = `, ""];
}

function writtenActivation(run, neuron) {
  const name = isOutput(run, neuron) ? run.network.link : run.network.activations[neuron.layer];
  return WRITTEN[name] ?? name;
}

/**
 * The weights of a neuron that a formula has room for, in their order, and how many smaller ones it leaves out. That of
 * the parameter `wanted` is never left out.
 */
function largestTerms(run, parameters, neuron, wanted = null) {
  const { sizes } = run.network;
  const start = parameterIndex(sizes, neuron, 0);
  let inputs = Array.from({ length: sizes[neuron.layer] }, (_, input) => input);
  const smaller = Math.max(0, inputs.length - MOST_TERMS);
  if (smaller) {
    const importance = (input) => (start + input === wanted ? Infinity : Math.abs(parameters[start + input]));
    inputs.sort((a, b) => importance(b) - importance(a));
    inputs = inputs.slice(0, MOST_TERMS).sort((a, b) => a - b);
  }
  return { start, inputs, smaller };
}

/**
 * A neuron's formula with its numbers plugged in, as pieces of text; those that are a parameter have its index.
 * hidden 1.1 = tanh(0.820·x₁ − 1.30·x₂ + 0.110)
 * @returns {{text: string, index?: number}[]}
 */
function formulaOf(run, parameters, neuron, wanted) {
  const { sizes, features } = run.network;
  const { start, inputs, smaller } = largestTerms(run, parameters, neuron, wanted);
  const [before, after] = aroundTheSum(run, neuron);
  const pieces = [{ text: before }];
  const add = (index, factor) => {
    const first = pieces.length === 1;
    const negative = parameters[index] < 0;
    if (!first) pieces.push({ text: negative ? ` ${MINUS} ` : " + " });
    pieces.push({ text: (first && negative ? MINUS : "") + formatDigits(Math.abs(parameters[index])), index });
    if (factor) pieces.push({ text: `·${factor}` });
  };
  for (const input of inputs) {
    add(start + input, neuron.layer ? `a${subscript(input + 1)}` : featureName(features[input]));
  }
  if (smaller) pieces.push({ text: ` + ${smaller} smaller term${smaller === 1 ? "" : "s"}` });
  add(start + sizes[neuron.layer], "");
  pieces.push({ text: after });
  return pieces;
}

/** A neuron's weighted sum and its answer at the only place of a batch that forward() has just filled. */
function numbersAt(run, parameters, batch, neuron) {
  const [sum] = weightedSums(run.network, parameters, batch, neuron, [0]);
  return { sum, answer: batch.layers[neuron.layer][neuron.unit] };
}

/** "tanh(0.420) = 0.397": the formula worked out at a place of the plane. */
function workedOut(run, parameters, neuron, { x1, x2 }) {
  const batch = makeBatch(run.network, [x1], [x2]);
  forward(run.network, parameters, batch);
  const { sum, answer } = numbersAt(run, parameters, batch, neuron);
  const activation = writtenActivation(run, neuron);
  if (activation === "softmax") return `z = ${formatDigits(sum)}, p = ${formatDigits(answer)}`;
  return activation ? `${activation}(${formatDigits(sum)}) = ${formatDigits(answer)}` : formatDigits(answer);
}

/** A neuron for those who listen: its name, its bias and its largest weights. */
function neuronInWords(run, parameters, neuron) {
  const { start, inputs, smaller } = largestTerms(run, parameters, neuron);
  const bias = formatDigits(parameters[start + run.network.sizes[neuron.layer]]);
  const weights = inputs.map((input) =>
    `${formatDigits(parameters[start + input])} from ${neuronName(run, { layer: neuron.layer - 1, unit: input })}`);
  const more = smaller ? ` and ${smaller} smaller` : "";
  return `${neuronTitle(run, neuron)}: bias ${bias}, weights ${weights.join(", ")}${more}`;
}

/** The largest size among the values of one neuron. */
function largestSize(values, from, to) {
  let most = 0;
  for (let i = from; i < to; i++) if (Math.abs(values[i]) > most) most = Math.abs(values[i]);
  return most;
}

/**
 * What is white in a neuron's map, and how far from it a value has the strongest colour: probabilities about a half,
 * all else about zero, to 1 or as far as the neuron goes.
 */
function toneOf(run, { layer, unit }, { cells, batch }, answerScale) {
  const { activations, link } = run.network;
  const kind = [...activations, link][layer]; // an input has none
  if (kind === "sigmoid") return { white: 0.5, scale: 0.5 };
  if (layer === activations.length) return { white: 0, scale: answerScale };
  const n = cells * cells;
  const values = layer < 0 ? batch.inputs : batch.layers[layer];
  return { white: 0, scale: Math.max(1, largestSize(values, unit * n, (unit + 1) * n)) };
}

/** A neuron's map as side x side pixels: the nearest places of the grid in the shades of the decision map. */
function paintTile(pixels, side, run, neuron, field, shades, answerScale) {
  const { cells, batch } = field;
  const values = neuron.layer < 0 ? batch.inputs : batch.layers[neuron.layer];
  const { white, scale } = toneOf(run, neuron, field, answerScale);
  const own = isOutput(run, neuron) && run.task === "multiclass"; // a class has its own colour
  const stride = (cells - 1) / (side - 1);
  for (let row = 0, at = 0; row < side; row++) {
    const start = (neuron.unit * cells + Math.round(row * stride)) * cells;
    for (let column = 0; column < side; column++) {
      const value = values[start + Math.round(column * stride)];
      pixels[at++] = shades[own ? 256 * neuron.unit + Math.round(255 * value) : leanOfValue(value - white, scale)];
    }
  }
}

/**
 * How far a neuron is on its positive side at every place of an evaluated batch: the sum it is fed, before its
 * activation, is zero on the line of every activation. An output among several is positive where it wins.
 */
function neuronSides(network, parameters, batch, { layer, unit }, into) {
  const { n, layers } = batch;
  if (network.link === "softmax" && layer === layers.length - 1) {
    for (let i = 0; i < n; i++) into[i] = lead(layers[layer], n, i, unit);
    return into;
  }
  return weightedSums(network, parameters, batch, { layer, unit }, into);
}

/** What a neuron is fed at every place of an evaluated batch, before its activation. */
function weightedSums({ sizes }, parameters, { n, inputs: features, layers }, { layer, unit }, into) {
  const inputs = layer ? layers[layer - 1] : features;
  const next = parameterIndex(sizes, { layer, unit }, 0);
  into.fill(parameters[next + sizes[layer]]);
  for (let input = 0; input < sizes[layer]; input++) {
    const weight = parameters[next + input];
    for (let i = 0; i < n; i++) into[i] += weight * inputs[input * n + i];
  }
  return into;
}

/** What is true on the positive side of a neuron's line. A sigmoid is above one half there, and never negative. */
function sideInWords(run, neuron) {
  const kind = isOutput(run, neuron) ? run.network.link : run.network.activations[neuron.layer];
  const special = { sigmoid: "its answer is above one half", softmax: "it is the likeliest answer" };
  return special[kind] ?? "its sum is above zero";
}

/** "212 of 500 points lie on the side of its line where its sum is above zero: 198 of class 1, 14 of class 0" */
function separationInWords(run, neuron, { n, targets, counts }, sides) {
  const of = new Map();
  let [all, positive] = [0, 0];
  for (let i = 0; i < n; i++) {
    all += counts[i];
    if (!(sides[i] > 0)) continue;
    positive += counts[i];
    of.set(targets[i], (of.get(targets[i]) ?? 0) + counts[i]);
  }
  const count = `${formatCount(positive)} of ${formatCount(all)} points`;
  const total = `${count} lie on the side of its line where ${sideInWords(run, neuron)}`;
  if (run.task === "regression" || !positive) return total;
  const shares = [...of].sort(([k, a], [other, b]) => b - a || k - other);
  return `${total}: ${shares.map(([k, count]) => `${formatCount(count)} of class ${classTitle(run, k)}`).join(", ")}`;
}
