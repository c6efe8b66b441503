"""How fast the laboratory trains and draws, and how soon it hears: python tests/benchmarks/bench_laboratory.py

The share of the full speed is a ratio of two trainings in one run: the laboratory's own loop, with all its pictures,
against ``rnnlib.train`` on the same task with the same network. Pictures are counted where the page would get them.
Products of matrices run in one thread: for these sizes a second one is in the way.
"""

import argparse
import asyncio
import os
import statistics
import sys
import time
import tracemalloc

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before NumPy

import numpy as np

import rnnlib
from rnnlib.chapters.ch11_laboratory import laboratory
from rnnlib.chapters.ch11_laboratory.assignments import assignment
from rnnlib.chapters.ch11_laboratory.panel import AS_MANY_AS_FIT
from rnnlib.chapters.ch11_laboratory.session import Session
from rnnlib.chapters.ch11_laboratory.settings import Settings, new_model, new_optimizer

PICTURES, SHARE, HEARD = 15, 0.6, 100  # a second, of the full speed, ms: the targets
SETTINGS = {"tanh, H = 16": {}, "tanh, H = 64": {"units": 64}, "LSTM, H = 16": {"cell": "LSTM"}}


def full_speed(changes, seconds):
    """Steps a second of ``rnnlib.train`` alone."""
    settings = Settings(**changes)
    rng = np.random.default_rng(settings.seed)
    model, optimizer, task = new_model(settings, rng), new_optimizer(settings), assignment(settings.task)
    steps, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        rnnlib.train(
            model,
            lambda rng: task.draw(rng, settings.batch, settings.length),
            100,
            optimizer,
            rng=rng,
            clip=settings.clip,
            progress=False,
        )
        steps += 100
    return steps / (time.perf_counter() - begin)


async def laboratory_at_full_speed(changes, seconds):
    """Steps and pictures a second of a laboratory that trains, and the ms from a moved control to the step with it."""
    lab = laboratory(**changes)
    pictures, waits = [], []
    lab.send = lambda content, buffers: pictures.append(time.perf_counter())
    lab.set(pace=AS_MANY_AS_FIT, train=True)
    await asyncio.sleep(0.2)
    pictures.clear()
    steps, begin = lab.session.steps, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        if not lab.values["train"]:  # one press trains for so many steps
            lab.set(train=True)
        await asyncio.sleep(0.01)
    passed = time.perf_counter() - begin
    result = (lab.session.steps - steps) / passed, len(pictures) / passed
    for k in range(12):
        lab.set(train=True)
        rate, moved = (0.1, 0.3)[k % 2], time.perf_counter()
        place = lab.controls["rate"].position(rate)
        lab._heard(None, {"n": str(k), "at": lab._places() | {"rate": place}}, [])
        while lab.session.changes[-1][1].rate != rate or lab.session.changes[-1][0] == lab.session.steps:
            if not lab.values["train"]:  # the press has ended between the move and the next step
                lab.set(train=True)
            if time.perf_counter() - moved > 30:
                raise RuntimeError("a moved control was not used in 30 seconds")
            await asyncio.sleep(0)
        waits.append(1e3 * (time.perf_counter() - moved))
        await asyncio.sleep(0.05)
    lab.close()
    return *result, waits


def in_memory(steps):
    """MB that a training of ``steps`` steps adds after the first thousand."""
    session = Session(Settings(units=4, length=3))
    for _ in range(1000):
        session.step()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for step in range(steps):
        session.step()
        if step % 25 == 0:
            session.judge()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    missed = False
    for name, changes in SETTINGS.items():
        shares, pictures, waits = [], [], []
        for _ in range(arguments.rounds):
            before = full_speed(changes, arguments.seconds / 2)
            steps, drawn, heard = asyncio.run(laboratory_at_full_speed(changes, arguments.seconds))
            after = full_speed(changes, arguments.seconds / 2)
            shares.append(2 * steps / (before + after))
            pictures.append(drawn)
            waits += heard
        share, drawn, heard = statistics.median(shares), statistics.median(pictures), statistics.median(waits)
        met = share >= SHARE and drawn >= PICTURES and heard <= HEARD
        missed |= not met and changes == {}
        print(
            f"{name:14} {drawn:5.1f} pictures a second (target {PICTURES}), share of full speed {share:.2f} "
            f"(target {SHARE}), a moved control is used after {heard:.0f} ms, worst {max(waits):.0f} "
            f"(target {HEARD}): {'met' if met else 'MISSED'}"
        )
    print(f"10,000 further steps add {in_memory(10_000):.2f} MB")
    sys.exit(missed)


if __name__ == "__main__":
    main()
