"""The coach: of all that may be wrong with a run, the one thing to mend first, with the numbers that show it.

Rules stand in RULES in the order in which they are asked, what spoils all else first. Each looks at a finished run as a
`Case` and either says what is wrong and what to try, or passes. On a run that has learnt what can be learnt all pass.
"""

import numpy as np

from nn_core.cases import Advice, Case, Rule
from nn_core.config import Config
from nn_core.datasets import Data
from nn_core.history import History
from nn_core.rules_fit import BY_HEART, HELD, SHAPE, SIZE, SMOTHERED
from nn_core.rules_start import ASLEEP, BEGUN, DEEP_DOWN, MADE
from nn_core.rules_steps import FAR_TOO_LARGE, IDLE, TOO_SHORT, TOO_SMALL, UNSTEADY
from nn_core.vitals import Vitals

RULES: tuple[Rule, ...] = (
    *FAR_TOO_LARGE,
    *UNSTEADY,
    *MADE,
    *BEGUN,
    *DEEP_DOWN,
    *TOO_SMALL,
    *HELD,
    *IDLE,
    *ASLEEP,
    *BY_HEART,
    *TOO_SHORT,
    *SMOTHERED,
    *SHAPE,
    *SIZE,
)


def coach(history: History, vitals: Vitals, config: Config, data: Data) -> Advice | None:
    """What to mend first in this run, or None: of a run that is well, has not finished, or had nothing to learn.

    `vitals` are those of the run, `config` its settings, `data` those of its start. The cure is changes of the settings
    of the whole run, for `Config.replace`.
    """
    if not history.finished or not len(data.x_train):
        return None
    with np.errstate(all="ignore"):  # of a run that diverged: its numbers may be beyond all bounds
        case = Case(history, vitals, config, data)
        if case.outcome.name == "untrained":
            return None
        found = next(((rule.name, *said) for rule in RULES if (said := rule.look(case))), None)
    if found is None:
        return None
    name, sentence, cure = found
    return Advice(name, sentence, cure and _from_the_start(config, cure))


def _from_the_start(config: Config, cure: dict) -> dict:
    """A cure for the whole run. What was changed on its way, and needs to be cured, is taken back, to what the run
    began with if that goes as far; weights set by hand give way to other layers."""
    changed, ill = {each.name for each in config.changes}, config.stretches[-1].config
    rebuilt = "hidden_sizes" in cure or "features" in cure
    kept = tuple(each for each in config.changes if each.name not in cure and not (rebuilt and each.index is not None))
    for name in changed & {*cure}:
        began, now, cured = getattr(config, name), getattr(ill, name), cure[name]
        if isinstance(cured, int | float):
            cure = cure | {name: min(began, cured) if cured < now else max(began, cured)}
    return cure if kept == config.changes else cure | {"changes": kept}
