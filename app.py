"""The server. `streamlit run app.py` (or `uvicorn app:app`) starts here; the pages are listed in ui/frame.py."""

import gc
import socket
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).parent


def script(request: Request) -> Response:
    """A component's script; its name changes with its text, so a browser may keep it for good."""
    from ui.components import SCRIPTS

    text = SCRIPTS.get(request.path_params["file"])
    if text is None:
        return Response(status_code=404)
    return Response(
        text, media_type="text/javascript", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )


def send_at_once() -> None:
    """Switch off Nagle's algorithm on the listening socket, and so on every connection it accepts.

    Streamlit opens the socket itself, in a way that keeps asyncio from doing this; each update of a page would wait
    40 ms for an acknowledgement in the middle of its messages.
    """
    for thing in gc.get_objects():
        if type(thing) is socket.socket and thing.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            thing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@asynccontextmanager
async def lifespan(app: st.App):
    """Once, before the first visitor: import what the pages need, and settle memory and threads."""
    import ui.controls
    import ui.digits.examine
    import ui.digits.insights
    import ui.digits.lessons
    import ui.digits.operating
    import ui.digits.trainer
    import ui.drawers  # noqa: F401
    from nn_core import Config, digits, run
    from ui.jobs import JOBS

    JOBS.open()
    digits.mnist()
    run(Config())  # the first run of a process is ten times slower than the others

    send_at_once()
    threadpool_limits(1, "blas")  # matrices this small are slower on two threads than on one
    gc.collect()
    gc.freeze()  # what is imported stays: the collection after every script run need not look at it again
    yield
    JOBS.close()


app = st.App(ROOT / "ui" / "frame.py", lifespan=lifespan, routes=[Route("/scripts/{file}", script)])
