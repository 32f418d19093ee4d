"""The line on which the stage asks the server about a place of the run without a new run. Nothing of it is seen.

The stage asks with a window event "nn-ask" and hears "nn-answer"; what they hold stands in stage/questions.js.
"""

from collections.abc import Callable
from pathlib import Path

from ui.components import from_folder

SCRIPTS = ("../stage/forward.js", "line.js")

_mount = from_folder(Path(__file__).parent, SCRIPTS)


def line(*, key: str, answer: bytes, on_question: Callable[[], None]) -> None:
    """Give the newest answer, packed with the number `n` of its question, or no bytes where there is none. The next
    question is the component's state "question"; it comes when the one before is answered, or after a while."""
    _mount(key=key, data=answer, on_question_change=on_question)
