"""Looking inside a digit network while it reads: a view for each question, over what it looks at now."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nn_core import inspection
from nn_core.contrast import Contrast, why_not
from nn_core.digits import PROBABLE, STAGES, SURE, Drawing, Network, class_names, stages
from nn_core.distortions import distorted
from nn_core.mlp import forward
from nn_core.neighbours import neighbours
from ui import depth, session
from ui.components import inside
from ui.components.gallery import gallery
from ui.components.levels import Step, levels
from ui.components.live_slider import chosen, live_slider
from ui.components.pad.words import DIGITS, percent
from ui.digits.looking import Seen, any_one
from ui.theme import minus, percentage, signed
from ui.words import table

ANSWER, PREPARATION = "answer", "preparation"  # nothing but the answer; the view with switches
BEFORE_AN_ANSWER = ("layers", PREPARATION)  # views that have something to show of an empty sheet
NEAREST = {"last_layer": "what the last layer makes of it", "pixels": "pixels"}
NOISE = 0.6  # the most that a drawing is spoilt by, in standard deviations of full ink
SUBTLE = 0.03  # of full ink: a mean change of a pixel that is hardly seen
COLDEST, HOTTEST = 0.2, 5.0  # temperatures to be tried
UNIT, STEP, LARGE = 112, 130, 240  # sizes of pictures, in CSS pixels


class View(NamedTuple):
    """A view by its name on the screen: what to look for, what draws it, and the subjects it is about."""

    title: str
    sentence: str
    show: Callable[[Network, Seen], None]
    subjects: tuple[str, ...]


def pick(row: DeltaGenerator) -> str:
    """The row of views; returns the name of the open one, or `ANSWER` for none."""
    options = [ANSWER, *VIEWS]
    chosen = row.segmented_control(
        "Look inside",
        options,
        format_func=lambda name: VIEWS[name].title if name in VIEWS else "Answer",
        required=True,
        label_visibility="collapsed",
        **session.choice("view", options),
    )
    return chosen or ANSWER


def begin(name: str, place: DeltaGenerator) -> tuple[frozenset[str], DeltaGenerator]:
    """The head of a view; returns the steps of the preparation that are switched off, and the place for `end`. Only the
    view that shows them has the switches, so that nobody draws without a step and does not know."""
    if name != ANSWER:
        place.caption(VIEWS[name].sentence)
    if name != PREPARATION:
        return frozenset(), place
    row = place.container(horizontal=True)
    on = [
        row.toggle(step.title, value=True, key=f"step_{step_name}", help=step.help, width=140)
        for step_name, step in STAGES.items()
    ]
    return frozenset(step_name for step_name, kept in zip(STAGES, on, strict=True) if not kept), place.container()


def spoilt(name: str, seen: Seen) -> Seen:
    """What is looked at, with the noise on it that is chosen in the view that has the slider."""
    noise = _slid("noise", 0.0, NOISE, 0.0)
    if name != PREPARATION or seen.drawing.problem or not noise:
        return seen
    return seen._replace(drawing=Drawing(distorted(255 * seen.drawing.image[None], "noise", noise)[0], None))


def show(name: str, network: Network, seen: Seen, place: DeltaGenerator) -> None:
    """Draw a view of what is looked at, and what is behind it."""
    if name == ANSWER:
        return
    with place:
        if seen.drawing.problem and name not in BEFORE_AN_ANSWER:
            _waiting(network)
        else:
            VIEWS[name].show(network, seen)
        depth.deeper(*VIEWS[name].subjects)


def end(name: str, place: DeltaGenerator) -> None:
    """The slider of a view whose result is the answer itself: when that has come, it may report again."""
    if name == PREPARATION:
        with place:
            _slider("Noise", "noise", 0.0, NOISE, 0.0, 0.02, help="Grain on every pixel of what the network sees.")


def _waiting(network: Network) -> None:
    """What a view says while nothing is looked at."""
    st.info("Draw a digit, or take a picture of the set: then this view has something to say.")
    images = session.images_of(network)
    if images is not None:
        any_one("test", len(images.y_test), "Show me one")


def _slid(key: str, low: float, high: float, usual: float) -> float:
    """The number at which a live slider stands."""
    number, _ = chosen(session.reported(key))
    return usual if number is None else min(max(number, low), high)


def _slider(
    label: str, key: str, low: float, high: float, usual: float, step: float | None, *, help: str, mark: str = ""
) -> None:
    """A live slider that stands at its `usual` number until it is moved; with a `mark` that number bears a name."""
    live_slider(
        label,
        key=key,
        value=_slid(key, low, high, usual),
        low=low,
        high=high,
        step=step,
        answered=session.answer_number(),
        on_change=lambda: None,
        help=help,
        mark=(usual, mark) if mark else None,
    )


def _answer(network: Network, seen: Seen) -> tuple[np.ndarray, int, tuple[str, ...]]:
    """The picture, the class it is read as, and the names of all classes."""
    probabilities = inspection.layer_activations(network, seen.drawing.image)[-1].a
    return seen.drawing.image, int(probabilities.argmax()), class_names(network)


def _grey(image: np.ndarray) -> np.ndarray:
    return np.rint(image * 255).astype(np.uint8)


# --- the views ---


def _layers(network: Network, seen: Seen) -> None:
    image, label, names = _answer(network, seen)
    config = network.config
    trace = forward(network.parameters, image.reshape(1, -1), config)
    edges = [] if seen.drawing.problem else inspection.path(network, image, label)
    strong = inspection.strongest_units(network, image) if edges else []
    picked = inside.chosen(session.reported("inside"), config)
    unit = picked or (0, next((each.unit for each in strong if each.contribution > 0), 0))
    view = inspection.unit_view(network, image, *unit)
    inside.inside(
        inside.encode(config, names, trace, edges, unit, view, picked is not None, not seen.drawing.problem),
        key="inside",
    )


def _units(network: Network, seen: Seen) -> None:
    image, label, names = _answer(network, seen)
    strong = inspection.strongest_units(network, image, 8)
    if not strong:
        st.info("No unit of the first layer has a part in this answer: all are silent.")
        return
    views = [inspection.unit_view(network, image, 0, each.unit) for each in strong]
    shares = [percent(each.share) for each in strong]
    sides = ["for" if each.contribution > 0 else "against" for each in strong]
    st.markdown("**What each looks for**: its weights")
    gallery(
        np.stack([view.weights for view in views]),
        [f"unit {each.unit}" for each in strong],
        key="weights",
        label="Weights of the strongest units",
        size=UNIT,
        outline=image,
        pick=False,
    )
    st.markdown(f"**What each sees here**: weights × picture, and its part in the answer {names[label]}")
    gallery(
        np.stack([view.products for view in views]),
        [f"{share} {side}" for share, side in zip(shares, sides, strict=True)],
        key="products",
        label="Products of weights and picture",
        size=UNIT,
        pick=False,
    )


def _why(network: Network, seen: Seen) -> None:
    image, label, names = _answer(network, seen)
    runner_up = int(np.argsort(inspection.certainty(network, image).probabilities)[-2])
    chosen_name = session.opponent(names, label, runner_up)
    st.segmented_control(
        "Why not",
        names,
        help="The runner-up, until you choose another; choose that again to let it go.",
        **session.opponent_shown(chosen_name),
    )
    other = names.index(chosen_name)
    contrast = why_not(network, image, other)
    this, other, turned = names[label], names[contrast.other], contrast.turned
    captions = [f"What speaks for {this} (blue) and for {other} (orange)"]
    pictures = [contrast.pixels]
    if turned.found:
        captions += [
            "The smallest change found, its colours stretched: ink added (blue) or taken (orange)",
            f"With this change it is read as {other}",
        ]
        pictures += [turned.image - image, _grey(turned.image)]
    gallery(pictures, captions, key="why", label=f"Why not {other}", size=LARGE, outline=image, pick=False)
    st.markdown(_margin(contrast, this, other, mended=seen.label == contrast.other))
    st.markdown(_for_and_against(contrast, this, other))


def _margin(contrast: Contrast, this: str, other: str, mended: bool) -> str:
    """How far apart the two are; the change that turns the answer has `mended` it where the other one is the truth."""
    margin = f"The sum z of {this} is **{contrast.margin:.2f}** above that of {other}."
    turned = contrast.turned
    if not turned.found:
        return f"{margin} No change was found that turns the answer."
    told = f"{margin} To turn it, a pixel has to change by {percentage(turned.mean_change)} of full ink on average."
    lesson = "it was nearly right" if mended else "a network is easily fooled"
    return f"{told} You hardly see that: {lesson}." if turned.mean_change < SUBTLE else told


def _for_and_against(contrast: Contrast, this: str, other: str, most: int = 5) -> str:
    """The last layer's strongest units on each side, as a table in Markdown."""
    parts = contrast.units.tolist()
    order = sorted(range(len(parts)), key=parts.__getitem__)
    pairs = zip(order[::-1][:most], order[:most], strict=True)
    rows = [(f"unit {a}", signed(parts[a]), f"unit {b}", signed(parts[b])) for a, b in pairs]
    adds = f"adds to {this} − {other}"
    return table((f"most for {this}", adds, f"most for {other}", adds), rows, "lrlr")


def _saliency(network: Network, seen: Seen) -> None:
    image, label, names = _answer(network, seen)
    fall = inspection.occlusion(network, image, label)
    captions = [
        f"Gradient: more ink where it is blue speaks for {names[label]}, where it is orange against it",
        f"Occlusion: the bluer, the more {names[label]} loses when a 5 × 5 patch is wiped there, "
        f"at most {100 * fall.max():.1f} points; white costs nothing",
    ]
    maps = [inspection.saliency(network, image, label), fall]
    gallery(maps, captions, key="saliency", label="Pixels that matter", size=LARGE, outline=image, pick=False)


def _nearest(network: Network, seen: Seen) -> None:
    image, label, names = _answer(network, seen)
    images = session.images_of(network)
    if images is None:
        st.info("The pictures that this network learnt are not here: bring their file again, on the page Train.")
        return
    by = st.segmented_control(
        "Compared by",
        list(NEAREST),
        format_func=NEAREST.__getitem__,
        required=True,
        **session.choice("by", list(NEAREST)),
    )
    found = neighbours(network, image, images, by=by or "last_layer")
    place = gallery(
        images.x_train[found.indices],
        [f"{names[k]} · {distance:.1f}" for k, distance in zip(found.labels, found.distances, strict=True)],
        key="nearest",
        label="The nearest training pictures",
        marks=["right" if k == label else "wrong" for k in found.labels],
        size=UNIT,
    )
    if place is not None:
        number = int(found.indices[place])
        st.button(
            f"Look inside training picture {number:,}",
            key="look_nearest",
            on_click=lambda: session.look_at("train", number),
        )


def _certainty(network: Network, seen: Seen) -> None:
    image, _, names = _answer(network, seen)
    own = inspection.calibrated(network)
    low, high, key = min(COLDEST, own), max(HOTTEST, own), f"temperature_{own}"
    found = inspection.certainty(network, image, _slid(key, low, high, own))
    slider = st.container()
    levels(
        names,
        _steps(found),
        found.probabilities.tolist(),
        (PROBABLE, SURE),
        ("not sure", "probably", "sure"),
        key="levels",
    )
    st.markdown(_entropy(found, len(names)) + _calibration(own))
    with slider:
        mark = "as trained" if own == 1 else "calibrated"
        _slider("Temperature T", key, low, high, own, None, mark=mark, help="The answer stays, the certainty changes.")


def _steps(found: inspection.Certainty) -> list[Step]:
    powers = [f"{power:.4f}" if power >= 1e-4 else "<0.0001" for power in found.powers]
    return [
        Step("s", "the last sum, as trained", _decimals(found.z)),
        Step("z = s / T", "divided by the temperature", _decimals(found.divided)),
        Step("− largest", "the largest becomes 0", _decimals(found.shifted)),
        Step("e^…", f"none is negative; together {found.powers.sum():.3f}", powers),
    ]


def _decimals(values: np.ndarray) -> list[str]:
    return [minus(f"{value:z.2f}") for value in values.tolist()]


def _entropy(found: inspection.Certainty, count: int) -> str:
    return (
        f"p is each one's share of that total. Their entropy is **{found.entropy:.2f} bits**: 0 when one answer has "
        f"everything, {np.log2(count):.2f} when all {count} have the same. "
    )


def _calibration(own: float) -> str:
    if own == 1:
        return "This network was left as training made it: nothing was calibrated."
    return (
        f"Calibration chose T = **{own:.2f}**, the temperature at which how sure it is comes closest, on the whole, to "
        "how often it is right."
    )


def _preparation(network: Network, seen: Seen) -> None:
    if seen.ink is None:
        st.info("A picture of the set is prepared already. Draw one to see how, or put noise on this one.")
        return
    steps = stages(seen.ink.strokes, seen.ink.brush, seen.without)
    titles = [STAGES[step.name].title if step.name in STAGES else "As drawn" for step in steps]
    off = [" (off)" if step.name in seen.without else "" for step in steps]
    captions = [f"{title}{state}" for title, state in zip(titles, off, strict=True)]
    pictures = [_grey(image) for image in (*(step.image for step in steps), seen.drawing.image)]
    gallery(pictures, [*captions, "With noise"], key="steps", label="Each step", size=STEP, pick=False)
    if class_names(network) == DIGITS:
        st.markdown(_cost(inspection.cost_of(network, seen.without), bool(seen.without)))


def _cost(cost: inspection.Cost, lacking: bool) -> str:
    told = f"Of {cost.count} drawings it was not trained with, it reads **{percentage(cost.prepared)}** rightly"
    if not lacking:
        return f"{told}. Switch a step off to see what that costs."
    lost = 100 * (cost.prepared - cost.without)
    points = f"{abs(lost):.1f} points {'more' if lost < 0 else 'less'}"
    return f"{told} when prepared with every step, **{percentage(cost.without)}** this way: {points}."


VIEWS = {
    "layers": View(
        "Layers",
        "Every cell is a unit, blue above zero, orange below. The lines are the strongest path to the answer. "
        "Point at a cell to read it, click it to see what it does.",
        _layers,
        ("forward", "path"),
    ),
    "units": View(
        "Units",
        "The eight first-layer units that did most for this answer. Where a unit's weights are blue, ink excites it; "
        "where they are orange, ink holds it back.",
        _units,
        ("unit", "strongest"),
    ),
    "why": View(
        "Why not …",
        "What speaks for the answer against another one, and how little would have to change to turn it.",
        _why,
        ("why",),
    ),
    "saliency": View(
        "Pixels",
        "Two ways to ask which pixels matter: the slope of the answer at each pixel, and what is lost without a patch.",
        _saliency,
        ("slopes", "occlusion"),
    ),
    "nearest": View(
        "Nearest",
        "The training pictures most like this one: label and distance, ✓ where the label is the answer, ✗ where not.",
        _nearest,
        ("nearest",),
    ),
    "certainty": View(
        "How sure",
        "From the last sums to probabilities, step by step (softmax). Move the temperature: the answer stays, the "
        "certainty changes.",
        _certainty,
        ("certainty",),
    ),
    PREPARATION: View(
        "Preparation",
        "What is done to a drawing before the network sees it. Switch a step off, and see what it was good for; "
        "or add noise, always the same grain, until the answer flips.",
        _preparation,
        ("preparation",),
    ),
}
