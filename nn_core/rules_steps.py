"""What the coach says about the steps of a run: too large, too small, cut short, ended too early."""

import numpy as np

from nn_core.cases import STILL, USUAL_ADAPTIVE, Case, Found, Rule, capital, counted, in_letters, percent, slower, tidy
from nn_core.config import MOST_EPOCHS
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.training import gentler

HEAVY = 0.95  # momentum above this can overshoot
LONG_REACH = 5.0  # rate / (1 - momentum) from which it does
LARGE = 0.3  # a rate too large for an optimizer that moves every weight by about it
SMALL_BATCH = 16
BOLD = 5.0  # times the rate that suits: too large for batches of any size, and divided by ten at once
LOWER = 0.95  # the lowest loss of the second half by that of the first, below which it still comes lower
HUGE = 1000.0  # times the first loss: a loss on its way to infinity
WORSE = 1.02  # last loss by the first, from which it has become worse
DRIVEN, BEFORE = 0.7, 0.4  # saturated shares: of a layer that was driven into its flat ends, and where it came from
AS_LARGE = 0.3  # the first steps by the size of the weights
DEAD = 0.3  # share of the ReLUs of a layer
FAR = 1.0  # weights that moved by their own size
CLIPPED = 0.8  # the share of the looks at which the gradient is too long
ENDED = 0.2  # a schedule's factor below which steps are small
LED = 3  # how many times as much the loss fell half-way as at the end
FALLING = 0.03  # share of the loss


def diverged(case: Case) -> Found:
    """The loss is no longer a number, or on its way there."""
    grown = case.loss[-1] > HUGE * case.loss[0]
    if case.history.stopped is None and not grown:
        return None
    rate, end = case.config.learning_rate, int(case.history.epochs[-1])
    then = f"the loss was {case.loss[0]:.3g}, then {case.loss[-1]:.3g} at epoch {end:,}" if end else "the loss was"
    if case.history.stopped is not None:
        then += f"{', then' if end else ''} no longer a number"
    sentence = (
        f"The steps were too large: at a rate of {rate:g} each overshot the valley by more than the last; {then}."
    )
    return sentence, {"learning_rate": tidy(min(gentler(rate), max(case.usual_rate, 1e-5)))}


def overshooting(case: Case) -> Found:
    """Momentum that carries the weights far beyond the valley."""
    config = case.config
    if not case.failing or config.optimizer not in ("momentum", "nesterov") or config.momentum < HEAVY:
        return None
    times = 1 / (1 - config.momentum)
    if config.learning_rate * times < LONG_REACH:
        return None
    sentence = (
        f"With a momentum of {config.momentum:g} steps add up to {times:.0f} times a single one, as if the rate were "
        f"{config.learning_rate * times:.3g}: it rolls past the valley, and {case.scored}."
    )
    return sentence, {"momentum": 0.9}


def adaptive(case: Case) -> Found:
    """Too high a rate for an optimizer that moves every weight by about the rate."""
    config = case.config
    if not case.failing or not case.adaptive or config.learning_rate < LARGE or case.first_step < USUAL_ADAPTIVE:
        return None
    sentence = (
        f"{OPTIMIZERS[config.optimizer].title} moves each weight by about the rate, whatever its gradient: "
        f"at {config.learning_rate:g} the first updates moved weights by a net {case.first_step:.2g} times their size "
        f"each. A rate near {USUAL_ADAPTIVE:g} suits it."
    )
    return sentence, {"learning_rate": USUAL_ADAPTIVE}


def trembling(case: Case) -> Found:
    """Small batches at a rate that makes each of them count too much."""
    config, n = case.config, len(case.data.x_train)
    small = 0 < config.batch_size <= SMALL_BATCH and config.batch_size * 4 <= n
    if not (small and _unsteady(case)) or case.pace > BOLD:
        return None
    points = "a single point" if config.batch_size == 1 else f"{config.batch_size} points"
    sentence = (
        f"Each step follows {points} at a rate of {config.learning_rate:g}, and the next one pulls elsewhere: in the "
        f"second half the loss jumps between {case.later.min():.3g} and {case.later.max():.3g}. Larger batches average "
        "that out."
    )
    return sentence, {"batch_size": min(8 * max(config.batch_size, 4), n)}


def jumping(case: Case) -> Found:
    """The loss goes up and down: steps across the valley."""
    if not _unsteady(case):
        return None
    rate = case.config.learning_rate
    sentence = (
        f"In the second half the loss jumps between {case.later.min():.3g} and {case.later.max():.3g}: steps at a rate "
        f"of {rate:g} cross the valley instead of going down in it."
    )
    return sentence, slower(rate, 10 if case.pace >= BOLD or case.loss[-1] > case.loss[0] else 3)


def _unsteady(case: Case) -> bool:
    """Whether a loss goes up and down by its steps, to no use: it is not dropout that shakes it, nor does it still come
    to lower places."""
    shaken = case.config.dropout > 0 and case.pace <= BOLD
    lower = case.later.min() < LOWER * case.loss[: len(case.loss) // 2].min(initial=np.inf)
    return case.failing and (case.jumps or case.outcome.name == "restless") and not shaken and not lower


def thrown(case: Case) -> Found:
    """The loss ended above where it began, at a rate that is larger than suits."""
    if not case.failing or case.loss[-1] < WORSE * case.loss[0] or case.travelled < STILL or case.pace < 1:
        return None
    rate = case.config.learning_rate
    sentence = (
        f"The loss ended at {case.loss[-1]:.3g}, above the {case.loss[0]:.3g} where it began: at a rate of {rate:g} "
        f"the first updates moved weights by a net {case.first_step:.2g} times their size each, and threw the network "
        "where hardly anything can be learnt."
    )
    return sentence, slower(rate, 10)


def driven_flat(case: Case) -> Found:
    """Nodes that began well and were driven into their flat ends by steps as large as the weights."""
    found = [i for i, each in enumerate(case.hidden) if each.saturated[-1] > DRIVEN and each.saturated[0] < BEFORE]
    if not case.failing or not found or case.first_step < AS_LARGE:
        return None
    i, rate = found[0], case.config.learning_rate
    sentence = (
        f"The first updates moved weights by a net {case.first_step:.2g} times their size each and drove "
        f"{case.layer(i)} into its flat ends: {percent(float(case.hidden[i].saturated[-1]))} of its answers are there, "
        f"and hardly any gradient comes back. A rate of {rate:g} is too large to begin with."
    )
    return sentence, slower(rate, 10)


def dead(case: Case) -> Found:
    """ReLU nodes that no training point makes positive."""
    relus = [i for i, name in enumerate(case.config.activations) if name == "relu"]
    found = [i for i in relus if case.hidden[i].dead[-1] > DEAD]
    if not case.failing or not found:
        return None
    i = found[0]
    units = case.config.hidden_sizes[i]
    now, before = (round(float(case.hidden[i].dead[look]) * units) for look in (-1, 0))
    cure = {"activation": "tanh", "initializer": "xavier", "initial_scale": 1.0}
    why = "tanh has a slope everywhere."
    if case.pace > BOLD and now > before:
        why = f"Steps at a rate of {case.config.learning_rate:g} push them there. {why}"
        cure["learning_rate"] = tidy(case.usual_rate)
    share = f"{capital(in_letters(now))} of the {counted(units, 'node')}" if units > 1 else "The node"
    are, them = ("is", "it") if now == 1 else ("are", "them")
    sentence = (
        f"{share} of {case.layer(i)} {are} dead ({before or 'none'} at the start): a ReLU that is zero on every "
        f"training point gets no gradient, and nothing wakes {them}. {why}"
    )
    return sentence, cure


def clipped(case: Case) -> Found:
    """Gradient clipping that shortens nearly every step, so that the weights have not got far. Optimizers that divide
    by the size of the gradient do not mind."""
    clip, lengths = case.config.clip, case.vitals.length[case.looks]
    held = not case.adaptive and case.travelled < FAR
    if not case.failing or not clip or not held or (lengths > clip).mean() < CLIPPED:
        return None
    sentence = (
        f"Clipping cuts nearly every step: {percent(float((lengths > clip).mean()))} of the gradients looked at are "
        f"longer than {clip:g}, their median is {np.median(lengths):.2g}. It is meant for the rare wild one."
    )
    return sentence, {"clip": max(1.0, tidy(2 * float(lengths.max())))}


def ended(case: Case) -> Found:
    """A schedule that took the rate away while the loss still fell."""
    config = case.config
    factor = SCHEDULES[config.schedule].factor
    if not case.failing or factor(1.0) > ENDED or len(case.loss) < 10 or case.pace > BOLD:
        return None
    at = [float(case.loss[round(share * (len(case.loss) - 1))]) for share in (0.3, 0.5, 0.8, 1.0)]
    half_way, late = at[0] - at[1], at[2] - at[3]
    if half_way < 0.01 * at[0] or half_way < LED * late:
        return None
    sentence = (
        f"The schedule ended the run too early: between 30 and 50 % of it the loss fell by {half_way:.2g}, over the "
        f"last 20 % by {max(late, 0.0):.1g}, as the rate had come down from {config.learning_rate:g} to less than "
        f"{config.learning_rate * factor(0.8):.1g}."
    )
    return sentence, {"schedule": "constant"}


def slow(case: Case) -> Found:
    """A rate so small that the weights have hardly moved."""
    rate = case.config.learning_rate
    if not case.failing or case.pace > 1 / 3 or case.travelled > STILL:
        return None
    step = max(float(np.median(layer.step[case.looks])) for layer in case.vitals.layers)
    sentence = (
        f"The rate is too small: an update moves the weights by a net {step:.1g} of their size, and after "
        f"{int(case.epochs[-1]):,} epochs they are only {percent(case.travelled)} away from their start."
    )
    times = 300 if case.travelled < STILL / 3 else 30
    return sentence, {"learning_rate": tidy(min(case.usual_rate, rate * times))}


def early(case: Case) -> Found:
    """Stopped while the loss still fell, and that of the test did not rise."""
    end, falls = case.history.config.last_epoch, case.outcome.name == "learning" and case.fall >= FALLING
    if not case.failing or not falls or case.best_test is not None or end * 3 > MOST_EPOCHS:
        return None
    sentence = (
        f"It stopped too early: over the last fifth of the epochs the loss still fell by {percent(case.fall)}, from "
        f"{case.recent[0]:.3g} to {case.recent[-1]:.3g}, and {case.scored}. Give it three times as long."
    )
    return sentence, {"epochs": end * 3}


FAR_TOO_LARGE = (Rule("diverged", diverged), Rule("overshooting", overshooting), Rule("adaptive", adaptive))
UNSTEADY = (Rule("trembling", trembling), Rule("jumping", jumping), Rule("thrown", thrown))
IDLE = (Rule("driven flat", driven_flat), Rule("dead", dead))
TOO_SMALL = (Rule("clipped", clipped), Rule("ended", ended), Rule("slow", slow))
TOO_SHORT = (Rule("early", early),)
