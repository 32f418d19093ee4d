"""What stands behind the words on the pages about digits.

Letters: x pixels, z weighted sums, a activations, p probabilities, y the truth, A the answer; below its formula stands
what any other means.
"""

from collections.abc import Callable
from typing import Any

from nn_core import diagnostics, distortions, evaluation, inspection, numbers, preparation, slices, surgery
from nn_core.augment import thicker
from nn_core.contrast import turn, why_not
from nn_core.distortions import DISTORTIONS
from nn_core.evaluation import Evaluation
from nn_core.neighbours import neighbours
from nn_core.surgery import CHANGE, Noise, Prune, Quantise, Unit
from nn_core.teaching import teach
from ui.explained.subject import Subject

BRACKETS = "[ ] is 1 where it is true, else 0"


def told(formula: str, *letters: str) -> str:
    """A formula, and in small below it what its letters mean: lines short enough for a phone."""
    return formula + r" \\[0.4em] " + r" \\ ".join(rf"\footnotesize\text{{{line}}}" for line in letters)


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


IN_A_LAYER: dict[str, Subject] = {
    "path": Subject(
        (
            told(
                r"c = w_{ji} \, a_i \, \frac{\partial z_A}{\partial z_j}",
                "what the weight from unit $i$ to unit $j$",
                "brought to the last sum of the answer $A$",
            ),
        ),
        (inspection.path,),
    ),
    "unit": Subject(
        (told(r"z_j = \sum_i w_{ji} \, x_i + b_j", "weights × picture, added up, and the bias"),),
        (inspection.unit_view,),
    ),
    "strongest": Subject(
        (
            told(r"c_j = a_j \, \frac{\partial z_A}{\partial a_j}", "what unit $j$ gave to the last sum of the answer"),
            told(r"\frac{|c_j|}{\sum_i |c_i|}", "its part in the answer"),
        ),
        (inspection.strongest_units,),
    ),
}

ABOUT_A_PICTURE: dict[str, Subject] = {
    "why": Subject(
        (
            told(
                r"z_A - z_B = \sum_j (w_{Aj} - w_{Bj})\, a_j + b_A - b_B",
                "why $A$ and not $B$: the units of the last hidden layer",
            ),
            told(r"x_i \, \frac{\partial (z_A - z_B)}{\partial x_i}", "what pixel $i$ does for it"),
            told(
                r"\frac{1}{784} \sum_i |x'_i - x_i|",
                "mean change of a pixel;",
                "$x'$: the nearest picture found that is read as $B$",
            ),
        ),
        (why_not, turn),
    ),
    "slopes": Subject(
        (
            told(
                r"\frac{\partial \ln p_A}{\partial x_i} = \sum_k (y_k - p_k)\, \frac{\partial z_k}{\partial x_i}",
                "gradient; here $y$ is 1 for the answer $A$, else 0",
            ),
        ),
        (inspection.saliency,),
    ),
    "occlusion": Subject(
        (told(r"p_A(x) - p_A(x_{\square})", r"occlusion; $x_{\square}$: the 5 × 5 pixels around emptied"),),
        (inspection.occlusion,),
    ),
    "nearest": Subject(
        (
            told(
                r"d = \sqrt{\sum_j (a_j - a'_j)^2}",
                "of two pictures: $a$ and $a'$ are the activations",
                "of the last hidden layer, or the pixels",
            ),
            told(
                r"d^2 - \sum_j a_j^2 = \sum_j a'^2_j - 2 \sum_j a_j a'_j",
                "the same order, sooner found: all squares are known",
            ),
        ),
        (neighbours,),
    ),
    "certainty": Subject(
        (
            told(r"p_k = \frac{e^{s_k / T}}{\sum_j e^{s_j / T}}", "softmax; $s$: the last sums, $T$: the temperature"),
            told(r"H = -\sum_k p_k \log_2 p_k", "entropy in bits"),
        ),
        (inspection.certainty,),
    ),
    "preparation": Subject(
        (
            told(
                r"\frac{20 - 2.4}{\max(e, 24)}",
                "scale; $e$: the longer side of what the pen drew,",
                "on a canvas of 280 × 280",
            ),
            told(
                r"\min\bigl(1, \max(0, \tfrac{2.4 + 1}{2} - d)\bigr)",
                "ink; $d$: from the pixel's middle to the nearest line,",
                "2.4: the width of the pen",
            ),
            told(r"14.5 - \frac{\sum_i x_i \, r_i}{\sum_i x_i}", "shift to the centre; $r$: the place of a pixel"),
        ),
        (preparation._from_strokes, preparation._paint, preparation._centre_of_mass),
    ),
    "number": Subject(
        (
            told(
                r"\max \sum_g (\ln p_g + 0.2) - \sum_{i, j} o_{ij}",
                "over all ways to share out strokes into groups $g$;",
                "$i$ and $j$: strokes in different groups",
            ),
            told(
                r"o_{ij} = 2 \min\Bigl(1, \max\bigl(0, \tfrac{s_{ij}}{\min(w_i, w_j)}\bigr)\Bigr)",
                "a fine where one stands above the other;",
                "$s$: width they share, $w$: width of each, at least",
                "0.15 of the height of the line",
            ),
            told(r"\prod_g p_g", "that all digits are right"),
        ),
        (numbers._best, numbers._overlaps),
    ),
}

WHILE_IT_LEARNS: dict[str, Subject] = {
    "lesson": Subject(
        (
            told(
                r"L = -\tfrac{1}{416} \Bigl(\sum_{\text{32 new}} \ln p_y + "
                r"\sum_{\text{384 old}} \sum_k q_k \ln p_k\Bigr)",
                "$q$: what the network said before the lesson",
            ),
            told(r"\eta_t = 0.001 \, \bigl(1 - \tfrac{t}{T}\bigr)", "learning rate of Adam at step $t$ of $T$"),
        ),
        (teach,),
    ),
    "forgotten": Subject(
        (told(r"100 \, \Bigl(\frac{r'}{n} - \frac{r}{n}\Bigr)", "points; $r$ of $n$ read right before, $r'$ after"),),
        (_of(Evaluation.right), _of(Evaluation.accuracy)),
    ),
    "batch_means": Subject(
        (
            told(r"-\frac{1}{n} \sum_i \ln p_{i, y_i}", "loss; $n$: the pictures since the point before"),
            told(r"\frac{1}{n} \sum_i \bigl[\arg\max_k p_{ik} = y_i\bigr]", f"accuracy; {BRACKETS}"),
        ),
        (slices._Watch.means,),
    ),
    "health": Subject(
        (
            told(
                r"\operatorname{rms}(v) = \sqrt{\tfrac{1}{n} \sum_i v_i^2}",
                "$v$: gradients of the $n$ weights of a layer, the",
                "weights, or how far they have moved",
            ),
            told(r"\sqrt{\tfrac{1}{m} \sum_i (a_i - \bar a)^2} < 0.001", "an idle unit, over $m$ pictures"),
        ),
        (diagnostics.diagnose, diagnostics._rms),
    ),
}

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

SUBJECTS: dict[str, Subject] = {**IN_A_LAYER, **ABOUT_A_PICTURE, **WHILE_IT_LEARNS, **OF_A_TEST, **OPERATIONS}
