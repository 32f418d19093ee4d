"""What stands behind the words on the pages about networks of the plane."""

from nn_core import checks, landscape, mlp, plateaus, vitals
from nn_core.race import best_rates
from nn_core.statistics import correlation_ratio, share
from nn_core.trials import rounds, survivors
from ui.explained.subject import Subject

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
            r"p = \frac{k}{n}, \qquad \frac{p + \frac{s^2}{2n} \pm s \sqrt{\frac{p\,(1 - p)}{n} + "
            r"\frac{s^2}{4n^2}}}{1 + \frac{s^2}{n}}, \quad s = 1.96 \text{: 95 \% sure}",
        ),
        (share,),
    ),
    "plateaus": Subject(
        (
            r"L = -\omega \sum_c p_c \ln p_c \text{: inputs that share an answer, a part } \omega "
            r"\text{ of all points, } p_c \text{ of them of class } c",
        ),
        (plateaus._entropy,),
    ),
    "halving": Subject(
        (
            r"E_r = \Bigl\lfloor \frac{E_{r+1}}{3} \Bigr\rfloor \text{ epochs until round } r \text{ ends}",
            r"n_r = \Bigl\lceil \frac{n}{3^{r}} \Bigr\rceil \text{ trials go on into round } r",
        ),
        (rounds, survivors),
    ),
    "importance": Subject(
        (
            r"\varepsilon^2 = 1 - \frac{\sum_i (v_i - \bar v_{g(i)})^2 / (n - k)}{\sum_i (v_i - \bar v)^2 / (n - 1)}"
            r"\text{: } n \text{ trials in } k \text{ groups } g \text{ by the value of a setting}",
        ),
        (correlation_ratio,),
    ),
    "best_rate": Subject(
        (r"\eta^* = \arg\min_{\eta} \; Q_{3/4}(L_\eta) \text{: three in four seeds end at or below } Q_{3/4}",),
        (best_rates,),
    ),
    # Gradient check
    "central_difference": Subject(
        (r"\frac{\partial L}{\partial w} \approx \frac{L(w + \varepsilon) - L(w - \varepsilon)}{2 \varepsilon}",),
        (checks.central_difference,),
    ),
    "complex_step": Subject(
        (r"\frac{\partial L}{\partial w} \approx \frac{\operatorname{Im} L(w + i h)}{h}, \quad h = 10^{-30}",),
        (checks.complex_step,),
    ),
    "relative_error": Subject(
        (
            r"\frac{|g - m|}{\max(|g|, |m|, s)}, \quad s = \max(10^{-6} \max_j |m_j|, \, 10^{-9})"
            r"\text{: } g \text{ by backpropagation, } m \text{ measured}",
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
            r"(\alpha, \beta)_t = \arg\min_{\alpha, \beta} \lVert w_t - w(\alpha, \beta) \rVert "
            r"\text{: where the path } w_t \text{ is drawn}",
            r"\frac{\sum_t \lVert w_t - w((\alpha, \beta)_t) \rVert^2}{\sum_t \lVert w_t - w^\star \rVert^2}"
            r"\text{: of its way outside the plane}",
        ),
        (landscape.Plane.at, landscape.Plane.project, landscape.Plane.outside),
    ),
    "random_plane": Subject(
        (r"u_j = \frac{d_j}{\lVert d_j \rVert} \, \lVert w_j \rVert \text{ for each unit } j, \quad d \text{ random}",),
        (landscape.random_plane, landscape._as_long),
    ),
    "principal_plane": Subject(
        (r"w_t - \bar w = \sum_k s_k \, a_{tk} \, u_k, \qquad \text{share of } u_k = \frac{s_k^2}{\sum_j s_j^2}",),
        (landscape.principal_plane,),
    ),
    # Diagnosis
    "gradient": Subject(
        (r"\sqrt{\frac{1}{n} \sum_{w} \Bigl(\frac{\partial L}{\partial w}\Bigr)^2} \text{ over all weights of it}",),
        (vitals._rms,),
    ),
    "step": Subject(
        (
            r"\frac{\operatorname{rms}(w_{t+1} - w_t)}{u \, \operatorname{rms}(w_t)}"
            r"\text{: from one recorded network to the next, } u \text{ updates later}",
        ),
        (vitals._steps,),
    ),
    "weights": Subject(
        (
            r"\operatorname{rms}(w) = \sqrt{\tfrac{1}{n} \sum w^2}",
            r"\text{dotted: } \operatorname{rms}(w - w_0)",
        ),
        (vitals._layer,),
    ),
    "saturated": Subject(
        (r"\text{share of } |\varphi'(z)| < 0.05 \cdot \max |\varphi'|",),
        (vitals._saturated,),
    ),
    "dead": Subject(
        (r"\text{ReLU: } z \le 0 \text{ on all points; others: spread of } a \text{ nearly } 0",),
        (vitals._dead,),
    ),
    "similar": Subject(
        (r"\max_{i < j} \frac{|v_i \cdot v_j|}{\lVert v_i \rVert \, \lVert v_j \rVert}, \quad v_j = (w_j, b_j)",),
        (vitals._similar,),
    ),
}
