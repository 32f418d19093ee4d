"""The script of a run: in a process of its own it prints the same loss, and its text is that of the engine."""

import ast
import difflib
import importlib
import io
import json
import math
import random
import re
import subprocess
import sys
import tokenize

import numpy as np
import pytest

from nn_core.activations import ACTIVATIONS
from nn_core.circumstances import entries
from nn_core.config import Change, Config, Point
from nn_core.data import make_data
from nn_core.datasets import DATASETS, FEATURES
from nn_core.folding import folded
from nn_core.initializers import INITIALIZERS
from nn_core.knowledge import Facts
from nn_core.losses import LOSSES
from nn_core.notebook import SAID, notebook
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.presets import PRESETS
from nn_core.script import PLACES, SECTIONS, final_loss, script
from nn_core.scripted import MOST_WRITTEN, TABLE_FILE, table_file
from nn_core.sheets import read_sheet
from nn_core.tables import choose
from nn_core.training import run
from nn_core.wording import brief
from tests.support import varied_config

CHANGES = (
    Change(0, "l2", 0.1),
    Change(5, "learning_rate", 0.05),
    Change(9, "optimizer", "adam"),
    Change(11, "batch_size", 3),
    Change(12, "dropout", 0.2),
    Change(13, "noise", 0.2),
    Change(14, "schedule", "cosine"),
    Change(15, "parameters[0]", 0.3),
    Change(16, "clip", 0.1),
    Change(18, "epochs", 25),
)


def points(rng, classes, n=8):
    places = ((round(rng.uniform(-1, 1), 3), round(rng.uniform(-1, 1), 3)) for _ in range(n))
    return tuple(Point(*place, rng.randrange(max(2, classes)), rng.randrange(2)) for place in places)


def playground_like(i):
    """The i-th of many Configs, with what a visitor does to a run."""
    rng, config = random.Random(i), varied_config(i)
    if i % 3 == 0:
        config = config.replace(changes=tuple(rng.sample(CHANGES, 1 + i // 3 % 5)))
    if i % 4 == 1:
        config = config.replace(points=points(rng, 2))
    if i % 5 == 2:
        config = config.replace(features=tuple(rng.sample(list(FEATURES), rng.randint(1, 5))))
    if i % 7 == 3:
        config = config.replace(precision="float32")
    if i % 6 == 0:
        config = config.replace(activation=list(ACTIVATIONS)[i // 6 % len(ACTIVATIONS)])
    return config.replace(initializer=list(INITIALIZERS)[i % len(INITIALIZERS)])


def own(classes):
    return Config(dataset="own", classes=classes, points=points(random.Random(classes), classes), epochs=30)


OTHERS = {
    "first page": Config(),
    "diverged": Config(dataset="sine", learning_rate=100.0, epochs=30, activation="relu"),
    "diverged on the way": Config(
        dataset="sine", epochs=60, samples=50, activation="relu", changes=(Change(40, "learning_rate", 100.0),)
    ),
    "nothing to learn from": Config(dataset="own"),
    "own numbers": own(1),
    "own pairs": own(2),
    "own classes": own(3),
    "more rows than a piece": Config(samples=5000, noise=0.1, epochs=2, points=points(random.Random(0), 2, 300)),
    "no hidden layer": Config(hidden_sizes=()),
    "many changes": Config(epochs=40, samples=60, changes=CHANGES),
}
BEYOND_PLAIN = {  # a value with which an update is a step down the gradient, and one with which it is more
    "optimizer": ("gradient_descent", "adam"),
    "schedule": ("constant", "cosine"),
    "clip": (0.0, 0.2),
    "l1": (0.0, 0.01),
    "l2": (0.0, 0.01),
}


def on_the_way(name, *values):
    """A run that has each of these values of a setting for 10 epochs."""
    changes = tuple(Change(10 * i, name, value) for i, value in enumerate(values) if i)
    return Config(epochs=10 * len(values), samples=40, changes=changes).replace(**{name: values[0]})


WAYS = {
    f"{name} {' to '.join(map(str, values))}": on_the_way(name, *values)
    for name, (plain, other) in BEYOND_PLAIN.items()
    for values in ((plain, other), (other, plain), (plain, other, plain))
}
RUNS = {**{f"varied {i}": playground_like(i) for i in range(36)}, **OTHERS, **WAYS}
NAMES = list(RUNS)


def printed(text, folder):
    """What the script prints in a fresh process, which cannot import this package and takes warnings for errors."""
    (folder / "run.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-I", "-W", "error", "run.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_the_loss_of_the_run_to_the_last_bit(name, tmp_path):
    history = run(RUNS[name])
    text = script(RUNS[name], history)
    assert printed(text, tmp_path) == f"{float(history.train_loss[-1])!r}\n"
    compile(text, "run.py", "exec", dont_inherit=True)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_scripts_that_need_numpy_and_no_more(name):
    config = PRESETS[name].config.replace(epochs=3, changes=())
    tree = ast.parse(script(config, run(config)))
    imported = [
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    ]
    assert {*imported} - {"numpy"} <= sys.stdlib_module_names
    assert "nn_core" not in imported


def test_the_first_pages_script_is_short_and_needs_two_names_of_the_library():
    text = script(Config(), run(Config()))
    assert len(text.splitlines()) < 280
    assert max(map(len, text.splitlines())) <= 120
    assert [line for line in text.splitlines() if re.match("import|from", line)] == [
        "from itertools import accumulate, pairwise",
        "from typing import NamedTuple",
        "import numpy as np",
    ]


@pytest.mark.parametrize("name", ["first page", "many changes", "own numbers", "nothing to learn from", "varied 5"])
def test_the_cells_of_the_notebook_print_the_loss_and_find_it_the_same(name, tmp_path):
    history = run(RUNS[name])
    loss = float(history.train_loss[-1])
    made = json.loads(notebook(script(RUNS[name], history), loss))
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in made["cells"]]
    assert [kind for kind, _ in cells] == ["markdown", "code"] * (len(cells) // 2)
    code = "\n\n".join(text for kind, text in cells if kind == "code")
    assert printed(code, tmp_path) == f"{loss!r}\nThe same as in the playground.\n"
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in made["cells"]}) == len(cells)


def test_every_section_has_a_sentence():
    assert {*SAID} == {*SECTIONS}


def test_without_a_history_it_trains_the_run_to_know_its_end(tmp_path):
    config = OTHERS["diverged"]
    assert script(config) == script(config, run(config))
    assert "no longer a number" in script(config)


def test_the_function_behind_it_gives_the_loss_of_the_run():
    config = Config(epochs=50, samples=20, changes=(Change(20, "optimizer", "adam"),))
    assert final_loss(config, 50) == run(config).train_loss[-1]


def table(rows):
    rng = np.random.default_rng(rows)
    lines = [f"{x},{y},{'cat' if x * y > 0 else 'dog'}" for x, y in rng.normal(3, 2, (rows, 2)).round(3)]
    return choose(read_sheet("\n".join(["height,weight,kind", *lines])), "height", "weight", "kind")


@pytest.mark.parametrize("rows", [12, MOST_WRITTEN + 1])
def test_a_table_is_written_into_it_or_read_beside_it(rows, tmp_path):
    brought = table(rows)
    config = Config(dataset="own", data_id=brought.digest, epochs=20, samples=rows)
    history = run(config, make_data(config, brought))
    beside = table_file(brought)
    assert (beside is None) == (rows <= MOST_WRITTEN)
    if beside:
        (tmp_path / TABLE_FILE).write_text(beside)
    assert printed(script(config, history, brought), tmp_path) == f"{float(history.train_loss[-1])!r}\n"


def test_pictures_have_none():
    with pytest.raises(ValueError, match="no script for a run on pictures"):
        script(Config(dataset="mnist", hidden_sizes=(8,)))


# --- its text is that of the engine -----------------------------------------------------------------------------------


def functions(tree, prefix=""):
    """The functions of a module and the methods of its classes, by qualified name; not what is inside of them."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{node.name}.")


def words(text, node):
    """The tokens of a function, without its docstrings, comments and layout."""
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef) and ast.get_docstring(each) is not None:
            each.body = [ast.Expr(ast.Constant("docstring")), *each.body[1:]]
    lines = io.StringIO(ast.unparse(node)).readline
    layout = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT}
    return [token.string for token in tokenize.generate_tokens(lines) if token.type not in layout]


def left_out_only(part, whole):
    """Whether `part` is `whole` with some of its words left out."""
    rest = iter(whole)
    return all(word in rest for word in part)


def engine_functions():
    found = {}
    for module in dict.fromkeys(".".join(place.split(".")[:2]) for place in PLACES):
        text = importlib.import_module(module).__loader__.get_source(module)  # type: ignore[union-attr]
        for name, node in functions(ast.parse(text)):
            found.setdefault(name, []).append(words(text, node))
            found.setdefault(f"{name}_{module.split('.')[-1]}", []).append(words(text, node))
    return found


ENGINE = engine_functions()
BRACKETS = ("(", ")", ",")  # of a tuple or a call on one line
# Functions that take in others: these have no word that is not in one of them.
TAKES_IN = {
    "make_data": ("_split",),
    "_split": ("_split",),  # of which a line moves
    "evaluation_rows": ("targets",),
    "output_error": ("weight_form",),
    "FullBatch.__init__": ("wanted_form", "weight_form"),
    "MiniBatches.__init__": ("wanted_form",),
    "MiniBatches._cut": ("weight_form",),
    "batches": ("targets",),
    "Trainer.__init__": ("Trainer._enter", "batches", "targets", "evaluation_rows"),
    "Trainer._enter": ("batches", "targets"),
    "final_loss": ("lost", "losses", "added_up", "evaluation_rows"),
    "lost": ("losses", "added_up"),
}
STANDING = {"room": ("np", ".", "empty"), "leg": ("leg", ".", "self", ".", "batches"), "run": ("run", ".", "batches")}


def chosen(config):
    """The words of the table entries that stand in the script for what finds them."""
    texts = " ".join(entries(config).values())
    return {*re.findall(r"\b[a-z]\w*?__(\w+)", texts), *re.findall(r"\b\d+\b", texts)}


@pytest.mark.parametrize("name", NAMES)
def test_every_function_is_the_engines_with_things_left_out(name):
    text = script(RUNS[name], run(RUNS[name].replace(epochs=1, changes=())))
    picked = chosen(RUNS[name])
    for function, node in functions(ast.parse(text)):
        if function == "Config.stretches":
            continue  # the run's own changes, as data
        mine = [word for word in words(text, node) if word not in BRACKETS]
        mine = [word if word not in ENGINE else word.split("_in_place")[0] for word in mine]
        mine = [word for word in _plain(mine) if word not in picked]
        sources = [[each for word in source for each in STANDING.get(word, (word,))] for source in ENGINE[function]]
        inside = {word for each in TAKES_IN.get(function, ()) for source in ENGINE[each] for word in source}
        taken = [word for source in sources for word in source]
        known = {*inside, *taken} if inside else set()
        assert any(left_out_only(mine, each) for each in sources) or {*mine} <= known, function


def _plain(names):
    """Names as in their modules."""
    stems = tuple(f"_{module.split('.')[-1]}" for module in PLACES)
    known = {name for name in ENGINE if "." not in name}
    for name in names:
        shorter = next((name.removesuffix(stem) for stem in stems if name.endswith(stem)), name)
        yield shorter if shorter in known and name in known else name


def test_a_function_in_which_nothing_is_known_is_left_as_it_is():
    text = 'def f(x):\n    """Twice."""\n    # a comment\n    return (\n        2 * x  # two\n    )\n'
    assert folded(text, Facts(({},))) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if on:\n    x = 1\nelse:\n    x = 2\nreturn x", "return 2"),
        ("if a:\n    return 1\nelif on:\n    return 2\nreturn 3", "if a:\n    return 1\nreturn 3"),
        (
            "if a:\n    return 1\nelif not on:\n    return 2\nreturn 3",
            "if a:\n    return 1\nelse:\n    return 2\nreturn 3",
        ),
        ("if on:\n    return 1\nelif a:\n    return 2\nreturn 3", "if a:\n    return 2\nreturn 3"),
        ("x, y = 1, 2\nreturn y if on else x", "return 1"),
        ("return a if not on and b else c", "return a if b else c"),
        ("if not on:\n    return a\nreturn b", "return a"),
        ("for each in () if on else ():\n    a(each)\nreturn b", "return b"),
        ("def inner(x: int) -> int:\n    return x\nreturn a", "return a"),
        ("x: int = a()\nreturn on or x", "return a()"),
    ],
)
def test_what_is_known_is_folded(before, after):
    def function(body):
        return "def f(a, b, c):\n" + "\n".join("    " + line for line in body.splitlines()) + "\n"

    assert folded(function(before), Facts(({"on": False},))) == function(after)


def test_what_differs_between_situations_stays():
    text = "def f(a):\n    return 1 if on else a\n"
    assert folded(text, Facts(({"on": False}, {"on": True}))) == text


def test_docstrings_keep_a_whole_sentence():
    assert brief("What it is. And more.") == "What it is."
    assert brief("a" * 60 + " (b, c): " + "d " * 40) == "a" * 60 + " (b, c)."


# --- a changed setting is a changed line ------------------------------------------------------------------------------


def changed(before, after):
    lines = difflib.ndiff(script(before).splitlines(), script(after).splitlines())
    return [line for line in lines if line[0] in "+-"]


BASE = Config(dataset="spiral", samples=40, epochs=3, noise=0.1, l2=0.1, optimizer="adam", batch_size=5, dropout=0.1)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("learning_rate", 0.25),
        ("noise", 0.2),
        ("samples", 44),
        ("seed", 5),
        ("data_seed", 7),
        ("hidden_sizes", (3, 2)),
        ("l2", 0.3),
        ("momentum", 0.8),
        ("batch_size", 7),
        ("dropout", 0.25),
        ("test_share", 0.3),
        ("initial_scale", 2.0),
        ("epochs", 4),
        ("features", ("x1", "sin_x2")),
    ],
)
def test_a_number_is_one_line_at_the_top(setting, value):
    lines = changed(BASE, BASE.replace(**{setting: value}))
    own = [line for line in lines if line[2:].strip().startswith(f"{setting} = ")]
    assert len(own) == 2
    rest = [line for line in lines if line not in own]
    assert rest == [] if setting != "features" else all("FEATURES" in line or '": ' in line for line in rest)


def test_another_activation_changes_its_lines_only():
    lines = changed(Config(epochs=3), Config(epochs=3, activation="sigmoid"))
    assert any(line.startswith("+ Activation: sigmoid;") for line in lines)
    assert all("def " not in line or "tanh" in line or "sigmoid" in line for line in lines)


def without_docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def test_what_is_off_is_not_there():
    text = ast.unparse(without_docstrings(ast.parse(script(Config(epochs=2)))))
    for name in ("dropout", "clip", "penalise", "momentum", "schedule", "members", "lockstep", "MiniBatches", "uint8"):
        assert name not in text, name
    assert "dropout" in script(Config(epochs=2, dropout=0.1, samples=20))


@pytest.mark.parametrize("table", [ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES, INITIALIZERS, FEATURES, DATASETS])
def test_the_first_pages_script_has_one_entry_of_each_table(table):
    others = [
        name
        for name in table
        if name not in ("tanh", "binary_cross_entropy", "xavier", "x1", "x2", "xor_bits", "sigmoid")
    ]
    keys = {node.value for node in ast.walk(ast.parse(script(Config(epochs=1)))) if isinstance(node, ast.Constant)}
    assert not keys & {*others}


def test_the_last_bits_are_of_the_curve_not_of_the_penalty():
    config = Config(epochs=5, samples=20, l2=0.5)
    assert not math.isclose(run(config).train_loss[-1], 0)
    assert final_loss(config, 5) == run(config).train_loss[-1]
