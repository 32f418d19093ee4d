"""The coach: every rule has a run that it is made for and a cure that helps it; runs that are well hear nothing."""

import math
import re

import numpy as np
import pytest

from benchmarks.coach import data_sets, drawn
from nn_core import PRESETS, Config, backward, forward, make_data, run
from nn_core.cases import capital, counted, in_letters, resized, tidy
from nn_core.coach import RULES, coach
from nn_core.config import Change
from nn_core.data import data_over_time
from nn_core.history import History
from nn_core.losses import LOSSES
from nn_core.mlp import initial_parameters, layers
from nn_core.outcome import outcome
from nn_core.reach import FEWEST_POINTS, MOST_POINTS, NEIGHBOURS, best_straight, reach
from nn_core.vitals import vitals
from tests.support import varied_config

CIRCLES = Config(dataset="circles", samples=300)
SPIRAL = Config(dataset="spiral", samples=400, hidden_sizes=(8, 8), optimizer="adam", learning_rate=0.02, epochs=400)

ILL = {
    "diverged": Config(dataset="sine", activation="relu", learning_rate=100.0, samples=200),
    "overshooting": Config(
        dataset="moons", samples=300, noise=0.1, optimizer="momentum", momentum=0.99, learning_rate=1.0, epochs=300
    ),
    "adaptive": CIRCLES.replace(optimizer="adam", learning_rate=3.0, epochs=300),
    "dropped": CIRCLES.replace(dropout=0.7),
    "trembling": Config(
        dataset="moons", samples=300, hidden_sizes=(6,), batch_size=1, learning_rate=2.0, epochs=60, seed=7
    ),
    "jumping": PRESETS["too_fast"].config,
    "thrown": Config(samples=300, hidden_sizes=(6,), activation="relu", learning_rate=10.0, epochs=300, seed=4),
    "blind": CIRCLES.replace(features=("x1",)),
    "collapsed": Config(activation="linear"),
    "straight": PRESETS["perceptron"].config,
    "identical": PRESETS["zeros"].config,
    "tiny start": PRESETS["tutorial"].config,
    "flat start": CIRCLES.replace(initializer="normal", initial_scale=10.0),
    "driven flat": Config(
        samples=300, hidden_sizes=(6,), activation="sigmoid", optimizer="momentum", learning_rate=10.0, seed=3
    ),
    "dead": PRESETS["dead_relu"].config,
    "vanishing": CIRCLES.replace(hidden_sizes=(4, 4, 4, 4), activation="sigmoid"),
    "asleep": CIRCLES.replace(hidden_sizes=(8, 8), activation="sigmoid", epochs=300),
    "penalised": CIRCLES.replace(l2=0.1),
    "sure and wrong": Config(samples=300, loss="mean_absolute_error", learning_rate=1.0, seed=3),
    "clipped": CIRCLES.replace(clip=0.001),
    "ended": CIRCLES.replace(hidden_sizes=(6,), schedule="exponential", epochs=400, seed=6),
    "slow": Config(learning_rate=0.001),
    "memorised": SPIRAL.replace(samples=60),
    "overfitted": PRESETS["overfit"].config,
    "folded": Config(
        dataset="sine",
        samples=400,
        activation="relu",
        initializer="he",
        optimizer="adam",
        learning_rate=0.02,
        seed=6,
    ),
    "early": SPIRAL.replace(hidden_sizes=(6, 6), epochs=60),
    "few nodes": Config(hidden_sizes=(2,), seed=1),
    "flat valley": Config(dataset="spiral", samples=400, hidden_sizes=(12, 12), learning_rate=0.1, epochs=300, seed=7),
    "shallow": Config(
        dataset="checkerboard", samples=1000, hidden_sizes=(8,), optimizer="adam", learning_rate=0.02, seed=2
    ),
    "noisy": Config(dataset="circles", samples=600, noise=0.35, hidden_sizes=(8,)),
}
ONLY_SAID = {"noisy"}
NOT_SOLVED = {  # by one cure; what is left is another thing to mend
    *["diverged", "overshooting", "jumping", "tiny start", "overfitted", "folded", "early"]
}

WELL = {
    **{
        f"preset {name}": PRESETS[name].config
        for name in ("first", "tutorial_cured", "start_page", "small_batches", "spiral", "overfit_cured")
    },
    **{f"XOR from seed {seed}": Config(hidden_sizes=(8,), seed=seed) for seed in range(1, 5)},
    **{
        f"{name} from seed {seed}": Config(dataset=name, samples=400, hidden_sizes=(8,), seed=seed)
        for name in ("circles", "moons", "linear", "two_blobs", "four_blobs", "and", "or", "xor_points", "xor_cloud")
        for seed in (0, 1)
    },
    **{
        name: Config(dataset=name, samples=400, hidden_sizes=(8, 8), optimizer="adam", learning_rate=0.02)
        for name in ("plane", "sine", "bumps")
    },
    "a straight line is enough": Config(dataset="linear", samples=400, hidden_sizes=()),
    "one feature is enough": Config(dataset="xor_cloud", samples=400, hidden_sizes=(), features=("x1_times_x2",)),
    "some noise": Config(dataset="moons", samples=400, noise=0.15, learning_rate=0.3),
    "ReLU": CIRCLES.replace(hidden_sizes=(8, 8), activation="relu", initializer="he", learning_rate=0.1),
    "momentum": CIRCLES.replace(hidden_sizes=(6,), optimizer="momentum", learning_rate=0.05),
    "RMSProp": CIRCLES.replace(hidden_sizes=(6,), optimizer="rmsprop", learning_rate=0.01),
    "a schedule": CIRCLES.replace(
        hidden_sizes=(8,), optimizer="adam", learning_rate=0.05, schedule="cosine", epochs=400
    ),
    "three arms": SPIRAL.replace(dataset="three_spiral", samples=600, hidden_sizes=(12, 12), epochs=600),
}


def asked(config):
    """The run, its data and what the coach says of it."""
    data = make_data(config)
    history = run(config, data)
    return history, data, coach(history, vitals(history, data), config, data)


def test_every_rule_has_a_run_and_a_name_of_its_own():
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names)) >= 15
    assert set(names) == set(ILL) == set(NUMBERS)
    assert all(rule.look.__doc__ for rule in RULES)


@pytest.mark.parametrize("name", ILL)
def test_a_run_that_is_ill_is_told_why_and_its_cure_helps(name):
    before, _, advice = asked(ILL[name])
    assert advice is not None
    assert advice.name == name
    assert (advice.cure is None) == (name in ONLY_SAID)
    if advice.cure is None:
        return
    after = run(ILL[name].replace(**advice.cure))
    assert after.stopped is None
    if name == "sure and wrong":  # another loss has other numbers
        assert after.train_accuracy[-1] > before.train_accuracy[-1]
    elif name == "overfitted":
        assert after.test_loss[-1] < 0.5 * before.test_loss[-1]
    elif name == "memorised":
        assert after.test_accuracy[-1] > before.test_accuracy[-1] + 0.05
    else:
        assert after.train_loss[-1] < 0.85 * before.train_loss[-1]
        assert after.test_loss[-1] < before.test_loss[-1]
    assert (outcome(after).name == "solved") == (name not in NOT_SOLVED)


@pytest.mark.parametrize("name", WELL)
def test_a_run_that_is_well_hears_nothing(name):
    *_, advice = asked(WELL[name])
    assert advice is None


def test_cures_lead_from_the_tutorials_network_to_a_solved_one():
    config, said = PRESETS["tutorial"].config, []
    while (advice := asked(config)[2]) and advice.cure:
        said.append(advice.name)
        config = config.replace(**advice.cure)
    assert said == ["tiny start", "few nodes"]
    assert outcome(run(config)).name == "solved"


# --- the numbers in the sentences -------------------------------------------------------------------------------------


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def percent(share):
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def right(history):
    score = history.train_accuracy[-1]
    return f"R² is {score:.2f}" if history.config.task == "regression" else f"{percent(score)} are right"


def weights(history, layer, place):
    parameters = history.parameters[place] if place else initial_parameters(history.config)
    return layers(parameters, history.config)[layer].W


def slope(history, data, layer, place=0):
    parameters = history.parameters[place]
    trace = forward(parameters, data.x_train, history.config)
    return rms(layers(backward(parameters, trace, data.y_train, history.config), history.config)[layer].W)


def lengths(history, data):
    found = vitals(history, data)
    rows = (history.parameters[np.searchsorted(history.snapshot_epochs, epoch)] for epoch in found.epochs)
    gradients = (backward(p, forward(p, data.x_train, history.config), data.y_train, history.config) for p in rows)
    return [float(np.linalg.norm(gradient)) for gradient in gradients]


def first_step(history):
    """How far the first updates moved weights, by their size: of full batches."""
    epochs = history.snapshot_epochs[1] - history.snapshot_epochs[0]
    count = len(history.config.layer_sizes) - 1
    pairs = ((weights(history, i, 0), layers(history.parameters[1], history.config)[i].W) for i in range(count))
    return f"{max(rms(after - before) / rms(before) / epochs for before, after in pairs):.2g} times"


def late(history):
    half = history.train_loss[len(history.train_loss) // 2 :]
    return f"between {half.min():.3g} and {half.max():.3g}"


def flat(history, data, place):
    z = forward(history.parameters[place], data.x_train, history.config).a[0]
    steep = 1 - z * z if history.config.activation == "tanh" else 4 * z * (1 - z)
    return percent((steep < 0.05).mean())


def never_positive(history, data):
    z = forward(history.parameters[-1], data.x_train, history.config).z[0]
    return sum(bool((z[:, unit] <= 0).all()) for unit in range(z.shape[1]))


def over_the_last_fifth(history):
    begin = np.searchsorted(history.epochs, 0.8 * history.epochs[-1])
    return history.train_loss[begin], history.train_loss[-1]


def pulls(history, data):
    output = forward(history.parameters[-1], data.x_train, history.config).output[:, 0]
    true = np.where(data.y_train == 1, output, 1 - output)
    wrong = output[true < 0.1]
    return [
        percent((true < 0.1).mean()),
        f"pulls by {np.mean(wrong * (1 - wrong)):.1g} ",
        f"pull by {np.mean(np.maximum(wrong, 1 - wrong)):.2g}",
        LOSSES[history.config.loss].title,
    ]


def neighbours(seen, y):
    """The share of points most of whose nearest five are of their class, one point at a time."""
    agree = 0
    for i, x in enumerate(seen):
        order = sorted((j for j in range(len(seen)) if j != i), key=lambda j: float(((seen[j] - x) ** 2).sum()))
        agree += 2 * sum(y[j] == y[i] for j in order[:NEIGHBOURS]) > NEIGHBOURS
    return agree / len(seen)


def evenly_taken(data):
    chosen = np.unique(np.linspace(0, len(data.x_train) - 1, min(len(data.x_train), MOST_POINTS)).round().astype(int))
    return data.x_train[chosen], data.y_train[chosen]


def best_test(history):
    best = int(history.test_loss.argmin())
    return [
        f"lowest, {history.test_loss[best]:.3f}, at epoch {history.epochs[best]:,}",
        f"risen to {history.test_loss[-1]:.3f}",
        f"from {history.train_loss[best]:.3f} to {history.train_loss[-1]:.3f}",
    ]


def falls(history):
    at = [history.train_loss[round(share * (len(history.train_loss) - 1))] for share in (0.3, 0.5, 0.8, 1)]
    return [f"by {at[0] - at[1]:.2g}, ", f"by {at[2] - at[3]:.1g}, ", f"less than {0.5 * 0.01**0.8:.1g}."]


def travelled(history):
    moved = [
        rms(weights(history, i, -1) - weights(history, i, 0)) / rms(weights(history, i, 0))
        for i in range(len(history.config.layer_sizes) - 1)
    ]
    return percent(max(moved))


# Of each rule what its sentence says of its run, recomputed from the run and its data.
NUMBERS = {
    "diverged": lambda h, d: [
        "rate of 100 ",
        f"{h.train_loss[0]:.3g}, then {h.train_loss[-1]:.3g} at epoch {h.epochs[-1]}",
    ],
    "overshooting": lambda h, d: ["momentum of 0.99", "100 times", "rate were 100:", right(h)],
    "adaptive": lambda h, d: ["at 3 ", first_step(h)],
    "dropped": lambda h, d: [f"leaves {4 * 0.3:.1f} of four nodes", right(h)],
    "trembling": lambda h, d: ["a single point", "rate of 2,", late(h)],
    "jumping": lambda h, d: ["rate of 60 ", late(h)],
    "thrown": lambda h, d: [f"at {h.train_loss[-1]:.3g}, above the {h.train_loss[0]:.3g}", first_step(h)],
    "blind": lambda h, d: [
        f"for {percent(neighbours(d.x_train[:, :1], d.y_train))}",
        f"plane for {percent(neighbours(d.x_train, d.y_train))}",
    ],
    "collapsed": lambda h, d: [right(h)],
    "straight": lambda h, d: [right(h), f"least squares {percent(best_straight(h.config, d))}"],
    "identical": lambda h, d: ["four nodes", f"{slope(h, d, 0):.2g} at the start", "cosine 1.000"],
    "tiny start": lambda h, d: [
        f"{rms(weights(h, 1, 0)):.1g} at the output",
        f"a gradient of {slope(h, d, 0):.1g}",
        f"rests at {h.train_loss[-1]:.3f}",
    ],
    "flat start": lambda h, d: [f"{rms(weights(h, 0, 0)):.2g} in the hidden layer", f"{flat(h, d, 0)} of its tanh"],
    "driven flat": lambda h, d: [first_step(h), f"{flat(h, d, -1)} of its answers", "rate of 10 "],
    "dead": lambda h, d: [f"{capital(in_letters(never_positive(h, d)))} of the three nodes", "are dead (none"],
    "vanishing": lambda h, d: [
        "four hidden layers",
        f"{slope(h, d, 4):.1g} at the output",
        f"{slope(h, d, 0):.1g} in the first",
        f"only {percent(rms(weights(h, 0, -1) - weights(h, 0, 0)) / rms(weights(h, 0, 0)))} away",
    ],
    "asleep": lambda h, d: [
        f"loss is {h.train_loss[-1]:.3f}",
        f"has {math.log(2):.3f}",
        f"gradient of {slope(h, d, 0):.1g} at the start, the output {slope(h, d, 2):.1g}",
    ],
    "penalised": lambda h, d: [
        "penalty of 0.1",
        f"{max(rms(weights(h, i, -1)) for i in (0, 1)):.2g} in the largest",
        f"{h.train_loss[-1]:.3f}",
        right(h),
    ],
    "sure and wrong": pulls,
    "clipped": lambda h, d: [
        f"{percent(np.mean(np.array(lengths(h, d)) > 0.001))} of the gradients",
        "longer than 0.001",
        f"median is {np.median(lengths(h, d)):.2g}.",
    ],
    "ended": lambda h, d: falls(h),
    "slow": lambda h, d: [f"only {travelled(h)} away", "after 1,000 epochs"],
    "memorised": lambda h, d: [f"{len(d.x_train)} training points", right(h), percent(h.test_accuracy[-1])],
    "overfitted": lambda h, d: best_test(h),
    "folded": lambda h, d: ["Four ReLU nodes", right(h)],
    "early": lambda h, d: [
        f"from {over_the_last_fifth(h)[0]:.3g} to {over_the_last_fifth(h)[1]:.3g}",
        percent(1 - over_the_last_fifth(h)[1] / over_the_last_fifth(h)[0]),
        right(h),
    ],
    "few nodes": lambda h, d: [f"rests at {h.train_loss[-1]:.3f}", "two inputs of four", right(h), "Two hidden nodes"],
    "flat valley": lambda h, d: [
        f"up to {max(lengths(h, d)):.2g} long and is {lengths(h, d)[-1]:.2g},",
        right(h),
    ],
    "shallow": lambda h, d: [f"rests at {h.train_loss[-1]:.3f}", right(h), "one hidden layer of 8 nodes does"],
    "noisy": lambda h, d: [
        f"only {percent(neighbours(*evenly_taken(d)))}",
        right(h),
        f"{h.train_loss[-1]:.3f} in training and {h.test_loss[-1]:.3f} in the test",
    ],
}


@pytest.mark.parametrize("name", ILL)
def test_the_numbers_in_a_sentence_are_those_of_the_run(name):
    history, data, advice = asked(ILL[name])
    assert advice is not None
    for part in NUMBERS[name](history, data):
        assert part in advice.sentence
    assert re.fullmatch(r"[A-Z1-9].*[a-z0-9.]\.", advice.sentence), "sentences, with a capital and a full stop"
    assert "  " not in advice.sentence
    assert len(advice.sentence) < 330


# --- what can be learnt -----------------------------------------------------------------------------------------------


def test_neighbours_of_values_tell_a_value():
    config = Config(dataset="bumps", samples=100, noise=0.2)
    data = make_data(config)
    x, y, told = data.x_train, data.y_train, []
    for i in range(len(x)):
        order = sorted((j for j in range(len(x)) if j != i), key=lambda j: float(((x[j] - x[i]) ** 2).sum()))
        told.append(np.mean([y[j] for j in order[:NEIGHBOURS]]))
    assert reach(config, data) == pytest.approx(1 - np.mean((y - told) ** 2) / np.var(y))


def test_of_few_points_it_is_only_seen_whether_equal_ones_agree():
    config = Config(dataset="xor_points")
    data = make_data(config)
    assert len(data.x_train) < FEWEST_POINTS
    assert reach(config, data) == 1
    assert reach(config.replace(features=("x1",)), data) == 0.5


def test_the_best_straight_cut():
    for name, share in (("linear", 1.0), ("plane", 1.0), ("two_blobs", 1.0)):
        config = Config(dataset=name, samples=200)
        assert best_straight(config, make_data(config)) == pytest.approx(share, abs=0.02)
    config = Config(dataset="circles", samples=200)
    assert best_straight(config, make_data(config)) < 0.7


# --- what else may come -----------------------------------------------------------------------------------------------


def test_a_penalty_is_to_blame_only_once_it_has_had_time():
    strong = CIRCLES.replace(optimizer="adamw", weight_decay=1.0, learning_rate=0.01)
    for config, names in ((strong, ["penalised"]), (strong.replace(learning_rate=0.0003), ["few nodes", "slow"])):
        *_, advice = asked(config)
        assert advice is not None
        assert advice.name in names
    for config, name in ((ILL["penalised"], "penalised"), (ILL["penalised"].replace(learning_rate=0.001), "slow")):
        *_, advice = asked(config)
        assert advice is not None
        assert advice.name == name


def test_where_a_straight_cut_tells_more_than_neighbours_it_is_named():
    history, data, advice = asked(Config(dataset="plane", samples=600, noise=0.35, epochs=2000))
    assert advice is not None
    assert advice.name == "noisy"
    assert f"best straight cut R² is {best_straight(history.config, data):.2f}, and" in advice.sentence


def test_a_loss_that_jumps_but_comes_lower_is_left_alone():
    config = PRESETS["too_fast"].config
    history, data, advice = asked(config)
    assert advice is not None
    assert advice.name == "jumping"
    half = len(history.train_loss) // 2
    lower = history.train_loss.copy()
    lower[half + 2] = lower[:half].min() / 2
    now = coach(history._replace(train_loss=lower), vitals(history, data), config, data)
    assert now is None or now.name != "jumping"


def test_where_steps_killed_nodes_the_cure_is_a_smaller_rate_too():
    config = CIRCLES.replace(hidden_sizes=(6, 6), activation="relu", initializer="he", learning_rate=8.0, epochs=200)
    *_, advice = asked(config)
    assert advice is not None
    assert (advice.name, "Steps at a rate of 8 push them there." in advice.sentence) == ("dead", True)
    assert advice.cure is not None
    assert (advice.cure["activation"], advice.cure["learning_rate"]) == ("tanh", 0.5)


def test_a_loss_on_its_way_to_infinity_has_diverged():
    config = Config(dataset="sine", samples=200, activation="relu", learning_rate=100.0)
    whole = run(config)
    assert whole.stopped
    history, _, advice = asked(config.replace(epochs=int(whole.epochs[-1])))
    assert history.stopped is None
    assert advice is not None
    assert advice.name == "diverged"
    assert advice.sentence.endswith(f"then {history.train_loss[-1]:.3g} at epoch {history.epochs[-1]}.")


def test_learning_by_heart_is_no_fault_where_nothing_better_can_be_reached():
    config = SPIRAL.replace(samples=100, noise=0.35, hidden_sizes=(8,))
    history, data, advice = asked(config)
    assert "The test loss was lowest" in outcome(history).sentence
    assert reach(config, data) < np.bincount(data.y_train).max() / len(data.y_train)
    assert advice is None or advice.name == "noisy"


def test_a_run_that_has_not_finished_hears_nothing():
    config = ILL["slow"]
    history = run(config.replace(epochs=100))._replace(config=config)
    assert not history.finished
    data = make_data(config)
    assert coach(history, vitals(history, data), config, data) is None


@pytest.mark.parametrize("config", [Config(dataset="own"), Config(changes=(Change(1000, "parameters[0]", 3.0),))])
def test_a_run_with_nothing_to_judge_hears_nothing(config):
    *_, advice = asked(config)
    assert advice is None


def test_a_cure_holds_for_the_whole_run():
    """What was changed on the way gives way to it."""
    config = ILL["jumping"].replace(changes=(Change(50, "learning_rate", 70.0), Change(60, "l2", 0.0001)))
    history, data, advice = asked(config)
    assert advice is not None
    cured = config.replace(**advice.cure or {})
    assert (cured.learning_rate, cured.changes) == (7.0, (Change(60, "l2", 0.0001),))
    assert run(cured).train_loss[-1] < history.train_loss[-1]
    assert data_over_time(config, data)[-1] is data


def test_what_was_changed_for_the_worse_is_taken_back():
    config = Config(dataset="spiral", learning_rate=0.01, epochs=50, changes=(Change(49, "learning_rate", 100.0),))
    *_, advice = asked(config)
    assert advice is not None
    cured = config.replace(**advice.cure or {})
    assert (cured.learning_rate, cured.changes) == (0.01, ())


@pytest.mark.parametrize("change", [Change(500, "learning_rate", 0.01), Change(500, "parameters[0]", 1.0)])
def test_a_run_that_ended_before_its_changes_is_judged_where_it_ended(change):
    *_, advice = asked(Config(dataset="plane", learning_rate=100, changes=(change,)))
    assert advice is not None
    assert advice.name == "diverged"
    assert "a rate of 100" in advice.sentence


def test_zeros_are_named_before_a_rate_that_moves_nothing():
    config = Config(initializer="zeros", optimizer="adam", dataset="bumps", hidden_sizes=(3,), activation="relu")
    *_, advice = asked(config)
    assert advice is not None
    assert advice.name != "adaptive"


def test_weights_set_by_hand_give_way_to_other_layers():
    config = ILL["few nodes"].replace(changes=(Change(0, "parameters[0]", 0.0),))
    *_, advice = asked(config)
    assert advice is not None
    cured = config.replace(**advice.cure or {})
    assert (cured.hidden_sizes, cured.changes) == ((8,), ())


def test_activations_by_layer_follow_other_layers():
    config = Config(hidden_sizes=(3, 2), activation=("tanh", "relu"))
    for sizes in ((4,), (4, 4), (4, 4, 4)):
        assert config.replace(**resized(config, sizes)).hidden_sizes == sizes


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_settings_it_is_one_sentence_or_none_and_a_cure_that_can_be_made(seed):
    for i in range(seed * 8, seed * 8 + 8):
        config = varied_config(i)
        *_, advice = asked(config)
        if advice and advice.cure:
            cured = config.replace(**advice.cure)
            assert cured != config
            assert Config.from_query(cured.to_query()) == (cured, [])


def visitors(runs, seed):
    """Runs as visitors make them, short ones."""
    rng = np.random.default_rng(seed)
    sets = list(data_sets(rng))
    return [drawn(sets[int(rng.integers(len(sets)))], rng).replace(epochs=60) for _ in range(runs)]


MANY = [*ILL.values(), *(config.replace(epochs=100) for config in WELL.values()), *visitors(80, seed=7)]


@pytest.mark.parametrize("config", MANY)
def test_outcome_and_coach_never_say_opposite_things(config):
    """They stand side by side on the screen."""
    history, _, advice = asked(config)
    became, cure = outcome(history), advice.cure or {} if advice else {}
    said = advice.sentence if advice else ""
    named = re.search(r"Try a learning rate of (\S+) or less", became.sentence)
    assert (named is not None) == (became.name == "diverged") or became.name == "untrained"
    if named:
        assert cure["learning_rate"] <= float(named[1])
    if became.name == "restless":
        assert cure.get("learning_rate", 0) <= config.learning_rate
    if became.name == "restless" or "The test loss was lowest" in became.sentence:
        assert cure.get("epochs", 0) <= config.epochs
    if became.name == "plateau":
        assert "epochs" not in cure
    if became.name == "solved":
        assert advice is None or advice.name in ("memorised", "overfitted")
    lowest = [re.findall(r"lowest, (\S+), at epoch ([\d,]*\d)", text) for text in (became.sentence, said)]
    assert not all(lowest) or lowest[0] == lowest[1]
    if "last fifth" in said and became.name == "learning":
        (ours,), (theirs,) = (
            re.findall(r"(fell|rose) by (?:only )?([\d.]+)", text) for text in (became.sentence, said)
        )
        assert theirs == (ours[0], f"{float(ours[1]):.0f}")


def test_words():
    assert (counted(1, "node"), counted(3, "node"), counted(12, "node")) == ("one node", "three nodes", "12 nodes")
    assert (capital("ReLU nodes"), capital("two ReLUs")) == ("ReLU nodes", "Two ReLUs")
    assert tidy(0.12345) == 0.12
    assert isinstance(asked(Config(epochs=5))[0], History)
