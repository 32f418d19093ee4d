"""The parts of the page where a network is operated on: what can be done to it, and what that costs."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
import streamlit as st

from nn_core import evaluation, surgery
from nn_core.digits import Drawing, Network, class_names, classify, preprocess
from nn_core.evaluation import Evaluation, evaluate
from nn_core.images import SIDE, Images
from nn_core.mlp import layers
from nn_core.surgery import FULL, MOST_BITS, Noise, Operation, Prune, Quantise, Unit
from ui import depth, session
from ui.charts import chart
from ui.components.gallery import gallery
from ui.components.pad import read_ink
from ui.components.pad.words import percent
from ui.digits import cards, looking
from ui.digits.shared import DRAW, evaluated, kept
from ui.figures import operate as figures
from ui.theme import percentage, signed
from ui.words import counted, table

SHARES = (0, 20, 40, 50, 60, 70, 80, 85, 90, 95, 99)  # percent of the weights
NOISES = (0, 20, 40, 60, 80, 100, 120, 150)  # percent of the standard deviation
BITS = (1, 2, 3, 4, 5, 6, 8, 12, 16)
MOST_SHOWN = 48  # changed answers
WATCHED = 76  # pixels of the picture that is watched

Kind = TypeVar("Kind", bound=Operation)


class Operated(NamedTuple):
    """A network, what was done to it, what came of it, the set whose test pictures both read, operations that wait for
    a network that has the units they are on, and what both networks say to the pictures."""

    network: Network
    operations: tuple[Operation, ...]
    after: Network
    images: Images
    waiting: tuple[Operation, ...]
    before_and_after: tuple[Evaluation, Evaluation]


def begin(network: Network, images: Images) -> Operated:
    """The network with the visitor's operations, as far as its units go; says where they do not."""
    asked, sizes = session.operations(), network.config.hidden_sizes
    if problem := session.operations_problem():
        st.warning(problem)
    waiting = tuple(each for each in asked if isinstance(each, Unit) and not _is_in(sizes, each))
    fitting = tuple(each for each in asked if each not in waiting)
    if waiting:
        lacking = ", ".join(map(_unit_name, waiting))
        st.info(f"This network has no {lacking}: what was done to it waits for another network.")
    after = surgery.operate(network, fitting)
    readings = evaluated(network, images), evaluated(after, images)
    return Operated(network, fitting, after, images, waiting, readings)


def _is_in(sizes: Sequence[int], each: Unit) -> bool:
    return each.layer < len(sizes) and each.unit < sizes[each.layer]


def _unit_name(each: Unit) -> str:
    return f"unit {each.unit} of layer {each.layer + 1}"


# --- what can be done ------------------------------------------------------------------------------------------------


def controls(operated: Operated) -> None:
    """Prune, add noise, round: what is done to all weights."""
    now = operated.operations
    _prune(_of(Prune, now) or Prune(0))
    _noise(_of(Noise, now) or Noise(0))
    bits = (_of(Quantise, now) or Quantise(FULL)).bits
    st.select_slider(
        "Bits for a weight",
        (*range(1, MOST_BITS + 1), FULL),
        format_func=lambda bits: f"{bits} (as it is)" if bits == FULL else f"{bits}",
        help="Cause: each weight is rounded to one of 2^bits values. Effect: a smaller network, and a coarser one.",
        **_tied("bits", bits, lambda bits: session.operate(Quantise(bits))),
    )


def _tied(name: str, value: Any, take: Callable[[Any], object]) -> dict[str, Any]:
    return session.tied(f"operate_{name}", value, take)


def _of(kind: type[Kind], operations: Sequence[Operation]) -> Kind | None:
    """The operation of that kind, if there is one."""
    return next((each for each in operations if isinstance(each, kind)), None)


def _prune(now: Prune) -> None:
    st.slider(
        "Prune the smallest weights",
        0,
        99,
        format="%d %%",
        help="Cause: so many percent of the weights, the smallest ones, become 0. Effect: a network that is smaller.",
        **_tied("prune", round(100 * now.share), lambda p: session.operate(Prune(p / 100, now.by_layer))),
    )
    st.toggle(
        "As many in each layer",
        disabled=not now.share,
        help="Cause: off, the smallest weights of the whole network go, wherever they are. Effect: the layers with "
        "small weights, often the first, lose more.",
        **_tied("by_layer", now.by_layer, lambda on: session.operate(Prune(now.share, on))),
    )


def _noise(now: Noise) -> None:
    st.slider(
        "Noise on the weights",
        0,
        150,
        step=5,
        format="%d %%",
        help="Cause: each weight moves at random, by so many percent of the spread (standard deviation) of the weights "
        "of its layer. Effect: shows how much of their precision matters.",
        **_tied("noise", round(100 * now.sd), lambda sd: session.operate(Noise(sd / 100, now.seed))),
    )
    if now.sd:
        other = Noise(now.sd, session.new_seed())
        roll = session.action("other_noise", lambda: session.operate(other))
        st.button("Other noise", icon=":material/casino:", **roll)


def done(operated: Operated) -> None:
    """The list of what was done; each can be undone."""
    words = {_words(each): each for each in operated.operations}

    def take(kept: Sequence[str]) -> None:
        if set(kept) <= set(words):  # else the browser tells of a list that has been replaced meanwhile
            session.operate_only([*(words[each] for each in kept), *operated.waiting])

    st.multiselect(
        "Done so far",
        words,
        placeholder="nothing yet",
        disabled=not words,
        help="Remove one to undo it. The link of this page has them all.",
        # An empty list is a widget of its own: else the browser, late, might tell of it and undo what has been done.
        **_tied("done" if words else "nothing_done", list(words), take),
    )


def _words(operation: Operation) -> str:
    match operation:
        case Unit(_, _, 0, 0):
            return f"{_unit_name(operation)} off"
        case Unit(_, _, scale, shift):
            return f"{_unit_name(operation)}: {scale:g} a {signed(shift)}"
        case Prune(share, by_layer):
            return f"{share:.0%} of the weights{' of each layer' if by_layer else ''} pruned"
        case Noise(sd, seed):
            return f"noise of {sd:.0%} (seed {seed})"
        case Quantise(bits):
            return f"{counted(bits, 'bit')} for a weight"


# --- what it costs ---------------------------------------------------------------------------------------------------


def outcome(operated: Operated) -> None:
    """Accuracy, size and changed answers, before and after; and the class that lost most."""
    before, after = operated.before_and_after
    sizes = surgery.size(operated.network), surgery.size(operated.after, operated.operations)
    with st.container(horizontal=True, gap="small"):
        _metric(
            f"Right of {len(before.labels):,}",
            percentage(after.accuracy, 2),
            f"{100 * (after.accuracy - before.accuracy):+.2f} points" if operated.operations else None,
        )
        _metric("Changed", f"{(before.predicted != after.predicted).sum():,}")
        _metric(
            "Size",
            _bytes(sizes[1]),
            f"{sizes[1] / sizes[0]:.0%} of {_bytes(sizes[0])}" if operated.operations else None,
            "off",
            "Each weight in as many bits as it was rounded to; or, where that is less, one bit for each weight that "
            "says whether it is 0, and the others.",
        )
    st.write(_lost(operated))


def _metric(label: str, value: str, change: str | None = None, colour: Any = "normal", help: str | None = None) -> None:
    with st.container(width="content"):
        arrow = "off" if colour == "off" else "auto"
        st.metric(label, value, change, delta_color=colour, delta_arrow=arrow, help=help)


def _bytes(count: int) -> str:
    return f"{count / 1000:,.0f} kB"


def _lost(operated: Operated) -> str:
    if not operated.operations:
        return "Nothing is done to it yet: move a slider, or switch a unit off below."
    change, names = _change(operated), class_names(operated.network)
    worst = [k for k in np.argsort(change, kind="stable")[:3] if change[k] < 0]
    lost = ", ".join(f"{names[k]} ({signed(float(change[k]))} points)" for k in worst)
    return f"Lost most: {lost}." if lost else "No class has lost."


def _change(operated: Operated) -> np.ndarray:
    """By how many points each class is read better than before (k,)."""
    before, after = (evaluation.per_class(each).recall for each in operated.before_and_after)
    return 100 * np.nan_to_num(after - before)


def reaction(operated: Operated) -> None:
    """One picture, the visitor's last drawing or one of the test set, as it was read and as it is read now."""
    drawing = preprocess(read_ink(session.last_reported("pad")).strokes)
    count = len(operated.images.y_test)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        at = _watched({"test": count}, drawing)
        if at:
            looking.number(*at, count)
    if at:
        drawing = Drawing(operated.images.x_test[at[1]].astype(np.float32) / 255, None)
    names = class_names(operated.network)
    label = names[operated.images.y_test[at[1]]] if at else "yours"
    image = np.rint(255 * drawing.image).astype(np.uint8)[None]
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width=WATCHED + 16):
            gallery(image, [label], key="watched", label="The picture that is watched", size=WATCHED, pick=False)
        with st.container(width="content"):
            st.markdown(_readings(operated, drawing))


def _watched(sizes: dict[str, int], drawing: Drawing) -> tuple[str, int] | None:
    """Which test picture is watched, or None for the drawing. There is a choice if something was drawn."""
    at = session.looked_at(sizes)
    if drawing.problem:
        return at or ("test", 0)
    st.segmented_control(
        "Watch one picture",
        ["draw", *sizes],
        format_func=looking.PARTS.__getitem__,
        required=True,
        **session.looked_part(sizes),
    )
    return at


def _readings(operated: Operated, drawing: Drawing) -> str:
    """The answer and the runner-up before and after, in Markdown."""
    names = class_names(operated.network)
    rows = []
    for when, network in (("before", operated.network), ("now", operated.after)):
        p = classify(network, drawing).probabilities.tolist()
        first, second = (f"{names[k]} ({percent(p[k])})" for k in np.argsort(p, kind="stable")[:-3:-1])
        rows.append((when, f"**{first}**", second))
    return table(("", "answer", "then"), rows, "lll")


def keep(operated: Operated) -> None:
    """The operated network as one of the visitor's own."""
    with st.container(horizontal=True):
        wanted = st.button("Keep it as a network", disabled=not operated.operations)
        to_draw = st.button("Keep it and draw with it", disabled=not operated.operations)
    if wanted or to_draw:
        session.operate_only(operated.waiting)
        session.keep_network(operated.after._replace(card=_card(operated)))
        if to_draw:
            st.switch_page(DRAW)
        st.rerun()


def _card(operated: Operated) -> dict:
    card = operated.network.card
    return {
        "name": f"{cards.title(card)}, operated",
        "classes": list(class_names(operated.network)),
        "data": card.get("data", "its own pictures"),
        "recipe": f"{card.get('recipe', 'trained here')}; then {'; '.join(map(_words, operated.operations))}",
        "accuracy": round(operated.before_and_after[1].accuracy, 4),
    }


# --- the views below -------------------------------------------------------------------------------------------------


def _units(operated: Operated) -> None:
    network, sizes = operated.network, operated.network.config.hidden_sizes
    if not sizes:
        st.info("This network has no hidden units.")
        return
    read = len(evaluation.sample(len(operated.images.x_test)))
    st.write(
        "How much worse does the network become without one of its units? Each bar is a unit of the layer; blue is "
        "accuracy lost, orange gained. Click a bar to switch its unit off, and again to switch it on."
    )
    layer, unit = session.looked_unit(sizes)
    worth = _worth(network, operated.images, layer)
    unit = int(worth.argmax()) if unit is None else unit
    _which(sizes, layer, unit)
    _bars(operated, layer, unit, worth)
    untouched = " The bars tell of the network before anything was done to it." if operated.operations else ""
    st.caption(
        f"Read on {read:,} test pictures: {percentage(1 / read, 2)} is one of them, and bars that short are chance."
        f"{untouched}"
    )
    _one_unit(operated, layer, unit, float(worth[unit]))


def _which(sizes: Sequence[int], layer: int, unit: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Layer",
            range(len(sizes)),
            format_func=lambda each: f"{each + 1}",
            required=True,
            **_tied("layer", layer, session.look_at_unit),
        )
        st.number_input(
            f"Unit, 0 to {sizes[layer] - 1}",
            0,
            sizes[layer] - 1,
            width=160,
            **_tied("unit", unit, lambda each: session.look_at_unit(layer, each)),
        )


@kept(show_spinner="Switching each unit off in turn…")
def _worth(network: Network, images: Images, layer: int) -> np.ndarray:
    places = evaluation.sample(len(images.x_test))
    return surgery.importance(network, images.x_test[places], images.y_test[places], layer)


def _bars(operated: Operated, layer: int, unit: int, worth: np.ndarray) -> None:
    off = [each.unit for each in operated.operations if isinstance(each, Unit) and each == Unit(layer, each.unit)]
    key = f"bars_{layer}_{len(off)}"  # a new chart has no bar selected, so that the same bar can be clicked again

    def click(state: dict) -> None:
        for point in state["selection"]["points"]:
            clicked = int(point["customdata"])
            session.look_at_unit(layer, clicked)
            session.operate(Unit(layer, clicked, scale=float(clicked in off)))

    chart(figures.worth(worth, off, unit), selection_mode="points", **session.taken(key, click, event="on_select"))


def _one_unit(operated: Operated, layer: int, unit: int, lost: float) -> None:
    """The unit looked at: what it looks for, and what is done to it."""
    now = next((each for each in operated.operations if isinstance(each, Unit) and each[:2] == (layer, unit)), None)
    now = now or Unit(layer, unit, scale=1.0)
    picture, beside = st.columns([1, 2])
    with beside:
        st.write(f"**Unit {unit} of layer {layer + 1}.** Without it, {signed(0 - 100 * lost)} points of accuracy.")
        off = now == Unit(layer, unit)
        st.toggle("Off", **_tied("off", off, lambda on: session.operate(Unit(layer, unit, float(not on)))))
        scales, shifts = surgery.RANGES[Unit][2:]
        st.slider(
            "Multiply its activation by",
            *map(float, scales),
            step=0.1,
            help="1 leaves it as it is, 0 leaves nothing of it.",
            **_tied("scale", float(now.scale), lambda scale: session.operate(now._replace(scale=scale))),
        )
        st.slider(
            "Then add to it",
            *map(float, shifts),
            step=0.1,
            **_tied("shift", float(now.shift), lambda shift: session.operate(now._replace(shift=shift))),
        )
    with picture:
        if layer == 0:
            weights = layers(operated.network.parameters, operated.network.config)[0].W[unit].reshape(1, SIDE, SIDE)
            gallery(weights, [""], key="unit_weights", label=f"Weights of unit {unit}", size=180, pick=False)
            st.caption("What it looks for: ink on blue pixels speaks for it, on orange against it.")


def _changed(operated: Operated) -> None:
    before, after = operated.before_and_after
    names = class_names(operated.network)
    if not operated.operations:
        st.info("Nothing is done to the network yet. Prune it, blur it or switch units off: here is what changes then.")
        return
    st.write("What each class has gained (blue) or lost (orange). Look for classes that suffer more than the others.")
    chart(figures.changes(_change(operated), names))
    places = np.flatnonzero(before.predicted != after.predicted)
    if not len(places):
        st.info("No answer has changed so far.")
        return
    lost, won = (before.right & ~after.right).sum(), (~before.right & after.right).sum()
    st.write(f"**{len(places):,} answers changed**: {lost:,} right ones became wrong, {won:,} wrong ones right.")
    places = places[:MOST_SHOWN]
    gallery(
        operated.images.x_test[places],
        [f"{names[before.predicted[i]]} → {names[after.predicted[i]]}" for i in places],
        marks=["right" if after.right[i] else "wrong" for i in places],
        key="changed",
        label="Test pictures whose answer changed",
        pick=False,
    )
    more = f"The first {MOST_SHOWN}. " if len(places) == MOST_SHOWN else ""
    st.caption(f"{more}Below each: the answer before → after; the mark says whether the new one is right.")


def _sweeps(operated: Operated) -> None:
    st.write(
        "How far can it go? One operation alone on the network as it was, from none to too much, read on 2,000 test "
        "pictures. Look for the place where the curve begins to fall: up to there the network has something to spare."
    )
    done = operated.operations
    pruned, rounded, noisy = _of(Prune, done), _of(Quantise, done), _of(Noise, done)
    stands = (
        pruned and 100 * pruned.share,
        rounded and rounded.bits,
        noisy and 100 * noisy.sd,
    )
    kinds = (
        ("weights pruned", SHARES, lambda share: Prune(share / 100), " %"),
        ("bits for a weight", BITS, Quantise, ""),
        ("noise on the weights", NOISES, lambda sd: Noise(sd / 100), " %"),
    )
    for column, here, (title, amounts, make, unit) in zip(st.columns(3), stands, kinds, strict=True):
        accuracy = _swept(operated.network, operated.images, tuple(map(make, amounts)))
        with column:
            chart(figures.sweep(amounts, accuracy, here, title, unit))


@kept(show_spinner="Trying each amount…")
def _swept(network: Network, images: Images, operations: tuple[Operation, ...]) -> np.ndarray:
    """The accuracy after each of these operations alone, on a sample of the test pictures."""
    places = evaluation.sample(len(images.x_test))
    x, y = images.x_test[places], images.y_test[places]
    return np.array([evaluate(surgery.operate(network, [each]), x, y).accuracy for each in operations])


class View(NamedTuple):
    """What its button says, the function that shows it, and the subjects it is about."""

    title: str
    show: Callable[[Operated], None]
    subjects: tuple[str, ...]


VIEWS = {
    "units": View("Which units matter", _units, ("worth", "unit_changed")),
    "changed": View("Changed answers", _changed, ("changed",)),
    "sweeps": View("How far can it go", _sweeps, ("sweep",)),
}


def show(view: str, operated: Operated) -> None:
    """The open view: nothing else is computed."""
    VIEWS[view].show(operated)
    depth.deeper(*VIEWS[view].subjects)


def title(view: str) -> str:
    """What its button says."""
    return VIEWS[view].title
