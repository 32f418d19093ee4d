"""Whose turn it is, where the others stand in line, and how long that takes."""

from concurrent.futures import Future

import pytest

from ui.jobs import turns
from ui.jobs.job import Job
from ui.jobs.turns import MOST_ACTIVE, MOST_ACTIVE_OF_ONE, admit, line, next_job, place, wait


def job(owner: str, came: float = 0.0, **more) -> Job:
    return Job(len, [1], bool, list, owner=owner, **{"came": came, "estimate": 10.0, **more})


def serve(jobs: list[Job], turns: int) -> list[str]:
    """The owners of the next slices, each of which is over before the next."""
    owners = []
    for now in range(turns):
        chosen = next_job(jobs)
        chosen.served = now + 1.0
        owners.append(chosen.owner)
    return owners


def test_two_visitors_share_evenly_whatever_they_ask_for():
    jobs = [job("a"), job("a"), job("a"), job("b")]
    admit(jobs)
    assert serve(jobs, 8) == list("abababab")
    assert len({id(next_job(jobs)), *map(id, jobs)}) == 4


def test_jobs_of_one_visitor_take_turns_too():
    jobs = [job("a", came=i) for i in range(3)]
    admit(jobs)
    served = []
    for now in range(6):
        chosen = next_job(jobs)
        chosen.served = now + 1.0
        served.append(jobs.index(chosen))
    assert served == [0, 1, 2, 0, 1, 2]


def test_who_has_less_under_way_is_first():
    jobs = [job("a"), job("b", served=5.0)]
    admit(jobs)
    jobs[0].chains[0].under_way = Future()
    assert next_job(jobs) is jobs[1]
    jobs[1].chains[0].done = True
    assert next_job(jobs) is None


def test_what_is_paused_or_forsaken_has_no_turn_and_makes_room():
    jobs = [job("a"), job("b", status="paused"), job("c", resting=True), job("d", status="stopped")]
    for each in jobs:
        each.active = True
    admit(jobs)
    assert [each.active for each in jobs] == [True, False, False, False]
    assert serve(jobs, 2) == ["a", "a"]


def test_so_many_are_active_and_the_line_is_fair():
    greedy = [job("greedy", came=i) for i in range(MOST_ACTIVE_OF_ONE + 3)]
    others = [job(str(i), came=100 + i) for i in range(MOST_ACTIVE)]
    jobs = greedy + others
    admit(greedy)
    assert [each.active for each in greedy] == [True] * MOST_ACTIVE_OF_ONE + [False] * 3
    admit(jobs)
    assert sum(each.active for each in jobs) == MOST_ACTIVE
    waiting = line(jobs)
    assert [each.owner for each in waiting] == [
        str(i) for i in range(MOST_ACTIVE - MOST_ACTIVE_OF_ONE, MOST_ACTIVE)
    ] + ["greedy"] * 3
    assert place(waiting[0], jobs, 1).rank == 1
    assert place(greedy[-1], jobs, 1).rank == len(waiting)
    assert place(greedy[0], jobs, 1) is None
    greedy[0].status = "finished"
    admit(jobs)
    assert waiting[0].active
    assert place(waiting[1], jobs, 1).rank == 1


@pytest.mark.parametrize(
    ("active", "ahead", "width", "expected"),
    [
        ([3.0], [], 1, 3),
        ([3.0], [], 4, 3),  # one alone uses one worker
        ([2.0, 2.0], [], 1, 4),
        ([1.0, 3.0], [], 1, 2),
        ([1.0, 3.0], [5.0], 1, 6),  # after 2 the first ends, the one ahead takes its place; 2 and 5 are left
        ([4.0, 4.0], [], 2, 4),
        ([], [], 1, 0),
    ],
)
def test_how_long_it_takes_until_there_is_room(active, ahead, width, expected):
    assert wait(active, ahead, width) == pytest.approx(expected)


def test_the_wait_counts_what_is_done():
    jobs = [job(str(i), came=i, estimate=4.0, seconds=3.0) for i in range(MOST_ACTIVE + 1)]
    admit(jobs)
    found = place(jobs[-1], jobs, 2)
    assert found == turns.Place(1, pytest.approx(MOST_ACTIVE / 2))
