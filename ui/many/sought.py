"""What stands on the page Search about what came of it: the picture, the best trials, what mattered, a file."""

import csv
import io

import numpy as np
import streamlit as st

from nn_core.search import METHODS, Search
from nn_core.trials import Sought, importance, spent
from ui import theme
from ui.components.search import encode, search, written
from ui.many.status import on_its_way
from ui.session import crowds
from ui.session import searching as asked
from ui.words import counted, table

LOOKS = (0.3, 1.0)  # seconds between two looks at a brief search, and at a long one
BRIEF = 3.0  # seconds that a brief one takes: all that is said of it comes at its end
FIRST = 0.5  # seconds that the page waits for the first results
TOLD = 8  # of the best trials


def results(now: Search) -> None:
    """What the chosen method has found so far, or what it would try."""
    crowds.await_first(asked.purpose(now.method), FIRST)
    running = crowds.watch(asked.purpose(now.method))
    st.fragment(show, run_every=LOOKS[_long(now)] if running else None)(now)


def _long(now: Search) -> bool:
    crowd = crowds.crowd(asked.purpose(now.method))
    return crowd is not None and crowd.job.estimate > BRIEF


def show(now: Search) -> None:
    """All of it as it is now."""
    purpose = asked.purpose(now.method)
    crowd, found = crowds.crowd(purpose), asked.found_by(now.method)
    running = crowd is not None and crowd.running
    with st.container():
        if not found:
            st.caption("Nothing has been searched by this method yet. It would try these:")
        elif not asked.fresh(now.method):
            st.info("These results are of the settings before: press Search for those that are chosen now.")
        for method, title in METHODS.items():
            other = crowds.crowd(asked.purpose(method))
            if other and other.running and method != now.method:
                st.caption(f"{title} is still searching.")
                on_its_way(other, asked.purpose(method))
        if crowd:
            on_its_way(crowd, purpose)
    sought = found.sought if found else asked.plan(now)
    search(key="search_picture", payload=encode(sought, running=running), on_wish=asked.open_trial)
    if found and (_long(now) or not running):
        _best(sought, running)
    if not running:
        crowds.rest(purpose)


def _best(sought: Sought, running: bool) -> None:
    """The best trials, what mattered, and all of it to take away."""
    judged = sought.judged
    order = [int(i) for i in sought.ranking if judged.complete[i]][:TOLD]
    if not order:
        return
    head = [*(each.setting.title for each in sought.search.axes), *_columns(sought)]
    lines = [[*_values(sought, i), *_figures(sought, i)] for i in order]
    with st.container(key="found"):
        st.markdown("**The best trials**" + (" so far" if running else ""))
        st.markdown(table(head, lines, "l" * len(sought.search.axes) + "r" * len(_columns(sought))))
        if running:
            return
        st.caption(_told(sought))
        _beside(sought)
    st.download_button(
        "All trials as CSV",
        data=lambda: as_csv(sought),
        file_name=f"search_{sought.search.method}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="save_search",
    )


def _beside(sought: Sought) -> None:
    """The best trial of each method that has searched the same."""
    others = {method: asked.found_by(method) for method in METHODS if asked.fresh(method)}
    found = {method: each.sought for method, each in others.items() if each and each.sought.judged.complete.any()}
    if len(found) < 2:
        return
    head = ["", "Trials", "Epochs", *(each.setting.title for each in sought.search.axes), *_columns(sought)]
    lines = []
    for method, each in found.items():
        best = int(each.ranking[0])
        numbers = [f"{len(each.trials):,}", f"{spent(each.search):,}"]
        lines.append([METHODS[method], *numbers, *_values(each, best), *_figures(each, best)])
    st.markdown("**The best trial of each method**")
    st.markdown(table(head, lines, "lrr" + "l" * len(sought.search.axes) + "r" * len(_columns(sought))))


def _columns(sought: Sought) -> list[str]:
    first = "Right" if sought.measure == "accuracy" else "Seeds that solve it"
    return [first, "95 % sure", "Validation loss"] if first != "Right" else [first, "Validation loss"]


def _values(sought: Sought, i: int) -> list[str]:
    return [written(each, value) for each, value in zip(sought.search.axes, sought.trials[i].values, strict=True)]


def _figures(sought: Sought, i: int) -> list[str]:
    judged, share = sought.judged, sought.judged.share(i)
    loss = theme.spread(judged.loss[i], judged.spread[i]) if np.isfinite(judged.loss[i]) else "diverged"
    if sought.measure == "accuracy":
        return [theme.percentage(judged.accuracy[i]), loss]
    return [
        f"{share.count} of {share.of}",
        f"{theme.percentage(share.low, 0)} to {theme.percentage(share.high, 0)}",
        loss,
    ]


def _told(sought: Sought) -> str:
    """What follows from it, and no more."""
    judged, search_ = sought.judged, sought.search
    values = np.where(judged.done > 0, sought.worth, np.nan)
    known = values[np.isfinite(values)]
    weights = importance(search_, sought.trials, values)
    title = search_.axes[int(np.argmax(weights))].setting.title
    if len(known) < 2 or not np.ptp(known):
        said = "All trials did equally well." if len(known) > 1 else ""
    elif max(weights) < 0.05:
        said = "No setting by itself goes with much of the variance."
    else:
        share = theme.percentage(max(weights), 0)
        said = f"{title} matters most: its value alone goes with {share} of the variance."
    best = judged.share(int(sought.ranking[0]))
    alike = sum(judged.share(int(i)).may_equal(best) for i in np.flatnonzero(judged.complete))
    if sought.measure == "solved" and alike > 1 and best.count:
        said += f" {alike} trials may be as good as the best: so few seeds do not tell them apart."
    lost = int((judged.diverged > 0).sum())
    return said + (f" Of {counted(lost, 'trial')} some seeds diverged." if lost else "")


def as_csv(sought: Sought) -> str:
    """All trials with what they are worth."""
    judged, file = sought.judged, io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    counts = ["seeds", "solved", "share", "low", "high", "diverged"]
    writer.writerow([*(each.name for each in sought.search.axes), "epochs", *counts, "loss", "loss_sd", "accuracy"])
    for i, trial in enumerate(sought.trials):
        share = judged.share(i)
        row_ = [share.of, share.count, share.share, share.low, share.high, judged.diverged[i]]
        measured = [judged.loss[i], judged.spread[i], judged.accuracy[i]]
        writer.writerow([*trial.values, sought.trained[i], *row_, *measured])
    return file.getvalue()
