"""What the page for drawing looks at: a drawing, or a picture of the set that the network learnt from."""

import secrets
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from nn_core.digits import Answer, Drawing, Network, class_names, classify, preprocess
from nn_core.evaluation import next_mistake
from nn_core.images import Images
from ui import session
from ui.components.pad import Ink, pad, read_ink
from ui.components.pad.words import Words, article, percent
from ui.digits import corrections
from ui.digits.shared import evaluated

DOUBTS = {"probably": ". It is not quite sure.", "unsure": ". It is not sure."}  # by verdict
PARTS = {"draw": "My drawing", "test": "Test picture", "train": "Training picture"}


class Seen(NamedTuple):
    """A picture as the network sees it: either made of `ink`, `without` some steps of the preparation, or one of a set,
    which has a `label` and a `title`."""

    drawing: Drawing
    ink: Ink | None = None
    without: Collection[str] = ()
    label: int | None = None
    title: str = ""


def desk() -> list[DeltaGenerator]:
    """The places of the page: for the sheet, the row of views, what is looked at, the view that is open, and what the
    drawing really is."""
    with st.container(key="desk"):
        return [st.container(key=key) for key in ("sheet", "views", "source", "view", "truth")]


def pick(network: Network, without: Collection[str], source: DeltaGenerator, sheet: DeltaGenerator) -> Seen:
    """What is looked at. In `source` stands the choice between the drawing and a set; in `sheet` the picture's number.
    A drawing is prepared without these steps."""
    images = session.images_of(network)
    sizes = {"test": len(images.y_test), "train": len(images.y_train)} if images else {}
    source.segmented_control(
        "Look at",
        ["draw", *sizes],
        format_func=PARTS.__getitem__,
        required=True,
        label_visibility="collapsed",
        **session.looked_part(sizes),
    )
    at = session.looked_at(sizes)
    if images is None or at is None:
        return _drawing(without)
    with sheet:
        number(*at, sizes[at[0]], lambda: _to_mistake(network, images, at[1]))
    return _picture(images, *at)


def number(part: str, number: int, count: int, to_mistake: Callable[[], None] | None = None) -> None:
    """The number of the picture, one up or down, any, or what `to_mistake` makes it, which knows test pictures only."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label, mistakes = f"{PARTS[part]}, 0 to {count - 1:,}", part == "test" and to_mistake
        st.number_input(label, 0, count - 1, width=160 if mistakes else 210, **session.looked_number(part, number))
        any_one(part, count, "Any")
        if mistakes:
            st.button(
                "Mistake",
                icon=":material/skip_next:",
                help="The next test picture that this network reads wrong",
                key="look_mistake",
                on_click=to_mistake,
            )


def _to_mistake(network: Network, images: Images, number: int) -> None:
    place = next_mistake(evaluated(network, images), number)
    if place is not None:
        session.look_at("test", place)


def any_one(part: str, count: int, label: str) -> None:
    """A button that looks at a picture at random, of the `count` of that part."""
    st.button(
        label,
        icon=":material/casino:",
        help="A picture at random",
        key="look_any",
        on_click=lambda: session.look_at(part, secrets.randbelow(count)),
    )


def _drawing(without: Collection[str]) -> Seen:
    ink = read_ink(session.reported("pad"))
    return Seen(preprocess(ink.strokes, ink.brush, without), ink, without)


def _picture(images: Images, part: str, number: int) -> Seen:
    x, y = (images.x_test, images.y_test) if part == "test" else (images.x_train, images.y_train)
    drawing = Drawing(x[number].astype(np.float32) / 255, None)
    return Seen(drawing, label=int(y[number]), title=f"{PARTS[part]} {number:,}")


def answer(network: Network, seen: Seen, sheet: DeltaGenerator, truth: DeltaGenerator, folded: bool) -> None:
    """On the `sheet`: what is looked at, and what the network makes of it, `folded` where a view needs the room. In the
    place for the `truth`: what it really was."""
    ink = seen.ink or read_ink(session.reported("pad"))  # the drawing is still there when its turn comes again
    names, read = class_names(network), classify(network, seen.drawing)
    if seen.ink:
        with truth:
            corrections.ask(ink, seen.drawing, network)
    with sheet:
        pad(ink, seen.drawing, read, key="pad", names=names, picture=_words(names, seen, read), folded=folded)


def _words(names: Sequence[str], seen: Seen, answer: Answer) -> Words | None:
    """What to say about a picture that has a label; None for a drawing."""
    if seen.label is None:
        return None
    read = names[answer.label]
    verdict = "Right" if answer.label == seen.label else "Wrong"
    headline = f"{verdict}: read as {article(read)} {read} ({percent(answer.probabilities[answer.label])})"
    return Words(headline, f"{seen.title}, labelled {names[seen.label]}{DOUBTS.get(answer.verdict, '')}")
