"""Figures: what they show is what nn_core computed, and they can be made for every kind of run."""

import numpy as np
import pytest

from nn_core import Config, make_data, predict, run
from ui import theme
from ui.figures.run_chart import run_chart
from ui.figures.run_print import FORMATS, answers, run_print, title

RUNS = [
    Config(epochs=30),
    Config(dataset="three_spiral", samples=60, epochs=5),
    Config(dataset="bumps", samples=60, epochs=5),
    Config(hidden_sizes=(), epochs=5),
]


@pytest.mark.parametrize("config", RUNS, ids=lambda config: f"{config.dataset} {config.hidden_sizes}")
def test_the_chart_holds_the_curves(config):
    history = run(config)
    traces = run_chart(history).data
    for trace, curve in zip(traces, history[2:6], strict=True):
        np.testing.assert_array_equal(trace.x, history.epochs)
        np.testing.assert_array_equal(trace.y, curve)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("config", RUNS, ids=lambda config: f"{config.dataset} {config.hidden_sizes}")
def test_the_print_can_be_made_and_is_the_same_again(config, fmt):
    history, data = run(config), make_data(config)
    first = run_print(history, data, fmt)
    assert first.startswith({"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[fmt])
    if fmt == "pdf":
        assert first == run_print(history, data, fmt)


def test_the_map_is_the_networks_answer():
    config = Config(epochs=200, noise=0.5)
    history, data = run(config), make_data(config)
    x1, x2, answer = answers(history, data)
    assert x1[0] <= data.x_train[:, 0].min()
    assert x2[-1] >= data.x_train[:, 1].max()
    x = np.array([[x1[10], x2[200]]])
    assert answer[200, 10, 0] == pytest.approx(predict(history.state.parameters, x, history.config)[0, 0], abs=1e-15)


def test_the_title_names_the_run():
    assert title(run(Config())) == "XOR: random bit pairs, 2-4-1 tanh, gradient descent at 0.5, 1,000 epochs, seed 0"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0061, "6 ms"), (0.874, "0.9 s"), (1.44, "1.4 s"), (40.2, "40 s"), (180.0, "3 minutes"), (7200.0, "2 hours")],
)
def test_durations_are_said_as_people_say_them(seconds, words):
    assert theme.duration(seconds) == words


@pytest.mark.parametrize(
    ("mean", "deviation", "words"),
    [
        (0.3412, 0.052, "0.341 ± 0.052"),
        (0.000142, 0.000062, "0.000142 ± 0.000062"),
        (12.3, 4.5, "12.3 ± 4.5"),
        (1234.5, 250.0, "1234 ± 250"),
        (0.3412, 0.0, "0.341"),
        (0.3412, float("nan"), "0.341"),
        (3e-9, 1e-9, "3e-09 ± 1e-09"),
    ],
)
def test_a_mean_has_the_places_of_its_deviation(mean, deviation, words):
    assert theme.spread(mean, deviation) == words
