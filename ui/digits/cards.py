"""The cards of digit networks in words: what each was made of, and how good it is."""

from collections.abc import Callable, Iterable

from ui import words
from ui.theme import percentage

NOTHING = "\N{EN DASH}"


ROWS: dict[str, Callable[[dict], str]] = {
    "Layers": lambda card: "-".join(map(str, card["layers"])),
    "Parameters": lambda card: f"{card['parameters']:,}",
    "Learnt from": lambda card: card["data"],
    "How": lambda card: card["recipe"],
    "Seed": lambda card: str(card["seed"]),
    "Right on the test pictures of its set": lambda card: percentage(card["accuracy"]),
    "Right on pen strokes of our generator, never seen before": lambda card: percentage(card["accuracy_drawn"]),
    "Scribbles and letters it is not sure about": lambda card: percentage(card["junk_refused"]),
    "How far apart how sure it is and how often it is right": lambda card: percentage(card["calibration_error"]),
    "Licence": lambda card: card["licence"],
}


def title(card: dict) -> str:
    """The name of a network as it stands on the screen."""
    return card["name"][:1].upper() + card["name"][1:]


def summary(card: dict) -> str:
    """One line: how good, and how large, as far as the card knows."""
    facts = {"accuracy": _tested_on(card), "accuracy_drawn": "generated pen strokes"}
    shares = [f"{percentage(card[name])} on {what}" for name, what in facts.items() if name in card]
    right = [f"right: {', '.join(shares)}"] if shares else []
    return "; ".join([*right, f"{card['parameters']:,} parameters"])


def _tested_on(card: dict) -> str:
    return "MNIST" if card["settings"].get("dataset") == "mnist" else "its test pictures"


def table(cards: Iterable[dict]) -> str:
    """The cards side by side, a row per fact that any of them knows, in Markdown."""
    cards = list(cards)
    rows = [[name, *(_told(tell, card) for card in cards)] for name, tell in ROWS.items()]
    known = [[f"**{name}**", *facts] for name, *facts in rows if any(fact != NOTHING for fact in facts)]
    return words.table(["", *map(title, cards)], known, "l" * (1 + len(cards)))


def _told(tell: Callable[[dict], str], card: dict) -> str:
    try:
        return tell(card)
    except KeyError:  # a network of the visitor's need not know everything about itself
        return NOTHING
