"""The rules of the house: who may import whom, where state and colours live, how small a page stays."""

import ast
import re
import sys
from pathlib import Path

import pytest

from nn_core.tables import MOST_CLASSES
from ui import theme
from ui.components import (
    curves,
    digit_map,
    gallery,
    inside,
    levels,
    line,
    matrix,
    neuron,
    number,
    pad,
    pins,
    progress,
    race,
    script,
    search,
    seeds,
    stage,
    terrain,
    walk,
)

ROOT = Path(__file__).parents[1]
READING_ORDER = re.findall(
    r"\w+",
    """activations losses initializers optimizers randomness datasets sheets tables ranges config presets data mlp
    history outcome in_place engine texts archives images augment batches lockstep trainer training
    sources formulas expressions operations passes upcoming shares steps export diagnostics vitals
    wording knowledge reducing folding definitions assembly inlining scripted circumstances script notebook
    preparation digits networks strokes supplies slices population fingerprint statistics plateaus fates
    reach cases rules_start rules_steps rules_fit coach search
    trials race landscape checks bugs findings tutorial troubles
    evaluation distortions inspection contrast neighbours surgery teaching numbers""",
)
SOURCES = ("app.py", "nn_core", "ui", "pages", "data", "benchmarks", "tests")
COLOUR = re.compile(
    r"""["'`\s:=(,]\#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b | \b(?:rgb|hsl)a?\(\s*[\d.]""", re.I | re.X
)
MARK_UP = re.compile(r"</?[a-z]+[^<>]*>", re.I)
ELSEWHERE = re.compile(
    r"(?<![\w.])/(?:home|root|work|tmp|Users|mnt)/\w|\.\./share[d]|https?://(?:localhost|127)[^\s]*@"
)


def files(*suffixes, under=SOURCES):
    found = [path for name in under for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*"))]
    return sorted(str(path.relative_to(ROOT)) for path in found if path.suffix in suffixes and path.is_file())


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def imports(name):
    """The modules a file imports, dotted: `from a import b` counts as a.b where that is a module of this project."""
    for node in ast.walk(ast.parse(text(name))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports are absolute here"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                path = ROOT / whole.replace(".", "/")
                yield whole if path.is_dir() or path.with_suffix(".py").exists() else node.module


def within(module, packages):
    return any(module == package or module.startswith(package + ".") for package in packages)


def foreign(name, *allowed):
    """What a file imports beside the standard library and what it is allowed."""
    known = (*sys.stdlib_module_names, *allowed)
    return [module for module in imports(name) if not within(module, known)]


ENGINE = files(".py", under=["nn_core"])
FIGURES = files(".py", under=["ui/figures"])
UI = [name for name in files(".py", under=["ui"]) if name not in FIGURES]
PAGES = files(".py", under=["pages"])


@pytest.mark.parametrize("name", [name for name in ENGINE if not name.endswith("__init__.py")])
def test_engine_imports_numpy_and_what_comes_before_it(name):
    stem = Path(name).stem
    assert stem in READING_ORDER, "give the new file its place in the reading order"
    earlier = READING_ORDER[: READING_ORDER.index(stem)]
    assert foreign(name, "numpy", *(f"nn_core.{each}" for each in earlier)) == []


@pytest.mark.parametrize("name", FIGURES)
def test_figures_draw_what_they_are_given(name):
    assert foreign(name, "nn_core", "ui", "numpy", "plotly", "matplotlib") == []
    shared = ("ui", "ui.theme", "ui.figures.plots")
    assert [module for module in imports(name) if within(module, ["ui"]) and module not in shared] == []


@pytest.mark.parametrize("name", UI)
def test_ui_stands_on_the_engine_and_streamlit(name):
    jobs = ("loky", "distributed", "threadpoolctl") if name == "ui/jobs/engines.py" else ()
    assert foreign(name, "nn_core", "ui", "streamlit", "numpy", *jobs) == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_stand_alone(name):
    assert foreign(name, "nn_core", "ui", "streamlit") == []
    assert "ui.frame" not in imports(name)


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_an_order_of_things(name):
    lines = text(name).splitlines()
    assert len(lines) < 150
    for node in ast.walk(ast.parse(text(name))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno - node.lineno < 10, f"{node.name} is longer than ten lines"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not MARK_UP.search(node.value), f"HTML in line {node.lineno}"
    assert "unsafe_allow_html" not in text(name)
    assert "st.html" not in text(name)


def test_page_names_are_addresses():
    stems = [Path(name).stem for name in PAGES]
    assert len(set(stems)) == len(stems)


@pytest.mark.parametrize("name", ["app.py", *UI, *FIGURES, *PAGES])
def test_the_visitors_state_is_touched_in_one_file_only(name):
    names = {node.attr for node in ast.walk(ast.parse(text(name))) if isinstance(node, ast.Attribute)}
    assert name.startswith("ui/session/") or not names & {"session_state", "query_params"}


@pytest.mark.parametrize("name", files(".py", ".js", ".html", under=["app.py", "nn_core", "ui", "pages"]))
def test_colours_live_in_the_theme(name):
    found = [line.strip() for line in text(name).splitlines() if COLOUR.search(line)]
    assert name == "ui/theme.py" or found == []


@pytest.mark.parametrize("name", files(".js", ".css", ".html", under=["ui/components"]))
def test_no_line_is_too_long(name):
    assert [number for number, line in enumerate(text(name).splitlines(), start=1) if len(line) > 120] == []


DECLARED = re.compile(r"^(?:const|let|class|(?:async )?function\*?) (\w+)", re.M)
NOT_CODE = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\n])*\"", re.S)


BUNDLES = (
    stage,
    pins,
    line,
    gallery,
    inside,
    levels,
    matrix,
    digit_map,
    pad,
    number,
    progress,
    seeds,
    search,
    race,
    terrain,
    neuron,
    walk,
    script,
    curves,
)


def test_every_bundle_of_scripts_is_looked_at():
    of_several = [name for name in files(".py", under=["ui/components"]) if ", SCRIPTS" in text(name)]
    assert {str(Path(bundle.__file__).relative_to(ROOT)) for bundle in BUNDLES} == set(of_several)


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.__name__)
def test_a_bundle_of_scripts_has_all_it_uses(bundle):
    """Every function it calls and every constant in capitals that our scripts declare is declared in the bundle."""
    folder = Path(bundle.__file__).parent
    code = "\n".join(NOT_CODE.sub("", (folder / name).read_text(encoding="utf-8")) for name in bundle.SCRIPTS)
    scripts = files(".js", under=[f"ui/components/{Path(each.__file__).parent.name}" for each in BUNDLES])
    elsewhere = {name for script in scripts for name in DECLARED.findall(text(script))}
    elsewhere -= set(re.findall(r"\b(?:const|let|function|get|class) (\w+)", code))
    used = {*re.findall(r"(?<![\w.])\w+(?=\()", code), *re.findall(r"(?<![\w.])[A-Z][A-Z_]+\b", code)}
    assert used & elsewhere == set()
    assert len(DECLARED.findall(code)) == len(set(DECLARED.findall(code))), "two files of it share a name"


@pytest.mark.parametrize("name", files(".js", ".css", ".html", ".svg", under=["ui"]))
def test_the_browser_fetches_nothing_from_elsewhere(name):
    addresses = re.findall(r"""(?:url\(|src=|href=|import|fetch)[\s("'`]*(?:https?:)?//[^\s"')]+""", text(name))
    assert addresses == []


@pytest.mark.parametrize(
    "name", files(".py", ".js", ".css", ".html", ".md", ".toml", ".txt", under=(*SOURCES, ".streamlit"))
)
def test_nothing_depends_on_one_machine(name):
    assert [line.strip() for line in text(name).splitlines() if ELSEWHERE.search(line)] == []


def test_print_has_the_colours_of_the_screen():
    on_screen = re.findall(r"--class-\d: (#[0-9a-f]{6});", text("ui/components/stage/colours.css"))
    assert tuple(on_screen) == theme.CLASSES
    assert len(theme.CLASSES) == len(theme.MARKERS) == MOST_CLASSES
