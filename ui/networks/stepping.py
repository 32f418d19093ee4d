"""What stands on the page Step through: which epoch and which point, and the walk through the update there."""

from typing import Any

import streamlit as st

from nn_core.datasets import Axis
from ui import controls, session, theme
from ui.components.walk import walk as picture
from ui.session import stepping as asked
from ui.session.stepping import Look, Place, Walk
from ui.words import counted, in_brief

KINDS = {False: "A training point", True: "A place of my own"}
UPDATES = {False: "The batch of the run", True: "This point alone"}


def trained() -> session.Run | None:
    """The playground's run; None while it is on its way."""
    run = session.advance(session.config())
    if run.history.finished or not session.permitted(run.config):
        controls.permission(run.config, theme.duration(run.config.estimated_seconds))
        return run
    st.info(f"The run is at epoch {run.so_far.state.epoch:,} of {run.config.last_epoch:,}.")
    session.go_on(run)
    return None


def choices(run: session.Run, look: Look) -> None:
    """After which epoch, for which point, and what the update is made from."""
    epoch, point = st.columns(2, gap="large")
    with epoch:
        _epoch(run, look)
        _update(run, look)
    with point:
        _point(run, look)


def _epoch(run: session.Run, look: Look) -> None:
    last = asked.last_epoch(run)
    now = min(look.epoch, last)
    about = "Cause: the network as it stood after this epoch. Effect: other numbers in the same steps; early ones are "
    about += "large, late ones small. 0 is before any training."
    if not last:
        st.caption("Only epoch 0 is there: the network before training.")
        return
    wide, typed = st.columns([3, 1], vertical_alignment="bottom")
    wide.slider("After epoch", 0, last, help=about, **asked.bound("epoch", now))
    typed.number_input(
        "Epoch, typed",
        0,
        last,
        label_visibility="collapsed",
        **asked.bound("epoch_typed", now, lambda value: {"epoch": value}),
    )


def _update(run: session.Run, look: Look) -> None:
    def made_from(alone: bool | None) -> dict[str, Any]:
        place = look.place if alone else None
        return {} if alone is None else {"alone": alone, "place": place, "step": 0}  # the walk finds the same step

    if len(run.data.x_train):
        st.segmented_control(
            "The update is made from",
            list(UPDATES),
            format_func=UPDATES.__getitem__,
            help="Cause: the mean over the batch, or the gradient of one point. Effect: with the batch, the update is "
            "the one that the run makes; alone, a point that is right moves little, one that is wrong moves much.",
            **asked.bound("alone", look.by_itself, made_from),
        )


def _point(run: session.Run, look: Look) -> None:
    own, rows = look.place is not None, len(run.data.x_train)

    def changed(wanted: bool | None) -> dict[str, Any]:
        step = look.step if look.alone else 0  # else the update is made from something else
        return {} if wanted is None else {"place": asked.walk_of(run, look).sample if wanted else None, "step": step}

    which, what = st.columns([1, 1], vertical_alignment="bottom")
    which.segmented_control(
        "Point",
        list(KINDS) if rows else [True],
        format_func=KINDS.__getitem__,
        help="Cause: the walk follows this point. Effect: its numbers, forward and backward. A place of your own is in "
        "no batch: the update is then made from it alone.",
        **asked.bound("own", own, changed),
    )
    if not own:
        with what:
            _number(run, look, rows)
    elif look.place:
        _place(run, look.place)


def _number(run: session.Run, look: Look, rows: int) -> None:
    shown, about = asked.walk_of(run, look), "Cause: another training point. Effect: the same steps with its numbers."
    row = shown.row or 0
    if shown.rows is None or len(shown.rows) == rows:
        st.number_input(
            f"Number, of {rows:,}",
            1,
            rows,
            help=about,
            **asked.bound("row", row + 1, lambda value: {"row": value - 1}),
        )
        return
    st.selectbox(
        f"Number, of {counted(len(shown.rows), 'point')} in the batch",
        sorted(shown.rows.tolist()),
        format_func=lambda each: f"{each + 1:,}",
        help=about,
        **asked.bound("row_of_batch", row, lambda value: {"row": value}),
    )


def _place(run: session.Run, place: Place) -> None:
    names, axes = [axis.title for axis in run.data.axes], run.data.axes
    columns = st.columns(3)
    for which, column in enumerate(columns[: 3 if run.config.task == "regression" else 2]):
        column.number_input(
            names[which],
            *(float(axes[which].raw(bound)) for bound in (-10.0, 10.0)),
            step=0.1 * abs(axes[which].unit),
            format="%g",
            help="Cause: another place, or another value to reach. Effect: the same steps with its numbers.",
            **asked.bound(f"place_{which}", axes[which].raw(place[which]), _moved(place, which, axes[which])),
        )
    if run.config.task == "regression":
        return
    titles = run.data.classes or tuple(str(k) for k in range(max(2, run.config.layer_sizes[-1])))
    columns[2].selectbox(
        "Class",
        range(len(titles)),
        format_func=lambda k: titles[k],
        help="Cause: another class is the right one. Effect: the error changes its sign, and with it every gradient.",
        **asked.bound("class", int(place.target), lambda k: {"place": place._replace(target=float(k))}),
    )


def _moved(place: Place, which: int, axis: Axis) -> Any:
    def moved(value: float) -> dict[str, Any]:
        inside = min(10.0, max(-10.0, (value - axis.zero) / axis.unit))
        return {"place": place._replace(**{Place._fields[which]: round(inside, 6)})}

    return moved


def walk(run: session.Run, look: Look) -> None:
    """The walk itself, and what it is a part of."""
    shown = asked.walk_of(run, look)
    picture(key="walk", payload=asked.payload(shown), on_wish=asked.moved)
    st.caption(" ".join(_about(run, shown)))


def _about(run: session.Run, shown: Walk) -> list[str]:
    now, rows, parts = shown.stand.config, len(shown.stand.data.x_train), shown.shares
    said = [f"Around the run of the playground: {in_brief(run.config)}."]
    if parts:
        said.append(f"This is its update {shown.stand.state.update + 1:,}, from the mean over {_batch(shown)}.")
    elif rows:
        batch = min(now.batch_size or rows, rows)
        said.append(
            f"Here the batch is this one point. The run itself takes the mean over {counted(batch, 'point')} for its "
            f"update {shown.stand.state.update + 1:,}; all else is the same: the rate {shown.rate:.4g}, and what the "
            "optimizer remembers."
        )
    if now.dropout:
        said.append(
            "Dropout has masks of its own for each point of the batch; here they are those of this one."
            if parts
            else "The dropout masks are those that a batch of this one point has at this update."
        )
    if any(axis[1:] != (0.0, 1.0) for axis in shown.stand.data.axes):
        said.append("The network sees your numbers scaled to the plane: those are the numbers in the steps.")
    return [*said, "Numbers are rounded to 4 digits for reading; they are computed with 16."]


def _batch(shown: Walk) -> str:
    """How many points are in the batch, and how many different ones."""
    assert shown.rows is not None
    assert shown.shares is not None
    n, different = len(shown.rows), len(shown.shares.counts)
    said = counted(n, "point")
    if n == len(shown.stand.data.x_train):
        said = f"all {n:,} training points"
    elif shown.stand.per_epoch > 1:
        said += f", the first of {shown.stand.per_epoch:,} batches of its epoch"
    return said if different == n else f"{said}; {different:,} of them are different"
