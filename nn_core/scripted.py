"""What is written for the script of a run, and is not the text of a function: its settings, and a table's rows."""

import ast
import re
from dataclasses import fields
from typing import Any

from nn_core.assembly import Piece
from nn_core.config import Config
from nn_core.definitions import Plan, Used, indented, method, module
from nn_core.tables import Table
from nn_core.wording import Text, statements

MOST_WRITTEN = 200  # rows of a table that are written into the script; more are read from a file
TABLE_FILE = "table.csv"
CONFIG = ("nn_core.config", "Config")
# What follows from the settings: worked out by the text of Config, or written as it is.
FOLLOWING = ("activations", "layer_sizes", "layer_places", "n_parameters")
FIXED = {"loss_name": "Loss", "link": "From the last sum to the answer", "task": "What is asked for"}


def settings_text(config: Config, plan: Plan, used: Used) -> str:
    """The class Config of a script: a line for each setting that is used, and what follows from them. Settings from a
    change on are a class that has the others from it."""
    rows = [
        "class Config:",
        '    """The settings of this run, and what follows from them."""',
        *_lines(config, used),
    ]
    rows += [
        f"    {name} = {_text(getattr(config, name))}  # {title}" for name, title in FIXED.items() if _has(used, name)
    ]
    for name in FOLLOWING:
        if _has(used, name):
            node = next(
                each for each in module(CONFIG[0]).definitions["Config"].body if getattr(each, "name", "") == name
            )
            rows += ["", indented(method(plan, CONFIG, node, used))]
    if _has(used, "stretches"):
        rows += ["", indented(_stretches(config, used))]
    return "\n".join(rows + _later(config, used))


def worked_out(piece: Piece) -> Piece:
    """The class Config of a script with what follows from the settings worked out in its own lines."""
    source, edits = Text(piece.text), []
    for node in source.statement.body:
        if isinstance(node, ast.FunctionDef) and node.name in FOLLOWING:
            column = node.col_offset
            lines = _without_names(statements(piece.text, node.body[1:], column).replace("self.", ""))
            lines = re.sub(r"^( *)return ", rf"\1{node.name} = ", lines, flags=re.M)
            begin = source.starts[min(each.lineno for each in (node, *node.decorator_list)) - 1] - 1
            edits.append(
                (begin, source.span(node)[1], f"{' ' * column}# {ast.get_docstring(node)}\n{' ' * column}{lines}")
            )
    still = {"cached_property"} & {*re.findall(r"@(\w+)", source.edited(edits))}
    uses = {name: where for name, where in piece.uses.items() if name != "cached_property" or still}
    return piece._replace(text=source.edited(edits), uses=uses)


def _without_names(lines: str) -> str:
    """The same without names for numbers and lengths that are needed once."""
    for name, value in re.findall(r"^ *(\w+) = (\d+|len\(\w+\))$", lines, re.M):
        rest = re.sub(rf"^ *{name} = .*\n *", "", lines, count=1, flags=re.M)
        if len(re.findall(rf"\b{name}\b", rest)) == 1:
            lines = re.sub(rf"\b{name}\b", value, rest)
    return lines


def _has(used: Used, name: str) -> bool:
    return f"Config.{name}" in used


def _lines(config: Config, used: Used, but: Config | None = None) -> list[str]:
    """A line for each setting that is used, or that is another than in `but`."""
    found = []
    for f in fields(Config):
        value = getattr(config, f.name)
        if f.name == "changes" or not _has(used, f.name) or (but and value == getattr(but, f.name)):
            continue
        title = f.metadata["title"]
        if f.name == "points" and value:
            found += [f"    points = (  # {title}", *(f"        Point{tuple(point)}," for point in value), "    )"]
        else:
            found.append(f"    {f.name} = {_text(value)}  # {title}")
    return found


def _text(value: Any) -> str:
    """A setting in Python."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))}{',' * (len(value) == 1)})"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _changed(config: Config, used: Used) -> list[tuple[str, list[str]]]:
    """For each stretch the class of its settings, and the lines of those that change there."""
    found, before, name = [], config, "Config"
    for stretch in config.stretches:
        lines = _lines(stretch.config, used, before)
        name = f"From{stretch.begin}" if lines else name
        found.append((name, lines))
        before = stretch.config
    return found


def _stretches(config: Config, used: Used) -> str:
    head = ["@cached_property", "def stretches(self):", '    """The run from change to change: from epoch to epoch."""']
    if not config.changes:
        return "\n".join([*head, "    return (Stretch(0, self.epochs, self, {}),)"])
    rows = [
        f"        Stretch({each.begin}, {each.end}, {'self' if name == 'Config' else name + '()'}, {each.edits}),"
        for each, (name, _) in zip(config.stretches, _changed(config, used), strict=True)
    ]
    return "\n".join([*head, "    return (", *rows, "    )"])


def _later(config: Config, used: Used) -> list[str]:
    """The settings from each change on."""
    rows, before = [], "Config"
    for stretch, (name, lines) in zip(config.stretches, _changed(config, used), strict=True):
        if lines:
            rows += ["", f"class {name}({before}):", f'    """From epoch {stretch.begin} on."""', "", *lines]
            before = name
    return rows


def table_text(table: Table) -> str:
    """The visitor's table: its rows, or where to read them."""
    whole = "" if table.task == "regression" else ".astype(int)"
    rows = [
        "class table:",
        '    """Your table, scaled to the plane: two coordinates, and a class number or a target."""',
        "",
    ]
    if len(table.x) > MOST_WRITTEN:
        rows.append(f'    rows = np.loadtxt("{TABLE_FILE}", delimiter=",", skiprows=1)')
    else:
        rows += ["    rows = np.array(", "        ["]
        rows += [f"            {[*map(float, x), float(y)]}," for x, y in zip(table.x, table.y, strict=True)]
        rows += ["        ]", "    )"]
    return "\n".join([*rows, "    x = rows[:, :2]", f"    y = rows[:, 2]{whole}", "", ""])


def table_file(table: Table) -> str | None:
    """The file that the script of a run on a long table reads, None where it needs none: numbers in full."""
    if len(table.x) <= MOST_WRITTEN:
        return None
    rows = (",".join(map(repr, map(float, (*x, y)))) for x, y in zip(table.x, table.y, strict=True))
    return "\n".join(["x1,x2,target", *rows, ""])
