"""The views of the page on the test set: what each computes, kept for the next look, and how it is shown."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from nn_core import digits, distortions, evaluation
from nn_core.digits import PROBABLE, Network
from nn_core.distortions import DISTORTIONS, Distortion
from nn_core.evaluation import Evaluation, Map
from nn_core.images import Images
from ui import depth, session
from ui.charts import chart
from ui.components.digit_map import digit_map, small
from ui.components.gallery import gallery
from ui.components.matrix import matrix
from ui.components.pad.words import percent
from ui.digits import cards
from ui.digits.shared import DRAW, READING, evaluated, folded, kept
from ui.figures import examine as figures
from ui.theme import percentage

MOST_SHOWN = 60  # pictures in a gallery
MOST_MAPPED = 10_000  # points on the map
NOBODY = ""
AS_THEY_ARE = ""
CHOICE_WIDTH = 168  # pixels: two beside each other on a phone
DRAWN, JUNK = 700, 300  # drawings of our own generator, made in a second


class Exam(NamedTuple):
    """What the page looks at: a network, perhaps another beside it, and the set whose test pictures they read, as they
    are or `spoilt`."""

    network: Network
    other: Network | None
    images: Images
    spoilt: bool = False

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


# Computed once, then kept.


@kept(**READING)
def evaluated_drawings(network: Network) -> Evaluation:
    """The network on drawings and junk of our own generator; junk has the label -1."""
    return evaluation.evaluate(network, *evaluation.held_back(DRAWN, JUNK))


@kept(**READING)
def mapped(network: Network, images: Images, layer: int) -> Map:
    """The test pictures as points."""
    return evaluation.principal_map(network, images.x_test[_mapped_places(images)], layer)


@kept(**READING)
def small_pictures(images: Images) -> bytes:
    """The pictures of the map, for the browser."""
    return small(images.x_test[_mapped_places(images)])


@kept(**READING)
def robustness(network: Network, images: Images, kind: str) -> np.ndarray:
    """The accuracy at each amount of the distortion, on a sample."""
    places = evaluation.sample(len(images.x_test))
    amounts = DISTORTIONS[kind].amounts
    return distortions.robustness(network, images.x_test[places], images.y_test[places], kind, amounts)


@kept(max_entries=4, show_spinner="Spoiling the pictures…")
def spoilt(images: Images, kind: str, amount: float) -> Images:
    """The set with its test pictures made harder."""
    return distortions.spoilt(images, kind, amount)


def _mapped_places(images: Images) -> np.ndarray:
    return evaluation.sample(len(images.x_test), MOST_MAPPED)


# What all views share.


def begin(network: Network, images: Images) -> Exam:
    """The choices for all views: a second network, and what is done to the test pictures first."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other = _pick_other(network, images)
        kind, amount = _pick_harm()
    return Exam(network, other, spoilt(images, kind, amount) if kind else images, bool(kind))


def _pick_harm() -> tuple[str, float]:
    kind = st.selectbox(
        "Spoil the test pictures",
        [AS_THEY_ARE, *DISTORTIONS],
        format_func=lambda each: DISTORTIONS[each].title if each else "as they are",
        width=CHOICE_WIDTH,
        **session.choice("spoil", (AS_THEY_ARE, *DISTORTIONS)),
    )
    return (kind, float(_pick_amount(DISTORTIONS[kind]))) if kind else (AS_THEY_ARE, 0)


def _pick_amount(entry: Distortion) -> str:
    amounts = [f"{amount:g}" for amount in entry.amounts]
    usual = f"{entry.usual:g}"
    return st.select_slider(
        "By how much",
        amounts,
        format_func=lambda amount: f"{amount}{entry.sign}",
        help=f"{entry.help} All figures below are for these pictures.",
        width=280,
        **session.choice("amount", (usual, *amounts)),
    )


def _pick_other(network: Network, images: Images) -> Network | None:
    """The choice of a second network that knows the same classes, to be drawn beside the first."""
    networks = session.networks()
    known = [key for key, each in networks.items() if digits.class_names(each) == images.classes]
    chosen = st.selectbox(
        "Compare with",
        [NOBODY, *known],
        format_func=lambda key: cards.title(networks[key].card) if key else "no other network",
        width=CHOICE_WIDTH,
        **session.choice("compare", (NOBODY, *known)),
    )
    other = networks.get(chosen or NOBODY)
    return None if other is network else other


def headline(exam: Exam) -> None:
    """How good, in a few numbers; for two networks, in two rows."""
    with st.container(key="headline"):
        for name, network in exam.networks.items():
            _numbers(f"{name}: right" if exam.other else "Right", evaluated(network, exam.images))
    folded("margin", "mean_loss", "calibration_error")


def _numbers(title: str, said: Evaluation) -> None:
    right, wrong, sure, loss, error = _side_by_side(270, 100, 160, 110, 160)
    right.metric(
        f"{title} on {len(said.labels):,} test pictures",
        f"{percentage(said.accuracy, 2)} ± {100 * said.margin:.2f}",
        help="On endlessly many pictures of this kind the share would lie between these bounds in 95 of 100 cases.",
    )
    wrong.metric("Mistakes", f"{(~said.right).sum():,}")
    sure.metric(
        "Sure (90 % or more) and wrong",
        f"{evaluation.sure_mistakes(said):,}",
        help="Mistakes that were made with a confidence of 90 % or more.",
    )
    loss.metric(
        "Mean loss",
        f"{said.loss:.3f}",
        help="Cross-entropy: minus the logarithm of the probability of the truth, on average. Always sure and right "
        f"would be 0; guessing, {np.log(said.probabilities.shape[1]):.2f}.",
    )
    error.metric(
        "Calibration error",
        percentage(said.calibration_error),
        help="How far apart, on average, how sure it is and how often it is right. 0 is honest.",
    )


def _side_by_side(*widths: int) -> list:
    """Places for figures, so many pixels wide; on a narrow screen as many in a line as fit."""
    with st.container(horizontal=True, gap="small"):
        return [st.container(width=width) for width in widths]


def _pictures(exam: Exam, places: Sequence[int] | np.ndarray, *, key: str, label: str) -> None:
    """Test pictures with what they were read as; one of them can be picked, and looked into."""
    places = np.asarray(places, int)[:MOST_SHOWN]
    said, names = exam.evaluation, exam.images.classes
    captions = [_read_as(names[said.labels[i]], names[said.predicted[i]], float(said.confidence[i])) for i in places]
    marks = ["right" if said.right[i] else "wrong" for i in places]
    place = st.container()
    at = gallery(exam.images.x_test[places], captions, key=key, label=label, marks=marks, size=76)
    with place:
        invitation = "Below each: the truth → what it was read as, and how sure the network was. Pick one to know more."
        _one_picture(exam, None if at is None else int(places[at]), invitation)


def _read_as(true: str, read: str, confidence: float) -> str:
    return f"{read} {percent(confidence)}" if read == true else f"{true} → {read} {percent(confidence)}"


def _one_picture(exam: Exam, place: int | None, invitation: str) -> None:
    """What was said to one test picture, and the way to the page that looks inside; or the invitation to pick one."""
    if place is None:
        st.caption(invitation)
        return
    said, names = exam.evaluation, exam.images.classes
    best = said.probabilities[place].argsort()[::-1][:3]
    chances = ", ".join(f"{names[k]} ({percent(said.probabilities[place, k])})" for k in best)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(f"**Test picture {place:,}** is labelled {names[said.labels[place]]}. The network says: {chances}.")
        label = "**Look inside it as it was →**" if exam.spoilt else "**Look inside it →**"
        st.page_link(DRAW, label=label, query_params={"picture": f"test-{place}"})


# The views.


def _confusion(exam: Exam) -> None:
    said, names = exam.evaluation, exam.images.classes
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
        _pictures(exam, places, key="cell_pictures", label="Pictures of the chosen cell")


def _cell_in_words(counts: np.ndarray, names: Sequence[str], row: int, column: int) -> str:
    count, total = counts[row, column], counts[row].sum()
    words = f"**{names[row]} read as {names[column]}: {count:,}** of {total:,} pictures"
    order = "the least sure first" if row == column else "the surest first"
    most = f"; here are {MOST_SHOWN}" if count > MOST_SHOWN else ""
    return f"{words}, {order}{most}." if count else f"{words}."


def _mistakes(exam: Exam) -> None:
    orders = {"worst": "Worst: least probability for the truth", "confident": "Most confident: sure, and wrong"}
    if exam.other:
        orders["alone"] = "Alone: the other network is right"
    order = st.segmented_control(
        "Order", orders, format_func=orders.__getitem__, required=True, **session.choice("order", tuple(orders))
    )
    places = evaluation.mistakes(exam.evaluation, "confident" if order == "confident" else "worst")
    wrong = f"{len(places):,} of {len(exam.images.x_test):,} pictures were read wrong"
    if order == "alone" and exam.other:
        places = places[evaluated(exam.other, exam.images).right[places]]
        wrong += f", {len(places):,} of them by this network alone"
    st.write(f"{wrong}. Could you read them?")
    _pictures(exam, places, key="mistakes", label="Pictures that were read wrong")


def _classes(exam: Exam) -> None:
    shares = evaluation.per_class(exam.evaluation)
    st.write(
        "Which classes are hard? **Missed**: pictures of this class that were read as something else (100 % minus "
        "recall). **False alarms**: pictures read as this class that are something else (100 % minus precision)."
    )
    chart(figures.class_bars(shares, exam.images.classes), key="classes")


def _calibration(exam: Exam) -> None:
    curves = {name: evaluation.reliability(evaluated(each, exam.images)) for name, each in exam.networks.items()}
    st.write(
        "When the network says 80 %, is it right in 80 of 100 cases? Then its point lies on the straight line. "
        "Above the line it is too modest, below it too sure. The calibration error is the mean distance from the line, "
        "each answer counted once. Pale points have fewer than ten answers: they jump about by chance."
    )
    left, right = st.columns(2)
    with left:
        chart(figures.calibration(curves), key="calibration")
    with right:
        chart(figures.counts(curves), key="calibration_counts")


def _thresholds(exam: Exam) -> None:
    st.write(
        'A network may say "not sure" when its best guess is less probable than a threshold. The higher the threshold, '
        "the fewer answers, and the more of them are right. The page Draw a digit answers plainly from 80 % on, "
        'carefully from 60 %, and says "not sure" below.'
    )
    percents = [f"{p}" for p in range(101)]
    usual = f"{100 * PROBABLE:g}"
    chosen = st.select_slider(
        "Least probability for an answer",
        percents,
        format_func="{} %".format,
        **session.choice("least", (usual, *percents)),
    )
    at = int(chosen) / 100
    for name, network in exam.networks.items():
        if exam.other:
            st.subheader(name)
        _threshold_numbers(_threshold_curves(network, exam.images), at, name)


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
    for place, (name, curve) in zip(_side_by_side(*[160] * len(curves)), curves.items(), strict=True):
        near = int(np.abs(curve.threshold - at).argmin())
        answered, right = curve.answered[near], curve.right[near]
        if name == "junk drawings":
            place.metric("Junk drawings refused", percentage(1 - answered))
            place.caption("scribbles, letters, signs, several digits: to be refused")
        else:
            place.metric(f"{name.capitalize()} answered", percentage(answered))
            place.caption(f"{percentage(right)} of the answers are right")
    left, right = st.columns(2)
    read = {name: curve for name, curve in curves.items() if name != "junk drawings"}
    with left:
        answered = figures.threshold_curves(curves, at, "answered", "share that is answered")
        chart(answered, key=f"answered_{of}")
    with right:
        right = figures.threshold_curves(read, at, "right", "share of the answers that is right")
        chart(right, key=f"right_{of}")


def _map(exam: Exam) -> None:
    layer = _pick_layer(exam.network.config.hidden_sizes)
    places = _mapped_places(exam.images)
    points, shares = mapped(exam.network, exam.images, layer)
    st.write(
        "Each point is a test picture. Two points are near each other if this layer finds the pictures alike. Go from "
        "layer to layer: the network pulls the classes apart. The two axes show "
        f"{percentage(shares[0])} + {percentage(shares[1])} of all differences (principal components)."
    )
    above = st.container()
    said = exam.evaluation
    part = Evaluation(said.probabilities[places], said.labels[places])
    at = digit_map(
        points,
        part,
        exam.images.classes,
        small_pictures(exam.images),
        key="map",
        label=f"{len(places):,} test pictures as points, by class.",
    )
    with above:
        _one_picture(exam, None if at is None else int(places[at]), "Click a point to know more about its picture.")


def _pick_layer(hidden: Sequence[int]) -> int:
    layers = ["Pixels", *(f"Hidden layer {i} ({size})" for i, size in enumerate(hidden, 1)), "Output sums"]
    keys = [f"{layer}" for layer in range(len(layers))]
    chosen = st.segmented_control(
        "Seen by",
        keys,
        format_func=lambda key: layers[int(key)],
        required=True,
        **session.choice("layer", keys[::-1]),
    )
    return int(chosen or keys[-1])


def _robustness(exam: Exam) -> None:
    kind = st.segmented_control(
        "Test pictures made harder",
        DISTORTIONS,
        format_func=lambda each: DISTORTIONS[each].title,
        required=True,
        **session.choice("harder", tuple(DISTORTIONS)),
    )
    kind = kind or "shift"
    entry = DISTORTIONS[kind]
    count = len(evaluation.sample(len(exam.images.x_test)))
    first = " They are spoilt as chosen above first." if exam.spoilt else ""
    st.write(f"{entry.help}{first} How many of {count:,} test pictures are still read right?")
    curves = {name: robustness(each, exam.images, kind) for name, each in exam.networks.items()}
    chart(figures.robustness_curves(curves, entry), key="robustness")
    last = len(exam.images.x_test) - 1
    place = st.number_input(f"One of them, test picture 0 to {last:,}", 0, last, 0, key="harder_picture", width=320)
    st.caption(f"Below each: the amount ({entry.unit}), what it is read as, and how sure the network is.")
    for name, network in exam.networks.items():
        if exam.other:
            st.write(f"**{name}**")
        _harder(network, exam.images, kind, int(place), key=f"harder_{name}")
    depth.deeper(f"harder_{kind}")


def _harder(network: Network, images: Images, kind: str, place: int, key: str) -> None:
    """One picture at every amount, and what it is read as."""
    entry = DISTORTIONS[kind]
    made = np.concatenate([distortions.distorted(images.x_test[[place]], kind, amount) for amount in entry.amounts])
    said = evaluation.evaluate(network, made, np.full(len(made), images.y_test[place]))
    captions = [
        f"{amount:g}{entry.sign}: {images.classes[k]}, {percent(p)}"
        for amount, k, p in zip(entry.amounts, said.predicted, said.confidence, strict=True)
    ]
    marks = ["right" if right else "wrong" for right in said.right]
    label = "The picture at every amount"
    gallery(np.round(255 * made).astype(np.uint8), captions, key=key, label=label, marks=marks, size=96, pick=False)


class View(NamedTuple):
    """What it is called, what shows it, the subjects it is about, and whether it shows one network only."""

    title: str
    show: Callable[[Exam], None]
    subjects: tuple[str, ...] = ()
    of_one: bool = False


VIEWS = {
    "confusion": View("Confusion", _confusion, ("confusion",), of_one=True),
    "mistakes": View("Mistakes", _mistakes, ("mistakes",), of_one=True),
    "classes": View("Classes", _classes, ("per_class",), of_one=True),
    "calibration": View("Calibration", _calibration, ("reliability",)),
    "thresholds": View("When to refuse", _thresholds, ("thresholds",)),
    "map": View("Map", _map, ("principal_map",), of_one=True),
    "robustness": View("Made harder", _robustness),
}


def pick_view(exam: Exam) -> tuple[str, Exam]:
    """The name of the open view, and what it shows: both networks, or the one that the visitor chooses."""
    view = st.segmented_control(
        "View",
        VIEWS,
        format_func=lambda name: VIEWS[name].title,
        required=True,
        label_visibility="collapsed",
        **session.choice("show", tuple(VIEWS)),
    )
    view = view or next(iter(VIEWS))
    return view, _one_of(exam) if VIEWS[view].of_one else exam


def _one_of(exam: Exam) -> Exam:
    if exam.other is None:
        return exam
    names = dict(zip(("first", "second"), exam.networks, strict=True))
    chosen = st.segmented_control(
        "Of",
        names,
        format_func=names.__getitem__,
        required=True,
        label_visibility="collapsed",
        **session.choice("of", tuple(names)),
    )
    return exam._replace(network=exam.other, other=exam.network) if chosen == "second" else exam
