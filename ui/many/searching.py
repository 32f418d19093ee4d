"""What stands on the page Search: what is varied, by which method and for what budget, and what came of it."""

import csv
import io

import numpy as np
import streamlit as st

from nn_core.search import METHODS as METHOD_TITLES
from nn_core.search import MOST_AXES, MOST_SEEDS, MOST_STEPS, SETTINGS, Axis, Search, axis
from nn_core.trials import Sought, importance, ranking, rounds, seconds, trials
from ui import session, theme
from ui.components.search import encode, measures, search, worth, written
from ui.fields import row
from ui.many.status import on_its_way
from ui.session import crowds
from ui.session import searching as asked
from ui.words import counted, table

LOOKS = (0.3, 1.0)  # seconds between two looks at a brief search, and at a long one
BRIEF = 3.0  # seconds that a brief one takes: all that is said of it comes at its end
FIRST = 0.5  # seconds that the page waits for the first results
TOLD = 8  # of the best trials
ABOUT = {
    "grid": "Every combination of evenly spaced values: what lies between them is never tried.",
    "random": "As many trials at random places: each tries another value of every setting (Bergstra and Bengio, 2012).",
    "halving": "Many more trials, each for a few epochs; the better third goes on, and again. It spends the same.",
}


# --- what is searched -------------------------------------------------------------------------------------------------


def what(now: Search) -> None:
    """What is searched."""
    _around(now)
    for place, each in enumerate(now.axes):
        _axis(now, place, each)
    _another(now)
    row(lambda: _steps(now), lambda: _seeds(now))


def how(now: Search) -> None:
    """By which method, what that costs, and the button that starts it."""
    takes = seconds(now)
    method, button = st.columns([5, 2], vertical_alignment="bottom")
    method.segmented_control(
        "Method",
        list(METHOD_TITLES),
        format_func=METHOD_TITLES.__getitem__,
        width="stretch",
        help="Cause: other settings are tried, for the same number of epochs in all. Effect: see which finds more.",
        **asked.bound("method", now.method, lambda picked: {"method": picked} if picked else {}),
    )
    button.button(
        "Search again" if asked.fresh(now.method) else "Search",
        type="primary",
        icon=":material/search:",
        width="stretch",
        disabled=takes > asked.LONGEST,
        **session.action("search", asked.start_search),
    )
    st.caption(f"{ABOUT[now.method]} {_budget(now)}, about {theme.duration(takes)} on one core.")
    if takes > asked.LONGEST:
        _offer(now)


def _budget(now: Search) -> str:
    all_of_them = f"{counted(len(trials(now)), 'trial')} × {counted(now.seeds, 'seed')}"
    if now.method == "halving":
        ends = ", ".join(f"{end:,}" for end in rounds(now))
        return f"Here: {all_of_them}, fewer after {ends} epochs, {now.budget:,} epochs in all"
    return f"Here: {all_of_them} × {counted(now.base.epochs, 'epoch')} are {now.budget:,} epochs"


def _offer(now: Search) -> None:
    """A search of the same kind that does not take so long."""
    less = asked.modest(now)
    smaller = f"{less.steps} values an axis and {counted(less.seeds, 'seed')} a trial"
    takes = theme.duration(seconds(less))
    words, button = st.columns([5, 2], vertical_alignment="center")
    words.error(f"That is too long for here. With {smaller} it takes about {takes}.")
    use = session.action("modest", lambda: asked.change_search(steps=less.steps, seeds=less.seeds))
    button.button("Use these", width="stretch", **use)


def _around(now: Search) -> None:
    st.segmented_control(
        "Around",
        ["plane", "digits"],
        format_func={"plane": "The playground's run", "digits": "Digits"}.__getitem__,
        help="Cause: all settings that are not varied are those of the run in the playground, or of a small network "
        "that reads MNIST. Effect: change the run there, and search around it.",
        **session.tied(
            "search_around", "digits" if asked.on_digits() else "plane", lambda what: what and asked.search_on(what)
        ),
    )
    base = now.base
    what = f"{base.data.title}, {'-'.join(map(str, base.layer_sizes))}, {base.epochs:,} epochs"
    if asked.on_digits():
        what += f" of {base.images:,} pictures, judged by 2,000 others of the training set"
    st.caption(f"{what}.")


def _axis(now: Search, place: int, each: Axis) -> None:
    """One setting that is varied, with its range or its choices."""
    free = [name for name in SETTINGS if name == each.name or name not in [other.name for other in now.axes]]
    with st.container(border=True, gap="small"):
        top, away = st.columns([5, 1], vertical_alignment="bottom")
        top.selectbox(
            ("Across", "Up", "Also vary", "Also vary")[place],
            free,
            format_func=lambda name: SETTINGS[name].title,
            help="Cause: this setting is varied. Effect: you see how much it matters, and which values are good.",
            **session.tied(
                f"axis_{place}", each.name, lambda name: asked.vary(place, axis(name, pictures=asked.on_digits()))
            ),
        )
        if len(now.axes) > 2:
            take_away = session.action(f"axis_away_{place}", lambda: asked.vary(place, None))
            away.button("", icon=":material/close:", help="Do not vary this one.", **take_away)
        if each.setting.choices:
            _choices(place, each)
        else:
            _range(place, each)


def _choices(place: int, each: Axis) -> None:
    titles = {name: written(each, name) for name in each.setting.choices}
    st.pills(
        "Choices",
        list(titles),
        selection_mode="multi",
        format_func=titles.__getitem__,
        label_visibility="collapsed",
        **session.tied(
            f"axis_{place}_choices",
            list(each.choices),
            lambda names: asked.vary(place, each._replace(choices=tuple(names))),
        ),
    )


def _range(place: int, each: Axis) -> None:
    kind = int if each.setting.whole else float
    for column, end in zip(st.columns(2), ("low", "high"), strict=True):
        column.number_input(
            {"low": "from", "high": "to"}[end],
            format="%d" if each.setting.whole else "%g",
            step=kind(1) if each.setting.whole else kind(getattr(each, end) / 2 or 0.1),
            **session.tied(
                f"axis_{place}_{end}",
                kind(getattr(each, end)),
                lambda value, end=end: asked.vary(place, each._replace(**{end: value})),
            ),
        )


def _another(now: Search) -> None:
    free = [name for name in SETTINGS if name not in [each.name for each in now.axes]]
    if len(now.axes) < MOST_AXES and free:
        add = session.action("axis_more", lambda: asked.vary(len(now.axes), axis(free[0], pictures=asked.on_digits())))
        st.button("Vary another setting", icon=":material/add:", width="stretch", **add)


def _steps(now: Search) -> None:
    st.number_input(
        "Values an axis",
        min_value=1,
        max_value=MOST_STEPS,
        help="Cause: the grid has so many values of each setting that is a number. Effect: a finer picture; the budget "
        "of all methods grows with it.",
        **asked.bound("steps", now.steps),
    )


def _seeds(now: Search) -> None:
    st.number_input(
        "Seeds a trial",
        min_value=1,
        max_value=MOST_SEEDS,
        help="Cause: each trial is made from so many seeds. Effect: luck is told from merit; one seed is an anecdote.",
        **asked.bound("seeds", now.seeds),
    )


# --- what came of it --------------------------------------------------------------------------------------------------


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
    order = [int(i) for i in ranking(judged) if judged.complete[i]][:TOLD]
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
    others = {method: asked.found_by(method) for method in METHOD_TITLES if asked.fresh(method)}
    found = {method: each.sought for method, each in others.items() if each and each.sought.judged.complete.any()}
    if len(found) < 2:
        return
    head = ["", "Trials", *(each.setting.title for each in sought.search.axes), *_columns(sought)]
    lines = []
    for method, each in found.items():
        best = int(ranking(each.judged)[0])
        lines.append([METHOD_TITLES[method], f"{len(each.trials):,}", *_values(each, best), *_figures(each, best)])
    st.markdown("**The same budget, spent by each method: its best trial**")
    st.markdown(table(head, lines, "lr" + "l" * len(sought.search.axes) + "r" * len(_columns(sought))))


def _columns(sought: Sought) -> list[str]:
    first = "Right" if measures(sought)[0] == "accuracy" else "Seeds that solve it"
    return [first, "95 % sure", "Validation loss"] if first != "Right" else [first, "Validation loss"]


def _values(sought: Sought, i: int) -> list[str]:
    return [written(each, value) for each, value in zip(sought.search.axes, sought.trials[i].values, strict=True)]


def _figures(sought: Sought, i: int) -> list[str]:
    judged, share = sought.judged, sought.judged.share(i)
    spread = f" ± {judged.spread[i]:.2g}" if np.isfinite(judged.spread[i]) else ""
    loss = f"{judged.loss[i]:.3g}{spread}" if np.isfinite(judged.loss[i]) else "diverged"
    if measures(sought)[0] == "accuracy":
        return [theme.percentage(judged.accuracy[i]), loss]
    return [
        f"{share.count} of {share.of}",
        f"{theme.percentage(share.low, 0)} to {theme.percentage(share.high, 0)}",
        loss,
    ]


def _told(sought: Sought) -> str:
    """What follows from it, and no more."""
    judged, search_ = sought.judged, sought.search
    known = judged.done > 0
    weights = importance(search_, sought.trials, np.where(known, worth(sought), np.nan))
    most = int(np.argmax(weights))
    title = search_.axes[most].setting.title
    matters = f"{title} matters most: its value alone goes with {theme.percentage(weights[most], 0)} of the variance."
    if max(weights) < 0.05:
        matters = "No setting by itself goes with much of the variance: it is their combination that counts."
    lost = int((judged.diverged > 0).sum())
    diverged = f" Of {counted(lost, 'trial')} some seeds diverged." if lost else ""
    best = int(ranking(judged)[0])
    least = judged.share(best).low
    solved = judged.solved / np.maximum(judged.done, 1)
    alike = int((judged.complete & (solved >= least)).sum())
    as_good = ""
    if measures(sought)[0] == "solved" and alike > 1 and judged.solved[best]:
        as_good = f" {alike} trials are within what {search_.seeds} seeds can tell from the best."
    return matters + as_good + diverged


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
