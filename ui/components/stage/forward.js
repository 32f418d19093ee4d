// The forward pass of a given network, and the bytes it arrives in. Pure functions: no page, no canvas, no state.
// This is the one formula that exists twice (here and in nn_core); a contract test holds the two together.

/** Input features by name: (x1, x2) -> number. */
const FEATURES = {
  x1: (x1) => x1,
  x2: (_, x2) => x2,
  x1_squared: (x1) => x1 * x1,
  x2_squared: (_, x2) => x2 * x2,
  x1_times_x2: (x1, x2) => x1 * x2,
  sin_x1: (x1) => Math.sin(x1),
  sin_x2: (_, x2) => Math.sin(x2),
};

/** Activations of hidden layers by name: z -> a. */
const ACTIVATIONS = {
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  tanh: Math.tanh,
  relu: (z) => (z > 0 ? z : 0),
  leaky_relu: (z) => (z > 0 ? z : 0.01 * z),
  elu: (z) => (z > 0 ? z : Math.expm1(z)),
  gelu: (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z))),
  silu: (z) => z / (1 + Math.exp(-z)),
  softplus: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
  linear: (z) => z,
};

/** From the last layer to what the network says, in place. `outputs` is (k, n), one row of n values per output. */
const LINKS = {
  linear: () => {},
  sigmoid: (outputs) => applyActivation(ACTIVATIONS.sigmoid, outputs),
  softmax: (outputs, n) => {
    const k = outputs.length / n;
    for (let sample = 0; sample < n; sample++) {
      let highest = -Infinity;
      for (let row = 0; row < k; row++) highest = Math.max(highest, outputs[row * n + sample]);
      let sum = 0;
      for (let row = 0; row < k; row++) {
        const power = Math.exp(outputs[row * n + sample] - highest); // the largest is 1: exp cannot overflow
        outputs[row * n + sample] = power;
        sum += power;
      }
      for (let row = 0; row < k; row++) outputs[row * n + sample] /= sum;
    }
  },
};

function applyActivation(activation, values) {
  for (let i = 0; i < values.length; i++) values[i] = activation(values[i]);
}

/**
 * @typedef {{sizes: number[], activations: string[], features: string[], link: string}} Network
 * @typedef {{n: number, inputs: Float64Array, layers: Float64Array[]}} Batch
 *   n places of the plane: their input features (d, n), and room for what every layer answers, (units, n) each.
 */

/**
 * Places of the plane, ready for forward().
 * @param {Network} network
 * @param {ArrayLike<number>} x1
 * @param {ArrayLike<number>} x2
 * @returns {Batch}
 */
function makeBatch(network, x1, x2) {
  const n = x1.length;
  const inputs = new Float64Array(network.features.length * n);
  network.features.forEach((name, row) => {
    for (let i = 0; i < n; i++) inputs[row * n + i] = FEATURES[name](x1[i], x2[i]);
  });
  return { n, inputs, layers: network.sizes.slice(1).map((units) => new Float64Array(units * n)) };
}

/**
 * What the network says at every place of the batch. Allocates nothing: the answer is the batch's last layer.
 * @param {Network} network
 * @param {ArrayLike<number>} parameters flat; per layer row-major (units, inputs + 1), the bias in the last column
 * @param {Batch} batch
 * @returns {Float64Array} (outputs, n): probabilities, or values for regression
 */
function forward(network, parameters, batch) {
  const { n, layers } = batch;
  let inputs = batch.inputs;
  let next = 0;
  for (let layer = 0; layer < layers.length; layer++) {
    const outputs = layers[layer];
    const width = network.sizes[layer];
    for (let start = 0; start < outputs.length; start += n) {
      outputs.fill(parameters[next + width], start, start + n);
      for (let input = 0; input < width; input++) {
        const weight = parameters[next + input];
        const from = input * n;
        for (let i = 0; i < n; i++) outputs[start + i] += weight * inputs[from + i];
      }
      next += width + 1;
    }
    if (layer < network.activations.length) applyActivation(ACTIVATIONS[network.activations[layer]], outputs);
    inputs = outputs;
  }
  LINKS[network.link](inputs, n);
  return inputs;
}

/** The places of an n x n grid over [x1_low, x1_high, x2_low, x2_high], edges included, row by row from the top. */
function gridPlaces([x1Low, x1High, x2Low, x2High], n) {
  const x1 = new Float64Array(n * n);
  const x2 = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      x1[row * n + column] = x1Low + ((x1High - x1Low) * column) / (n - 1);
      x2[row * n + column] = x2High - ((x2High - x2Low) * row) / (n - 1);
    }
  }
  return { x1, x2 };
}

// The grid's side while the picture moves and at rest: bilinear scaling makes both smooth. `work` bounds the neurons
// evaluated for one picture: wide networks get a smaller grid, never a slower clock.
const MOVING = { most: 64, work: 250_000 };
const RESTING = { most: 160, work: 800_000 };

/** The side of the grid that `work` neuron evaluations allow, at most `most`. */
function cellsFor(network, { most, work }) {
  const neurons = network.sizes.slice(1).reduce((sum, units) => sum + units, 0);
  return Math.max(24, Math.min(most, Math.floor(Math.sqrt(work / neurons))));
}

/** A grid over the plane, ready for forward(). */
function makeField(network, domain, cells) {
  const { x1, x2 } = gridPlaces(domain, cells);
  return { cells, batch: makeBatch(network, x1, x2) };
}

/** Columns of a row of a run's points: x1, x2, target, is_test, count, own, data. */
const POINT_COLUMNS = 7;

/**
 * The header of a container, and the bytes behind it; the format stands in ui/components/__init__.py.
 * @param {Uint8Array} bytes
 */
function openContainer(bytes) {
  const own = bytes.slice(); // a copy, so that the arrays start at a multiple of four
  const length = new DataView(own.buffer).getUint32(0, true);
  return { header: JSON.parse(new TextDecoder().decode(own.subarray(4, 4 + length))), rest: own.subarray(4 + length) };
}

/** A header with its arrays as Float32Arrays under `arrays`. */
function parsePacked(bytes) {
  const { header, rest } = openContainer(bytes);
  const floats = new Float32Array(rest.buffer, rest.byteOffset);
  for (const [name, [offset, size]] of Object.entries(header.arrays)) {
    header.arrays[name] = floats.subarray(offset, offset + size);
  }
  return header;
}

/** A run as the stage shows it; the header is described in stage/__init__.py. */
function parsePayload(bytes) {
  const run = parsePacked(bytes);
  if (run.version !== 2) throw new Error(`The stage reads version 2 of its data, not ${run.version}.`);
  return run;
}

/**
 * The parameters of one snapshot.
 * @param {object} run
 * @param {number} position a whole number, 0 .. snapshots - 1
 * @param {Float64Array} into
 * @returns {Float64Array} into
 */
function parametersAt(run, position, into) {
  const n = into.length;
  into.set(run.arrays.parameters.subarray(position * n, (position + 1) * n));
  return into;
}

/** The index of the entry of an ascending array nearest to `value`. */
function nearestIndex(ascending, value) {
  let [low, high] = [0, ascending.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle;
    else high = middle;
  }
  return value - ascending[low] <= ascending[high] - value ? low : high;
}

function sameNumbers(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
