"""A script as a Jupyter notebook: its sections as cells, each with a sentence, and one that compares the loss."""

import ast
import json
import re
from typing import Any

SAID = {
    "The settings of this run": "Change a number and run all cells again.",
    "Data": "Made from random numbers that the data seed decides; rows that occur several times are one with a count.",
    "The network": "Its parameters are one flat array, of which each layer sees its part.",
    "The loss": "How wrong the network is on each sample.",
    "The gradient": "One pass forward and one backward, from the loss to the slope of every weight and bias.",
    "The optimizer": "What is done with the gradient.",
    "Training": "Update by update, and then the mean loss over the training samples.",
}
LAST = "\nconfig = Config()\n"
COMPARED = """config = Config()
loss = {call}
print(loss)
shown = "{shown}"  # in the playground
same = repr(loss) == shown  # on another machine the last digits may differ
print("The same as in the playground." if same else f"In the playground it was {{shown}}.")
"""


def notebook(script: str, shown: float) -> str:
    """The notebook of a `script` as JSON, format 4.5; `shown` is the loss that it is to print."""
    before, *sections = re.split(r"^# --- (.*) ---\n", script, flags=re.M)
    head = ast.get_docstring(ast.parse(before)) or ""
    imports = before.partition(f'"""{head}\n"""')[2]
    cells = [_cell("markdown", f"# {head}"), _cell("code", imports)]
    for title, text in zip(sections[::2], sections[1::2], strict=True):
        text, last, call = text.rpartition(LAST)
        cells += [_cell("markdown", f"## {title}\n\n{SAID[title]}"), _cell("code", text if last else call)]
    printed = re.match(r"print\((.*)\)", script.rpartition(LAST)[2])
    compared = COMPARED.format(call=printed[1] if printed else "", shown=repr(float(shown)))
    cells += [_cell("markdown", "## The loss of this run"), _cell("code", compared)]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    numbered = [{**each, "id": f"cell-{number}"} for number, each in enumerate(cells)]
    return json.dumps({"cells": numbered, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _cell(kind: str, text: str) -> dict[str, Any]:
    own = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": text.strip().splitlines(keepends=True), **own}
