"""The cards of the shipped digit networks in words: what each was made of, and how good it is."""

from collections.abc import Callable, Iterable


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


ROWS: dict[str, Callable[[dict], str]] = {
    "Layers": lambda card: "-".join(map(str, card["layers"])),
    "Parameters": lambda card: f"{card['parameters']:,}",
    "Learnt from": lambda card: card["data"],
    "How": lambda card: card["recipe"],
    "Seed": lambda card: str(card["seed"]),
    "Right on MNIST's 10,000 test pictures": lambda card: _percent(card["accuracy"]),
    "Right on pen strokes of our generator, never seen before": lambda card: _percent(card["accuracy_drawn"]),
    "Scribbles and letters it is not sure about": lambda card: _percent(card["junk_refused"]),
    "How far apart how sure it is and how often it is right": lambda card: _percent(card["calibration_error"]),
    "Licence": lambda card: card["licence"],
}


def summary(card: dict) -> str:
    """One line: how good, and how large."""
    drawn, mnist = _percent(card["accuracy_drawn"]), _percent(card["accuracy"])
    return f"{drawn} right on generated pen strokes, {mnist} on MNIST; {card['parameters']:,} parameters"


def table(cards: Iterable[dict]) -> str:
    """The cards side by side, a row per fact, in Markdown."""
    cards = list(cards)
    head = ["", *(card["name"].title() for card in cards)]
    rows = [[f"**{title}**", *map(tell, cards)] for title, tell in ROWS.items()]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])
