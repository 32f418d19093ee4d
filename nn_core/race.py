"""A race: the values of one setting against each other, from the same seeds, and the sentences that follow from it.

A learning rate that suits one optimizer may be far too large for another. So each may first find the rate that suits it
best, among the same few, on some of the seeds.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.config import Config
from nn_core.initializers import INITIALIZERS
from nn_core.optimizers import OPTIMIZERS
from nn_core.outcome import GOOD_FIT
from nn_core.population import Population
from nn_core.statistics import Share, bands, share

BANDS = (0.25, 0.5, 0.75)
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
TRIED = 10  # seeds by which a rate is chosen
MOST_SEEDS = 200

# What can race against each other.
SUBJECTS: dict[str, Mapping[str, Any]] = {
    "optimizer": OPTIMIZERS,
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
}
USUAL = {"activation": ("tanh", "sigmoid", "relu", "leaky_relu", "gelu")}


class Race(NamedTuple):
    """`runners` are values of the setting `subject` around `base`; `own_rates`: each at the rate that suits it."""

    base: Config
    subject: str = "optimizer"
    runners: tuple[str, ...] = ()
    seeds: int = 50
    own_rates: bool = True


def usual(subject: str) -> tuple[str, ...]:
    """Who races unless told otherwise."""
    return USUAL.get(subject, tuple(SUBJECTS[subject]))


def to_query(race: Race) -> dict[str, str]:
    """The link form of who races and how, without the base: what differs from the usual. `from_query` gives it back."""
    plain = _texts(Race(race.base, runners=usual(race.subject)))
    return {name: text for name, text in _texts(race).items() if text != plain[name]}


def _texts(race: Race) -> dict[str, str]:
    return {
        "subject": race.subject,
        "runners": ",".join(race.runners),
        "race_seeds": str(race.seeds),
        "own_rates": str(int(race.own_rates)),
    }


def from_query(mapping: Mapping[str, Any], base: Config) -> tuple[Race, list[str]]:
    """A race around `base` from any mapping, and a sentence for what had to be changed. Never raises."""
    said, plain = [], Race(base)
    subject = str(mapping.get("subject", plain.subject))[:40]
    if subject not in SUBJECTS:
        said.append("Only optimizers, activations and first weights can race: optimizers do.")
        subject = plain.subject
    named = str(mapping["runners"])[:400].split(",") if mapping.get("runners") else usual(subject)
    runners = tuple(name for name in SUBJECTS[subject] if name in named)
    if len(runners) < 2:
        said.append("A race needs two runners: the usual ones race.")
        runners = usual(subject)
    seeds = str(mapping.get("race_seeds", plain.seeds))
    known = seeds.isascii() and seeds.isdigit() and len(seeds) < 10
    kept = min(max(int(seeds), 2), MOST_SEEDS) if known else plain.seeds
    if str(kept) != seeds:
        said.append(f"A race has 2 to {MOST_SEEDS} seeds: {kept} are used.")
    return Race(base, subject, runners, kept, str(mapping.get("own_rates", "1")) != "0"), said


def heats(race: Race) -> tuple[Config, ...]:
    """Each runner with each rate, from some of the seeds: in the order runner, rate, seed."""
    first = (started(race, runner, rate) for runner in race.runners for rate in RATES)
    return tuple(each.from_seed(seed) for each in first for seed in range(min(TRIED, race.seeds)))


def best_rates(race: Race, tried: Population) -> tuple[float, ...]:
    """For each runner the rate of the heats at which three in four seeds get lowest; of rates that are equally good,
    the lowest. What diverged counts as the worst."""
    loss = np.where(np.isfinite(tried.final_loss), tried.final_loss, np.inf)
    ranked = np.sort(loss.reshape(len(race.runners), len(RATES), -1), axis=-1)
    reached = ranked[..., math.ceil(0.75 * ranked.shape[-1]) - 1]
    return tuple(RATES[place] for place in reached.argmin(axis=1).tolist())


def final(race: Race, rates: Sequence[float]) -> tuple[Config, ...]:
    """The race itself, each runner with its rate, from all seeds: in the order runner, seed."""
    first = (started(race, runner, rate) for runner, rate in zip(race.runners, rates, strict=True))
    return tuple(each.from_seed(seed) for each in first for seed in range(race.seeds))


def started(race: Race, runner: str, rate: float) -> Config:
    """The run of one runner at this rate."""
    changes: dict[str, Any] = {race.subject: runner, "learning_rate": rate}
    return race.base.replace(**changes)


class Run(NamedTuple):
    """How one runner did: quartiles of its loss (3, E) at the epochs of the population, how many of its seeds solved
    the problem, `epoch` by which half of them had, nan if never, and how many diverged. `loss` is the final one in the
    middle."""

    runner: str
    rate: float
    bands: Array
    solved: Share
    epoch: float
    diverged: int
    loss: float


def results(race: Race, rates: Sequence[float], whole: Population) -> list[Run]:
    """How each runner did, in the order of the runners."""
    found = []
    for number, (runner, rate) in enumerate(zip(race.runners, rates, strict=True)):
        of = np.arange(number * race.seeds, (number + 1) * race.seeds)
        of = of[whole.done[of]]
        quartiles = bands(whole.train_loss[:, of], BANDS)
        since = np.sort(solved_since(whole, of))
        half = since[(len(since) - 1) // 2] if len(since) else np.nan
        found.append(
            Run(
                runner,
                rate,
                quartiles,
                share(int(whole.solved[of].sum()), len(of)),
                float(half) if np.isfinite(half) else np.nan,
                int(whole.diverged[of].sum()),
                float(quartiles[1, -1]) if len(of) else np.nan,
            )
        )
    return found


def solved_since(whole: Population, of: Array) -> Array:
    """For each of these networks the recorded epoch from which on it is solved, to the end; infinity if it is not."""
    good = GOOD_FIT if whole.configs and whole.configs[0].task == "regression" else 1.0
    right = whole.train_accuracy[:, of] >= good
    unsolved = ~right | ~np.isfinite(whole.train_accuracy[:, of])
    last = len(right) - 1 - unsolved[::-1].argmax(axis=0)  # the last epoch at which it was not
    last = np.where(unsolved.any(axis=0), last, -1)
    epochs = np.append(whole.epochs.astype(float), np.inf)
    return epochs[last + 1]


def verdict(race: Race, runs: Sequence[Run]) -> list[str]:
    """What follows from the results, and no more: who solves it, who is there first, and at which rates they ran."""
    said = [_sentence(_who(race, runs))]
    speed = _when(race, runs)
    lost = [f"{title(race, run)} ({run.diverged})" for run in runs if run.diverged]
    said += [speed] if speed else []
    said += [f"Some seeds diverged: {listed(lost)}."] if lost else []
    return [*said, _at_which_rate(race, runs)]


def _who(race: Race, runs: Sequence[Run]) -> str:
    regression, of = race.base.task == "regression", f"{race.seeds} seeds"
    solve, solves = ("reach R² 0.99", "reaches R² 0.99") if regression else ("solve it", "solves it")
    most = max(run.solved.count for run in runs)
    if not any(np.isfinite(run.loss) for run in runs):
        return f"All of them diverge, from half of {of} or more."
    if not most:
        lowest = min(runs, key=lambda run: run.loss if np.isfinite(run.loss) else np.inf)
        low = f"{_names(race, [lowest])} comes lowest, with a loss of {lowest.loss:.3g} in the middle"
        return f"None of them {solves} from any of {of}. {low}."
    best = [run for run in runs if run.solved.count == most]
    alike = [run for run in runs if run not in best and run.solved.may_equal(best[0].solved)]
    worse = [run for run in runs if run not in best and run not in alike]
    if len(best) == len(runs):
        return f"All of them {solve} from {most} of {of}."
    if not worse:
        fewest = min(run.solved.count for run in runs)
        return f"They {solve} about equally often, from {fewest} to {most} of {of}: too few to tell them apart."
    said = f"{_names(race, best)} {solves if len(best) == 1 else solve} most often, from {most} of {of}"
    if alike:
        said += f"; {_counted(race, alike)} may be as good: these are too few seeds to tell"
    return f"{said}. Clearly less often: {_counted(race, worse)}."


def _when(race: Race, runs: Sequence[Run]) -> str:
    there = sorted((run for run in runs if np.isfinite(run.epoch)), key=lambda run: run.epoch)
    if len(there) < 2:
        return ""
    first, slowest = [run for run in there if run.epoch == there[0].epoch], there[-1]
    when = f"Half of the seeds are there by epoch {there[0].epoch:,.0f} with {_names(race, first)}"
    if slowest.epoch == there[0].epoch:
        return f"{when}: no difference that the curves could show."
    times = slowest.epoch / max(1.0, there[0].epoch)
    return f"{when}; {_names(race, [slowest])} takes {times:.2g} times as long, until {slowest.epoch:,.0f}."


def _at_which_rate(race: Race, runs: Sequence[Run]) -> str:
    rates = {run.rate for run in runs}
    if not race.own_rates:
        return f"All ran at the same rate, {race.base.learning_rate:g}: another rate may suit another."
    if len(rates) == 1:
        return f"Of {len(RATES)} rates tried, {rates.pop():g} suited each of them best."
    told = listed([f"{title(race, run)} {run.rate:g}" for run in runs])
    return f"Each ran at the rate that suited it best of {len(RATES)} tried: {told}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def title(race: Race, run: Run) -> str:
    """The name of a runner in words, without a comma, so that it can stand in a list."""
    return SUBJECTS[race.subject][run.runner].title.replace(",", "")


def _names(race: Race, runs: Sequence[Run]) -> str:
    return listed([title(race, run) for run in runs])


def _counted(race: Race, runs: Sequence[Run]) -> str:
    return listed([f"{title(race, run)} ({run.solved.count})" for run in runs])


def listed(words: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
