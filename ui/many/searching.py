"""What stands on the page Search about what is asked: what is varied, by which method and for what budget."""

import streamlit as st

from nn_core.outcome import nothing_to_learn
from nn_core.search import METHODS as METHOD_TITLES
from nn_core.search import MOST_AXES, MOST_NETWORKS, MOST_SEEDS, MOST_STEPS, SETTINGS, Axis, Search, axis
from nn_core.trials import rounds, seconds, spent, trials
from ui import session, theme
from ui.components.search import written
from ui.fields import row
from ui.session import searching as asked
from ui.words import counted, in_brief

NEARLY = 0.9  # of the budget, from which on it counts as spent
ABOUT = {
    "grid": "Every combination of evenly spaced values: what lies between them is never tried.",
    "random": "As many trials at random places: each tries another value of every setting (Bergstra and Bengio, 2012).",
    "halving": "Many more trials, each for a few epochs; the better third goes on, and again.",
}


def what(now: Search) -> None:
    """What is searched."""
    _around(now)
    for place, each in enumerate(now.axes):
        _axis(now, place, each)
    _another(now)
    row(lambda: _steps(now), lambda: _seeds(now))


def how(now: Search) -> None:
    """By which method, what that costs, and the button that starts it."""
    takes, nothing = seconds(now), nothing_to_learn(now.base)
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
        disabled=takes > asked.LONGEST or bool(nothing),
        **session.action("search", asked.start_search),
    )
    if nothing:
        st.error(nothing)
    st.caption(f"{ABOUT[now.method]} {_budget(now)}, about {theme.duration(takes)} on one core.")
    if takes > asked.LONGEST:
        _offer(now)


def _budget(now: Search) -> str:
    all_of_them = f"{counted(len(trials(now)), 'trial')} × {counted(now.seeds, 'seed')}"
    if now.method != "halving":
        return f"Here: {all_of_them} × {counted(now.base.epochs, 'epoch')} are {now.budget:,} epochs"
    ends = ", ".join(f"{end:,}" for end in rounds(now)[:-1])
    fewer = f", fewer after {ends} epochs" if ends else ""
    share = spent(now) / now.budget
    more = "as the others spend"
    if share < NEARLY:
        more = (
            f"{theme.percentage(share, 0)} of what the others spend: it begins with {MOST_NETWORKS:,} networks at most"
        )
    return f"Here: {all_of_them}{fewer}, {spent(now):,} epochs in all, {more}"


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
    what = in_brief(now.base)
    if asked.on_digits():
        what += f" of {now.base.images:,} pictures, judged by 2,000 others of the training set"
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
