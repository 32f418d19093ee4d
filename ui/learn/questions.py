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


def ask(questions: Sequence[Question]) -> None:
    """Put the questions, and answer those for which there is a prediction."""
    st.subheader("Predict, then see", anchor=False)
    right = sum([_put(number, each) for number, each in enumerate(questions, 1)])
    made = sum(session.chosen(each.name) is not None for each in questions)
    if made:
        st.caption(
            f"{counted(made, 'prediction')} of {len(questions)} made, {right} came true. "
            "They are kept in the address of this page."
        )


def _put(number: int, question: Question) -> bool:
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
            return False
        answer = question.see()
        came_true = predicted in answer.right
        right = " or ".join(question.options[name] for name in answer.right)
        (st.success if came_true else st.warning)(f"{'Yes' if came_true else 'No'}: {right}. {answer.sentence}")
        return came_true
