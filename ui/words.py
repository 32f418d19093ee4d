"""Settings in words, as tables, marks and notes show them; and tables and counts themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from nn_core.activations import ACTIVATIONS
from nn_core.config import Config
from nn_core.datasets import DATASETS, FEATURES
from nn_core.initializers import INITIALIZERS
from nn_core.losses import LOSSES
from nn_core.optimizers import OPTIMIZERS, SCHEDULES

TABLES: dict[str, Any] = {
    "dataset": DATASETS,
    "features": FEATURES,
    "activation": ACTIVATIONS,
    "initializer": INITIALIZERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}
TITLES = {f.name: f.metadata["title"] for f in fields(Config)}


def shown(name: str, value: Any) -> str:
    """The value of the setting of this name."""
    if name == "hidden_sizes":
        return "-".join(map(str, value)) or "none"
    if name == "points":
        return str(len(value)) if value else "none"
    if name == "changes":
        names = (f"parameter {each.index}" if each.index is not None else TITLES[each.name].lower() for each in value)
        changes = (f"{name} {shown(each.name, each.value)}" for name, each in zip(names, value, strict=True))
        return ", ".join(f"{text} from {each.epoch}" for text, each in zip(changes, value, strict=True)) or "none"
    if isinstance(value, tuple):
        return ", ".join(shown(name, each) for each in value)
    if name in TABLES:
        return TABLES[name][value].title if value in TABLES[name] else value
    return f"{value:g}" if isinstance(value, float) else str(value)


def described(config: Config) -> dict[str, str]:
    """All settings, by title."""
    return {title: shown(name, getattr(config, name)) for name, title in TITLES.items()}


def in_brief(config: Config) -> str:
    """The problem, the network and how long it learns: "XOR, 2-4-1, 1,000 epochs"."""
    return f"{config.data.title}, {'-'.join(map(str, config.layer_sizes))}, {counted(config.epochs, 'epoch')}"


def changed(before: Config, after: Config) -> list[str]:
    """The settings that differ, each as "learning rate 0.5 → 0.1"."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in TITLES)
    return [f"{TITLES[name].lower()} {shown(name, old)} → {shown(name, new)}" for name, old, new in pairs if old != new]


def table(head: Sequence[str], rows: Iterable[Sequence[str]], align: str) -> str:
    """A table in Markdown; `align` has a letter for each column, l or r."""
    lines = [head, [{"l": ":--", "r": "--:"}[each] for each in align], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def counted(count: int, thing: str) -> str:
    """1 drawing, 2,000 drawings"""
    return f"{count:,} {thing}{'s'[: count != 1]}"
