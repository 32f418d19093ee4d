"""A visitor's settings and run. The only file that touches st.session_state and st.query_params.

There is one truth, the Config. Widgets show it (`bound`), report changes to it through one gate (`change`), and the
address bar is written from it (`write_link`). The address bar is read when a visitor arrives or goes back.
"""

import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from nn_core.config import CHANGEABLE, MOST_KEYS, Config, Point
from nn_core.data import make_data
from nn_core.datasets import Data
from nn_core.export import read_run
from nn_core.history import History, Snapshot, State, join, record
from nn_core.outcome import outcome
from nn_core.ranges import write
from nn_core.sheets import Sheet, TableError, read_sheet
from nn_core.tables import Table, choose
from nn_core.training import in_common, train
from ui import wishes
from ui.answers import answer
from ui.components.pins import wished as read_pin_wish

LIVE = 2.0  # seconds of estimated work that start by themselves
LONGEST = 1800.0  # seconds of estimated work that are not even offered
LONGEST_EPOCH = 0.05  # seconds of an epoch, the shortest stretch: within it a run gives way to a newer one
PAINT_EVERY = 0.15  # seconds of training between two pictures of a run
STRETCH = 0.03  # seconds of training between two looks at whether something newer is wanted
MOST_UNDONE = 100
MOST_TABLES = 4  # of a visitor, kept in memory
MOST_PINS = 8
LONGEST_PIN = 1500  # characters of a pinned run in the link


class Run(NamedTuple):
    """The run on screen: what has been trained so far, the states on the way, the time it took, and a number that grows
    with every result."""

    config: Config
    data: Data
    so_far: Snapshot
    states: tuple[State, ...]
    history: History
    seconds: float
    number: int


# --- the Config and its link ------------------------------------------------------------------------------------------


def turn_to(page: str) -> None:
    """Note which page the visitor is on; called before the page runs."""
    st.session_state["turned"] = st.session_state.get("page") != page
    st.session_state["page"] = page


def open_config() -> Config:
    """The settings to show, read once by each run of the page: from the link on arrival and after the browser's back
    button, else what they were."""
    state, link = st.session_state, _link()
    # A browser that reports a click may still send the link from before the last one we wrote; only the back button
    # changes the link and nothing else. And the menu leads here without any settings: from then on no settings in the
    # link mean that they stay what they were.
    clicked = state.pop("clicked", False)
    state["by_menu"] = state.get("by_menu", False) or ("config" in state and state["turned"] and not link)
    says_nothing = state["by_menu"] and not link
    if "config" not in state or (link != state.get("link") and not clicked and not says_nothing):
        state["since"] = None
        _accept({name: value for name, value in link.items() if name != "pin"})
        _accept_pins(link.get("pin", []))
    _remember()
    return state["config"]


def config() -> Config:
    """The visitor's settings as they are now."""
    return st.session_state["config"]


def in_force() -> Config:
    """The settings that widgets show and change: those of the whole run, or while training on, those there."""
    return config() if since() is None else config().at(since())


def since() -> int | None:
    """The epoch from which changes of settings count; None for the whole run."""
    return st.session_state.get("since")


def _link() -> dict[str, Any]:
    pins = st.query_params.get_all("pin")
    return st.query_params.to_dict() | ({"pin": pins} if pins else {})


def _accept(settings: Mapping[str, Any]) -> None:
    """Make these settings, from wherever they come, the visitor's: through the gate, a sentence for what it mends."""
    config, said = Config.from_query(settings)
    problem = _unusable(config)
    if problem:
        first = {"dataset": Config().dataset, "data_id": ""}
        config, more = Config.from_query({**config.to_query(), **first})
        said += [problem, *more]
    st.session_state["config"], st.session_state["notices"] = config, said


def _unusable(config: Config) -> str | None:
    """Why these data cannot be learnt from here, if so."""
    if config.data.make is None:
        return "Data set must be one of the plane here: the first one is used instead."
    if config.data_id and config.data_id not in st.session_state.get("tables", {}):
        return "The table that this run learns from is not part of its link: bring it again, under Data."
    return None


def write_link() -> None:
    """Put the link to this exact run into the address bar. Called by the whole page only, not in the middle of a drag:
    every value on the way would become a step of the back button."""
    link: dict[str, Any] = config().to_query()
    pins = [text for each in pins_kept() if len(text := _pin_text(each)) <= LONGEST_PIN]
    if pins:
        link["pin"] = pins
    if _link() != link:
        st.query_params.from_dict(link)
    st.session_state["link"] = link


def change(**changes: Any) -> None:
    """Change some settings and keep the others: from the epoch on from which changes count, if these can change while
    the network learns, else of the whole run."""
    if since() is not None and set(changes) <= set(CHANGEABLE):
        changes = wishes.from_epoch(config(), since(), changes)
    elif since() is not None:
        st.session_state["since"] = None
    _change(changes)


def _change(changes: Mapping[str, Any]) -> None:
    before = st.session_state.get("config", Config())
    texts = {name: write(value) for name, value in wishes.complete(before, changes).items()}
    _accept({**before.to_query(), **texts})


def notices() -> list[str]:
    """What had to be changed about the last values from outside, one sentence each."""
    return st.session_state.get("notices", [])


# --- back and forth ---------------------------------------------------------------------------------------------------


def _remember() -> None:
    """Whatever the settings were when the page last rested can be undone to."""
    state, now = st.session_state, config()
    before = state.get("rested", now)
    if before != now:
        state["undone"] = []
        state["done"] = [*state.get("done", []), before][-MOST_UNDONE:]
    state["rested"] = now


def undo() -> None:
    """The settings before the last change."""
    _step("done", "undone")


def redo() -> None:
    """The settings before the last undo."""
    _step("undone", "done")


def _step(back: str, forth: str) -> None:
    state = st.session_state
    if not state.get(back):
        return
    state[forth] = [*state.get(forth, []), config()]
    *state[back], wanted = state[back]
    state["since"] = None
    _accept(wanted.to_query())
    state["rested"] = config()


def undoable() -> bool:
    """Whether there is something to undo."""
    return bool(st.session_state.get("done"))


def redoable() -> bool:
    """Whether there is something to redo."""
    return bool(st.session_state.get("undone"))


# --- what is done to the picture --------------------------------------------------------------------------------------


def wished() -> None:
    """Do what the visitor did to the picture; whatever makes no sense is dropped."""
    wish = (st.session_state.get("stage") or {}).get("wish")
    try:
        _fulfil(wish["do"], wish)
    except (TypeError, ValueError, KeyError, OverflowError):
        return
    _whole_page()


def _fulfil(do: str, wish: Mapping[str, Any]) -> None:
    state, now = st.session_state, config()
    state["settling"] = do == "settle"
    if do in wishes.WISHES:
        if do in ("start_over", "longer", "only_own"):
            state["since"] = None
        _change(wishes.WISHES[do](now, wish))
    elif do == "take_points":
        _change(wishes.own_data(now, own_points()))
    elif do == "train_on":
        epoch = min(int(wish["epoch"]), now.last_epoch)
        if epoch == now.last_epoch:
            _change(wishes.prolonged(now, now.epochs))
        state["since"] = epoch
    elif do == "whole":
        state["since"] = None
    elif do == "settle":
        _settle(current_run())
    elif do == "pin":
        pin()
    else:
        raise ValueError(do)


def own_points() -> tuple[Point, ...]:
    """The data shown, as points of the visitor's own."""
    run = current_run()
    return wishes.as_points(run.config, run.data)


class Brought(NamedTuple):
    """A sheet that the visitor brought, the columns chosen of it, and what is wrong with it or them, or ""."""

    sheet: Sheet | None
    columns: tuple[str, str, str] | None
    kind: str | None
    problem: str


def brought() -> Brought:
    """What the visitor brought last."""
    return st.session_state.get("brought", Brought(None, None, None, ""))


def bring(raw: bytes | str) -> None:
    """Learn from this table from now on, or open this run; if neither can be, say why and keep the data in use."""
    try:
        if isinstance(raw, bytes) and raw.lstrip()[:1] == b"{":
            settings, table = read_run(raw)
            _know(table)
            st.session_state["since"] = None
            _accept(settings)
            st.session_state["brought"] = Brought(None, None, None, "")
        else:
            sheet = read_sheet(raw)
            numeric = [column.name for column in sheet.columns if column.numbers is not None]
            target = next(name for name in reversed(sheet.names) if name not in numeric[:2])
            choose_columns(Brought(sheet, (*[*numeric, *sheet.names][:2], target), None, ""))
    except TableError as problem:
        st.session_state["brought"] = brought()._replace(problem=str(problem))


def choose_columns(wanted: Brought) -> None:
    """Learn from these columns of the sheet; if that cannot be, say why and keep the data in use."""
    if wanted.sheet is None or wanted.columns is None:
        return
    try:
        table = choose(wanted.sheet, *wanted.columns, wanted.kind)
    except TableError as problem:
        st.session_state["brought"] = wanted._replace(problem=str(problem))
        return
    st.session_state["brought"] = wanted._replace(problem="")
    _know(table)
    change(**wishes.table_data(table))
    st.session_state["notices"] = [*wanted.sheet.notices, *table.notices, *notices()]


def _know(table: Table | None) -> None:
    if table:
        tables = {**st.session_state.get("tables", {}), table.digest: table}
        st.session_state["tables"] = dict(list(tables.items())[-MOST_TABLES:])


def upload() -> dict[str, Any]:
    """Arguments for a file uploader whose file is brought."""

    def take() -> None:
        if file := st.session_state["upload"]:
            bring(file.getvalue())
        _whole_page()

    return {"key": "upload", "on_change": take}


def paste() -> dict[str, Any]:
    """Arguments for a text area whose text is brought."""

    def take() -> None:
        if st.session_state["paste"].strip():
            bring(st.session_state["paste"])
        _whole_page()

    return {"key": "paste", "on_change": take}


def column(place: int, options: Sequence[str]) -> dict[str, Any]:
    """Arguments for a choice of one of the three columns of the sheet."""
    key, now = f"column_{place}", brought()
    if now.columns:
        st.session_state[key] = now.columns[place]

    def take() -> None:
        columns = list(now.columns or ())
        columns[place] = st.session_state[key]
        choose_columns(now._replace(columns=tuple(columns)))
        _whole_page()

    return {"key": key, "options": options, "on_change": take}


def table() -> Table | None:
    """The table that is learnt from, if it is one of the visitor's."""
    return _table(config())


def _table(config: Config) -> Table | None:
    return st.session_state.get("tables", {}).get(config.data_id)


def asked() -> None:
    """A question has come: the part of the page that shows `answered` runs by itself."""


def answered() -> bytes:
    """The answer to the stage's last question about the run on screen."""
    run: Run | None = st.session_state.get("run")
    asked = (st.session_state.get("line") or {}).get("question")
    return answer(asked, run.number, run.config, run.data, run.states) if run and asked else b""


# --- pinned runs ------------------------------------------------------------------------------------------------------


class Pinned(NamedTuple):
    """A run kept for comparing, under a name and in a colour of its own; `run` is None until it is trained."""

    name: str
    colour: int
    config: Config
    run: Run | None


def pins_kept() -> list[Pinned]:
    """The runs kept for comparing, in order."""
    return st.session_state.get("pins", [])


def pinned() -> list[Pinned]:
    """The same, trained: those that came with a link are trained when they are first looked at."""
    for place, each in enumerate(pins_kept()):
        if each.run is None:
            begun = time.perf_counter()
            data = make_data(each.config, _table(each.config))
            so_far = join(train(each.config, data, every=max(1, each.config.last_epoch)))
            seconds = time.perf_counter() - begun
            run = Run(each.config, data, so_far, (), record(each.config, [so_far]), seconds, 0)
            _keep([*pins_kept()[:place], each._replace(run=run), *pins_kept()[place + 1 :]])
    return pins_kept()


def pin() -> None:
    """Keep the run on screen for comparing, if there is room."""
    run = current_run()
    if len(pins_kept()) < MOST_PINS:
        _keep([*pins_kept(), Pinned("", _free_colour(pins_kept()), run.config, run)])


def _keep(pins: list[Pinned]) -> None:
    st.session_state["pins"] = [each._replace(name=each.name or f"Run {each.colour + 1}") for each in pins]


def _free_colour(pins: list[Pinned]) -> int:
    return next(k for k in range(MOST_PINS) if k not in {each.colour for each in pins})


def _pin_text(pin: Pinned) -> str:
    return urlencode({"name": pin.name, **pin.config.to_query()})


def _accept_pins(texts: list[str]) -> None:
    """Pinned runs from a link: those that can be read and trained at once, and a sentence about the others."""
    known, kept, lost = {_pin_text(each): each for each in pins_kept()}, [], 0
    for text in texts[:MOST_PINS]:
        settings = dict(parse_qsl(text[:LONGEST_PIN], max_num_fields=MOST_KEYS)) if text.count("&") < MOST_KEYS else {}
        name = settings.pop("name", "")[:40]
        config, _ = Config.from_query(settings)
        if text in known:
            kept.append(known[text]._replace(colour=_free_colour(kept)))
        elif (name or settings) and not _unusable(config) and config.estimated_seconds <= LIVE:
            kept.append(Pinned(name, _free_colour(kept), config, None))
        else:
            lost += 1
    lost += len(texts[MOST_PINS:])
    if lost:
        sentence = f"{lost} of {len(texts)} pinned runs in the link cannot be read or take too long: left out."
        st.session_state["notices"] = [*notices(), sentence]
    _keep(kept)


def pins_wished() -> None:
    """Do what the visitor did to the pinned runs."""
    pins = list(pins_kept())
    wish = read_pin_wish(st.session_state.get("pins_card"), len(pins))
    if wish is None:
        return
    if wish.do == "pin":
        pin()
    elif wish.do == "restore":
        st.session_state["since"] = None
        _accept(pins[wish.at].config.to_query())
    else:
        one = pins.pop(wish.at)
        if wish.do == "rename":
            pins.insert(wish.at, one._replace(name=wish.name))
        elif wish.do == "move":
            pins.insert(wish.to, one)
        _keep(pins)
    _whole_page()


# --- widgets ----------------------------------------------------------------------------------------------------------


def bound(name: str, value: Any, changes: Callable[[Any], Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """Arguments that tie a native widget to the Config: it shows `value`, and what the visitor picks becomes the
    setting `name`, or whatever settings `changes` makes of it."""
    key = f"set_{name}"
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value

    def take() -> None:
        picked = st.session_state[key]
        change(**(changes(picked) if changes else {name: picked}))
        _whole_page()

    return {"key": key, "on_change": take}


def bound_live(
    name: str, read: Callable[[Any], tuple[float | None, bool]], changes: Callable[[float], Mapping[str, Any]]
) -> dict[str, Any]:
    """The same for a live slider: `read` makes (value, still held) of the state that the browser sends. While it is
    held only its own fragment of the page runs; with the hand off, the whole page follows."""
    key = f"live_{name}"

    def take() -> None:
        value, held = read(st.session_state.get(key))
        if value is not None:
            change(**changes(value))
        if not held:
            _whole_page()

    return {"key": key, "on_change": take}


def _whole_page() -> None:
    """After a click or at the end of a drag: run the whole page, also where the widget stands in a fragment of it."""
    st.session_state["clicked"] = True
    st.rerun()


def action(name: str, act: Callable[[], None]) -> dict[str, Any]:
    """Arguments for a button that does something."""

    def take() -> None:
        act()
        _whole_page()

    return {"key": f"do_{name}", "on_click": take}


def new_seed() -> int:
    """A seed nobody chose, short enough to read aloud."""
    return secrets.randbelow(10_000)


def choice(name: str, options: Sequence[str]) -> dict[str, Any]:
    """Arguments that tie a native widget to a choice of its own page, kept for the visit and part of its link."""
    state, key, kept, link = st.session_state, f"choose_{name}", f"chosen_{name}", f"link_{name}"
    linked = st.query_params.get(name)
    if key not in state:  # a visit of this page begins
        state[key] = linked if linked in options else state.get(kept, options[0])
    elif linked != state[link]:  # the browser's back button
        state[key] = linked if linked in options else options[0]
    if state[key] != options[0] and linked != state[key]:
        st.query_params[name] = state[key]
    state[kept], state[link] = state[key], st.query_params.get(name)

    def take() -> None:
        st.query_params[name] = state[link] = state[key]

    return {"key": key, "on_change": take}


def pad_value() -> object:
    """What the drawing pad last reported; it comes from the browser and may be anything."""
    return st.session_state.get("pad")


def answer_number() -> int:
    """Another number each time, so that the browser knows that its last report has been answered."""
    st.session_state["answers"] = st.session_state.get("answers", 0) + 1
    return st.session_state["answers"]


# --- the run ----------------------------------------------------------------------------------------------------------


def permitted(config: Config) -> bool:
    """Whether training may start: light work by itself, heavy work once the visitor has said so for these settings."""
    light = config.estimated_seconds <= LIVE and config.estimated_seconds / config.epochs <= LONGEST_EPOCH
    return light or st.session_state.get("permitted") == config


def permit(config: Config) -> None:
    """The visitor wants this run, long as it is."""
    st.session_state["permitted"] = config


def advance(config: Config) -> Run:
    """Train towards the end of this run, for as long as one picture may keep the visitor waiting.

    A finished run is returned as it is. Without permission only its start, epoch 0, is computed.
    """
    before: Run | None = st.session_state.get("run")
    number = before.number + 1 if before else 1
    run = _same_start(before, config) if before else None
    if run and (run.history.finished or not permitted(config)):
        st.session_state["run"] = run if run is before else run._replace(number=number)
        return st.session_state["run"]
    begun = time.perf_counter()
    data = run.data if run else make_data(config, _table(config))
    parts, states = ([run.so_far], [*run.states]) if run else ([], [])
    stretch = math.ceil(config.last_epoch * min(1.0, STRETCH / max(config.estimated_seconds, 1e-9)))
    for snapshot in train(config, data, run.so_far.state if run else None, every=max(1, stretch)):
        parts.append(snapshot)
        states.append(snapshot.state)
        _give_way()
        if not permitted(config) or time.perf_counter() - begun > PAINT_EVERY:
            break
    seconds = (run.seconds if run else 0.0) + time.perf_counter() - begun
    so_far = join(parts)
    history = record(config, [so_far])
    st.session_state["run"] = Run(config, data, so_far, tuple(states), history, seconds, number)
    return st.session_state["run"]


def _same_start(before: Run, config: Config) -> Run | None:
    """What a run has in common with another that is wanted now, to go on from there; None if nothing."""
    if before.config == config:
        return before
    parts, end = before.config.parts_from(config), config.last_epoch
    common = [state for state in before.states if 0 < state.epoch < parts and state.epoch <= end]
    while common and common[-1].epoch == end and end not in before.so_far.epochs:
        common.pop()
    if not common:
        return None
    so_far = in_common(before.so_far, common[-1], config, before.data)
    share = common[-1].epoch / max(1, before.so_far.state.epoch)
    history = record(config, [so_far])
    return Run(config, before.data, so_far, tuple(common), history, before.seconds * share, before.number)


def _give_way() -> None:
    """Ends this script here if a newer one waits for it: any look at the session does."""
    st.session_state.get("config")


def current_run() -> Run:
    """The run that `advance` last returned."""
    return st.session_state["run"]


def go_on(run: Run) -> None:
    """Come back for the rest of a run that was painted in the middle, or that is to go on until it settles."""
    if not run.history.finished and permitted(run.config):
        st.rerun()
    if st.session_state.get("settling"):
        if not _settle(run):
            return
        st.session_state["clicked"] = True
        st.rerun()


def _settle(run: Run) -> bool:
    """Make the run twice as long if it is still learning, as long as that starts by itself; whether it was done."""
    if not run.history.finished:
        return True
    now = config()
    twice = wishes.prolonged(now, now.last_epoch)
    longer = now.replace(**twice)
    going = outcome(run.history).name == "learning" and permitted(longer) and longer.last_epoch > now.last_epoch
    if going:
        _change(twice)
    st.session_state["settling"] = going
    return going
