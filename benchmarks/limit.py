"""How fast it could be: the training of a small network as a plain C loop, compiled on the spot for this machine.

2-h-1 with binary cross-entropy and gradient descent, float64, from given first parameters, in the layout of
`nn_core.mlp`. It does what the engine does: the same rows, a point of the loss curve where the engine has one, in a
pass of its own. The number of rows in a batch is known to the compiler, which may reorder sums and use wide registers.
"""

import ctypes
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

MISSING = "There is no C compiler here: the limit is not measured."
FLAGS = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
if platform.machine() == "x86_64":
    FLAGS.append("-mprefer-vector-width=512")  # where there are registers of that size; NumPy uses them too
ACTIVATIONS = ("tanh", "sigmoid", "relu", "leaky_relu", "elu")  # in the order of `activate` below
MOST_UNITS = 16

SOURCE = r"""
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef double Rows[ROWS];  /* a number for each row of a batch */

static void activate(int kind, int n, double *restrict z, double *restrict slope) {
    switch (kind) {
    case 0: for (int i = 0; i < n; i++) { z[i] = tanh(z[i]); slope[i] = 1 - z[i] * z[i]; } break;
    case 1: for (int i = 0; i < n; i++) { z[i] = 1 / (1 + exp(-z[i])); slope[i] = z[i] * (1 - z[i]); } break;
    case 2: for (int i = 0; i < n; i++) { slope[i] = z[i] > 0; z[i] *= slope[i]; } break;
    case 3: for (int i = 0; i < n; i++) { slope[i] = z[i] > 0 ? 1 : 0.01; z[i] *= slope[i]; } break;
    case 4:
        for (int i = 0; i < n; i++) slope[i] = exp(z[i] < 0 ? z[i] : 0);
        for (int i = 0; i < n; i++) z[i] = z[i] > 0 ? z[i] : slope[i] - 1;
    }
}

static void forward(const double *p, const Rows *x, int units, int kind, Rows *a, Rows *slope, double *out) {
    const double *v = p + 3 * units;
    for (int j = 0; j < units; j++)
        for (int i = 0; i < ROWS; i++) a[j][i] = p[3 * j] * x[0][i] + p[3 * j + 1] * x[1][i] + p[3 * j + 2];
    activate(kind, units * ROWS, a[0], slope[0]);
    for (int i = 0; i < ROWS; i++) out[i] = v[units];
    for (int j = 0; j < units; j++)
        for (int i = 0; i < ROWS; i++) out[i] += v[j] * a[j][i];
}

static void update(double *p, const Rows *x, const double *y, const double *step, int units, int kind) {
    Rows a[UNITS], slope[UNITS], error;
    double *v = p + 3 * units, sum = 0;
    forward(p, x, units, kind, a, slope, error);
    for (int i = 0; i < ROWS; i++) error[i] = step[i] * (1 / (1 + exp(-error[i])) - y[i]);
    for (int i = 0; i < ROWS; i++) sum += error[i];
    v[units] -= sum;
    for (int j = 0; j < units; j++) {
        double out = 0, first = 0, second = 0, bias = 0;
        for (int i = 0; i < ROWS; i++) {
            double back = error[i] * v[j] * slope[j][i];
            out += error[i] * a[j][i];
            first += back * x[0][i];
            second += back * x[1][i];
            bias += back;
        }
        v[j] -= out;
        p[3 * j] -= first;
        p[3 * j + 1] -= second;
        p[3 * j + 2] -= bias;
    }
}

static double loss(const double *p, const Rows *x, const double *y, const double *weight, int units, int kind) {
    Rows a[UNITS], slope[UNITS], z;
    double sum = 0;
    forward(p, x, units, kind, a, slope, z);
    for (int i = 0; i < ROWS; i++)
        sum += weight[i] * ((z[i] > 0 ? z[i] : 0) - z[i] * y[i] + log1p(exp(-fabs(z[i]))));
    return sum;
}

/* x0, x1, y: `batches` times ROWS numbers. weight: ROWS numbers that add up to 1. */
void train(double *p, const double *x0, const double *x1, const double *y, const double *weight, int batches,
           int units, int kind, double rate, int epochs, int every, uint64_t seed, double *curve) {
    int n = batches * ROWS, order[n];
    Rows x[2], wanted, step;
    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = 0; i < ROWS; i++) step[i] = rate * weight[i];
    uint64_t state = seed * 2 + 1;
    for (int epoch = 1; epoch <= epochs; epoch++) {
        for (int i = n - 1; batches > 1 && i > 0; i--) {  /* a fresh order */
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            int j = (state >> 11) % (i + 1), kept = order[i];
            order[i] = order[j], order[j] = kept;
        }
        for (int b = 0; b < batches; b++) {
            for (int i = 0; i < ROWS; i++) {
                int at = order[b * ROWS + i];
                x[0][i] = x0[at], x[1][i] = x1[at], wanted[i] = y[at];
            }
            update(p, x, wanted, step, units, kind);
        }
        if (epoch % every) continue;
        double sum = 0;
        for (int b = 0; b < batches; b++) {
            memcpy(x[0], x0 + b * ROWS, sizeof(Rows)), memcpy(x[1], x1 + b * ROWS, sizeof(Rows));
            sum += loss(p, x, y + b * ROWS, weight, units, kind);
        }
        *curve++ = sum / batches;
    }
}
"""

# (parameters, rate, epochs, every, activation) -> parameters after training; a point of the curve every `every` epochs
Train = Callable[[np.ndarray, float, int, int, str], np.ndarray]


def available() -> bool:
    return shutil.which("gcc") is not None


def compiled(x: np.ndarray, y: np.ndarray, weight: np.ndarray, rows: int) -> Train:
    """Training on samples x (n, 2), y (n,) in batches of so many `rows`, which divides n; one batch is never shuffled.
    `weight` (rows,) adds up to 1."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "limit.c"), Path(folder, "limit.so")
        source.write_text(SOURCE, encoding="utf-8")
        sizes = f"-DROWS={rows}", f"-DUNITS={MOST_UNITS}"
        subprocess.run(["gcc", *FLAGS, *sizes, str(source), "-o", str(library), "-lm"], check=True)
        function = ctypes.CDLL(str(library)).train
    whole, fraction, numbers = ctypes.c_int, ctypes.c_double, np.ctypeslib.ndpointer(np.float64, flags="C")
    function.argtypes = [*[numbers] * 5, *[whole] * 3, fraction, whole, whole, ctypes.c_uint64, numbers]
    function.restype = None
    x0, x1, y, weight = (np.ascontiguousarray(each, np.float64) for each in (*x.T, y, weight))
    batches = len(y) // rows

    def train(first: np.ndarray, rate: float, epochs: int, every: int, activation: str) -> np.ndarray:
        p, curve = first.copy(), np.empty(epochs // every)
        kind = ACTIVATIONS.index(activation)
        units = (len(p) - 1) // 4
        function(p, x0, x1, y, weight, batches, units, kind, rate, epochs, every, 1, curve)
        return p

    return train
