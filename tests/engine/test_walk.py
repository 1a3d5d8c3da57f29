"""A plan walks through `compose` downwards: nothing that is called calls back up, into a higher room or into
code that it does not know."""

import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import grimp
import pytest

from dsl.plan import Plan
from dsl.score_file import load_plan
from engine.models import Models
from engine.pipeline import compose

ROOT = Path(__file__).parents[2]
MOST_CLIMBS = 3
CALLED_BACK = {
    "engine.threads",  # calls what it was handed: that is what it is for
    "engine.progress",  # is told how far the work is
}
Call = tuple[str, str]
"""Module that calls, module that is called."""


@contextmanager
def calls_noted() -> Iterator[set[Call]]:
    """Every call from one module of the engine into another, whatever lies between."""
    found: set[Call] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        called = frame.f_globals.get("__name__", "")
        # A dataclass compares and hashes itself where a dictionary asks it to.
        if event != "call" or not called.startswith("engine.") or frame.f_code.co_name.startswith("__"):
            return
        caller = frame.f_back
        while caller is not None and not caller.f_globals.get("__name__", "").startswith("engine."):
            caller = caller.f_back
        if caller is not None and caller.f_globals["__name__"] != called:
            found.add((caller.f_globals["__name__"], called))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def calls() -> set[Call]:
    """The calls of composing two scores that use all there is, on the debug model."""
    models = Models("cpu", "debug")
    plans: list[Plan] = []
    for name in ("cliff", "every-directive"):
        plan = load_plan(ROOT / "scores" / f"{name}.score").plan
        assert plan is not None
        plans.append(plan)
    with calls_noted() as found:
        for plan in plans:
            compose(plan, models, takes=1, progress=lambda stage, done, count: None)
    return {call for call in found if not CALLED_BACK & set(call)}


def heights() -> dict[str, int]:
    """How high each room lies in the contract, the lowest at 0."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = [
        contract["layers"]
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["name"] == "The rooms of the engine, one above the other"
    ]
    return {room.strip(): height for height, row in enumerate(reversed(layers)) for room in row.split("|")}


def test_the_walk_is_seen(calls: set[Call]) -> None:
    assert {("engine.pipeline", "engine.asking"), ("engine.pipeline", "engine.match.choose")} <= calls
    assert {("engine.match.finished", "engine.arrange.arrange")} <= calls


def test_no_room_calls_one_above_it_and_the_pipeline_is_entered_once(calls: set[Call]) -> None:
    height = heights()
    up = {
        (caller, called)
        for caller, called in calls
        if height[".".join(called.split(".")[:2])] > height[".".join(caller.split(".")[:2])]
    }
    assert up == set()
    assert {call for call in calls if call[1] == "engine.pipeline"} == set()


def test_hardly_a_module_calls_code_that_it_does_not_know(calls: set[Call]) -> None:
    graph = grimp.build_graph("engine", cache_dir=None)
    known = {caller: graph.find_upstream_modules(caller) for caller, _ in calls}
    climbs = {(caller, called) for caller, called in calls if called not in known[caller]}
    assert len(climbs) <= MOST_CLIMBS, climbs
