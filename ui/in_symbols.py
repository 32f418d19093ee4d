"""A run in symbols: what stands below it on the playground and on the page Train, where explanations go deeper than
words."""

import numpy as np
import streamlit as st

from nn_core import expressions, mlp
from nn_core.activations import ACTIVATIONS
from nn_core.config import Config
from nn_core.losses import LOSSES
from nn_core.optimizers import OPTIMIZERS
from ui import depth, session
from ui.explained import SUBJECTS


def below(config: Config) -> None:
    """Forward, loss, backward, update of this run: its formulas, and the code that computes them beside."""
    if session.depth() == "words":
        return
    with st.container(border=True, key="in_symbols"):
        st.subheader("This run in symbols", anchor=False)
        for title, formulas, code in parts(config):
            st.markdown(f"**{title}**")
            symbols, beside = st.columns([2, 3], gap="large") if session.depth() == "code" else (st.container(),) * 2
            with symbols:
                depth.add(formulas, ())
            with beside:
                depth.add((), code)


def parts(config: Config) -> list[tuple[str, list[str], list]]:
    """Each part of what an update computes: what it is called, its formulas, and the functions that compute it."""
    activations = [ACTIVATIONS[name] for name in dict.fromkeys(config.activations)]
    loss, optimizer = LOSSES[config.loss_name], OPTIMIZERS[config.optimizer]
    return [
        ("Forward", [*SUBJECTS["forward"].symbols, _shapes(config), *_functions(config)],
         [mlp.forward, *(each.value for each in activations)]),
        (f"Loss: {loss.title}", [_loss(config)], [loss.value]),
        ("Backward", [*_output_error(config), *SUBJECTS["backward"].symbols, *_slopes(config)],
         [mlp.backward, *(each.slope for each in activations)]),
        (f"Update: {optimizer.title}", _update(config), [optimizer.update]),
    ]  # fmt: skip


def _shapes(config: Config) -> str:
    sizes = config.layer_sizes
    shapes = [rf"W^{{({i})}} : {sizes[i]} \times {sizes[i - 1]}" for i in range(1, len(sizes))]
    return r", \quad ".join(shapes)


def _functions(config: Config) -> list[str]:
    found = [rf"\varphi(z) = {ACTIVATIONS[name].formula}" for name in dict.fromkeys(config.activations)]
    nothing = np.zeros(config.layer_sizes[-1])
    answers = expressions.answer(config.link, *_letters(config), nothing, 0, 0)
    return [*found, *(each.formula for each in answers)]


def _letters(config: Config) -> tuple[list[str], list[str]]:
    outputs, said = config.layer_sizes[-1], "p" if config.task != "regression" else r"\hat{y}"
    each = [f"_{{{k + 1}}}" if outputs > 1 else "" for k in range(outputs)]
    return [f"z{number}" for number in each], [f"{said}{number}" for number in each]


def _loss(config: Config) -> str:
    some = np.eye(config.layer_sizes[-1])[0]
    return expressions.loss(config, some, some, some, 0).formula


def _output_error(config: Config) -> list[str]:
    some, (_, said) = np.eye(config.layer_sizes[-1])[0], _letters(config)
    symbols = {"delta": rf"\delta{said[0][said[0].find('_') :] if '_' in said[0] else ''}", "p": said[0]}
    return [each.formula for each in expressions.output_error(config, symbols, some, some, 0, 0)]


def _slopes(config: Config) -> list[str]:
    found = []
    for name in dict.fromkeys(config.activations):
        found += [each.formula for each in expressions.slope(name, "z", "a", 0.5, 0.5, 0.5)]
    return found


def _update(config: Config) -> list[str]:
    return [rf"{target} \leftarrow {rule}" for target, rule in expressions.RULES[config.optimizer]]
