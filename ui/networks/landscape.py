"""What stands on the page Landscape: which plane is cut through the loss, map and hills, and who walks there."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from nn_core.activations import Array
from nn_core.config import Config
from nn_core.history import History
from nn_core.landscape import (
    Effort,
    Map,
    effort,
    grid,
    names,
    principal_plane,
    random_plane,
    shadow,
    training_rows,
    weights_plane,
    window,
)
from nn_core.losses import LOSSES
from nn_core.optimizers import OPTIMIZERS
from ui import session, theme
from ui.components.terrain import Walk, encode, terrain
from ui.networks import cutting
from ui.session import landscape as asked
from ui.session.landscape import Look
from ui.session.runs import stand_of
from ui.words import in_brief, table

WALKED = "this run"
DEEPER = {"weights": (), "random": ("random_plane",), "main": ("principal_plane",)}  # subjects, by the kind of plane


class Scene(NamedTuple):
    """All that is drawn: the place of the star, what the axes are called and what is said about the plane, the map, the
    walks, what the map was made of."""

    star: tuple[float, float]
    titles: tuple[str, str]
    about: str
    map: Map
    walks: list[Walk]
    effort: Effort
    config: Config


def show(run: session.Run, now: Look) -> None:
    """All of it."""
    now, said = asked.fitting(run)
    for sentence in said:
        st.warning(sentence)
    left, right = st.columns([1, 3], gap="large")
    with left:
        st.caption(f"The run of the playground: {in_brief(run.config)}.")
        cutting.plane(run, now)
        cutting.where(run, now)
        rivals = cutting.rivals(run, now)
    scene = _scene(run, now, rivals)
    with right:
        unit = LOSSES[scene.config.loss_name].unit
        terrain(key="landscape", payload=encode(scene.map, scene.walks, scene.star, scene.titles, unit))
        _told(run, scene, rivals)


# --- what is drawn ----------------------------------------------------------------------------------------------------


def _scene(run: session.Run, now: Look, rivals: dict[str, History]) -> Scene:
    last = run.history.state.epoch
    stand = stand_of(run, last if now.at < 0 else min(now.at, last))
    config = stand.config.replace(precision="float64")
    star, histories = stand.state.parameters.astype(float), {WALKED: run.history}
    histories |= {OPTIMIZERS[name].title: history for name, history in rivals.items()}
    paths = [history.parameters.astype(float) for history in histories.values()]
    steady = [path for path, history in zip(paths, histories.values(), strict=True) if history.stopped is None]
    plane, titles, about = _cut(run, now, star, config, steady or paths[:1])
    made_of = effort(config, stand.data)
    rows = training_rows(stand.data.x_train[: made_of.points], stand.data.y_train[: made_of.points], config)
    walks = [
        Walk(name, shadow(plane, path, star, rows, config), history.snapshot_epochs, _losses(history))
        for (name, history), path in zip(histories.items(), paths, strict=True)
    ]
    seen = [plane.project(path) for path in [star[None], *(steady or paths[:1])]]
    least = 1e-3 if now.plane == "main" else 1.0
    view = window(seen, least, float(now.zoom))
    x, y = seen[0][0].tolist()
    return Scene((x, y), titles, about, grid(plane, view, rows, config, made_of.steps), walks, made_of, config)


def _losses(history: History) -> Array:
    return history.train_loss[np.searchsorted(history.epochs, history.snapshot_epochs)]


def _cut(run: session.Run, now: Look, star: Array, config: Config, paths: list[Array]):
    """The plane, what its axes are called, and what is said about them."""
    if now.plane == "weights":
        first, second = now.first, now.second
        called = names(config)
        about = f"All other parameters stay as they are at the star: {config.n_parameters - 2:,} of them."
        return weights_plane(star, first, second), (called[first], called[second]), about
    titles = ("first random direction", "second random direction")
    about = (
        "Both directions are random, and each unit's part of them is as long as its own weights: 1 is as far as the "
        "unit is from 0."
    )
    if now.plane == "main":
        try:
            plane, shares = principal_plane(star, paths)
        except ValueError as problem:
            return random_plane(star, config, now.draw), titles, f"{problem} These are random directions."
        told = [theme.percentage(share) for share in shares]
        about = (
            f"The two directions in which {'the run' if len(paths) == 1 else 'the runs together'} went farthest: "
            f"{told[0]} and {told[1]} of the variance of the recorded parameters."
        )
        return plane, (f"first direction, {told[0]}", f"second direction, {told[1]}"), about
    return random_plane(star, config, now.draw), titles, about


def _told(run: session.Run, scene: Scene, rivals: dict[str, History]) -> None:
    """What the picture says, and what it cannot."""
    finite = np.isfinite(scene.map.loss)
    said = [scene.about]
    if finite.any():
        lowest = scene.map.loss[finite].min()
        said.append(f"The lowest of the {scene.map.loss.size:,} places computed has a loss of {theme.short(lowest)}.")
    if not finite.all():
        lost = theme.percentage((~finite).mean())
        said.append(f"At {lost} of them the loss is no longer a number: dark on the map, a hole in the hills.")
    if scene.config.l1 or scene.config.l2:
        said.append("The penalties are not in it: training looks for a place where both together are low.")
    if run.history.stopped:
        said.append(run.history.stopped)
    st.caption(" ".join(said))
    head = ["", "Learning rate", "Training loss at the end", "Loss of the map there", "Of its way outside the plane"]
    histories = [run.history, *rivals.values()]
    lines = [
        [
            walk.name,
            f"{history.config.learning_rate:g}",
            "diverged" if history.stopped else theme.short(walk.loss[-1]),
            theme.short(walk.shadow.beneath[-1]),
            theme.percentage(walk.shadow.outside),
        ]
        for walk, history in zip(scene.walks, histories, strict=True)
    ]
    with st.container(key="found"):
        st.markdown(table(head, lines, "lrrrr"))
    st.caption(
        "○ is the start, ☆ the chosen epoch. A path is drawn where the plane is nearest to it. The last column is the "
        "share of its squared distance from the star that the plane cannot show: the larger, the less the ground "
        "beneath the path is the loss it had."
    )
    n, used = len(run.data.x_train), scene.effort
    if used.points < n:
        st.caption(
            f"This network is large for a map while you wait: it has {used.steps} × {used.steps} places, of the first "
            f"{used.points:,} of {n:,} training points."
        )
