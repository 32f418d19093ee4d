"""The views of the page on the test set: what each computes, kept for the next look, and how it is shown."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from nn_core import digits, evaluation
from nn_core.digits import PROBABLE, Network
from nn_core.evaluation import DISTORTIONS, Evaluation, Map
from nn_core.images import Images
from ui import cards, session
from ui.components.digit_map import digit_map, small
from ui.components.gallery import gallery
from ui.components.matrix import matrix
from ui.components.pad.words import percent
from ui.figures import test_set as figures

MOST_SHOWN = 60  # pictures in a gallery
MOST_MAPPED = 10_000  # points on the map
NOBODY = ""
DRAW = "../pages/digits/draw.py"


class Subject(NamedTuple):
    """What the page looks at: a network, perhaps another beside it, and the set whose test pictures they read."""

    network: Network
    other: Network | None
    images: Images

    @property
    def networks(self) -> dict[str, Network]:
        """By the names they have in legends, which differ."""
        names = [cards.title(network.card) for network in (self.network, self.other) if network]
        if len(set(names)) < len(names):
            names[1] += " (2)"
        return dict(zip(names, filter(None, (self.network, self.other)), strict=True))

    @property
    def evaluation(self) -> Evaluation:
        """What the network says to the test pictures."""
        return evaluated(self.network, self.images)


# Computed once, then kept: by the digest of the network and the id of the pictures.

_kept = st.cache_resource(
    max_entries=24, show_spinner="Reading the pictures…", hash_funcs={Network: digits.digest, Images: lambda s: s.id}
)


@_kept
def evaluated(network: Network, images: Images) -> Evaluation:
    """The network on all test pictures."""
    return evaluation.evaluate(network, images.x_test, images.y_test)


@_kept
def evaluated_drawings(network: Network) -> Evaluation:
    """The network on drawings and junk of our own generator; junk has the label -1."""
    return evaluation.evaluate(network, *evaluation.held_back())


@_kept
def mapped(network: Network, images: Images, layer: int) -> Map:
    """The test pictures as points."""
    return evaluation.principal_map(network, images.x_test[_mapped_places(images)], layer)


@_kept
def small_pictures(images: Images) -> bytes:
    """The pictures of the map, for the browser."""
    return small(images.x_test[_mapped_places(images)])


@_kept
def robustness(network: Network, images: Images, kind: str) -> np.ndarray:
    """The accuracy at each amount of the distortion, on a sample."""
    places = evaluation.sample(len(images.x_test))
    amounts = DISTORTIONS[kind].amounts
    return evaluation.robustness(network, images.x_test[places], images.y_test[places], kind, amounts)


def _mapped_places(images: Images) -> np.ndarray:
    return evaluation.sample(len(images.x_test), MOST_MAPPED)


# What all views share.


def pick_other(network: Network, images: Images) -> Network | None:
    """The choice of a second network that knows the same classes, to be drawn beside the first."""
    networks = session.networks()
    known = [key for key, each in networks.items() if digits.class_names(each) == images.classes]
    chosen = st.selectbox(
        "Compare with",
        [NOBODY, *known],
        format_func=lambda key: cards.title(networks[key].card) if key else "no other network",
        width=320,
        **session.choice("compare", (NOBODY, *known)),
    )
    other = networks.get(chosen or NOBODY)
    return None if other is network else other


def headline(subject: Subject) -> None:
    """How good, in three numbers; for two networks, in two rows."""
    for name, network in subject.networks.items():
        said = evaluated(network, subject.images)
        right, wrong, error = _side_by_side(270, 110, 170)
        title = f"{name}: right" if subject.other else "Right"
        right.metric(
            f"{title} on {len(said.labels):,} test pictures",
            f"{_percent(said.accuracy, 2)} ± {100 * said.margin:.2f}",
            help="On endlessly many pictures of this kind the share would lie between these bounds in 95 of 100 cases.",
        )
        wrong.metric("Mistakes", f"{(~said.right).sum():,}")
        error.metric(
            "Calibration error",
            _percent(evaluation.calibration_error(said.probabilities, said.labels)),
            help="How far apart, on average, how sure it is and how often it is right. 0 is honest.",
        )


def _side_by_side(*widths: int) -> list:
    """Places for figures, so many pixels wide; on a narrow screen as many in a line as fit."""
    with st.container(horizontal=True, gap="medium"):
        return [st.container(width=width) for width in widths]


def _percent(share: float, digits: int = 1) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def _pictures(subject: Subject, places: Sequence[int] | np.ndarray, *, key: str, label: str) -> None:
    """Test pictures with what they were read as; one of them can be picked, and looked into."""
    places = np.asarray(places, int)[:MOST_SHOWN]
    said, names = subject.evaluation, subject.images.classes
    captions = [_read_as(names[said.labels[i]], names[said.predicted[i]], float(said.confidence[i])) for i in places]
    marks = ["right" if said.right[i] else "wrong" for i in places]
    place = st.container()
    at = gallery(subject.images.x_test[places], captions, key=key, label=label, marks=marks, size=76)
    with place:
        invitation = "Below each: the truth → what it was read as, and how sure the network was. Pick one to know more."
        _one_picture(subject, None if at is None else int(places[at]), invitation)


def _read_as(true: str, read: str, confidence: float) -> str:
    return f"{read} {percent(confidence)}" if read == true else f"{true} → {read} {percent(confidence)}"


def _one_picture(subject: Subject, place: int | None, invitation: str) -> None:
    """What was said to one test picture, and the way to the page that looks inside; or the invitation to pick one."""
    if place is None:
        st.caption(invitation)
        return
    said, names = subject.evaluation, subject.images.classes
    best = said.probabilities[place].argsort()[::-1][:3]
    chances = ", ".join(f"{names[k]} ({_percent(said.probabilities[place, k])})" for k in best)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(f"**Test picture {place}** is labelled {names[said.labels[place]]}. The network says: {chances}.")
        st.page_link(DRAW, label="**Look inside it →**", query_params={"picture": f"test-{place}"})


def _chart(figure, key: str) -> None:
    st.plotly_chart(figure, key=key, config={"displaylogo": False, "displayModeBar": False})


# The views.


def _confusion(subject: Subject) -> None:
    said, names = subject.evaluation, subject.images.classes
    counts = evaluation.confusion(said)
    table, beside = st.columns(2, gap="large")
    with table:
        st.write(
            "Each row holds the pictures of one class, each column what they were read as. Pick a number to see them."
        )
        row, column = matrix(counts, names, key="matrix", label="Confusion matrix")
    places = np.flatnonzero((said.labels == row) & (said.predicted == column))
    places = places[said.confidence[places].argsort(kind="stable")]
    places = places if row == column else places[::-1]
    with beside:
        st.write(_cell_in_words(counts, names, row, column))
        _pictures(subject, places, key="cell_pictures", label="Pictures of the chosen cell")


def _cell_in_words(counts: np.ndarray, names: Sequence[str], row: int, column: int) -> str:
    count, total = counts[row, column], counts[row].sum()
    words = f"**{names[row]} read as {names[column]}: {count:,}** of {total:,} pictures"
    order = "the least sure first" if row == column else "the surest first"
    most = f"; here are {MOST_SHOWN}" if count > MOST_SHOWN else ""
    return f"{words}, {order}{most}." if count else f"{words}."


def _mistakes(subject: Subject) -> None:
    orders = {"worst": "Worst: least probability for the truth", "confident": "Most confident: sure, and wrong"}
    order = st.segmented_control(
        "Order", orders, format_func=orders.__getitem__, default="worst", required=True, key="mistakes_order"
    )
    places = evaluation.mistakes(subject.evaluation, order or "worst")
    st.write(f"{len(places):,} of {len(subject.images.x_test):,} pictures were read wrong. Could you read them?")
    _pictures(subject, places, key="mistakes", label="Pictures that were read wrong")


def _classes(subject: Subject) -> None:
    shares = evaluation.per_class(subject.evaluation)
    st.write(
        "Which classes are hard? **Missed**: pictures of this class that were read as something else (100 % minus "
        "recall). **False alarms**: pictures read as this class that are something else (100 % minus precision)."
    )
    _chart(figures.class_bars(shares, subject.images.classes), "classes")


def _calibration(subject: Subject) -> None:
    curves = {name: evaluation.reliability(evaluated(each, subject.images)) for name, each in subject.networks.items()}
    st.write(
        "When the network says 80 %, is it right in 80 of 100 cases? Then its point lies on the straight line. "
        "Above the line it is too modest, below it too sure. The calibration error is the mean distance from the line, "
        "each answer counted once; points of few answers jump about by chance."
    )
    left, right = st.columns(2)
    with left:
        _chart(figures.calibration(curves), "calibration")
    with right:
        _chart(figures.counts(curves), "calibration_counts")


def _thresholds(subject: Subject) -> None:
    st.write(
        'A network may say "not sure" when its best guess is less probable than a threshold. The higher the threshold, '
        "the fewer answers, and the more of them are right. The page Draw a digit answers plainly from 80 % on, "
        'carefully from 60 %, and says "not sure" below.'
    )
    at = st.slider("Least probability for an answer", 0.0, 1.0, PROBABLE, 0.01, key="threshold")
    for name, network in subject.networks.items():
        if subject.other:
            st.subheader(name)
        _threshold_numbers(_threshold_curves(network, subject.images), at, name)


def _threshold_curves(network: Network, images: Images) -> dict[str, evaluation.Thresholds]:
    """By what is read. Drawings of digits are read only by networks that know digits."""
    parts = {"test pictures": evaluated(network, images)}
    if images.classes == digits.mnist().classes:
        drawn = evaluated_drawings(network)
        junk = drawn.labels < 0
        parts["drawn digits"] = Evaluation(drawn.probabilities[~junk], drawn.labels[~junk])
        parts["junk drawings"] = Evaluation(drawn.probabilities[junk], drawn.labels[junk])
    return {name: evaluation.thresholds(part) for name, part in parts.items()}


def _threshold_numbers(curves: dict[str, evaluation.Thresholds], at: float, of: str) -> None:
    for place, (name, curve) in zip(_side_by_side(*[260] * len(curves)), curves.items(), strict=True):
        near = int(np.abs(curve.threshold - at).argmin())
        answered, right = curve.answered[near], curve.right[near]
        if name == "junk drawings":
            place.metric("Junk drawings refused", _percent(1 - answered))
            place.caption("scribbles, letters, signs, several digits: to be refused")
        else:
            place.metric(f"{name.capitalize()} answered", _percent(answered))
            place.caption(f"{_percent(right)} of the answers are right")
    left, right = st.columns(2)
    read = {name: curve for name, curve in curves.items() if name != "junk drawings"}
    with left:
        answered = figures.threshold_curves(curves, at, "answered", "share that is answered")
        _chart(answered, f"answered_{of}")
    with right:
        right = figures.threshold_curves(read, at, "right", "share of the answers that is right")
        _chart(right, f"right_{of}")


def _map(subject: Subject) -> None:
    hidden = subject.network.config.hidden_sizes
    layers = ["Pixels", *(f"Hidden layer {i} ({size})" for i, size in enumerate(hidden, 1)), "Output sums"]
    layer = st.segmented_control(
        "Seen by", range(len(layers)), format_func=layers.__getitem__, default=len(hidden), required=True, key="layer"
    )
    layer = min(layer or 0, len(layers) - 1)
    places = _mapped_places(subject.images)
    points, shares = mapped(subject.network, subject.images, layer)
    st.write(
        "Each point is a test picture. Two points are near each other if this layer finds the pictures alike. Go from "
        "layer to layer: the network pulls the classes apart. The two axes show "
        f"{_percent(shares[0])} + {_percent(shares[1])} of all differences (principal components)."
    )
    above = st.container()
    said = subject.evaluation
    part = Evaluation(said.probabilities[places], said.labels[places])
    at = digit_map(
        points,
        part,
        subject.images.classes,
        small_pictures(subject.images),
        key="map",
        label=f"{len(places):,} test pictures as points, by class.",
    )
    with above:
        _one_picture(subject, None if at is None else int(places[at]), "Click a point to know more about its picture.")


def _robustness(subject: Subject) -> None:
    kind = st.segmented_control(
        "Test pictures made harder",
        DISTORTIONS,
        format_func=lambda each: DISTORTIONS[each].title,
        default="shift",
        required=True,
        key="distortion",
    )
    kind = kind or "shift"
    entry = DISTORTIONS[kind]
    count = len(evaluation.sample(len(subject.images.x_test)))
    st.write(f"{entry.help} How many of {count:,} test pictures are still read right?")
    curves = {name: robustness(each, subject.images, kind) for name, each in subject.networks.items()}
    _chart(figures.robustness_curves(curves, entry), "robustness")
    last = len(subject.images.x_test) - 1
    place = st.number_input(f"One of them, test picture 0 to {last:,}", 0, last, 0, key="harder_picture", width=320)
    _harder(subject, kind, int(place))


def _harder(subject: Subject, kind: str, place: int) -> None:
    """One picture at every amount, and what it is read as."""
    images, entry = subject.images, DISTORTIONS[kind]
    made = np.concatenate([evaluation.distorted(images.x_test[[place]], kind, amount) for amount in entry.amounts])
    said = evaluation.evaluate(subject.network, made, np.full(len(made), images.y_test[place]))
    captions = [
        f"{amount:g}: {images.classes[k]} {percent(p)}"
        for amount, k, p in zip(entry.amounts, said.predicted, said.confidence, strict=True)
    ]
    marks = ["right" if right else "wrong" for right in said.right]
    label = "The picture at every amount"
    gallery(
        np.round(255 * made).astype(np.uint8), captions, key="harder", label=label, marks=marks, size=84, pick=False
    )
    st.caption(f"Below each: the amount ({entry.unit}), what it is read as, and how sure the network is.")


class View(NamedTuple):
    """What it is called, and the function that shows it."""

    title: str
    show: Callable[[Subject], None]


VIEWS = {
    "confusion": View("Confusion", _confusion),
    "mistakes": View("Mistakes", _mistakes),
    "classes": View("Classes", _classes),
    "calibration": View("How sure", _calibration),
    "thresholds": View("Not sure", _thresholds),
    "map": View("Map", _map),
    "robustness": View("Made harder", _robustness),
}


def title(view: str) -> str:
    """What the view of that name is called."""
    return VIEWS[view].title
