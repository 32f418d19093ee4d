"""The parts of the page where a network is taught the visitor's own drawings."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st

from nn_core import digits, evaluation
from nn_core.digits import Network, class_names, classify, digest
from nn_core.evaluation import Evaluation, evaluate
from nn_core.images import Images
from nn_core.teaching import MOST_EXAMPLES, SHOWN, Example, example, examples_file, familiar, picture, teach
from ui import session
from ui.components.gallery import gallery
from ui.components.pad import pad, read_ink
from ui.digits import cards
from ui.digits.shared import DRAW, evaluated, kept
from ui.theme import percentage, signed
from ui.words import counted, table

EVERY = 3  # of so many drawings one is kept back
HARMLESS = 0.003  # of the test pictures may be forgotten


class Lesson(NamedTuple):
    """A network, the set it was trained on, and those of the visitor's drawings that it has a class for: `mine` to
    teach, `kept_back` to test on."""

    network: Network
    images: Images
    mine: tuple[Example, ...]
    kept_back: tuple[Example, ...]

    @property
    def key(self) -> tuple:
        """What the outcome depends on."""
        return digest(self.network), self.mine

    @property
    def drawings(self) -> tuple[Example, ...]:
        return self.mine + self.kept_back


def begin(network: Network, images: Images) -> Lesson:
    """What can be taught to this network; says so where it has no class for some of the drawings."""
    fitting = tuple(each for each in session.examples() if each.label in class_names(network))
    if others := len(session.examples()) - len(fitting):
        st.info(f"Left out, because this network has no such class: {counted(others, 'drawing')} of yours.")
    some = st.toggle(
        f"Keep every {EVERY}rd drawing back, to test on",
        key="keep_back",
        disabled=len(fitting) < EVERY,
        help="A network may learn drawings by heart. Those it was not taught show what it has understood.",
    )
    back = fitting[EVERY - 1 :: EVERY] if some and len(fitting) >= EVERY else ()
    return Lesson(network, images, tuple(each for each in fitting if each not in back), back)


# --- the drawings ----------------------------------------------------------------------------------------------------


@st.fragment
def draw_more(network: Network) -> None:
    """A sheet, what the network makes of it, and what it is."""
    names, key = class_names(network), f"example_{session.sheet_number()}"
    ink = read_ink(session.reported(key))
    drawing = digits.preprocess(ink.strokes)
    sheet = st.container()
    label = st.segmented_control("This is a", names, key="drawn_label")
    asks = f"Keep it as {label}" if label else "Say first what it is"
    unclear = label is None or drawing.problem is not None
    if st.button(asks, disabled=unclear, key="keep_drawing", width="stretch") and label:
        _keep(example(ink.strokes, label))
    with sheet:  # last: when the answer has come, the browser sends the next drawing
        pad(ink, drawing, classify(network, drawing), key=key, names=names, bars=False)


def _keep(new: Example) -> None:
    if new in session.examples():
        st.caption(f"You have that {new.label} already: draw another one.")
    else:
        session.keep_example(new)
        session.next_sheet()


def mine(lesson: Lesson) -> None:
    """The drawings, what the network reads in them, and a way to take one off."""
    shown = lesson.drawings
    if session.examples_gone():
        st.warning("The drawings of this link are not on this server any more: load their file, or draw new ones.")
    if not shown:
        st.info("No drawings yet. Draw some, or say on the page Draw a digit what a drawing was.")
        return
    st.write(_counted(shown))
    at = gallery(
        _pictures(shown),
        [_read_as(each, read) for each, read in zip(shown, _read(lesson.network, lesson), strict=True)],
        marks=_marks(lesson, lesson.network),
        key="my_drawings",
        label="Your drawings",
    )
    st.caption("Below each: what it is → what the network reads. Pick one to take it off.")
    if at is not None:
        remove = session.action("remove_drawing", lambda: session.remove_example(shown[at].strokes))
        st.button(f"Take this {shown[at].label} off", **remove)


def _counted(examples: Sequence[Example]) -> str:
    counts = sorted(Counter(each.label for each in examples).items())
    return f"**{counted(len(examples), 'drawing')}**: {', '.join(f'“{label}” × {count}' for label, count in counts)}."


def _labels(examples: Sequence[Example], network: Network) -> np.ndarray:
    return np.array([class_names(network).index(each.label) for each in examples], int)


def _pictures(examples: Sequence[Example]) -> np.ndarray:
    return np.array([picture(each.strokes) for each in examples])


def _told(network: Network, examples: Sequence[Example]) -> Evaluation:
    return evaluate(network, _pictures(examples), _labels(examples, network))


def _read(network: Network, lesson: Lesson) -> list[str]:
    names = class_names(network)
    return [names[k] for k in _told(network, lesson.drawings).predicted]


def _marks(lesson: Lesson, network: Network) -> list[str]:
    return ["right" if right else "wrong" for right in _told(network, lesson.drawings).right]


def _read_as(each: Example, read: str) -> str:
    return each.label if each.label == read else f"{each.label} → {read}"


def files() -> None:
    """The drawings as a file, and back."""
    with st.popover("Save or load drawings"):
        st.download_button(
            "Save your drawings",
            data=lambda: examples_file(session.examples()),
            file_name="my_digits.json",
            mime="application/json",
            on_click="ignore",
            disabled=not session.examples(),
            width="stretch",
        )
        st.file_uploader("Add drawings from a file", type=["json"], **session.examples_upload())
        if problem := session.examples_problem():
            st.error(problem)
        forget = session.action("remove_drawings", session.remove_examples)
        st.button("Take all drawings off", disabled=not session.examples(), width="stretch", **forget)
        st.caption(
            f"At most {MOST_EXAMPLES} drawings. They stay on this server until it is restarted or newer ones need "
            "their room, for whoever has the link of this page, and are sent nowhere else. Save what you want to keep."
        )


# --- the lesson ------------------------------------------------------------------------------------------------------


@kept(max_entries=2, show_spinner="Looking for what it should not forget…")
def _familiar(images: Images) -> np.ndarray:
    return familiar(images.x_train)


def learn(lesson: Lesson) -> None:
    """The button, and what came of it."""
    if st.button("Teach it", type="primary", disabled=not lesson.mine):
        session.begin_lesson()
        session.keep_taught(lesson.key, _taught(lesson))
    elif session.lesson_interrupted():
        st.warning("The lesson was interrupted: press Teach it again.")
    after = session.taught(lesson.key)
    if after is None:
        st.caption(
            "Five drawings of one digit are often enough. It takes a few seconds. The network you chose stays as it "
            "is; what comes of the lesson is a new one."
        )
    else:
        _outcome(lesson, after)


def _taught(lesson: Lesson) -> Network:
    """The network after the lesson, with its progress shown meanwhile."""
    examples, old = lesson.mine, _familiar(lesson.images)
    labels = _labels(examples, lesson.network)
    network, bar = lesson.network, st.progress(0.0, "Learning…")
    for done, network in enumerate(teach(lesson.network, _pictures(examples), labels, old), start=1):
        right = evaluate(network, _pictures(examples), labels).right.sum()
        bar.progress(done / SHOWN, f"Learning: {right} of your {len(examples)} drawings are read right")
    bar.empty()
    return network._replace(card=_card(lesson, network))


def _card(lesson: Lesson, network: Network) -> dict:
    before = lesson.network.card
    return {
        "name": f"{cards.title(before)}, taught",
        "classes": list(class_names(network)),
        "data": f"{before.get('data', 'its own pictures')}; then {counted(len(lesson.mine), 'drawing')} of one visitor",
        "recipe": f"{before.get('recipe', 'trained here')}; then taught these drawings among pictures it knew",
        "accuracy": round(evaluate(network, lesson.images.x_test, lesson.images.y_test).accuracy, 4),
    }


def _outcome(lesson: Lesson, after: Network) -> None:
    before, images = lesson.network, lesson.images
    st.markdown(_table(lesson, after))
    if evaluated(before, images).accuracy - evaluated(after, images).accuracy > HARMLESS:
        st.warning(
            f"It has forgotten more than {percentage(HARMLESS)} of the test pictures: what you taught it is like "
            "something it knew. A larger network has more room for both."
        )
    changes = zip(lesson.drawings, _read(before, lesson), _read(after, lesson), strict=True)
    gallery(
        _pictures(lesson.drawings),
        [was if was == now else f"{was} → {now}" for _, was, now in changes],
        marks=_marks(lesson, after),
        key="taught_drawings",
        label="Your drawings, read before and after the lesson",
        pick=False,
    )
    st.caption("Below each: what was read before → after the lesson.")
    if st.button("Draw with the taught network"):
        session.keep_network(after)
        st.switch_page(DRAW)


def _table(lesson: Lesson, after: Network) -> str:
    """What was read right before and after, in Markdown."""
    before, images = lesson.network, lesson.images
    parts = [
        ("drawing", "of yours, taught", lambda network: _told(network, lesson.mine)),
        ("drawing", "of yours, kept back", lambda network: _told(network, lesson.kept_back)),
        ("test picture", f"of {images.name}", lambda network: evaluated(network, images)),
    ]
    if not lesson.kept_back:
        del parts[1]
    if class_names(before) == digits.mnist().classes:
        parts.append(("drawing", "made by our program", _told_generated))
    rows = [_row(thing, which, tell(before), tell(after)) for thing, which, tell in parts]
    return table(("Read right", "before", "after", "points"), rows, "lrrr")


def _told_generated(network: Network) -> Evaluation:
    return evaluate(network, *evaluation.held_back(junk=0))


def _row(thing: str, which: str, before: Evaluation, after: Evaluation) -> list[str]:
    count, change = len(before.labels), 100 * (after.accuracy - before.accuracy)
    digits = 2 if count >= 1000 else 0
    shares = [percentage(each.accuracy, digits) for each in (before, after)]
    return [f"{counted(count, thing)} {which}", *shares, signed(change, digits)]
