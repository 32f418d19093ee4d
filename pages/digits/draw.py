"""Draw a digit, watch a network read it while you draw, and look inside it."""

import streamlit as st

from nn_core.digits import Network
from ui import session
from ui.digits import cards, insights, looking, networks


@st.fragment
def desk(network: Network) -> None:
    """The sheet with its answer, and one view of what happens inside: all that runs again while the pen moves."""
    sheet, views, source, inside, truth = looking.desk()
    view = insights.pick(views)
    without, slider = insights.begin(view, inside)
    seen = insights.spoilt(view, looking.pick(network, without, source, sheet))
    insights.show(view, network, seen, inside)
    looking.answer(network, seen, sheet, truth, view != insights.ANSWER)  # then the browser sends the next drawing
    insights.end(view, slider)


st.title("Draw a digit")
place = st.container()

network = networks.pick()
with st.expander("About these networks"):
    st.markdown(cards.table(network.card for network in session.networks().values()))

with place:
    st.write(f"**{cards.title(network.card)}** reads your digit while you draw it, and says so when it is not sure.")
    desk(network)
