"""The program of one run: only what this run needs of this package, as a script that needs nothing but NumPy.

It is put together from the text of the functions that ran: nothing is written a second time, and nothing is added to
them. What is written for the script are its settings, one on a line, and its data where they were brought.
"""

import math
import re
from functools import partial

import numpy as np

from nn_core.activations import ACTIVATIONS, Array
from nn_core.assembly import Piece, assembled, import_lines, ordered, with_names_apart
from nn_core.circumstances import CONFIGS, ENTRIES, OTHERS, entries, facts, kept, kind, standing
from nn_core.config import Config
from nn_core.data import make_data
from nn_core.definitions import Plan
from nn_core.engine import Rows, added_up, losses, outputs, pieces
from nn_core.history import History
from nn_core.initializers import INITIALIZERS
from nn_core.inlining import inlined
from nn_core.losses import LOSSES
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.scripted import CONFIG, settings_text, table_text, worked_out
from nn_core.tables import Table
from nn_core.trainer import Trainer
from nn_core.training import run


def final_loss(config: Config, epoch: int, table: Table | None = None) -> float:
    """The mean loss over the training samples at the end of this epoch, without penalties."""
    data = make_data(config, table)
    run = Trainer(config, data)
    with np.errstate(all="ignore"):
        if config.changes:
            run.advance_to(epoch)
        else:
            run.advance(epoch * run.leg.per_epoch)
        rows = run.leg.rows
        total = sum(lost(run.parameters, part, config) for part in pieces(rows))
        return float(total / (rows.train.sum() or math.nan))


def lost(parameters: Array, rows: Rows, config: Config) -> float:
    """The loss of a network added up over the training samples among these rows."""
    z = outputs(parameters[None], rows.inputs, config)
    return added_up(losses(z, rows.targets, config), rows.train)[0]


HEAD = '''"""A network learns "{data}". This program trains it, and prints the last training loss.

{choices}.
It is the text of what ran in nn_core, the engine of the neural network playground. What changes no number is left
out: the places of arrays in memory, and the curves. It needs NumPy.
"""

'''
# Sections, and the modules, or single definitions of others, that they are made of.
SECTIONS = {
    "The settings of this run": ("config",),
    "Data": (
        "randomness",
        "datasets",
        "data",
        "engine.Rows",
        "engine.evaluation_rows",
        "engine.merged",
        "engine.with_ones",
    ),
    "The network": ("activations", "initializers", "mlp"),
    "The loss": ("losses",),
    "The gradient": ("in_place", "engine", "batches"),
    "The optimizer": ("optimizers",),
    "Training": ("trainer", "engine.outputs", "script"),
}
SHORT = (  # functions that are put into the place of their calls, if there is one only
    ("engine", "losses"),
    ("engine", "added_up"),
    ("engine", "wanted_form"),
    ("engine", "weight_form"),
    ("mlp", "targets"),
    ("batches", "batches"),
    ("data", "_split"),
    ("script", "lost"),
)
PLACES = {f"nn_core.{name}": i for i, name in enumerate(each for names in SECTIONS.values() for each in names)}
TITLES = {f"nn_core.{name}": title for title, names in SECTIONS.items() for name in names}


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
    simpler, single = standing(config), entries(config)
    plan = Plan(
        kind=(bool(table), bool(config.changes), *map(kind, config.stretches), *simpler.items(), *single.items()),
        facts=partial(facts, config, table, simpler, single),
        kept=kept(config),
        made={},
        typed={**dict.fromkeys((*CONFIGS, *OTHERS), "Config"), **ENTRIES},
        without={"Data": frozenset(["task"])},
        within={} if config.changes else {"Trainer.__init__": "_enter"},
    )
    plan = plan._replace(made={CONFIG: partial(settings_text, config, plan)})
    pieces = assembled(_last_lines(config, history, table), "nn_core.script", plan)
    pieces = [worked_out(each) if each.name == CONFIG else each for each in pieces]
    return _text(config, inlined(pieces, [(f"nn_core.{origin}", name) for origin, name in SHORT]))


def _last_lines(config: Config, history: History, table: Table | None) -> str:
    last = int(history.epochs[-1])
    end = "config.epochs" if last == config.epochs and not config.changes else str(last)
    why = "  # after this epoch the loss is no longer a number" if history.stopped else ""
    given = table_text(table) if table else ""
    return f"{given}config = Config()\nprint(final_loss(config, {end}{', table' if table else ''})){why}"


def _head(config: Config) -> str:
    """What learns what, in the words of the screen: of the settings those that are no numbers."""
    activations = ", ".join(dict.fromkeys(ACTIVATIONS[name].title for name in config.activations)) or "none"
    choices = {
        "Activation": activations,
        "first weights": INITIALIZERS[config.initializer].title,
        "loss": LOSSES[config.loss_name].title,
        "optimizer": OPTIMIZERS[config.optimizer].title,
    }
    if config.schedule != "constant":
        choices["rate over time"] = SCHEDULES[config.schedule].title
    return HEAD.format(data=config.data.title, choices="; ".join(f"{name}: {title}" for name, title in choices.items()))


def _text(config: Config, pieces: list[Piece]) -> str:
    """The pieces below each other, in sections."""
    found = ordered(with_names_apart(pieces, PLACES), PLACES)
    parts, titles = [import_lines(found)], list(SECTIONS)
    sections = [TITLES.get(".".join(piece.name), TITLES.get(piece.name[0], "")) for piece in found]
    shown = None
    for place, piece in enumerate(found):
        first = min(sections[place:], key=titles.index)  # a piece may stand before its section, where it is needed
        title = f"# --- {first} ---\n" if first != shown else ""
        shown = first
        column = 8 if piece.text.startswith("class ") else 4
        parts.append(title + re.sub(rf"\n\n+(?= {{{column}}})", "\n", piece.text.strip()))
    return _head(config) + "\n\n".join(parts) + "\n"
