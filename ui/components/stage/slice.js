// A slice: a flat picture of the last hidden layer's space, base + u1 * first + u2 * second. It shows two units, or the
// directions in which the data vary most, or the output's cut edge-on. Pure functions: no page, no canvas.

const REACH_SNAPSHOTS = 16; // how many of a run its reach is measured on

const sum = (values) => values.reduce((total, value) => total + value, 0);
const dot = (a, b) => a.reduce((total, value, i) => total + value * b[i], 0);
const unitVector = (n, at) => Float64Array.from({ length: n }, (_, i) => Number(i === at));

/** The mean (units,) of `rows` (units, n), where sample i counts `counts[i]` times. */
function meansOf(rows, counts) {
  const [n, total] = [counts.length, sum(counts) || 1];
  return Float64Array.from({ length: rows.length / n || 0 }, (_, unit) => dot(counts, rows.subarray(unit * n)) / total);
}

/** The covariance (units, units) of `rows` (units, n) about `means`, row by row. */
function covarianceOf(rows, counts, means) {
  const [n, units, total] = [counts.length, means.length, sum(counts) || 1];
  const matrix = new Float64Array(units * units);
  for (let a = 0; a < units; a++) {
    for (let b = a; b < units; b++) {
      let entry = 0;
      for (let i = 0; i < n; i++) entry += counts[i] * (rows[a * n + i] - means[a]) * (rows[b * n + i] - means[b]);
      matrix[a * units + b] = matrix[b * units + a] = entry / total;
    }
  }
  return matrix;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, largest first, by Jacobi's method: each rotation makes one entry
 * off the diagonal zero, and a few rounds over all of them suffice.
 * @param {Float64Array} symmetric (n, n)
 * @returns {{value: number, vector: Float64Array}[]}
 */
function eigenPairs(symmetric, n) {
  const matrix = symmetric.slice();
  const vectors = new Float64Array(n * n).map((_, i) => Number(i % (n + 1) === 0)); // one a row
  const negligible = 1e-15 * Math.hypot(...matrix);
  for (let round = 0, off = Infinity; round < 30 && off > negligible; round++) {
    off = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const entry = matrix[p * n + q];
        off = Math.max(off, Math.abs(entry));
        if (Math.abs(entry) <= negligible) continue;
        const theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * entry);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
        const cosine = 1 / Math.hypot(tangent, 1);
        const rotate = (values, i, j) => {
          const [x, y] = [values[i], values[j]];
          values[i] = cosine * (x - tangent * y);
          values[j] = cosine * (tangent * x + y);
        };
        for (let k = 0; k < n; k++) rotate(matrix, k * n + p, k * n + q);
        for (let k = 0; k < n; k++) rotate(matrix, p * n + k, q * n + k);
        for (let k = 0; k < n; k++) rotate(vectors, p * n + k, q * n + k);
      }
    }
  }
  const pairs = Array.from({ length: n }, (_, i) => ({
    value: Math.max(0, matrix[i * n + i]),
    vector: vectors.slice(i * n, (i + 1) * n),
  }));
  return pairs.sort((a, b) => b.value - a.value);
}

/** An eigenvector has no sign: turned to point as it did before, or else so that its largest component is positive. */
function facing(vector, before) {
  const along = before ? dot(vector, before) : vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  return along < 0 ? vector.map((value) => -value) : vector;
}

/** The first two eigenvectors with their shares of all values, in order and sign as near as can be to `before`: playing
 * turns the picture but never flips it. */
function firstTwo(pairs, before) {
  const whole = sum(pairs.map(({ value }) => value)) || 1;
  let [one, two] = pairs;
  const overlap = (pair, k) => Math.abs(dot(pair.vector, before[k]));
  const crossed = before && overlap(one, 1) + overlap(two, 0) > overlap(one, 0) + overlap(two, 1);
  if (crossed) [one, two] = [two, one];
  return {
    directions: [one, two].map(({ vector }, k) => facing(vector, before?.[k])),
    shares: [one, two].map(({ value }) => value / whole),
  };
}

/** The two directions in which `rows` (units, n) vary most, and their shares of the variance. */
function mainDirections(rows, counts, before) {
  const means = meansOf(rows, counts);
  return { means, ...firstTwo(eigenPairs(covarianceOf(rows, counts, means), means.length), before) };
}

/**
 * Directions that show the output's cuts edge-on. One output: along its weights, and where the data vary most across
 * them. Several: the two in which their weights differ most, which for three classes is all there is to their borders.
 */
function cutDirections({ sizes }, parameters, rows, counts, before) {
  const [units, outputs] = sizes.slice(-2);
  const weights = Array.from({ length: outputs }, (_, k) => outputRow(sizes, parameters, k).subarray(0, units));
  const means = meansOf(rows, counts);
  if (outputs === 1) {
    const length = Math.hypot(...weights[0]);
    const first = length ? weights[0].map((weight) => weight / length) : unitVector(units, 0);
    const covariance = covarianceOf(rows, counts, means);
    const left = eigenPairs(without(covariance, first), units)[0].vector;
    return { means, directions: [first, facing(left, before?.[1])] };
  }
  const byUnit = new Float64Array(units * outputs).map((_, i) => weights[i % outputs][Math.floor(i / outputs)]);
  const once = new Float64Array(outputs).fill(1);
  const spread = covarianceOf(byUnit, once, meansOf(byUnit, once));
  return { means, directions: firstTwo(eigenPairs(spread, units), before).directions };
}

/** A symmetric matrix (n, n) without what it does along a direction of length one. */
function without(matrix, direction) {
  const n = direction.length;
  const image = direction.map((_, a) => dot(direction, matrix.subarray(a * n)));
  const along = dot(direction, image);
  return matrix.map((entry, i) => {
    const [a, b] = [Math.floor(i / n), i % n];
    return entry - direction[a] * image[b] - image[a] * direction[b] + along * direction[a] * direction[b];
  });
}

/** The weights of output k and last its bias. */
function outputRow(sizes, parameters, k) {
  const start = parameterIndex(sizes, { layer: sizes.length - 2, unit: k }, 0);
  return parameters.subarray(start, start + sizes.at(-2) + 1);
}

/** The output layer on a slice: its parameters over (u1, u2), laid out like any network's. */
function parametersOnSlice({ sizes }, parameters, { base, first, second }) {
  return Array.from({ length: sizes.at(-1) }, (_, k) => {
    const row = outputRow(sizes, parameters, k);
    return [dot(first, row), dot(second, row), dot(base, row) + row.at(-1)]; // the sums end before the bias
  }).flat();
}

/** At most `most` of the whole numbers below n, evenly spread, first and last included. */
function evenly(n, most) {
  const count = Math.min(n, most);
  return Array.from({ length: count }, (_, i) => Math.round((i * (n - 1)) / Math.max(1, count - 1)));
}

/** Calls `visit(rows, parameters)` with the last hidden layer's activations (units, n) in some networks of the run. */
function alongTheRun(run, batch, visit) {
  const snapshots = run.arrays.snapshot_epochs.length;
  const parameters = new Float64Array(run.arrays.parameters.length / snapshots);
  for (const snapshot of evenly(snapshots, REACH_SNAPSHOTS)) {
    forward(run.network, parametersAt(run, snapshot, parameters), batch);
    const rows = batch.layers.at(-2);
    if (rows.every(Number.isFinite)) visit(rows, parameters);
  }
}

/** From where to where a unit of the last hidden layer goes in the run, zero included. */
function rangeOf(run, batch, unit) {
  let [low, high] = [0, 0];
  alongTheRun(run, batch, (rows) => {
    for (const value of rows.subarray(unit * batch.n, (unit + 1) * batch.n)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  });
  return [low, high];
}

/** How far from their mean the data go in the run, along the directions that `find(rows, parameters, counts)` gives. */
function radiusOf(run, batch, find) {
  const once = new Float64Array(batch.n).fill(1);
  let radius = 0;
  alongTheRun(run, batch, (rows, parameters) => {
    const { means, directions } = find(rows, parameters, once);
    for (const direction of directions) {
      for (let i = 0; i < batch.n; i++) {
        let u = 0;
        for (let unit = 0; unit < means.length; unit++) u += (rows[unit * batch.n + i] - means[unit]) * direction[unit];
        radius = Math.max(radius, Math.abs(u));
      }
    }
  });
  return radius;
}

/** Where on the slice the places of a group lie, in pixels. Its batch has been through forward(). */
function projectOnto({ base, first, second, domain: [low1, high1, low2, high2] }, { batch, left, top }, plot) {
  const rows = batch.layers.at(-2);
  for (let i = 0; i < batch.n; i++) {
    let u1 = 0, u2 = 0;
    for (let unit = 0; unit < base.length; unit++) {
      const away = rows[unit * batch.n + i] - base[unit];
      u1 += away * first[unit];
      u2 += away * second[unit];
    }
    left[i] = plot.x + ((u1 - low1) / (high1 - low1)) * plot.width;
    top[i] = plot.y + ((high2 - u2) / (high2 - low2)) * plot.height;
  }
}

/**
 * Whether a straight line parts the two sets of places: then, and only then, all the ways from one of the first to one
 * of the second lie within less than half a turn.
 * @param {{x1: number, x2: number}[]} some
 * @param {{x1: number, x2: number}[]} others
 */
function lineSeparates(some, others) {
  let start = null, low = 0, high = 0;
  for (const a of some) {
    for (const b of others) {
      const [across, up] = [b.x1 - a.x1, b.x2 - a.x2];
      if (across === 0 && up === 0) return false;
      start ??= Math.atan2(up, across);
      let turn = Math.atan2(up, across) - start;
      if (turn > Math.PI) turn -= 2 * Math.PI;
      if (turn <= -Math.PI) turn += 2 * Math.PI;
      low = Math.min(low, turn);
      high = Math.max(high, turn);
      if (high - low >= Math.PI - 1e-9) return false;
    }
  }
  return true;
}
