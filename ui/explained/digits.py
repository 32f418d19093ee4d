"""What stands behind the words where digits are drawn, read, taught and learnt.

Letters: x pixels, z weighted sums, a activations, p probabilities, y the truth, A the answer; below its formula stands
what any other means.
"""

from collections.abc import Callable
from typing import Any

from nn_core import diagnostics, inspection, numbers, preparation, slices
from nn_core.contrast import turn, why_not
from nn_core.evaluation import Evaluation
from nn_core.neighbours import neighbours
from nn_core.teaching import teach
from ui.explained.exam import OF_A_TEST, OPERATIONS
from ui.explained.subject import Subject, told

BRACKETS = "[ ] is 1 where it is true, else 0"


def _of(figure: Any) -> Callable[..., Any]:
    """The function behind a property."""
    return figure.fget


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

SUBJECTS: dict[str, Subject] = {**IN_A_LAYER, **ABOUT_A_PICTURE, **WHILE_IT_LEARNS, **OF_A_TEST, **OPERATIONS}
