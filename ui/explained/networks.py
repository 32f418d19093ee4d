"""What stands behind the words on the pages about networks of the plane."""

from nn_core import checks, landscape, mlp, plateaus, vitals
from nn_core.race import best_rates
from nn_core.statistics import correlation_ratio, share
from nn_core.trials import rounds, survivors
from ui.explained.subject import Subject, told

SUBJECTS: dict[str, Subject] = {
    # A network
    "forward": Subject(
        (
            r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}, \quad a^{(0)} = x",
            r"a^{(l)} = \varphi(z^{(l)})",
        ),
        (mlp.forward,),
    ),
    "backward": Subject(
        (
            r"\delta^{(l)} = \bigl(W^{(l+1)\mathsf{T}} \delta^{(l+1)}\bigr) \odot \varphi'(z^{(l)})",
            r"\frac{\partial L}{\partial W^{(l)}} = \frac{1}{n} \sum_i \delta_i^{(l)} a_i^{(l-1)\mathsf{T}}",
            r"\frac{\partial L}{\partial b^{(l)}} = \frac{1}{n} \sum_i \delta_i^{(l)}",
        ),
        (mlp.backward,),
    ),
    # Many networks
    "share": Subject(
        (
            told(r"p = \frac{k}{n}", "$k$ of $n$ seeds"),
            told(
                r"\frac{p + \frac{s^2}{2n} \pm s \sqrt{\frac{p\,(1 - p)}{n} + \frac{s^2}{4n^2}}}{1 + \frac{s^2}{n}}",
                "95 % sure: $s = 1.96$",
            ),
        ),
        (share,),
    ),
    "plateaus": Subject(
        (
            told(
                r"L = -\omega \sum_c p_c \ln p_c",
                r"inputs that share an answer: they are the part $\omega$",
                "of all points, and $p_c$ of them are of class $c$",
            ),
        ),
        (plateaus._entropy,),
    ),
    "halving": Subject(
        (
            told(r"E_r = \lfloor E_{r+1} / 3 \rfloor", "epochs until round $r$ ends"),
            told(r"n_r = \lceil n / 3^{r} \rceil", "trials that go on into round $r$"),
        ),
        (rounds, survivors),
    ),
    "importance": Subject(
        (
            told(
                r"1 - \frac{\sum_i (v_i - \bar v_{g(i)})^2 / (n - k)}{\sum_i (v_i - \bar v)^2 / (n - 1)}",
                "$n$ trials worth $v$, in $k$ groups $g$ by the value of a setting",
            ),
        ),
        (correlation_ratio,),
    ),
    "best_rate": Subject(
        (
            told(
                r"\eta^* = \arg\min_{\eta} \; Q_{3/4}(L_\eta)",
                "three in four seeds end at or below $Q_{3/4}$",
            ),
        ),
        (best_rates,),
    ),
    # Gradient check
    "central_difference": Subject(
        (
            r"\frac{L(w + \varepsilon) - L(w - \varepsilon)}{2 \varepsilon}",
            r"= L'(w) + \frac{\varepsilon^2}{6} L'''(w) + \dots",
        ),
        (checks.central_difference,),
    ),
    "complex_step": Subject(
        (
            r"\frac{\operatorname{Im} L(w + i \varepsilon)}{\varepsilon}",
            r"= L'(w) - \frac{\varepsilon^2}{6} L'''(w) + \dots",
        ),
        (checks.complex_step,),
    ),
    "relative_error": Subject(
        (
            told(
                r"\frac{|g - \hat g|}{\max(|g|, |\hat g|, s)}",
                r"$g$ by backpropagation, $\hat g$ measured",
            ),
            r"s = \max(10^{-6} \max_j |\hat g_j|, \, 10^{-9})",
        ),
        (checks.relative_error,),
    ),
    "u_shape": Subject(
        (
            r"\text{error} \approx c \, \varepsilon^2 + \frac{r}{\varepsilon}",
            r"\text{least at } \varepsilon^* = \sqrt[3]{\frac{r}{2c}}",
        ),
        (checks.guides,),
    ),
    # Landscape
    "plane": Subject(
        (
            r"w(\alpha, \beta) = w_0 + \alpha\, u + \beta\, v",
            told(
                r"(\alpha_t, \beta_t) = \arg\min_{\alpha, \beta} \lVert w_t - w(\alpha, \beta) \rVert",
                "where the path $w_t$ is drawn",
            ),
            told(
                r"\frac{\sum_t \lVert w_t - w(\alpha_t, \beta_t) \rVert^2}{\sum_t \lVert w_t - w^\star \rVert^2}",
                r"of its way outside the plane; $w^\star$ is the star",
            ),
        ),
        (landscape.Plane.at, landscape.Plane.project, landscape.Plane.outside),
    ),
    "random_plane": Subject(
        (
            told(
                r"u_j = \frac{d_j}{\lVert d_j \rVert} \, \lVert w_j \rVert",
                "for each unit $j$; $d$ is random",
            ),
        ),
        (landscape.random_plane, landscape._as_long),
    ),
    "principal_plane": Subject(
        (
            told(
                r"w_t - \bar w = \sum_k s_k \, a_{tk} \, u_k, \quad \frac{s_k^2}{\sum_j s_j^2}",
                "the share of the variance along direction $u_k$",
            ),
        ),
        (landscape.principal_plane,),
    ),
    # Diagnosis
    "gradient": Subject(
        (
            told(
                r"\sqrt{\frac{1}{n} \sum_{w} \Bigl(\frac{\partial L}{\partial w}\Bigr)^2}",
                "over the $n$ weights of a layer: their root mean square, rms",
            ),
        ),
        (vitals._rms,),
    ),
    "step": Subject(
        (
            told(
                r"\frac{\operatorname{rms}(w_{t+1} - w_t)}{u \, \operatorname{rms}(w_t)}",
                "from one recorded network to the next, $u$ updates later",
            ),
        ),
        (vitals._steps,),
    ),
    "weights": Subject(
        (r"\operatorname{rms}(w)", told(r"\operatorname{rms}(w - w_0)", "dotted: the distance from the start")),
        (vitals._layer,),
    ),
    "saturated": Subject(
        (told(r"|\varphi'(z)| < 0.05 \cdot \max |\varphi'|", "the share of points and nodes where this holds"),),
        (vitals._saturated,),
    ),
    "dead": Subject(
        (told(r"z \le 0 \text{ on all points}", "of a ReLU; of others: their answers do not vary"),),
        (vitals._dead,),
    ),
    "similar": Subject(
        (
            told(
                r"\max_{i < j} \frac{|v_i \cdot v_j|}{\lVert v_i \rVert \, \lVert v_j \rVert}",
                "$v_j$: the weights and the bias of node $j$",
            ),
        ),
        (vitals._similar,),
    ),
}
