"""Draw a digit, and watch a network read it while you draw."""

import streamlit as st

from nn_core import digits
from ui import session
from ui.components.pad import pad, read_ink


def summary(card: dict) -> str:
    return f"{card['network']}, {card['mnist_test_accuracy']:.2%} right on MNIST's test digits"


def table(cards: dict[str, dict]) -> str:
    """The cards side by side, in Markdown."""
    head = ["", *map(str.title, cards)]
    fields = dict.fromkeys(field for card in cards.values() for field in card)
    rows = [[field.replace("_", " "), *(str(card.get(field, "")) for card in cards.values())] for field in fields]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


st.title("Draw a digit")
st.write("A network trained on 60,000 handwritten digits reads yours while you draw it, and says so when it cannot.")
paper = st.container()

cards = {name: digits.load_network(name).card for name in digits.NETWORKS}
name = st.radio(
    "Network",
    digits.NETWORKS,
    format_func=str.title,
    captions=[summary(card) for card in cards.values()],
    horizontal=True,
    key="network",
    bind="query-params",
)
with st.expander("About these networks"):
    st.markdown(table(cards))

ink = read_ink(session.pad_value())
drawing = digits.preprocess(ink.strokes, ink.brush)
with paper:
    pad(ink, drawing, digits.classify(digits.load_network(name), drawing), key="pad")
