"""Many networks: 4,800 of them on XOR, as many ways of training them all.

Five activations, widths 1 to 8, six learning rates, twenty seeds, 1,000 epochs each on the tutorial's bit pairs, which
are four distinct rows with their counts as weights. What came of it is the share of networks that get all four right.
Who trains one network after the other trains a sample, evenly taken. The engine records curves, as the C loop does;
the peers do not, and find their first weights ready.
"""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import product

import numpy as np

from benchmarks import limit
from benchmarks.measure import Peer, Work
from nn_core import Config, initial_parameters, make_data, population, predict, run
from nn_core.engine import Rows, evaluation_rows
from nn_core.history import evenly
from nn_core.mlp import layer_rows

ACTIVATIONS = {"tanh": "tanh", "sigmoid": "logistic", "relu": "relu", "leaky_relu": None, "elu": None}  # there and here
WIDTHS, RATES, SEEDS = range(1, 9), np.geomspace(0.05, 5, 6).tolist(), range(20)
SIZE = len(ACTIVATIONS) * len(WIDTHS) * len(RATES) * len(SEEDS)
SAMPLE, SKLEARN_SAMPLE, C_SAMPLE = 48, 24, 480


def configs() -> list[Config]:
    kinds = product(ACTIVATIONS, WIDTHS, RATES, SEEDS)
    return [Config(activation=kind, hidden_sizes=(h,), learning_rate=rate, seed=seed) for kind, h, rate, seed in kinds]


def sample(size: int, among: Sequence[Config] | None = None) -> list[Config]:
    among = configs() if among is None else among
    return [among[i] for i in evenly(len(among), size)]


def corners() -> tuple[Rows, np.ndarray, np.ndarray, np.ndarray]:
    """The distinct rows of the data; their x (4, 2), y (4,), and weights (4,) that add up to 1."""
    rows = evaluation_rows(Config(), make_data(Config()))
    return rows, rows.inputs[:, :-1], rows.targets[:, 0], rows.train / rows.train.sum()


def solved(answers: Iterable[np.ndarray]) -> float:
    """The share of networks whose answers (4,), probabilities, are right at all four corners."""
    y = corners()[2]
    return float(np.mean([((each > 0.5) == (y > 0.5)).all() for each in answers]))


# One way for each. Peers import what they need themselves: no process has more than one.


def ours(precision: str = "float64") -> Work:
    everyone = [each.replace(precision=precision) for each in configs()]
    return Work(lambda: population.run(everyone), lambda found: float(found.solved.mean()))


def one_by_one() -> Work:
    chosen, data = sample(SAMPLE), make_data(Config())
    train = partial(run, data=data)
    return Work(
        lambda: list(map(train, chosen)), lambda found: float(np.mean([h.train_accuracy[-1] == 1 for h in found]))
    )


def c() -> Work:
    _, x, y, weight = corners()
    train = limit.compiled(x, y, weight, len(y))
    chosen = [(config, initial_parameters(config)) for config in sample(C_SAMPLE)]
    step = population.recording_step(configs())

    def work() -> list[np.ndarray]:
        return [train(p, each.learning_rate, each.epochs, step, each.activations[0]) for each, p in chosen]

    def outcome(found: list[np.ndarray]) -> float:
        return solved(predict(p, x, each)[:, 0] for p, (each, _) in zip(found, chosen, strict=True))

    return Work(work, outcome)


def scikit_learn() -> Work:
    from sklearn.neural_network import MLPClassifier  # pyright: ignore[reportMissingImports]

    warnings.filterwarnings("ignore", module="sklearn")
    _, x, y, _ = corners()
    networks = [
        MLPClassifier(
            each.hidden_sizes,
            activation=ACTIVATIONS[each.activations[0]],
            solver="sgd",
            alpha=0,
            batch_size=len(x),
            learning_rate_init=each.learning_rate,
            max_iter=each.epochs,
            shuffle=False,
            momentum=0,
            tol=0,
            n_iter_no_change=each.epochs,
            random_state=each.seed,
        )
        for each in sample(SKLEARN_SAMPLE, [each for each in configs() if ACTIVATIONS[each.activations[0]]])
    ]

    def train() -> None:
        for network in networks:
            network.fit(x, y)

    return Work(train, lambda _: solved(network.predict_proba(x)[:, 1] for network in networks))


class Batch:
    """Networks of one width: first parameters `into` (m, units, 3) and `out` (m, units + 1), biases last, and rates
    (m,)."""

    def __init__(self, members: Sequence[Config]) -> None:
        parts = [layer_rows(initial_parameters(each), each) for each in members]
        self.into, self.out = np.stack([into for into, _ in parts]), np.stack([out[0] for _, out in parts])
        self.rates = np.array([each.learning_rate for each in members])
        self.activation = members[0].activations[0]


def batches(by_activation: bool) -> list[Batch]:
    """All networks, those of a width together; or only those that have the activation in common as well."""
    found = defaultdict(list)
    for each in configs():
        found[each.hidden_sizes, each.activation if by_activation else ""].append(each)
    return [Batch(members) for members in found.values()]


def pytorch() -> Work:
    """Batches of matrices (`baddbmm`), autograd, and a step with each network's own rate."""
    import torch  # pyright: ignore[reportMissingImports]
    from torch.nn import functional  # pyright: ignore[reportMissingImports]

    torch.set_num_threads(1)
    x, y, weight = (torch.tensor(each, dtype=torch.float32) for each in corners()[1:])
    activate = [torch.tanh, torch.sigmoid, torch.relu, functional.leaky_relu, functional.elu]
    m = SIZE // len(WIDTHS)
    wanted, weights, seen = y.expand(m, 1, -1), weight.expand(m, 1, -1), x.T.expand(m, -1, -1)
    prepared = batches(by_activation=False)

    def network(W, b, V, c):
        a = torch.baddbmm(b, W, seen)
        a = torch.cat([f(part) for f, part in zip(activate, a.chunk(len(activate)), strict=True)])
        return torch.baddbmm(c, V, a)

    def train() -> list[torch.Tensor]:
        found = []
        for batch in prepared:
            parts = batch.into[:, :, :2], batch.into[:, :, 2:], batch.out[:, None, :-1], batch.out[:, None, -1:]
            parts = [torch.tensor(part, dtype=torch.float32, requires_grad=True) for part in parts]
            rates = torch.tensor(batch.rates, dtype=torch.float32)[:, None, None]
            for _ in range(Config().epochs):
                loss = functional.binary_cross_entropy_with_logits(network(*parts), wanted, weights, reduction="sum")
                with torch.no_grad():
                    for part, gradient in zip(parts, torch.autograd.grad(loss, parts), strict=True):
                        part.addcmul_(rates, gradient, value=-1)
            with torch.no_grad():
                found.append(network(*parts).sigmoid()[:, 0])
        return found

    return Work(train, lambda found: solved(np.concatenate([each.numpy() for each in found])))


def jax() -> Work:
    """`jit(vmap(scan))`: for each activation and width one compiled function that trains all its networks."""
    import jax  # pyright: ignore[reportMissingImports]
    import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

    x, y, weight = (jnp.array(each, jnp.float32) for each in corners()[1:])
    functions = (jnp.tanh, jax.nn.sigmoid, jax.nn.relu, jax.nn.leaky_relu, jax.nn.elu)
    activate = dict(zip(ACTIVATIONS, functions, strict=True))

    def sums(parts, activation):
        into, out = parts
        return activation(x @ into[:, :2].T + into[:, 2]) @ out[:-1] + out[-1]

    def loss(parts, activation):
        z = sums(parts, activation)
        return (weight * (jax.nn.softplus(z) - y * z)).sum()

    def train_one(into, out, rate, activation):
        def update(parts, _):
            gradient = jax.grad(loss)(parts, activation)
            return jax.tree.map(lambda p, g: p - rate * g, parts, gradient), None

        parts, _ = jax.lax.scan(update, (into, out), None, length=Config().epochs)
        return jax.nn.sigmoid(sums(parts, activation))

    prepared = [
        (
            jax.jit(jax.vmap(partial(train_one, activation=activate[each.activation]))),
            [jnp.array(part, jnp.float32) for part in (each.into, each.out, each.rates)],
        )
        for each in batches(by_activation=True)
    ]
    return Work(
        lambda: jax.block_until_ready([train(*parts) for train, parts in prepared]),
        lambda found: solved(np.concatenate(found)),
    )


def contest() -> list[Peer]:
    peers = [
        Peer("nn_core", ours, SIZE),
        Peer("nn_core, float32, as PyTorch and JAX", partial(ours, "float32"), SIZE),
        Peer("nn_core, one after the other", one_by_one, SAMPLE),
        Peer("PyTorch, batches of matrices", pytorch, SIZE, slow=True),
        Peer("scikit-learn, one after the other", scikit_learn, SKLEARN_SAMPLE, slow=True),
        Peer("JAX, the run compiled for many", jax, SIZE),
    ]
    if limit.available():
        peers.append(Peer("C, one after the other", c, C_SAMPLE))
    return peers
