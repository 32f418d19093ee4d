"""This engine beside PyTorch, scikit-learn, Keras and JAX, and a C loop as the limit, in several contests.

    python -m benchmarks.suite [CONTEST ...] [--rounds N] [--write]          (make bench)

Prints what was measured as Markdown. `--write` puts it into benchmarks/measured.md, and the summary into README.md.
"""

import argparse
import re
import sys
import time
from pathlib import Path

from benchmarks import limit, plane
from benchmarks.contests import CONTESTS, Contest
from benchmarks.measure import MACHINE, Measured, measure, versions

ROOT = Path(__file__).parent.parent
FULL, SUMMARY = ROOT / "benchmarks" / "measured.md", ROOT / "README.md"
FAMILIES = {"PyTorch": "PyTorch", "scikit-learn": "scikit-learn", "Keras": "Keras", "JAX": "JAX", "C": "plain C"}

Results = dict[str, Measured]
UNITS = ("s", 1), ("ms", 1e-3), ("µs", 1e-6)


def told(seconds: float, per: str) -> str:
    """A time, three digits of it; for many networks how many a second."""
    if per == "a network":
        return f"{_digits(1 / seconds)} a second"
    unit, size = next((unit, size) for unit, size in UNITS if seconds >= 0.9995 * size)
    return f"{_digits(seconds / size)} {unit}"


def _digits(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def ratio(times: float) -> str:
    """How many times as long as `nn_core`, two digits of it."""
    if times < 0.095:
        return f"1/{1 / times:.0f}"
    return f"{times:.2g}" if times < 10 else f"{times:.0f}"


def full(contest: Contest, results: Results) -> str:
    """All that was measured in one contest."""
    lines = [
        f"## {contest.title[0].upper()}{contest.title[1:]}\n",
        f"{contest.task}\n",
        f"| | {f'time {contest.per}'.strip()} | times `nn_core` | {contest.outcome} | first call |",
        "|---|---|---|---|---|",
    ]
    for name, each in results.items():
        cells = told(each.seconds, contest.per), ratio(each.times(results["nn_core"])), f"{each.outcome:.6f}"
        lines.append(f"| {' | '.join((name, *cells, told(each.first, '')))} |")
    return "\n".join(lines) + "\n"


def row(title: str, contest: Contest, results: Results, ours: str = "nn_core") -> str:
    """One line of the summary: the quickest of each family beside ours."""
    cells = [told(results[ours].seconds, contest.per)]
    alone = plane.DISTINCT in ours
    for family in FAMILIES:
        names = [name for name in results if re.match(rf"{family}\b", name)]
        if any(plane.DISTINCT in name for name in names):
            names = [name for name in names if (plane.DISTINCT in name) == alone]
        cells.append(ratio(min(results[name].times(results[ours]) for name in names)) if names else "")
    return f"| {title} | {' | '.join(cells)} |"


def summary(measured: dict[str, Results]) -> str:
    """What README.md shows."""
    lines = [f"| | `nn_core` | {' | '.join(FAMILIES.values())} |", f"|{'---|' * (len(FAMILIES) + 2)}"]
    for key, results in measured.items():
        contest = CONTESTS[key]
        lines.append(row(contest.title, contest, results))
        if key == "bits":
            lines.append(row("the same, no two rows equal", contest, results, "nn_core" + plane.DISTINCT))
    return "\n\n".join(["\n".join(lines), conditions(), *sentences(measured)]) + "\n"


def conditions() -> str:
    """When, where, and by which versions."""
    names = {"numpy": "NumPy", "torch": "PyTorch", "scikit-learn": "scikit-learn", "keras": "Keras", "jax": "JAX"}
    known = versions()
    told = ", ".join(f"{shown} {'.'.join(known[name].split('.')[:2])}" for name, shown in names.items())
    return f"{time.strftime('%B %Y')}, {MACHINE}; {told}."


def sentences(measured: dict[str, Results]) -> list[str]:
    """What the table does not show."""
    found = []
    if bits := measured.get("bits"):
        merged, not_merged = (bits[plane.REFERENCE].times(bits["nn_core" + end]) for end in ("", plane.DISTINCT))
        found.append(
            "What the readable engine costs: a loop over `loss_and_gradient` of [nn_core/mlp.py](nn_core/mlp.py), the\n"
            f"mathematics as on a blackboard, takes {ratio(merged)} times as long as the fast engine on the bit\n"
            f"pairs, {ratio(not_merged)} times where no two rows are equal. The fast one is held to it by\n"
            "[tests/test_engine.py](tests/test_engine.py): one source of truth for the mathematics."
        )
    if several := measured.get("population"):
        alone, together = several["nn_core, one after the other"], several["nn_core"]
        found.append(
            f"One after the other `nn_core` trains {1 / alone.seconds:.0f} of the 4,800 networks a second: in\n"
            f"lockstep it is {ratio(alone.times(together))} times as fast."
        )
    first = {
        what: each.first
        for key, what in {"bits": "the bit pairs", "population": "the 4,800 networks"}.items()
        for name, each in measured.get(key, {}).items()
        if name.startswith("JAX, the run compiled")
    }
    if first:
        each = " and ".join(f"{told(seconds, '')} for {what}" for what, seconds in first.items())
        found.append(f"JAX is timed without compiling, with which its first call takes\n{each}.")
    return found


HEAD = """# This engine beside its peers

Measured by `make bench`. {conditions}

Medians of CPU time; each ratio is the median of those of the rounds. The first call, which is not among them, compiles
and loads what it needs.
"""


def write(measured: dict[str, Results], parts: list[str]) -> None:
    """Both files."""
    FULL.write_text("\n".join([HEAD.format(conditions=conditions()), *parts]), encoding="utf-8")
    text, block = SUMMARY.read_text(encoding="utf-8"), f"<!-- bench -->\n{summary(measured)}<!-- /bench -->"
    SUMMARY.write_text(re.sub("<!-- bench -->.*<!-- /bench -->", lambda _: block, text, flags=re.S), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "contests", nargs="*", metavar="CONTEST", help=f"of {', '.join(CONTESTS)}; all, if none is named"
    )
    parser.add_argument("--rounds", type=int, default=7, help="that are measured; slow peers take part in three")
    parser.add_argument("--write", action="store_true", help="write what was measured, of all contests")
    asked = parser.parse_args()
    names = asked.contests or list(CONTESTS)
    if unknown := set(names) - set(CONTESTS):
        sys.exit(f"There is no contest {', '.join(unknown)}: choose from {', '.join(CONTESTS)}.")
    if asked.write and set(names) != set(CONTESTS):
        sys.exit("Only all contests are written down: name none.")
    if not limit.available():
        print(limit.MISSING)
    measured, parts = {}, []
    for name in names:
        measured[name] = measure(CONTESTS[name].peers(), max(1, asked.rounds))
        parts.append(full(CONTESTS[name], measured[name]))
        print(parts[-1], flush=True)
    print(summary(measured))
    if asked.write:
        write(measured, parts)


if __name__ == "__main__":
    main()
