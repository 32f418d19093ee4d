"""What the coach says about how well network and data fit: too few nodes, too many, too strong a penalty, noise."""

import numpy as np

from nn_core.activations import Array
from nn_core.cases import Case, Found, Rule, capital, counted, in_letters, percent, resized, tidy
from nn_core.config import MAX_NODES, MOST_SAMPLES
from nn_core.losses import LINKS, LOSSES, TASKS
from nn_core.mlp import forward, loss_and_gradient, targets
from nn_core.plateaus import plateaus

STRONG = {"l1": 0.003, "l2": 0.01, "weight_decay": 0.2}  # penalties from which they can be too strong
PENALTIES = {"l1": "L1 penalty", "l2": "L2 penalty", "weight_decay": "weight decay"}
SHRUNK = 0.3  # the size of the weights by that of the first ones, from which a penalty has pulled them away
BALANCED = 0.5  # the share of its pull that the loss answers, from which it holds them
MUCH = 0.15  # dropout that can be too much
GAP = 0.05  # by how much worse the test score is than the training score, from which that is worth a word
LEARNT = 2 / 3  # the last loss by the first, below which something has been learnt
LOST = 0.01  # by how much the test score has fallen since the test loss was lowest
NOISY = 0.92  # a reach below which points are said to be noisy
FEWEST = 100  # training points, of which neighbours tell
FEW = 1000  # samples that may be too few
WIDE = 8  # nodes of a layer that are enough for most of the problems here
SURELY = 0.1  # an answer's probability of the true class, below which it is surely wrong
SOME = 0.02  # share of the points


def dropped(case: Case) -> Found:
    """So many nodes switched off that too few are left."""
    dropout, sizes = case.config.dropout, case.config.hidden_sizes
    if not case.failing or dropout < MUCH or not sizes:
        return None
    sentence = (
        f"Dropout leaves {min(sizes) * (1 - dropout):.1f} of {counted(min(sizes), 'node')} at each step, on average: "
        f"too few to learn with, and {case.scored}. It is meant for wide layers."
    )
    return sentence, {"dropout": 0.0}


def penalised(case: Case) -> Found:
    """Penalties that hold the weights small."""
    config = case.config
    strong = [name for name in PENALTIES if getattr(config, name) >= STRONG[name]]
    if not case.failing or not (strong := [name for name in strong if _holds(case, name)]):
        return None
    held = " and ".join(f"the {PENALTIES[name]} of {getattr(config, name):g}" for name in strong)
    size = max(float(layer.weights[-1]) for layer in case.vitals.layers)
    sentence = (
        f"{capital(held)} {'holds' if len(strong) == 1 else 'hold'} the weights small, {size:.2g} in the largest "
        f"layer: the boundary cannot become steep, the training loss stays at {case.loss[-1]:.3f}, and {case.scored}."
    )
    return sentence, {name: tidy(getattr(config, name) / 100) for name in strong}


def _holds(case: Case, name: str) -> bool:
    """Whether a penalty has had the time to take effect. Weight decay: its updates add up to the whole of a weight. The
    others: weights have shrunk, or the loss pulls the other way; at rest against each other both pull alike."""
    config, data = case.config, case.data
    if name == "weight_decay":
        shrinks = config.learning_rate * config.weight_decay * case.history.state.update
        return config.optimizer == "adamw" and shrinks > 1
    now, first = (max(float(layer.weights[look]) for layer in case.vitals.layers) for look in (-1, 0))
    both, free = config, config.replace(l1=0.0, l2=0.0)
    whole, loss = (loss_and_gradient(case.vitals.now, data.x_train, data.y_train, each)[1] for each in (both, free))
    pull = whole - loss
    return now < SHRUNK * first or float(loss @ pull) < -BALANCED * float(pull @ pull)


def sure_and_wrong(case: Case) -> Found:
    """Squared, absolute or Huber loss on classes: where an answer is surely wrong they are flat."""
    config, usual = case.config, TASKS[case.config.task].loss
    if not case.failing or config.task == "regression" or config.loss_name == usual:
        return None
    trace, y = forward(case.vitals.now, case.data.x_train, config), targets(case.data.y_train, config)
    sure = _of_the_true_class(trace.output, y) < SURELY
    if sure.mean() < SOME:
        return None
    link, z = LINKS[config.link], trace.z[-1]
    pulls = (float(np.abs(LOSSES[name].gradient(z, y, link)[sure]).mean()) for name in (config.loss_name, usual))
    sentence = (
        f"{percent(float(sure.mean()))} of the training points are answered wrong and surely. There the "
        f"{LOSSES[config.loss_name].title} is flat: it pulls by {next(pulls):.1g} on the output, where cross-entropy "
        f"would pull by {next(pulls):.2g}."
    )
    return sentence, {"loss": "auto"}


def _of_the_true_class(output: Array, y: Array) -> Array:
    """The probability that the network gives to what is true (n,)."""
    if output.shape[1] > 1:
        return (output * y).sum(axis=1)
    return np.where(y > 0.5, output, 1 - output)[:, 0]


def memorised(case: Case) -> Found:
    """Too few points, without noise: what lies between them is guessed."""
    config, gap = case.config, case.score - case.test_score
    few = config.data.kind == "plane" and config.samples <= FEW and config.samples * 4 <= MOST_SAMPLES
    by_heart = case.best_test is not None or (gap > 3 * GAP and case.loss[-1] < LEARNT * case.loss[0])
    if not case.clean or not few or gap < GAP or (case.failing and not by_heart):
        return None
    sentence = (
        f"What it has learnt of its {len(case.data.x_train)} training points ({case.scored}) does not hold between "
        f"them: of the test points {case.in_words(case.test_score)}. More points show it the shape."
    )
    return sentence, {"samples": config.samples * 4}


def overfitted(case: Case) -> Found:
    """The test loss has risen from its lowest, and its score fallen, while the training loss fell."""
    best = case.best_test
    if best is None or case.score - case.test_score < GAP or case.loss[-1] > 0.95 * case.loss[best]:
        return None
    if not case.learnable or case.test_score > case.test_scores[best] - LOST:
        return None
    what = "single points" if case.clean else "the noise"
    sentence = (
        f"It learns {what} by heart: the test loss was lowest, {case.test[best]:.3f}, at epoch "
        f"{int(case.epochs[best]):,}, and has risen to {case.test[-1]:.3f}, while the training loss fell from "
        f"{case.loss[best]:.3f} to {case.loss[-1]:.3f}."
    )
    config = case.config
    if config.l2 < STRONG["l2"]:
        return f"{sentence} A small L2 penalty keeps it smooth.", {"l2": tidy(max(0.003, 3 * config.l2))}
    fewer = tuple(max(2, size // 2) for size in config.hidden_sizes)
    return f"{sentence} Fewer nodes can keep less in mind.", resized(config, fewer)


def folded(case: Case) -> Found:
    """A surface of few flat pieces where a smooth one is asked for."""
    names, folds = set(case.config.activations), sum(case.config.hidden_sizes)
    if not case.failing or case.config.task != "regression" or not names or names - {"relu", "leaky_relu"}:
        return None
    if case.fall > 0.15 or folds > 2 * WIDE:
        return None
    sentence = (
        f"{capital(counted(folds, 'ReLU node'))} {'makes' if folds == 1 else 'make'} a surface of flat pieces, and "
        f"{case.scored}: what is to be learnt is smooth. tanh nodes bend smoothly."
    )
    return sentence, {"activation": "tanh", "initializer": "xavier", "initial_scale": 1.0}


def few_nodes(case: Case) -> Found:
    """A loss that rests, or nearly, in a network that is small."""
    sizes = case.config.hidden_sizes
    if not case.failing or not sizes or min(sizes) >= WIDE:
        return None
    named = next((each for each in plateaus(case.config, case.data) if each.has(float(case.loss[-1]))), None)
    rests = case.rests
    if named and named.shared < named.inputs:
        share = f"{counted(named.shared, 'input')} of {in_letters(named.inputs)}"
        rests = f"rests at {case.loss[-1]:.3f}, the step where {share} share an answer"
    nodes = counted(sum(sizes), "hidden node")
    sentence = (
        f"The loss {rests}, and {case.scored}. {capital(nodes)} {'draws' if sum(sizes) == 1 else 'draw'} too few "
        "lines, or came to rest in a bad place: with more, some find a good one."
    )
    return sentence, resized(case.config, tuple(min(MAX_NODES, max(WIDE, 2 * size)) for size in sizes))


def flat_valley(case: Case) -> Found:
    """Plain gradient descent, or with momentum, that has come to rest, or nearly, with nodes enough."""
    if not case.failing or case.adaptive or not case.hidden:
        return None
    sentence = (
        f"There are nodes enough, but hardly any slope is left: the gradient was up to {case.vitals.length.max():.2g} "
        f"long and is {case.vitals.length[-1]:.2g}, while {case.scored}. Adam takes large steps on gentle slopes, too."
    )
    return sentence, {"optimizer": "adam", "learning_rate": 0.02}


def shallow(case: Case) -> Found:
    """A wide layer that does not get further."""
    sizes = case.config.hidden_sizes
    if not case.failing or not 0 < len(sizes) < 3:
        return None
    sentence = (
        f"The loss {case.rests}, and {case.scored}: "
        f"{counted(len(sizes), 'hidden layer')} of {'-'.join(map(str, sizes))} nodes "
        f"{'does' if len(sizes) == 1 else 'do'} not get further. One more combines their lines to shapes."
    )
    return sentence, resized(case.config, (*sizes, sizes[-1]))


def noisy(case: Case) -> Found:
    """As good as can be: the points themselves disagree."""
    resting = case.outcome.name in ("plateau", "learning") and abs(case.fall) < 0.05
    if case.failing or not resting or case.reach > NOISY or len(case.data.x_train) < FEWEST:
        return None
    if case.score - case.test_score > 2 * GAP:
        return None
    if case.config.task != "regression":
        agree = f"for only {percent(case.neighbours)} of the points the nearest ones are mostly of the same class"
    elif case.straight > case.neighbours:
        agree = f"by the best straight cut {case.in_words(case.straight)}"
    else:
        agree = f"from the nearest points a value can be told with an R² of {case.neighbours:.2f}"
    sentence = (
        f"This is about as good as it gets: {agree}, and by the network {case.scored}. What is left of the loss, "
        f"{case.loss[-1]:.3f} in training and {case.test[-1]:.3f} in the test, is mostly noise."
    )
    return sentence, None


HELD = (Rule("penalised", penalised), Rule("sure and wrong", sure_and_wrong))
SMOTHERED = (Rule("dropped", dropped),)
BY_HEART = (Rule("memorised", memorised), Rule("overfitted", overfitted))
SHAPE = (Rule("folded", folded),)
SIZE = (Rule("few nodes", few_nodes), Rule("flat valley", flat_valley), Rule("shallow", shallow), Rule("noisy", noisy))
