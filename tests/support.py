"""What several test files share: derivatives by complex step, and Configs drawn from every setting's range."""

import base64
import json
import random
from dataclasses import fields
from pathlib import Path

import numpy as np

from nn_core.activations import ACTIVATIONS
from nn_core.config import Change, Config, Point
from nn_core.datasets import DATASETS
from nn_core.losses import LOSSES
from nn_core.optimizers import OPTIMIZERS, SCHEDULES
from nn_core.ranges import Choice, Digest, Number, Records, Several

UPDATES = 20  # over which engines agree to the last digits
STEP = 1e-30  # no difference is taken, so the step may be as small as it likes: the derivative is exact


def derivative(f, x):
    """df/dx of an elementwise f, at every element of x."""
    return f(x + STEP * 1j).imag / STEP


def gradient(f, p):
    """The gradient (n,) of a scalar f at p (n,)."""
    return np.array([f(probe).imag for probe in p + STEP * 1j * np.eye(len(p))]) / STEP


def edges(allowed):
    """The extreme values of a setting's range, or all of them where they are names."""
    match allowed:
        case Number(low, high, whole, zero):
            kind = int if whole else float
            return [kind(low), kind(high)] + [kind(0)] * zero
        case Choice(names):
            return list(names)
        case Digest(length):
            return ["", "0a" * (length // 2)]
        case Records(kind, _, most):
            rng = random.Random(0)
            return [(), tuple(random_record(kind, rng) for _ in range(most))]
        case Several(item, fewest, most, single):
            distinct = edges(item)
            runs = [tuple(distinct[i % len(distinct)] for i in range(n)) for n in range(fewest, most + 1)]
            return runs + distinct * single


def random_value(allowed, rng: random.Random):
    """A value of a setting's range."""
    match allowed:
        case Number(low, high, whole, zero):
            if zero and rng.random() < 0.3:
                return 0
            return rng.randint(low, high) if whole else rng.uniform(low, high)
        case Choice(names):
            return rng.choice(names)
        case Digest(length):
            return "".join(rng.choices("0123456789abcdef", k=length))
        case Records(kind):
            return tuple(random_record(kind, rng) for _ in range(rng.randint(0, 4)))
        case Several(item, fewest, most, single):
            values = tuple(random_value(item, rng) for _ in range(rng.randint(fewest, most)))
            return values[0] if single and rng.random() < 0.5 else values


def random_record(kind, rng: random.Random) -> tuple:
    """A point, or a change of a setting or weight that most Configs can make."""
    if kind is Point:
        return Point(round(rng.uniform(-1, 1), 3), round(rng.uniform(-1, 1), 3), rng.randint(0, 1), rng.randint(0, 1))
    name = rng.choice(["learning_rate", "l2", "optimizer", "parameters[0]", "noise"])
    return Change(rng.randint(0, 1000), name, "adam" if name == "optimizer" else round(rng.uniform(0.1, 0.5), 2))


def random_settings(rng: random.Random) -> dict:
    """About half of the settings, each somewhere in its range; they need not fit together."""
    return {f.name: random_value(f.metadata["range"], rng) for f in fields(Config) if rng.random() < 0.5}


def varied_config(i):
    """The i-th of many Configs that together go through every table, batch size and extra."""
    rng = random.Random(i)
    pick = {name: list(table)[i % len(table)] for name, table in (("optimizer", OPTIMIZERS), ("schedule", SCHEDULES))}
    dataset = [name for name, entry in DATASETS.items() if entry.make][i % 16]
    losses = [name for name, loss in LOSSES.items() if DATASETS[dataset].task in loss.tasks]
    hidden = tuple(rng.randint(1, 6) for _ in range(i % 4))
    names = list(ACTIVATIONS)
    adaptive = "rms_decay" in OPTIMIZERS[pick["optimizer"]].reads  # they step by the rate, not by rate x gradient
    return Config(
        dataset=dataset,
        samples=48,  # 24 or 48 points to learn from: batches of 10 leave a partial one
        noise=rng.choice([0.0, 0.1]),
        hidden_sizes=hidden,
        activation=tuple(names[(i + k) % len(names)] for k in range(len(hidden))) or "tanh",
        loss=losses[i // 16 % len(losses)],
        learning_rate=rng.choice([0.01, 0.1, 0.5]) * (0.1 if adaptive else 1),
        batch_size=rng.choice([0, 0, 1, 4] if DATASETS[dataset].kind == "corners" else [0, 0, 1, 10, 24]),
        l1=rng.choice([0.0, 0.01]),
        l2=rng.choice([0.0, 0.02]),
        dropout=rng.choice([0.0, 0.0, 0.3]),
        clip=rng.choice([0.0, 0.05]),
        epochs=UPDATES,
        seed=i,
        data_seed=i,
        **pick,
    )


def unpacked(payload: bytes):
    """What `ui.components.pack` made: the header, and the bytes behind it."""
    end = 4 + int.from_bytes(payload[:4], "little")
    return json.loads(payload[4:end]), payload[end:]


def decode(payload: bytes):
    """The same with its arrays: the header, and each by its name."""
    header, rest = unpacked(payload)
    floats = np.frombuffer(rest, "<f4", sum(size for _, size in header["arrays"].values()))
    return header, {name: floats[at : at + size] for name, (at, size) in header["arrays"].items()}


def draw(page, strokes, width=280):
    """Draw on the sheet of a page with the mouse; strokes are in pixels of a canvas so wide."""
    box = page.locator("canvas.ink").bounding_box()
    scale = box["width"] / width
    for stroke in strokes:
        points = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


MOUNT = """async ([html, css, js, payload, listen]) => {
    const host = document.createElement("div");
    host.style = "--st-text-color: #16202e; --st-border-color: #d5dde8; --st-primary-color: #1d5fd1;"
        + "--st-background-color: #ffffff; --st-secondary-background-color: #f3f6fb";
    document.body.append(host);
    const parentElement = window.root = host.attachShadow({ mode: "open" });
    parentElement.innerHTML = html + "<style>" + css + "</style>";
    const url = URL.createObjectURL(new Blob([js], { type: "text/javascript" }));
    const { default: show } = await import(url);
    Function(listen)(); // defines window.setStateValue
    window.show = (payload) => show({ parentElement, data: bytesOf(payload), setStateValue });
    window.leave = window.show(payload);
}"""


def mounted(page, component, html, payload, listen):
    """Mount a component's files in a page that has `bytesOf`, as the app does. `component` is its module; the script
    `listen` runs before and says what becomes of the states it sets."""
    folder = Path(component.__file__).parent
    files = ((html,), component.STYLES, component.SCRIPTS)
    parts = ("\n".join((folder / name).read_text(encoding="utf-8") for name in names) for names in files)
    page.evaluate(MOUNT, [*parts, base64.b64encode(payload).decode(), listen])
