"""What stands on the page Gradient check: where and how it is checked, what is broken, and what comes of it."""

import numpy as np
import streamlit as st

from nn_core import findings
from nn_core.activations import Array
from nn_core.bugs import BUGS, backpropagated
from nn_core.checks import Case, apart, central_difference, guides, kinks, largest_errors, relative_error
from ui import controls, session, theme
from ui.components.curves import curves
from ui.figures import checking as figures
from ui.networks.checked import by_hand, called, every_parameter
from ui.session import checking as asked
from ui.session.checking import Checked, Checking
from ui.words import counted, in_brief

NOTHING = "none"
MOST_KINKS = 3  # that are told


def ready(run: session.Run) -> bool:
    """Whether there is something to look at: says what is missing."""
    if not len(run.data.x_train):
        st.info("There are no training points yet: paint some in the playground, or choose another data set there.")
        return False
    controls.permission(run.config, theme.duration(run.config.estimated_seconds))
    if not run.history.finished and session.permitted(run.config):
        st.caption(f"Training … epoch {run.history.state.epoch:,} of {run.config.last_epoch:,}")
        return False
    return True


def show(run: session.Run, now: Checking) -> None:
    """All of it."""
    now, said = asked.fitting(run)
    for sentence in said:
        st.warning(sentence)
    last = run.history.state.epoch
    epoch = last if now.at < 0 else min(now.at, last)
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.caption(f"The run of the playground: {in_brief(run.config)}.")
        _where(epoch, last)
        _how(now)
        checked = asked.checked(run, epoch)
        bug = "" if now.bug == NOTHING else now.bug
        layer = _what(now, bug, checked.case)
    found = backpropagated(checked.case, bug, layer)
    central = central_difference(checked.case, asked.EPSILONS[now.epsilon])
    with left:
        _verdict(checked, found, bug)
        _kinks(checked, central, now)
    if (np.isfinite(found) & np.isfinite(checked.measured)).any():
        with right:
            _pictures(checked, found, central, now)
        left, right = st.columns([4, 3], gap="large")
        with left:
            every_parameter(checked, found, central)
        with right:
            by_hand(checked, found, central, asked.EPSILONS[now.epsilon])
    _limits(run, checked)


# --- what is chosen ---------------------------------------------------------------------------------------------------


def _where(epoch: int, last: int) -> None:
    if last:
        st.slider(
            "Epoch",
            0,
            last,
            help="Cause: the network as it is after this epoch is checked. Effect: other numbers; right must be right "
            "everywhere, but a mistake need not show everywhere.",
            **asked.bound("at", epoch, lambda at: {"at": -1 if at == last else at}),
        )


def _how(now: Checking) -> None:
    st.select_slider(
        "ε, the step of the central difference",
        list(asked.EPSILONS),
        help="Cause: each parameter is moved by this much, up and down. Effect: too far, and the curve of the loss is "
        "cut off; too little, and the two losses agree in all digits but the last, which are rounded.",
        **asked.bound("epsilon", now.epsilon),
    )


def _what(now: Checking, bug: str, of: Case) -> int | None:
    """The mistake to put in; returns the hidden layer that has it, None for all."""
    st.selectbox(
        "Break a derivative",
        [NOTHING, *BUGS],
        format_func=lambda name: BUGS[name].title if name in BUGS else "Nothing: the code that trains",
        help="Cause: backpropagation is computed with this mistake; training is not touched. Effect: see which "
        "derivatives are wrong then, and what gives the mistake away.",
        **asked.bound("bug", now.bug),
    )
    if not bug:
        return None
    layer = _layer(now, bug, len(of.config.activations))
    right, wrong = BUGS[bug].right, BUGS[bug].wrong or "(nothing)"
    st.code(f"right:  {right}\nbroken: {wrong}", language="python", wrap_lines=True)
    return layer


def _layer(now: Checking, bug: str, hidden: int) -> int | None:
    if not BUGS[bug].in_layers or hidden < 2:
        return None
    layer = now.layer if now.layer <= hidden else 0
    st.segmented_control(
        "Broken in",
        range(hidden + 1),
        format_func=lambda number: f"Layer {number}" if number else "All layers",
        help="Cause: the slope is wrong in this hidden layer only. Effect: the layers behind it stay right.",
        **asked.bound("layer", layer, lambda picked: {"layer": picked or 0}),
    )
    return layer or None


# --- what comes of it -------------------------------------------------------------------------------------------------


def _verdict(checked: Checked, found: Array, bug: str) -> None:
    right, sentence = findings.verdict(checked.case, found, checked.measured)
    if right is None:
        st.warning(sentence, icon=":material/block:")
        return
    (st.success if right else st.error)(sentence, icon=":material/check_circle:" if right else ":material/error:")
    if not right:
        st.markdown(f"**What gives it away.** {findings.deduced(checked.case, found, checked.measured)}")
    elif bug:
        lacks = BUGS[bug].needs(checked.case.config)
        st.info(
            f"The mistake is in, and nothing shows: it takes {lacks}."
            if lacks
            else "The mistake is in, and nothing shows: it changes no derivative here. A check finds only what "
            "matters for the data and the weights that it is made with. Try another epoch."
        )


def _pictures(checked: Checked, found: Array, central: Array, now: Checking) -> None:
    of, epsilon = checked.case, asked.EPSILONS[now.epsilon]
    by_central, by_complex = largest_errors(found, checked.sweep)
    right, _ = findings.verdict(of, found, checked.measured)
    between = np.array([]) if right is not False else largest_errors(checked.measured, checked.sweep)[0]
    st.markdown("**Which ε?** The largest error of backpropagation, by both ways of measuring")
    by_epsilon = figures.errors_by_epsilon(by_central, by_complex, between, guides(by_central), epsilon)
    curves([by_epsilon], key="check_epsilons")
    swept = len(checked.sweep.which)
    some = f" The curves are those of {counted(swept, 'parameter')}." if swept < len(of.places) else ""
    best = "" if right is None else findings.of_epsilons(by_central)
    st.caption(f"{best} {findings.of_central(central, checked.measured, epsilon)}{some}")
    unless = " unless rounding explains it" if apart(of, found, checked.measured).unclear.any() else ""
    st.markdown(f"**Which parameters?** Wrong is what stands above the dotted line by the complex step{unless}")
    errors = relative_error(found, central), relative_error(found, checked.measured)
    curves([figures.errors_by_parameter(called(of), findings.blocks(of), *errors)], key="check_parameters")


def _kinks(checked: Checked, central: Array, now: Checking) -> None:
    """Where the central difference is off because something has a kink there."""
    of, epsilon = checked.case, asked.EPSILONS[now.epsilon]
    error = relative_error(central, checked.measured)
    told = []
    for i in np.argsort(-error)[: 4 * MOST_KINKS]:
        crossed = kinks(of, int(of.places[i]), epsilon) if error[i] > 1e-4 else []
        told += [findings.of_kinks(of, int(of.places[i]), crossed, epsilon)] if crossed else []
    if told:
        st.info(
            "**On a kink** the loss has no single slope: backpropagation takes that of one side, the central "
            "difference something of both. Neither is a mistake, and no ε helps who stands right on it.\n\n"
            + "\n".join(f"- {sentence}" for sentence in told[:MOST_KINKS]),
            icon=":material/show_chart:",
        )


def _limits(run: session.Run, checked: Checked) -> None:
    """What is not as it is in training."""
    of, config = checked.case, checked.stand.config
    said = []
    if len(of.places) < config.n_parameters or len(of.x) < len(checked.stand.data.x_train):
        points = f"{len(of.x):,} of {len(checked.stand.data.x_train):,} training points"
        said.append(
            f"This network is large for a check while you wait: {len(of.places):,} of {config.n_parameters:,} "
            f"parameters, evenly spread, are checked on the first {points}. A mistake in the code shows on few, too."
        )
    if config.precision == "float32":
        said.append("The run is computed in float32. Its 7 digits are too few for such a check, so that is in float64.")
    if config.dropout:
        said.append("Dropout is off here: a check needs the same network each time.")
    if config.batch_size:
        said.append("The loss is that of all training points, not of a batch.")
    if run.history.stopped:
        said.append(run.history.stopped)
    if said:
        st.caption(" ".join(said))
