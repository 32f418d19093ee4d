"""Whose turn it is: fair between visitors, whatever each of them has asked for.

So many jobs are active at a time and take turns, slice by slice; the others wait in line. Between two visitors the one
with less under way comes first, then the one who was served longer ago.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ui.jobs.job import Job

MOST_ACTIVE = 16
MOST_ACTIVE_OF_ONE = 4  # visitor


class Place(NamedTuple):
    """Where a job stands in line: 1 is next; and in about how many seconds its turn comes."""

    rank: int
    seconds: float


def wanted(job: Job) -> bool:
    """Whether the job would go on now."""
    return job.status == "running" and not job.resting


def next_job(jobs: Iterable[Job]) -> Job | None:
    """The active job whose turn it is to have a slice handed out."""
    active = [job for job in jobs if job.active and wanted(job)]
    under_way, served = Counter(), {}
    for job in active:
        under_way[job.owner] += job.under_way
        served[job.owner] = max(served.get(job.owner, 0.0), job.served)
    able = [job for job in active if job.idle_chain()]
    return min(
        able,
        key=lambda job: (under_way[job.owner], served[job.owner], job.under_way, job.served, job.came),
        default=None,
    )


def line(jobs: Iterable[Job]) -> list[Job]:
    """Those that wait, in the order in which they will become active: first come, first served, but a visitor with
    fewer jobs before him goes first."""
    jobs = [job for job in jobs if wanted(job)]
    before = Counter(job.owner for job in jobs if job.active)
    waiting = sorted((job for job in jobs if not job.active), key=lambda job: job.came)
    order = []
    while waiting:
        first = min(waiting, key=lambda job: before[job.owner])  # of several the first come
        waiting.remove(first)
        before[first.owner] += 1
        order.append(first)
    return order


def admit(jobs: Iterable[Job]) -> None:
    """Let as many become active as there is room for; what is not wanted any more makes room."""
    jobs = list(jobs)
    for job in jobs:
        job.active = job.active and wanted(job)
    active = Counter(job.owner for job in jobs if job.active)
    for job in line(jobs):
        if active.total() < MOST_ACTIVE and active[job.owner] < MOST_ACTIVE_OF_ONE:
            job.active = True
            active[job.owner] += 1


def place(job: Job, jobs: Iterable[Job], width: int) -> Place | None:
    """Where a job stands in line when `width` slices run at a time; None when its turn has come."""
    jobs = [each for each in jobs if wanted(each)]
    order = line(jobs)
    if job not in order:
        return None
    rank = order.index(job) + 1
    mine = sum(each.active and each.owner == job.owner for each in jobs) >= MOST_ACTIVE_OF_ONE
    left = [each.left for each in jobs if each.active]
    for_me = [each.left for each in jobs if each.active and each.owner == job.owner] if mine else left
    ahead = [each.left for each in order[: rank - 1] if not mine or each.owner == job.owner]
    return Place(rank, wait(for_me, ahead, width * len(for_me) / max(1, len(left))))


def wait(active: Sequence[float], ahead: Sequence[float], width: float) -> float:
    """Seconds until there is room, when jobs with so many seconds left share `width` workers evenly, and those ahead
    take the places that become free first."""
    now, left, ahead = 0.0, sorted(active), list(ahead)
    while left:
        share = min(1.0, width / len(left))
        shortest = left.pop(0)
        now += shortest / share
        left = [each - shortest for each in left]
        if not ahead:
            return now
        left = sorted([*left, ahead.pop(0)])
    return now
