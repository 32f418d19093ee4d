"""The drawer Python: the program of the run on screen."""

import streamlit as st

from nn_core.notebook import notebook
from nn_core.scripted import TABLE_FILE
from ui import session
from ui.components.script import encode, script
from ui.session.scripting import scripted, table_beside

ABOUT = (
    "This run as a program that needs NumPy only, put together from the text of the functions that just trained it. "
    "It prints the training loss you see, to the last digit on this app's machine; on another, digits may differ."
)


def python(run: session.Run) -> None:
    """The script of a run that is done, to read, to copy and to save."""
    if not run.history.finished:
        st.caption("The script is written when the run is done.")
        return
    made, beside = scripted(run), table_beside(run)
    about, files = st.columns([5, 2], gap="medium", vertical_alignment="center")
    about.markdown(ABOUT)
    with files.container(horizontal=True, horizontal_alignment="right"):
        _download("Script", made.text, f"{run.config.dataset}.py", "text/x-python")
        cells = notebook(made.text, run.history.train_loss[-1])
        _download("Notebook", cells, f"{run.config.dataset}.ipynb", "application/x-ipynb+json")
        if beside:
            _download(TABLE_FILE, beside, TABLE_FILE, "text/csv")
    script(key="script", payload=encode(made.text, made.before, repr(float(run.history.train_loss[-1]))))
    if beside:
        st.caption(f"It reads your table from {TABLE_FILE}, which has to stand beside it.")


def _download(label: str, text: str, name: str, mime: str) -> None:
    st.download_button(
        label,
        data=text,
        file_name=name,
        mime=mime,
        icon=":material/download:",
        help=f"Cause: {name} is saved on your computer. Effect: the run can be trained again there, without this app.",
        on_click="ignore",
        key=f"save_{name.rpartition('.')[2]}_script",
    )
