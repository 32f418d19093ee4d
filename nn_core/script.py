"""The program of one run: only what this run needs of this package, as a script that needs nothing but NumPy.

It is put together from the text of the functions that ran: nothing is written a second time, and nothing is added to
them. What is written for the script are its settings, one on a line, and its data where they were brought.
"""

import math
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from nn_core.assembly import Piece, assembled, import_lines, ordered, with_names_apart
from nn_core.config import FIELDS, Config, Stretch
from nn_core.data import make_data
from nn_core.datasets import DATASETS
from nn_core.definitions import Plan
from nn_core.engine import added_up, losses, outputs, pieces
from nn_core.history import History
from nn_core.in_place import IN_PLACE
from nn_core.knowledge import Facts
from nn_core.optimizers import OPTIMIZERS
from nn_core.scripted import CONFIG, settings_text, table_text
from nn_core.tables import Table
from nn_core.trainer import Trainer, plain
from nn_core.training import run


def final_loss(config: Config, epoch: int, table: Table | None = None) -> float:
    """The mean loss over the training samples at the end of this epoch, without penalties."""
    run = Trainer(config, make_data(config, table))
    with np.errstate(all="ignore"):
        if config.changes:
            run.advance_to(epoch)
        else:
            run.advance(epoch * run.leg.per_epoch)
        rows, total = run.leg.rows, np.zeros(1)
        for part in pieces(rows):
            z = outputs(run.parameters[None], part.inputs, config)
            total += added_up(losses(z, part.targets, config), part.train)
        return float(total[0] / (rows.train.sum() or math.nan))


HEAD = '''"""The program of this run: those parts of the neural network playground's engine, nn_core, that it uses.

It needs NumPy, and prints the training loss at the end.
"""

'''
SECTIONS = {
    "The settings of this run": ("config",),
    "Data": ("randomness", "datasets", "data"),
    "The network": ("activations", "initializers", "mlp"),
    "The loss": ("losses",),
    "The gradient": ("engine", "in_place", "batches"),
    "The optimizer": ("optimizers",),
    "Training": ("trainer", "script"),
}
PLACES = {f"nn_core.{name}": i for i, name in enumerate(each for names in SECTIONS.values() for each in names)}
TITLES = {f"nn_core.{name}": title for title, names in SECTIONS.items() for name in names}
CONFIGS = ("config", "self.config", "leg.stretch.config", "self.stretch.config", "stretch.config")
OTHERS = ("now", "old", "numbers", "each", "before.config", "config.stretches[0].config")
ENTRIES = {
    "ACTIVATIONS[name]": "Activation",
    "activation": "Activation",
    "LOSSES[config.loss_name]": "Loss",
    "loss": "Loss",
    "LINKS[config.link]": "Link",
    "link": "Link",
    "INITIALIZERS[config.initializer]": "Initializer",
    "OPTIMIZERS[config.optimizer]": "Optimizer",
    "SCHEDULES[config.schedule]": "Schedule",
    "FEATURES[name]": "Feature",
    "entry": "Dataset",
    "config.data": "Dataset",
    "self.data": "Dataset",
}


def script(config: Config, history: History | None = None, table: Table | None = None) -> str:
    """A Python script that trains this run and prints the last training loss of its curve, to the last bit.

    `history` is the run, which is trained here if it is not given: it says where the run ended. `table` is the
    visitor's own, for a Config that learns from one; of a long one the script reads `table_file`. Raises ValueError for
    pictures, and for another table than the run's.
    """
    if config.data.kind == "pictures":
        raise ValueError("There is no script for a run on pictures: they are too many to be written into one.")
    if history is None:
        history = run(config, make_data(config, table))
    table = table if config.data_id else None
    plan = Plan(
        kind=(bool(table), bool(config.changes), *(_kind(each) for each in config.stretches)),
        facts=partial(_facts, config, table),
        kept=_kept(config),
        made={},
        typed={**dict.fromkeys((*CONFIGS, *OTHERS), "Config"), **ENTRIES},
    )
    plan = plan._replace(made={CONFIG: partial(settings_text, config, plan)})
    return _text(assembled(_last_lines(config, history, table), "nn_core.script", plan))


def _kind(stretch: Stretch) -> tuple:
    """What decides which branches a run takes: names, and whether numbers are 0 and lists empty."""
    values = (getattr(stretch.config, name) for name in FIELDS)
    names = (value if isinstance(value, str) else bool(value) for value in values)
    return stretch.config.task, bool(stretch.edits), *names


def _last_lines(config: Config, history: History, table: Table | None) -> str:
    last = int(history.epochs[-1])
    end = "config.epochs" if last == config.epochs and not config.changes else str(last)
    why = "  # after this epoch the loss is no longer a number" if history.stopped else ""
    given = table_text(table) if table else ""
    return f"{given}config = Config()\nprint(final_loss(config, {end}{', table' if table else ''})){why}"


def _facts(config: Config, table: Table | None, function: str) -> Facts:
    """What is known about a function of the engine in this run."""
    settled: dict[str, Any] = {"self.members": (), "self.layout": None, "self.watch": None}
    settled |= _parameters(config, table).get(function, {})
    certain = {
        **settled,
        **{each.__name__: each for each in (any, isinstance, plain, str, bool)},
        "table": table,
        "OPTIMIZERS": OPTIMIZERS,
        "IN_PLACE": IN_PLACE,
        "DATASETS": DATASETS,
        "data.x_train.dtype == np.uint8": False,
        "part.inputs.dtype == np.uint8": False,
        "x.dtype == np.uint8": False,
        "x.dtype != np.uint8": True,
        "parameters.shape[-1] != config.n_parameters": False,
        "table and config.data_id": False,  # what axes are called is no part of training
    }
    if not config.changes:
        certain |= {
            "self.before": None,
            "self.number + 1 < len(self.legs)": False,
            "self.update == leg.memory_from": True,
        }
    else:
        certain |= {"config.changes": True} if function in ("legs", "final_loss") else {}
    if len(quick := {name in IN_PLACE for name in config.activations}) == 1:
        certain["name in IN_PLACE"] = quick.pop()
    if not any(stretch.edits for stretch in config.stretches):
        certain["leg.stretch.edits.items()"] = ()
    names = ("self",) if function.startswith("Config.") else CONFIGS
    worlds = tuple({**{name: each.config for name in names}, **certain} for each in config.stretches)
    gone = {name.split(".")[-1]: frozenset(_places(name, parts)) for name, parts in _parameters(config, table).items()}
    return Facts(worlds, frozenset(settled), gone)


def _parameters(config: Config, table: Table | None) -> dict[str, dict[str, Any]]:
    """Parameters of the engine's functions that say nothing in this run, and their values."""
    found: dict[str, dict[str, Any]] = {
        "Trainer.__init__": {"start": None, "members": ()},
        "Trainer.advance": {"kept": None},
        "Trainer._step_function": {"members": ()},
        "plain": {"members": ()},
    }
    if not config.ever("dropout"):
        found["Pass.__call__"] = {"masks": None}
    if not table:
        found |= {name: {"table": None} for name in ("final_loss", "make_data", "_split")}
    return found


def _places(function: str, parts: Mapping[str, Any]) -> list[int]:
    """At which places of a call these parameters stand, where the engine hands them on."""
    handed = {
        "final_loss": ["config", "epoch", "table"],
        "make_data": ["config", "table"],
        "_split": ["config", "table"],
        "Trainer._step_function": ["config", "members"],
        "plain": ["config", "members"],
    }
    return [handed[function].index(name) for name in parts] if function in handed else []


def _kept(config: Config) -> dict[str, frozenset[str]]:
    """Of each table the entries that this run uses."""
    stretches = [each.config for each in config.stretches]
    once = ["weights", "data", "test data" if config.data.kind == "bits" else "split"]
    again = ["shuffle" for name in ("batch_size", "dropout") if config.ever(name)]
    return {
        "PURPOSES": frozenset([*once, *again, *["dropout"] * config.ever("dropout")]),
        "ACTIVATIONS": frozenset(config.activations),
        "IN_PLACE": frozenset(config.activations),
        "DATASETS": frozenset([config.dataset]),
        "FEATURES": frozenset(config.features),
        "INITIALIZERS": frozenset([config.initializer]),
        "LOSSES": frozenset([config.loss_name]),
        "LINKS": frozenset([config.link]),
        "TASKS": frozenset([config.task]),
        "OPTIMIZERS": frozenset(each.optimizer for each in stretches),
        "SCHEDULES": frozenset(each.schedule for each in stretches),
    }


def _text(pieces: list[Piece]) -> str:
    """The pieces below each other, in sections."""
    found = ordered(with_names_apart(pieces, PLACES), PLACES)
    parts, titles = [import_lines(found)], list(SECTIONS)
    sections = [TITLES[piece.name[0]] for piece in found]
    shown = None
    for place, piece in enumerate(found):
        first = min(sections[place:], key=titles.index)  # a piece may stand before its section, where it is needed
        if first != shown:
            shown = first
            parts.append(f"# --- {first} ---")
        parts.append(piece.text.strip())
    return HEAD + re.sub(r"\n{3,}", "\n\n", "\n\n".join(parts)) + "\n"
