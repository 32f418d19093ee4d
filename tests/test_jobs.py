"""Long work in slices: the same result whatever befalls it, in turns, within bounds, and only while it is wanted."""

import os
import signal
import time
from collections import deque
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.walking import Walk, ended, job, joined, steps, undisturbed, until
from ui.jobs import TRIES, Full, Job, Jobs, Next
from ui.jobs.engines import Local


class On:
    """An engine by its executor, which may change under it."""

    losses = Local.losses
    notice = ""

    def __init__(self, executor, width: int = 1) -> None:
        self.executor = executor if callable(executor) else lambda: executor
        self.workers, self.there, self.renewed = width, True, 0

    def open(self) -> None:
        pass

    def ready(self) -> bool:
        return self.there

    def width(self) -> int:
        return self.workers

    def renew(self) -> None:
        self.renewed += 1

    def close(self) -> None:
        pass


class ByHand(Executor):
    """An executor that works when it is told to: `waiting` is what it was handed."""

    def __init__(self) -> None:
        self.waiting = deque()

    def submit(self, work, /, *arguments, **named):
        future = Future()
        self.waiting.append((future, lambda: work(*arguments, **named), arguments))
        return future

    def begin(self):
        """The next work, begun: how to end it, and its task and state."""
        until(lambda: self.waiting)
        future, work, (task, state, _) = self.waiting.popleft()
        future.set_running_or_notify_cancel()
        return lambda: future.set_result(work()), task, state


@pytest.fixture
def thread():
    """One worker, and it is quick to start."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def jobs(thread):
    return Jobs(On(thread), slice=0.01)


def test_a_killed_worker_costs_a_slice_and_nothing_else():
    jobs, walking = Jobs(Local(), slice=0.02), job(40)
    jobs.start(walking)
    for kill_after in (5, 15):
        until(lambda: steps(walking) >= kill_after)  # noqa: B023
        os.kill(walking.result.processes[-1], signal.SIGKILL)
    until(lambda: walking.status != "running")
    assert (walking.status, steps(walking)) == ("finished", 40)
    assert len(set(walking.result.processes)) >= 3
    assert walking.state[0] == undisturbed(40)


def test_a_worker_that_always_dies_ends_in_a_sentence_and_loses_nothing(thread):
    jobs, walking = Jobs(On(lambda: executor), slice=0.01), job(20)
    executor = thread
    jobs.start(walking)
    until(lambda: steps(walking) >= 5)
    asked = []
    executor = Dead(asked)
    until(lambda: walking.status == "paused")
    assert len(asked) in (TRIES, TRIES - 1)
    assert f"died {TRIES} times" in walking.problem
    assert steps(walking) >= 5
    executor = thread
    jobs.go_on(walking)
    until(lambda: walking.status == "finished")
    assert (walking.problem, walking.state[0]) == ("", undisturbed(20))


class Dead(Executor):
    """An executor whose workers die."""

    def __init__(self, asked):
        self.asked = asked

    def submit(self, *_, **__):
        self.asked.append(1)
        future = Future()
        future.cancel()
        return future


def test_pause_takes_what_is_under_way_and_goes_on_to_the_same_end(jobs):
    walking = job()
    jobs.start(walking)
    until(lambda: steps(walking) >= 3)
    jobs.pause(walking)
    assert walking.status == "paused"
    until(lambda: not walking.under_way)
    resting_at = steps(walking)
    time.sleep(0.1)
    assert steps(walking) == resting_at
    jobs.go_on(walking)
    until(lambda: walking.status == "finished")
    assert walking.state[0] == undisturbed(20)


def test_stop_waits_for_no_slice_and_drops_what_is_under_way():
    hand = ByHand()
    jobs, walking = Jobs(On(hand), slice=0), job()
    jobs.start(walking)
    end, *_ = hand.begin()
    jobs.stop(walking)
    assert (walking.status, walking.under_way) == ("stopped", 0)
    end()
    jobs.go_on(walking)
    assert hand.begin()[2] is None, "it begins again where it stood, at the start"
    assert walking.result is None


def test_a_change_is_in_force_from_the_last_state_on(jobs):
    walking = job(10_000)
    jobs.start(walking)
    until(lambda: steps(walking) >= 3)
    jobs.change(walking, lambda *_: 10)
    until(lambda: walking.status == "finished")
    assert (steps(walking), walking.state[0]) == (10, undisturbed(10))
    jobs.change(walking, lambda *_: 15)
    jobs.go_on(walking)
    until(lambda: steps(walking) == 15)
    assert walking.state[0] == undisturbed(15)


def test_a_change_is_decided_by_the_state_that_the_next_slice_begins_with():
    hand, seen = ByHand(), []
    jobs, walking = Jobs(On(hand), slice=0), job(100)
    jobs.start(walking)
    hand.begin()[0]()
    end, _, before = hand.begin()

    def decide(steps, state):
        end()  # the slice under way has come, but this comes first
        time.sleep(0.1)
        seen.append((steps, state, walking.state))
        return 50

    jobs.change(walking, decide)
    assert seen == [(100, before, before)]
    assert hand.begin()[1:] == (50, before)


def test_who_looks_sees_one_moment(jobs):
    walking = job(10_000)
    jobs.start(walking)
    until(lambda: steps(walking) >= 3)
    now = jobs.still(walking)
    assert now.state == now.result.state
    before = (now.status, now.state, now.seconds, steps(now))
    until(lambda: steps(walking) > steps(now))
    jobs.stop(walking)
    assert (now.status, now.state, now.seconds, steps(now)) == before


class Counted(NamedTuple):
    epoch: int


class Tick(NamedTuple):
    state: Counted
    told: tuple[int | None, ...]


def tick(length: int, state: Counted | None, seconds: float, until: int | None = None) -> Tick:
    return Tick(Counted((state.epoch if state else 0) + 1), (until,))


def test_it_rests_at_the_epoch_it_is_told_and_goes_on_to_the_end(jobs):
    def ticks(parts):
        return Tick(parts[-1].state, sum((each.told for each in parts), ()))

    ticking = Job(tick, [9], lambda length, result: result.state.epoch >= length, ticks, until=3)
    jobs.start(ticking)
    assert ticking.first.wait(30)
    until(lambda: ticking.status != "running")
    assert (ticking.status, ticking.state.epoch) == ("paused", 3)
    jobs.go_on(ticking, until=4)
    until(lambda: ticking.status != "running")
    assert (ticking.status, ticking.state.epoch) == ("paused", 4)
    jobs.go_on(ticking)
    until(lambda: ticking.status != "running")
    assert (ticking.status, ticking.state.epoch) == ("finished", 9)
    assert ticking.result.told == (3, 3, 3, 4, None, None, None, None, None)


def test_visitors_take_turns():
    hand, turns = ByHand(), []
    jobs, lengths = Jobs(On(hand), slice=0), (60, 61)
    for length in lengths:
        jobs.start(job(length, owner=str(length)))
    for _ in range(10):
        until(lambda: len(hand.waiting) == 1)
        end, length, _ = hand.begin()
        turns.append(length)
        end()
    assert turns == 5 * [*lengths]


def test_a_greedy_visitor_keeps_nobody_waiting():
    """64 jobs of one, then five of others: theirs are the next five slices, and in the end all are done."""
    hand = ByHand()
    jobs = Jobs(On(hand), slice=0)
    greedy = [job(2, owner="greedy") for _ in range(64)]
    for each in greedy:
        jobs.start(each)
    with pytest.raises(Full, match="64 runs"):
        jobs.start(job(owner="greedy"))
    end, *_ = hand.begin()
    polite = [job(5, owner=f"polite {i}") for i in range(5)]
    for each in polite:
        jobs.start(each)
    end()
    for _ in polite:
        end, length, _ = hand.begin()
        assert length == 5
        end()
    until(lambda: all(each.first.is_set() for each in polite))
    while any(each.status == "running" for each in (*greedy, *polite)):
        end, *_ = hand.begin()
        end()
        time.sleep(0.002)
    assert {each.status for each in (*greedy, *polite)} == {"finished"}


def test_a_job_of_several_chains_is_worked_on_at_several_places():
    hand = ByHand()
    jobs, several = Jobs(On(hand, width=3), slice=0), job(1, 2, 3, 4)
    jobs.start(several)
    until(lambda: len(hand.waiting) == 3)
    begun = [hand.begin() for _ in range(3)]
    assert [task for _, task, _ in begun] == [1, 2, 3]
    for end, *_ in begun[::-1]:
        end()
    while several.status == "running":
        if hand.waiting:
            hand.begin()[0]()
    assert [chain.state[0] for chain in several.chains] == [undisturbed(n) for n in (1, 2, 3, 4)]
    assert several.seconds > 0


def test_what_follows_from_results_is_done_next(jobs):
    def more(job):
        if len(job.chains) > 2:
            return ()
        return [Next(chain.task + 3, chain.state) for chain in job.chains]

    two_rounds = job(4, 5, more=more)
    jobs.start(two_rounds)
    until(lambda: two_rounds.status == "finished")
    assert [chain.task for chain in two_rounds.chains] == [4, 5, 7, 8]
    assert [chain.state for chain in two_rounds.chains[2:]] == [(undisturbed(7), 7), (undisturbed(8), 8)]


def test_a_slice_that_never_comes_back_is_given_up_and_made_again():
    hand = ByHand()
    engine = On(hand)
    jobs, walking = Jobs(engine, slice=0, too_long=0.2), job(2)
    jobs.start(walking)
    hand.begin()
    end, _, state = hand.begin()
    assert (engine.renewed, state) == (1, None)
    end()
    hand.begin()[0]()
    until(lambda: walking.status == "finished")
    assert walking.state[0] == undisturbed(2)


def test_when_an_engine_is_lost_the_next_one_goes_on(thread):
    hand = ByHand()
    far = On(hand)
    jobs, walking = Jobs(far, On(thread), slice=0.01), job(30)
    jobs.start(walking)
    hand.begin()[0]()
    hand.begin()
    far.there, far.notice = False, "It does not answer."
    until(lambda: walking.status == "finished")
    assert walking.state[0] == undisturbed(30)
    assert walking.problem == ""
    assert jobs.notice == "It does not answer."
    far.there = True
    jobs.start(again := job(1))
    hand.begin()[0]()
    until(lambda: again.status == "finished")


def test_work_rests_while_its_visitors_are_gone_and_is_forgotten_after_a_while(thread):
    there = [True]
    jobs = Jobs(On(thread), slice=0.05, patience=0.2, kept=2.5)
    walking = job(10_000, watchers={lambda: there[0], lambda: False})
    jobs.start(walking)
    until(lambda: steps(walking) >= 2)
    there[0] = False
    until(lambda: walking.resting and not walking.under_way)
    resting_at = steps(walking)
    time.sleep(0.3)
    assert (steps(walking), walking.status) == (resting_at, "running")
    there[0] = True
    until(lambda: steps(walking) > resting_at)
    there[0] = False
    until(lambda: jobs.find(walking.id) is None)
    assert walking.status == "stopped"


def test_there_is_room_for_so_many_and_the_forsaken_make_it(thread):
    jobs = Jobs(On(thread), most=3, slice=0.01, patience=0.2)
    kept = [job(10_000, owner=str(i)) for i in range(2)]
    forsaken = job(10_000, watchers={lambda: False})
    for each in (*kept, forsaken):
        jobs.start(each)
    until(lambda: forsaken.resting)
    jobs.start(another := job(10_000))
    assert jobs.find(forsaken.id) is None
    with pytest.raises(Full, match="try again"):
        jobs.start(job())
    for each in (*kept, another):
        assert jobs.find(each.id) is each
        jobs.drop(each)


def test_a_new_run_takes_the_place_of_the_one_before_and_of_no_other(thread):
    jobs = Jobs(On(thread), most=2, slice=0.01)
    mine, other = job(10_000), job(10_000)
    jobs.start(mine)
    jobs.start(other)
    jobs.start(again := job(10_000), instead_of=mine)
    assert (jobs.find(mine.id), mine.status) == (None, "stopped")
    again.watchers.add(friend := lambda: True)
    with pytest.raises(Full):
        jobs.start(job(), instead_of=again)
    assert (jobs.find(again.id), again.status) == (again, "running"), "a friend watches it, and nothing was lost"
    jobs.drop(other)
    jobs.start(job(10_000), instead_of=again)
    assert jobs.find(again.id) is again
    assert again.watchers == {friend}


class Missing(Exception):
    """A worker has not been told."""


def told(steps: int, state: tuple[int, int] | None, seconds: float, secret: int | None = None) -> Walk:
    if secret is None:
        raise Missing
    return Walk(((state or (0, 0))[0] + secret, (state or (0, 0))[1] + 1), (0,))


def test_a_worker_that_lacks_something_is_told(jobs):
    telling = Job(told, [3], ended, joined, lacks=(Missing,), supplies=lambda: {"secret": 7})
    jobs.start(telling)
    until(lambda: telling.status == "finished")
    assert telling.state == (21, 3)


def fails(steps: int, state: None, seconds: float) -> None:
    raise ZeroDivisionError


def test_a_mistake_in_the_work_ends_the_job_with_a_sentence(jobs, caplog):
    failing = Job(fails, [1], ended, joined)
    jobs.start(failing)
    until(lambda: failing.status == "failed")
    assert "went wrong" in failing.problem
    assert "ZeroDivisionError" in caplog.text
    after = job(2)
    jobs.start(after)
    until(lambda: after.status == "finished")


def test_a_mistake_in_what_follows_ends_that_job_and_no_other(jobs, caplog):
    failing = job(2, more=lambda job: 1 / 0)
    jobs.start(failing)
    until(lambda: failing.status == "failed")
    assert "went wrong" in failing.problem
    assert steps(failing) == 2
    assert "ZeroDivisionError" in caplog.text
    after = job(2)
    jobs.start(after)
    until(lambda: after.status == "finished")


def test_nobody_waits_for_what_was_stopped_before_it_began():
    jobs, waiting = Jobs(On(ByHand()), slice=0), job()
    jobs.start(waiting)
    jobs.drop(waiting)
    assert waiting.over.is_set()


def stuck_at_first(marker: str, state: None, seconds: float) -> Walk:
    """Never comes back the first time."""
    if not Path(marker).exists():
        Path(marker).touch()
        time.sleep(1000)
    return Walk((0.0, 1), (os.getpid(),))


def test_a_process_that_is_stuck_is_ended(tmp_path):
    jobs = Jobs(Local(), too_long=5.0)  # a new process takes a while until it is ready
    sticking = Job(stuck_at_first, [str(tmp_path / "been here")], lambda *_: True, joined, watchers={lambda: True})
    jobs.start(sticking)
    until(lambda: sticking.status == "finished")
    assert steps(sticking) == 1
