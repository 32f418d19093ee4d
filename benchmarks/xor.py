"""XOR on the tutorial's bit pairs, 2-4-1 tanh, 1,000 full-batch epochs with the loss curve: nn_core beside its peers.

All run on one thread from the same first weights, with plain gradient descent at the same rate, in interleaved rounds;
times are medians of CPU time. PyTorch is the eager loop its tutorials write, in float64 as here and in its own default
float32; scikit-learn is MLPClassifier with a batch of all samples and no momentum, its own first weights.
"""

import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import torch  # pyright: ignore[reportMissingImports]
from sklearn.neural_network import MLPClassifier  # pyright: ignore[reportMissingImports]

from nn_core import Config, Data, History, initial_parameters, make_data, run
from nn_core.mlp import layers

ROUNDS = 9
CONFIG = Config()
Run = Callable[[], float]  # trains, returns the final loss


def with_distinct_rows(data: Data) -> Data:
    """The same data, moved by less than any digit shown, so that no two rows are equal and none are merged."""
    shift = np.arange(len(data.x_train))[:, None] * 1e-12
    return data._replace(x_train=data.x_train + shift, x_test=data.x_test[:4], y_test=data.y_test[:4])


def ours(config: Config, data: Data) -> Run:
    def train() -> float:
        history: History = run(config, data)
        return float(history.train_loss[-1])

    return train


def pytorch(config: Config, data: Data, dtype: torch.dtype) -> Run:
    x, y = torch.tensor(data.x_train, dtype=dtype), torch.tensor(data.y_train, dtype=dtype)[:, None]

    def train() -> float:
        hidden, out = torch.nn.Linear(2, 4, dtype=dtype), torch.nn.Linear(4, 1, dtype=dtype)
        with torch.no_grad():
            for module, layer in zip((hidden, out), layers(initial_parameters(config), config), strict=True):
                module.weight.copy_(torch.tensor(layer.W))
                module.bias.copy_(torch.tensor(layer.b))
        network = torch.nn.Sequential(hidden, torch.nn.Tanh(), out)
        optimizer = torch.optim.SGD(network.parameters(), lr=config.learning_rate)
        criterion = torch.nn.BCEWithLogitsLoss()
        losses = []
        for _ in range(config.epochs):
            optimizer.zero_grad()
            loss = criterion(network(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        return float(losses[-1])

    return train


def scikit_learn(config: Config, data: Data) -> Run:
    def train() -> float:
        network = MLPClassifier(
            config.hidden_sizes,
            activation="tanh",
            solver="sgd",
            alpha=0,
            batch_size=len(data.x_train),
            learning_rate_init=config.learning_rate,
            max_iter=config.epochs,
            momentum=0,
            tol=0,
            n_iter_no_change=config.epochs,
            random_state=config.seed,
        )
        network.fit(data.x_train, data.y_train)
        return network.loss_curve_[-1]

    return train


def measure(runs: dict[str, Run]) -> dict[str, tuple[float, float]]:
    """Median CPU milliseconds and final loss of each, over interleaved rounds; the first round warms up."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    losses = {}
    for _ in range(ROUNDS + 1):
        for name, train in runs.items():
            begun = time.process_time()
            losses[name] = train()
            times[name].append(1000 * (time.process_time() - begun))
    return {name: (statistics.median(each[1:]), losses[name]) for name, each in times.items()}


def main() -> None:
    warnings.filterwarnings("ignore", module="sklearn")
    torch.set_num_threads(1)
    data = make_data(CONFIG)
    distinct = with_distinct_rows(data)
    results = measure(
        {
            "nn_core, repeated rows merged": ours(CONFIG, data),
            "nn_core, no two rows equal": ours(CONFIG, distinct),
            "PyTorch, float64": pytorch(CONFIG, distinct, torch.float64),
            "PyTorch, float32": pytorch(CONFIG, distinct, torch.float32),
            "scikit-learn": scikit_learn(CONFIG, distinct),
        }
    )
    (merged, _), (plain, _) = list(results.values())[:2]
    what = "1,000 epochs of 2-4-1 tanh on 1,000 bit pairs"
    print(f"{what:<46} {'ms':>8} {'x merged':>9} {'x distinct':>11} {'loss':>9}")
    for name, (ms, loss) in results.items():
        print(f"{name:<46} {ms:8.1f} {ms / merged:9.1f} {ms / plain:11.1f} {loss:9.6f}")


if __name__ == "__main__":
    main()
