"""Long work on a real Dask cluster, its scheduler and workers processes of their own: the same bits as here, whatever
dies; and what cannot be reached is told at once."""

import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from nn_core import Config, population
from tests.walking import job, steps, undisturbed, until
from ui.jobs import Job, Jobs
from ui.jobs.engines import Cluster, Local, of_this_server

ROOT = Path(__file__).parents[1]
NEVER = "tcp://127.0.0.1:9"  # the port to discard: nobody answers


class Dask:
    """A scheduler and its workers."""

    def __init__(self, folder: Path, code: Path = ROOT) -> None:
        self.folder, self.code = folder, code
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-show")
        self.workers: list[psutil.Popen] = []

    def start(self, what: str, *arguments: str) -> psutil.Popen:
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, *arguments, "--no-dashboard"]
        environment = {**os.environ, "PYTHONPATH": str(self.code)}
        with (self.folder / "log").open("a") as log:
            return psutil.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)

    def add(self, count: int) -> None:
        self.workers += [
            self.start("worker", self.address, "--nthreads", "1", "--local-directory", str(self.folder))
            for _ in range(count)
        ]

    def end(self, process: psutil.Popen) -> None:
        """At once, and without a word: a worker with the process that works for it."""
        for each in (*process.children(recursive=True), process):
            each.kill()
        process.wait()


@pytest.fixture
def dask(tmp_path):
    with running(tmp_path) as cluster:
        yield cluster


@contextmanager
def running(folder: Path, code: Path = ROOT, workers: int = 2):
    cluster = Dask(folder, code)
    cluster.add(workers)
    try:
        yield cluster
    finally:
        for process in (*cluster.workers, cluster.scheduler):
            if process.is_running():
                cluster.end(process)


@pytest.fixture
def on():
    """Jobs on a cluster that is there, and its engine."""
    opened = []

    def open_jobs(address: str, workers: int = 2) -> tuple[Jobs, Cluster]:
        opened.append(Jobs(engine := Cluster(address), Local(), slice=0.02))
        opened[-1].open()
        until(lambda: not workers or (engine.width() == workers and engine.ready()), 60)
        return opened[-1], engine

    yield open_jobs
    for jobs in opened:
        jobs.close()


def there() -> bool:
    return True


def search() -> list[Config]:
    """Ten groups of twenty networks, more than a second of work."""
    widths, rates = (2, 3, 4, 6, 8), (0.1, 1.0)
    names = ("tanh", "sigmoid")
    return [
        Config(hidden_sizes=(w, w), activation=a, learning_rate=r, seed=s, epochs=400)
        for w in widths
        for a in names
        for r in rates
        for s in range(10)
    ]


def training(configs: list[Config]) -> Job:
    groups = population.groups(configs)
    return Job(population.work, groups, population.ended, population.joined, watchers={there})


def outcome(job: Job, configs: list[Config]) -> population.Population:
    groups = [chain.task for chain in job.chains]
    return population.gathered(configs, groups, [chain.result for chain in job.chains])


def assert_same_bits(found: population.Population, here: population.Population) -> None:
    assert found.done.all()
    for one, other in zip(found.parameters, here.parameters, strict=True):
        np.testing.assert_array_equal(one, other)
    for name in ("final_loss", "final_test_accuracy", "train_loss", "solved"):
        np.testing.assert_array_equal(getattr(found, name), getattr(here, name))


@pytest.fixture(scope="module")
def here() -> population.Population:
    return population.run(search())


def test_a_cluster_brings_the_bits_of_this_machine(dask, on, here):
    jobs, _ = on(dask.address)
    jobs.start(searching := training(search()))
    until(lambda: searching.status == "finished", 60)
    assert_same_bits(outcome(searching, search()), here)
    walking = job(8, 8, 8, 8)
    jobs.start(walking)
    until(lambda: walking.status == "finished")
    pids = {pid for chain in walking.chains for pid in chain.result.processes}
    workers = {child.pid for worker in dask.workers for child in worker.children(recursive=True)}
    assert len(pids) == 2, "both of its workers had a part in it"
    assert pids <= workers


def some_done(searching: Job) -> bool:
    return sum(chain.done for chain in searching.chains) >= 2


def test_a_worker_that_is_killed_costs_nothing(dask, on, here):
    jobs, engine = on(dask.address)
    jobs.start(searching := training(search()))
    until(lambda: some_done(searching))
    dask.end(dask.workers[0])
    until(lambda: searching.status == "finished", 60)
    assert_same_bits(outcome(searching, search()), here)
    until(lambda: engine.width() == 1)  # it looks every so often
    assert jobs.notice == ""


def test_without_workers_this_machine_goes_on_until_there_are_some(dask, on, here):
    jobs, engine = on(dask.address)
    jobs.start(searching := training(search()))
    until(lambda: some_done(searching))
    for worker in dask.workers:
        dask.end(worker)
    until(lambda: searching.status == "finished", 60)
    assert_same_bits(outcome(searching, search()), here)
    until(lambda: "no workers" in jobs.notice)
    dask.add(1)
    until(engine.ready)
    assert jobs.notice == ""


def test_without_its_scheduler_this_machine_goes_on_until_it_is_back(dask, on, here, monkeypatch, caplog):
    monkeypatch.setattr("ui.jobs.engines.AGAIN", 0.5)
    jobs, engine = on(dask.address)
    jobs.start(searching := training(search()))
    until(lambda: some_done(searching))
    dask.end(dask.scheduler)
    until(lambda: searching.status == "finished", 60)
    assert_same_bits(outcome(searching, search()), here)
    until(lambda: "does not answer" in jobs.notice)
    walking = job(10)
    jobs.start(walking)
    until(lambda: walking.status == "finished")
    assert walking.state[0] == undisturbed(10)
    dask.scheduler = dask.start("scheduler", "--host", "127.0.0.1", "--port", dask.address.rpartition(":")[2])
    dask.add(1)  # the others have left with it
    until(engine.ready, 60)
    assert jobs.notice == ""


def test_an_address_that_answers_nothing_keeps_nobody_waiting(on, monkeypatch, caplog):
    monkeypatch.setattr("ui.jobs.engines.ANSWER", 0.5)
    begun = time.monotonic()
    jobs, _ = on(NEVER, workers=0)
    assert f"{NEVER} has not answered yet" in jobs.notice
    walking = job(10)
    jobs.start(walking)
    until(lambda: walking.status == "finished")
    assert time.monotonic() - begun < 20
    assert (walking.state[0], walking.problem) == (undisturbed(10), "")
    until(lambda: "does not answer" in jobs.notice)


def test_workers_with_other_code_are_not_used(tmp_path, on, caplog):
    caplog.set_level(logging.ERROR)
    code = tmp_path / "code"
    shutil.copytree(ROOT / "nn_core", code / "nn_core")
    with (code / "nn_core" / "losses.py").open("a") as file:
        file.write("# another version\n")
    shutil.copytree(ROOT / "data", code / "data", ignore=shutil.ignore_patterns("*.npz"))
    with running(tmp_path, code, workers=1) as cluster:
        jobs, engine = on(cluster.address, workers=0)
        until(lambda: "another version" in jobs.notice, 60)
        assert not engine.ready()
        jobs.start(walking := job(5))
        until(lambda: walking.status == "finished")
        assert steps(walking) == 5


def test_the_cluster_is_one_setting(monkeypatch):
    monkeypatch.delenv("PLAYGROUND_SCHEDULER", raising=False)
    assert [type(each) for each in of_this_server()] == [Local]
    monkeypatch.setenv("PLAYGROUND_SCHEDULER", f" {NEVER} ")
    cluster, local = of_this_server()
    assert (cluster.address, type(local)) == (NEVER, Local)
    assert not cluster.ready()


def test_a_fingerprint_is_that_of_the_code_and_of_its_bits():
    from nn_core.fingerprint import fingerprint

    script = "from nn_core.fingerprint import fingerprint; print(*fingerprint())"
    again = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert again.split() == list(fingerprint())
