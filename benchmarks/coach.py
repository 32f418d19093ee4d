"""Hold the coach to runs it has not seen: configurations as visitors make them, drawn by chance.

    python -m benchmarks.coach [--runs 600] [--seed 1] [--list]        make bench-coach

What became of a run is measured by what the coach does not look at: the network's score on fresh points of the same
kind (share that is right; R² for regression, 0 at least), beside the best that 20 sound configurations reach on the
same training points. A run within two points of that is as good as can be, one ten points below has failed. A cure is
judged on the seed of the run and on three others, each before and after. --list adds the link of each run that was
scolded for nothing, or failed unheard, or was made worse.
"""

import argparse
import math
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np

from nn_core import Config, make_data, population, predict, run
from nn_core.activations import ACTIVATIONS, Array
from nn_core.coach import RULES, coach
from nn_core.datasets import DATASETS, Points
from nn_core.initializers import INITIALIZERS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.statistics import share
from nn_core.vitals import vitals

FIRST_SEED = 10_000  # of all that is drawn here: tests use those below
FRESH = 4000  # points that a network is judged on
SETS = 3  # of each kind, with noise and samples of their own
AS_GOOD, FAILED = 0.02, 0.1  # below the best that is reached
BETTER = 0.01  # a difference that counts
OTHERS = (101, 202, 303)  # added to the seed of a run
LONGEST = 0.25  # estimated seconds of a run that is drawn
SOME_FEATURES = (("x1",), ("x1_times_x2",), ("x1_squared", "x2_squared"), ("x1", "x2", "x1_times_x2"))


class Trial(NamedTuple):
    """A run, the `best` score on its data, what was said (a rule's name and the sentence, or ""), and scores for each
    seed before and after the cure; () where there is none."""

    config: Config
    best: float
    rule: str
    sentence: str
    cured: Config | None
    before: tuple[float, ...]
    after: tuple[float, ...]

    @property
    def good(self) -> bool:
        return self.before[0] >= self.best - AS_GOOD

    @property
    def failed(self) -> bool:
        return self.before[0] < self.best - FAILED

    @property
    def gain(self) -> float:
        """How much better the cure makes it, over all seeds."""
        return float(np.mean(self.after) - np.mean(self.before))

    @property
    def seen_gain(self) -> float:
        """The same of the run itself: what the visitor sees."""
        return self.after[0] - self.before[0]


# --- what visitors make -----------------------------------------------------------------------------------------------


def data_sets(rng: np.random.Generator) -> Iterator[Config]:
    """Data of every kind that is made here."""
    for name, entry in DATASETS.items():
        if entry.make and entry.kind != "own":
            for _ in range(SETS):
                noise = 0.0 if rng.random() < 0.5 else round(float(rng.uniform(0.05, 0.35)), 2)
                samples = int(rng.choice([60, 100, 200, 400, 1000]))
                yield Config(dataset=name, noise=noise, samples=samples, data_seed=_seed(rng))


def drawn(data: Config, rng: np.random.Generator) -> Config:
    """A configuration on these data as a visitor might make it, no longer than one would watch."""
    while True:
        config = _any(data, rng)
        if config.estimated_seconds < LONGEST:
            return config


def _any(data: Config, rng: np.random.Generator) -> Config:
    """Most settings are left alone, or sound; each of them is anywhere in its range now and then."""
    optimizer = _one(rng, OPTIMIZERS, [45, 10, 5, 8, 25, 7])
    adaptive = "rms_decay" in OPTIMIZERS[optimizer].reads
    usual, lowest, highest = (0.02, 1e-4, 3.0) if adaptive else (0.3, 1e-3, 30.0)
    near = rng.random() < 0.5
    layers = _one(rng, range(6), [4, 45, 32, 12, 4, 3])
    same, equal = round(_log_uniform(rng, 2, 16)), rng.random() < 0.7
    batches = [0, *(size for size in (1, 4, 10, 32) if size <= data.training_samples)]
    seldom = {
        "l2": (0.1, _tidy(_log_uniform(rng, 1e-4, 0.1))),
        "l1": (0.05, _tidy(_log_uniform(rng, 1e-4, 0.1))),
        "dropout": (0.1, round(float(rng.uniform(0.1, 0.6)), 1)),
        "clip": (0.05, _tidy(_log_uniform(rng, 1e-3, 10))),
        "schedule": (0.1, _one(rng, SCHEDULES)),
        "initial_scale": (0.06, _tidy(_log_uniform(rng, 0.01, 10))),
        "initializer": (0.15, _one(rng, INITIALIZERS)),
        "activation": (0.15, _one(rng, ACTIVATIONS)),
        "loss": (0.06, _one(rng, ["mean_squared_error", "mean_absolute_error", "huber"])),
        "momentum": (0.05, _one(rng, [0.0, 0.5, 0.97, 0.99])),
        "features": (0.04, _one(rng, SOME_FEATURES)),
        "batch_size": (0.4, _one(rng, batches)),
    }
    chosen = {name: value for name, (chance, value) in seldom.items() if rng.random() < chance}
    settings = {
        "hidden_sizes": tuple(same if equal else round(_log_uniform(rng, 1, 16)) for _ in range(layers)),
        "activation": _one(rng, ["tanh", "relu", "sigmoid"], [5, 3, 1]),
        "initializer": _one(rng, ["xavier", "he"], [4, 1]),
        "optimizer": optimizer,
        "learning_rate": _tidy(usual * _log_uniform(rng, 0.3, 3) if near else _log_uniform(rng, lowest, highest)),
        "epochs": _one(rng, [100, 300, 1000, 2000]),
        "seed": _seed(rng),
    }
    return data.replace(**settings | chosen)


def _one(rng: np.random.Generator, of: Any, weights: Sequence[float] = ()) -> Any:
    choices = list(of)
    p = np.array(weights or [1] * len(choices), float)
    return choices[int(rng.choice(len(choices), p=p / p.sum()))]


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _tidy(value: float) -> float:
    return float(f"{value:.1g}")


def _seed(rng: np.random.Generator) -> int:
    return FIRST_SEED + int(rng.integers(1_000_000))


# --- how good they are ------------------------------------------------------------------------------------------------


def score(parameters: Array | None, config: Config) -> float:
    """On fresh points of the same kind; a network of no numbers is as good as guessing."""
    x, y = _fresh(config)
    guessing = 0.0 if config.task == "regression" else 1 / config.data.classes
    if parameters is None or not np.isfinite(parameters).all():
        return guessing
    with np.errstate(all="ignore"):
        answer = predict(parameters, x, config)
        if not np.isfinite(answer).all():
            return guessing
        if config.task == "regression":
            return max(0.0, float(1 - ((answer[:, 0] - y) ** 2).mean() / y.var()))
    told = answer.argmax(axis=1) if answer.shape[1] > 1 else answer[:, 0] > 0.5
    return float((told == y).mean())


def _fresh(config: Config) -> Points:
    make, corners = config.data.make, config.data.kind == "corners"
    assert make
    rng = np.random.default_rng(config.data_seed + 1)
    return make(4, 0.0, rng) if corners else make(FRESH, config.noise, rng)


def scores(configs: Sequence[Config]) -> list[float]:
    """Of each when it has been trained."""
    return [score(each, config) for each, config in zip(population.run(configs).parameters, configs, strict=True)]


def best_reached(data: Config) -> float:
    """The best score of 20 sound configurations on these data."""
    shapes = ((8,), (16,), (8, 8), (16, 16), (12, 12, 12))
    tanh, relu = {"activation": "tanh", "learning_rate": 0.02}, {"activation": "relu", "learning_rate": 0.01}
    return max(
        scores(
            [
                data.replace(hidden_sizes=shape, **way, l2=l2, optimizer="adam", epochs=400)
                for shape, way, l2 in product(shapes, (tanh, relu), (0.0, 0.003))
            ]
        )
    )


def tried(config: Config, best: float) -> Trial:
    """Run it, ask the coach, and try the cure."""
    data = make_data(config)
    history = run(config, data)
    before = score(None if history.stopped else history.parameters[-1], config)
    said = coach(history, vitals(history, data), config, data)
    if said is None or said.cure is None:
        return Trial(config, best, said.name if said else "", said.sentence if said else "", None, (before,), ())
    cured = config.replace(**said.cure)
    others = scores(_seeds(config)[1:])
    return Trial(config, best, said.name, said.sentence, cured, (before, *others), tuple(scores(_seeds(cured))))


def _seeds(config: Config) -> list[Config]:
    return [config.replace(seed=config.seed + more) for more in (0, *OTHERS)]


def trials(runs: int, seed: int) -> list[Trial]:
    """So many of them, the same for the same seed."""
    rng = np.random.default_rng(seed)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        sets = list(data_sets(rng))
        chosen = rng.integers(len(sets), size=runs)
        configs = [drawn(sets[i], rng) for i in chosen]
        best = list(pool.map(best_reached, sets))
        return list(pool.map(tried, configs, [best[i] for i in chosen], chunksize=4))


# --- the report -------------------------------------------------------------------------------------------------------


def counted(holds: Sequence[bool]) -> str:
    """12 of 34: 35 % (21 to 52)"""
    found = share(sum(holds), len(holds))
    low, middle, high = (round(100 * each) if found.of else 0 for each in (found.low, found.share, found.high))
    return f"{found.count} of {found.of}: {middle} % ({low} to {high})"


def report(found: list[Trial]) -> None:
    good, failed = [each for each in found if each.good], [each for each in found if each.failed]
    cured = [each for each in found if each.after]
    print(f"{len(found)} runs: {len(good)} as good as can be, {len(failed)} failed, a cure for {len(cured)}")
    print(f"as good as can be, and scolded    {counted([bool(each.after) for each in good])}")
    print(f"failed, and not a word            {counted([not each.rule for each in failed])}")
    print(f"\n{'rule':18}{'before':>6} {'after':>6}  {'helps':30}{'the run itself':30}makes worse")
    for name in [*(rule.name for rule in RULES), "all"]:
        said = [each for each in cured if name in (each.rule, "all")]
        if said:
            print(line(name, said))


def line(name: str, said: list[Trial]) -> str:
    before, after = np.mean([each.before for each in said]), np.mean([each.after for each in said])
    helps, worse = [each.gain > BETTER for each in said], [each.gain < -BETTER for each in said]
    itself = [each.seen_gain > BETTER for each in said]
    return f"{name:18}{before:6.3f} {after:6.3f}  {counted(helps):30}{counted(itself):30}{counted(worse)}"


def listing(found: list[Trial]) -> None:
    kinds = {
        "scolded for nothing": lambda each: each.good and each.after,
        "failed unheard": lambda each: each.failed and not each.rule,
        "made worse": lambda each: each.after and each.gain < -BETTER,
    }
    for title, of in kinds.items():
        print(f"\n{title}")
        for each in filter(of, found):
            print(f"  {each.rule} {each.before[0]:.2f} of {each.best:.2f}  ?{urlencode(each.config.to_query())}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    found = trials(args.runs, args.seed)
    report(found)
    if args.list:
        listing(found)


if __name__ == "__main__":
    main()
