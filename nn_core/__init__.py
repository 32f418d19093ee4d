"""A multilayer perceptron from scratch in NumPy, made to be read. The public face:

>>> from nn_core import Config, run
>>> history = run(Config(dataset="xor_bits", hidden_sizes=(4,), learning_rate=0.5, epochs=1000))
>>> history.train_accuracy[-1]
"""

from nn_core.activations import ACTIVATIONS
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.datasets import DATASETS, FEATURES, Data
from nn_core.history import History, Snapshot, State, join, record
from nn_core.initializers import INITIALIZERS
from nn_core.losses import LOSSES
from nn_core.mlp import Trace, backward, forward, gradient_check, initial_parameters, loss_and_gradient, predict
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.presets import PRESETS
from nn_core.training import run, train

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "FEATURES",
    "INITIALIZERS",
    "LOSSES",
    "OPTIMIZERS",
    "PRESETS",
    "SCHEDULES",
    "Config",
    "Data",
    "History",
    "Snapshot",
    "State",
    "Trace",
    "backward",
    "forward",
    "gradient_check",
    "initial_parameters",
    "join",
    "loss_and_gradient",
    "make_data",
    "predict",
    "record",
    "run",
    "train",
]
