"""What stands behind the words about a whole test set, and about operations on a network; letters as in `digits`."""

from collections.abc import Callable
from typing import Any

from nn_core import distortions, evaluation, surgery
from nn_core.augment import thicker
from nn_core.distortions import DISTORTIONS
from nn_core.evaluation import Evaluation
from nn_core.surgery import CHANGE, Noise, Prune, Quantise, Unit
from ui.explained.subject import Subject, told

BRACKETS = "[ ] is 1 where it is true, else 0"


def _of(figure: Any) -> Callable[..., Any]:
    """The function behind a property."""
    return figure.fget


def _harder(kind: str, *symbols: str, beside: Callable[..., Any] | None = None) -> Subject:
    """A distortion, which calls the function `beside` it."""
    return Subject(symbols, (DISTORTIONS[kind].apply, *([beside] if beside else ())))


def _moved(kind: str, formula: str, *letters: str) -> Subject:
    """A distortion that reads a picture at other places."""
    between = told(
        r"x(u, v) = \sum_{i, j} h(u - i) \, h(v - j) \, x_{ij}",
        "between pixels: the nearer one is, the more it counts;",
        r"$h(d) = \max(0, 1 - |d|)$",
    )
    return _harder(kind, told(formula, *letters), between, beside=distortions._read)


OF_A_TEST: dict[str, Subject] = {
    "margin": Subject(
        (
            told(
                r"p = \frac{k}{n} \pm \frac{s}{1 + \frac{s^2}{n}} \sqrt{\frac{p\,(1 - p)}{n} + \frac{s^2}{4 n^2}}",
                "right: $k$ of $n$ pictures, and its margin; $s = 1.96$",
            ),
        ),
        (_of(Evaluation.margin),),
    ),
    "mean_loss": Subject(
        (told(r"-\frac{1}{n} \sum_i \ln p_{i, y_i}", "mean loss: cross-entropy"),),
        (_of(Evaluation.loss),),
    ),
    "calibration_error": Subject(
        (
            told(
                r"\sum_b \frac{n_b}{n} \, |c_b - r_b|",
                "calibration error; of the answers in a tenth $b$",
                "$c$: how sure they are, $r$: the share that is right",
            ),
        ),
        (_of(Evaluation.calibration_error),),
    ),
    "confusion": Subject(
        (
            told(
                r"N_{ij} = \sum_m \, [y_m = i] \; [\arg\max_k p_{mk} = j]",
                "pictures $m$ of class $i$ that were read as $j$;",
                BRACKETS,
            ),
        ),
        (evaluation.confusion,),
    ),
    "mistakes": Subject(
        (
            told(
                r"\arg\max_k p_k \ne y",
                "sorted by how probable the truth was, least first,",
                "or the answer, most first",
            ),
        ),
        (evaluation.mistakes,),
    ),
    "per_class": Subject(
        (
            told(r"1 - \frac{N_{kk}}{\sum_j N_{kj}}", "missed of class $k$; $N$: the confusion matrix"),
            told(r"1 - \frac{N_{kk}}{\sum_i N_{ik}}", "false alarms"),
        ),
        (evaluation.per_class,),
    ),
    "reliability": Subject(
        (
            told(
                r"c_b = \frac{1}{n_b} \sum_{i \in b} \max_k p_{ik}",
                "how sure: mean of the answers in each tenth $b$",
            ),
            told(
                r"r_b = \frac{1}{n_b} \sum_{i \in b} \, [\hat y_i = y_i]",
                r"how often right: $\hat y$ is the answer,",
                BRACKETS,
            ),
        ),
        (evaluation.reliability,),
    ),
    "thresholds": Subject(
        (
            told(r"\frac{1}{n} \sum_i \, [c_i > t], \quad c_i = \max_k p_{ik}", "answered, at the threshold $t$"),
            told(
                r"\frac{\sum_i \, [c_i > t] \; [\hat y_i = y_i]}{\sum_i \, [c_i > t]}",
                r"right of these: $\hat y$ is the answer,",
                BRACKETS,
            ),
        ),
        (evaluation.thresholds,),
    ),
    "principal_map": Subject(
        (
            told(
                r"C = \sum_i (v_i - \bar v)(v_i - \bar v)^{\mathsf T}, \quad C \, e_k = \lambda_k \, e_k",
                "$v$: what each picture is in this layer",
            ),
            told(r"\bigl((v_i - \bar v) \cdot e_1, \; (v_i - \bar v) \cdot e_2\bigr)", "its point"),
            told(r"\frac{\lambda_k}{\sum_j \lambda_j}", "the share of all differences that an axis shows"),
        ),
        (evaluation.principal_map,),
    ),
    "harder_shift": _moved("shift", r"x'(u, v) = x(u - d, v)", "by $d$ to the right; the next one down, left, up"),
    "harder_turn": _moved(
        "turn",
        r"x'(u, v) = x(c \, u + s \, v, \; c \, v - s \, u)",
        "$c$ and $s$: cosine and sine of the angle;",
        "$u$ to the right, $v$ down, from the middle",
    ),
    "harder_scale": _moved(
        "scale", r"x'(u, v) = x(\tfrac{u}{s}, \tfrac{v}{s})", "$u$ to the right, $v$ down, from the middle"
    ),
    "harder_noise": _harder(
        "noise",
        told(
            r"x'_i = \min(1, \max(0, \; x_i + \sigma \, \varepsilon_i))",
            r"$\varepsilon$: random, normal, standard deviation 1",
        ),
    ),
    "harder_pen": _harder(
        "pen",
        told(r"x^{+}_{uv} = \max(x_{uv}, \, x_{u \pm 1, v}, \, x_{u, v \pm 1})", "thicker by a pixel"),
        told(r"1 - (1 - x)^{+}", "thinner by a pixel"),
        told(r"x + f \, (x^{+} - x)", "by a part $f$ of a pixel"),
        beside=thicker,
    ),
}

OPERATIONS: dict[str, Subject] = {
    "prune": Subject(
        (
            told(
                r"w' = w \; [\operatorname{rank} |w| > q n]",
                "of $n$ weights the $q n$ smallest in size become 0",
            ),
        ),
        (CHANGE[Prune],),
    ),
    "noise": Subject(
        (
            told(
                r"w' = w + q \, \sigma \, \varepsilon",
                r"$\sigma$: the spread of the weights of the layer,",
                r"$\varepsilon$: random, normal, standard deviation 1",
            ),
        ),
        (CHANGE[Noise],),
    ),
    "rounding": Subject(
        (
            told(
                r"w' = \Delta \, \min\bigl(m, \max(-m, \operatorname{round} \tfrac{w}{\Delta})\bigr)",
                r"$b$ bits: $m = 2^{b - 1} - 1$; $\Delta$: of 19 steps that which",
                "changes the weights least (sum of squares)",
            ),
            told(r"w' = \operatorname{sign}(w) \cdot \tfrac{1}{n} \sum |w|", "a single bit"),
        ),
        (CHANGE[Quantise], surgery._rounded),
    ),
    "size": Subject(
        (
            told(
                r"\Bigl\lceil \tfrac{1}{8} \bigl(\min(n \, b, \; n + n_{\ne 0} \, b) + 32 \, n_b\bigr) \Bigr\rceil",
                "bytes of $n$ weights of $b$ bits, with those not 0",
                "counted by themselves, and of the biases",
            ),
        ),
        (surgery.size,),
    ),
    "worth": Subject(
        (
            told(
                r"\frac{1}{n} \sum_i \bigl([\hat y_i = y_i] - [\hat y_i^{-j} = y_i]\bigr)",
                r"accuracy lost; $\hat y$: the answer, $-j$: without unit $j$,",
                BRACKETS,
            ),
        ),
        (surgery.importance,),
    ),
    "unit_changed": Subject(
        (
            told(
                r"W'_{kj} = s \, W_{kj}, \quad b'_k = b_k + t \, W_{kj}",
                "in the next layer, so that the activation $a$ of unit $j$",
                "counts as $s a + t$; off: $s = t = 0$",
            ),
        ),
        (CHANGE[Unit],),
    ),
    "changed": Subject(
        (
            told(
                r"100 \, \Bigl(\frac{N'_{kk}}{\sum_j N'_{kj}} - \frac{N_{kk}}{\sum_j N_{kj}}\Bigr)",
                "points of class $k$; $N$ before, $N'$ after",
            ),
        ),
        (evaluation.per_class,),
    ),
    "sweep": Subject(
        (
            told(
                r"\frac{1}{n} \sum_i \bigl[\arg\max_k p_k(x_i; w') = y_i\bigr]",
                "the accuracy with the changed weights $w'$",
            ),
        ),
        (surgery.operate, _of(Evaluation.accuracy)),
    ),
}
