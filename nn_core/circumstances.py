"""Circumstances: what is known about the functions of the engine in one run, so that what it does not need can go."""

from collections.abc import Mapping
from typing import Any

from nn_core.config import FIELDS, Config, Stretch
from nn_core.definitions import entry_parts
from nn_core.engine import MOST_MERGED
from nn_core.in_place import IN_PLACE
from nn_core.knowledge import Facts
from nn_core.losses import LOSSES
from nn_core.optimizers import OPTIMIZERS
from nn_core.tables import Table
from nn_core.trainer import plain

CONFIGS = ("config", "self.config", "leg.stretch.config", "self.stretch.config", "stretch.config")
OTHERS = ("now", "old", "numbers", "each", "before.config", "config.stretches[0].config")
ENTRIES = {
    "ACTIVATIONS[name]": "Activation",
    "activation": "Activation",
    "LINKS[config.link]": "Link",
    "link": "Link",
    "OPTIMIZERS[config.optimizer]": "Optimizer",
    "SCHEDULES[config.schedule]": "Schedule",
    "FEATURES[name]": "Feature",
}
# Tables, and the expressions by which the engine reads them.
READ_BY = {
    "ACTIVATIONS": ("activations", "ACTIVATIONS[name]"),
    "LOSSES": ("losses", "LOSSES[config.loss_name]", "loss"),
    "INITIALIZERS": ("initializers", "INITIALIZERS[config.initializer]"),
    "OPTIMIZERS": ("optimizers", "OPTIMIZERS[config.optimizer]"),
    "SCHEDULES": ("optimizers", "SCHEDULES[config.schedule]"),
    "DATASETS": ("datasets", "entry", "config.data"),
}
# What only makes a run quicker, and what is the same without it; nothing: the argument itself.
QUICKER = {"room": "np.empty", "aligned": ""}


def kind(stretch: Stretch) -> tuple:
    """What decides which branches a run takes: names, and whether numbers are 0 and lists empty."""
    values = (getattr(stretch.config, name) for name in FIELDS)
    names = (value if isinstance(value, str) else bool(value) for value in values)
    return stretch.config.task, bool(stretch.edits), *names


def facts(
    config: Config, table: Table | None, simpler: Mapping[str, str], single: Mapping[str, str], function: str
) -> Facts:
    """What is known about a function of the engine in this run, beside what `standing` and `entries` say of all."""
    settled: dict[str, Any] = {"self.members": (), "self.layout": None, "self.watch": None}
    settled |= _parameters(config, table).get(function, {})
    certain = {
        **settled,
        **{each.__name__: each for each in (any, isinstance, plain, str, bool)},
        "table": table,
        "OPTIMIZERS": OPTIMIZERS,
        "IN_PLACE": IN_PLACE,
        "data.x_train.dtype == np.uint8": False,
        "part.inputs.dtype == np.uint8": False,
        "x.dtype == np.uint8": False,
        "x.dtype != np.uint8": True,
        "self.pictures": False,
        "y.ndim == 2": False,
        **({} if _in_pieces(config) else {"len(seen) > MOST_MERGED * 2": False}),
        "parameters.shape[-1] != config.n_parameters": False,
        "table and config.data_id": False,  # what axes are called is no part of training
    }
    if not config.changes:
        certain |= {"self.number + 1 < len(self.legs)": False, "self.update == 0": True}
    else:
        certain |= {"config.changes": True} if function in ("legs", "final_loss") else {}
    if len(quick := {name in IN_PLACE for name in config.activations}) == 1:
        certain["name in IN_PLACE"] = quick.pop()
    if not any(stretch.edits for stretch in config.stretches):
        certain["leg.stretch.edits.items()"] = ()
    names = ("self",) if function.startswith("Config.") else CONFIGS
    worlds = tuple({**{name: each.config for name in names}, **certain} for each in config.stretches)
    gone = {name.split(".")[-1]: frozenset(_places(name, parts)) for name, parts in _parameters(config, table).items()}
    idle = () if config.changes else ("self.legs", "self.leg", "leg", "self.number", "number")
    return Facts(worlds, frozenset([*settled, *idle]), gone, simpler, single)


def _in_pieces(config: Config) -> bool:
    return 2 * config.samples + len(config.points) > 2 * MOST_MERGED


def standing(config: Config) -> dict[str, str]:
    """Expressions of the engine, and simpler ones that stand for them in this run."""
    found = {**QUICKER, **{f"{owner}.data.classes": f"{config.data.classes}" for owner in ("config", "self")}}
    if config.training_samples or config.data_id:
        found["rows.train.sum() or math.nan"] = "rows.train.sum()"
    if not _in_pieces(config):
        found["sum(lost(run.parameters, part, config) for part in pieces(rows))"] = "lost(run.parameters, rows, config)"
    if config.changes:
        return found
    shuffled = config.training_samples and (config.batch_size or config.dropout)
    found |= {f"{owner}leg.per_epoch": "1" for owner in ("", "run.", "self.")}
    if shuffled:
        found |= {"leg.per_epoch": "self.batches.per_epoch", "run.leg.per_epoch": "run.batches.per_epoch"}
    return found | {
        "leg.stretch.config": "config",
        "leg.data": "data",
        "leg.rows": "evaluation_rows(config, data)",
        "run.leg.rows": "engine__evaluation_rows(config, data)",
        "self.leg.first_update": "0",
        **{f"leg.{name}": "0" for name in ("stretch.begin", "first_update", "memory_from", "schedule_from")},
    }


def entries(config: Config) -> dict[str, str]:
    """What the entries of tables are of which this run uses one, by how the engine reads them."""
    used, found = kept(config), {}
    for table, (origin, *expressions) in READ_BY.items():
        if len(used[table]) == 1:
            parts = entry_parts(f"nn_core.{origin}", table, *used[table])
            found |= {f"{each}.{name}": part for each in expressions for name, part in parts.items()}
    if len(used["IN_PLACE"]) == 1:
        (name,) = used["IN_PLACE"]
        found["in_place(name, s.shape, config.precision)"] = f"in_place__{name}(s.shape, config.precision)"
    return found


def _parameters(config: Config, table: Table | None) -> dict[str, dict[str, Any]]:
    """Parameters of the engine's functions that say nothing in this run, and their values."""
    found: dict[str, dict[str, Any]] = {
        "Trainer.__init__": {"start": None, "members": ()},
        "Trainer.advance": {"kept": None},
        "Trainer._step_function": {"members": ()},
        "plain": {"members": ()},
        "Data": {"task": None},
    }
    if not config.ever("dropout"):
        found["Pass.__call__"] = {"masks": None}
    if config.loss_name.endswith("cross_entropy"):  # which has the link in it
        found |= {f"{config.loss_name}{part}": {"link": None} for part in ("", "_gradient")}
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
        "Data": ["train", "test", "task"],
        "_enter": ["number"],
    }
    handed |= {f"{name}{part}": ["z", "y", "link"] for name in LOSSES for part in ("", "_gradient")}
    return [handed[function].index(name) for name in parts] if function in handed else []


def kept(config: Config) -> dict[str, frozenset[str]]:
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
        "OPTIMIZERS": frozenset(each.optimizer for each in stretches),
        "SCHEDULES": frozenset(each.schedule for each in stretches),
    }
