"""Predict, then see: questions that a run answers. The prediction is part of the link, and kept nowhere else."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from ui import session
from ui.words import counted


class Answer(NamedTuple):
    """Which options came true, and a sentence with the figures that say so."""

    right: Sequence[str]
    sentence: str


class Question(NamedTuple):
    """`name` stands in the link, `options` are named there and in words; `see` runs what answers it."""

    name: str
    text: str
    options: dict[str, str]
    see: Callable[[], Answer]


def ask(questions: Sequence[Question], after: Sequence[Question] = ()) -> None:
    """Put the questions, and answer those for which there is a prediction. At the end of a lesson, `after` those that
    it has put before, say how many came true."""
    st.subheader("Predict, then see", anchor=False)
    for number, each in enumerate(questions, len(after) + 1):
        _put(number, each)
    every = [*after, *questions]
    made = [each for each in every if session.chosen(each.name) is not None]
    if made and after:
        right = sum(session.chosen(each.name) in each.see().right for each in made)
        st.caption(
            f"{counted(len(made), 'prediction')} of {len(every)} made, {right} came true. "
            "They are kept in the address of this page."
        )


def _put(number: int, question: Question) -> None:
    with st.container(border=True):
        st.markdown(f"**{number}. {question.text}**")
        st.pills(
            question.text,
            list(question.options),
            format_func=question.options.__getitem__,
            label_visibility="collapsed",
            **session.choice(question.name, (None, *question.options)),
        )
        predicted = session.chosen(question.name)
        if predicted is None:
            return
        answer = question.see()
        came_true = predicted in answer.right
        right = " or ".join(question.options[name] for name in answer.right)
        (st.success if came_true else st.warning)(f"{'Yes' if came_true else 'No'}: {right}. {answer.sentence}")
