"""The playable example: it is won and lost without music as with it, and asks only for what its score has."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dsl.score_file import plan_text
from engine.live.events import (
    HitEvent,
    IntensityEvent,
    KnownNames,
    LiveEvent,
    MotifEvent,
    Refused,
    StateEvent,
    StopEvent,
    TextEvent,
)
from engine.live.osc_packets import AnswersTo, read_packet

ROOT = Path(__file__).parents[3]
GAME = ROOT / "scores" / "keepers_lamp.py"
SCORE = ROOT / "scores" / "keepers-lamp.score"
WON = (
    "in",
    "search the drawer",
    "read logbook",
    "down",
    "take oil",
    "up",
    "up",
    "up",
    "ask keeper",
    "up",
    "light lamp",
)


def played(lines: tuple[str, ...], port: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, GAME, "--port", str(port)],
        input="\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return " ".join(done.stdout.split())


@dataclass
class Ear:
    """Listens where `melodrama live` would."""

    socket: socket.socket
    known: KnownNames
    port: int = 0
    refused: list[str] = field(default_factory=list)

    def events(self) -> list[LiveEvent]:
        found: list[LiveEvent] = []
        self.socket.settimeout(0.2)
        while True:
            try:
                packet = self.socket.recv(65536)
            except TimeoutError:
                return found
            for event in read_packet(packet, self.known):
                if isinstance(event, Refused):
                    self.refused.append(event.words)
                elif not isinstance(event, AnswersTo):
                    found.append(event)


@pytest.fixture
def ear() -> Iterator[Ear]:
    plan = plan_text(SCORE.read_text(encoding="utf-8"), SCORE.parent, None).draft
    known = KnownNames(tuple((cue.id, cue.title) for cue in plan.cues), tuple(m.name for m in plan.motifs))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        yield Ear(listening, known, listening.getsockname()[1])


def test_it_can_be_won(ear: Ear) -> None:
    assert "the singing stops" in played(WON, ear.port)
    events = ear.events()
    assert ear.refused == []
    states = [event.cue for event in events if isinstance(event, StateEvent)]
    assert states == ["S1", "S2", "S3", "S2", "S4", "S5"]
    assert events[-1] == StopEvent()
    assert sum(isinstance(event, HitEvent) for event in events) == 2
    assert sum(event == MotifEvent("lamp") for event in events) == 2


def test_what_is_told_is_read_and_the_hour_is_heard(ear: Ear) -> None:
    told = played(("in", "wait", "look", "quit"), ear.port)
    events = ear.events()
    texts = [event.text for event in events if isinstance(event, TextEvent)]
    assert texts[0].startswith("Rain drives in")
    assert all(text in told for text in texts)
    levels = [event.level for event in events if isinstance(event, IntensityEvent)]
    assert levels == sorted(levels)
    assert levels[0] < levels[-1]


def test_it_is_lost_where_nobody_hurries(ear: Ear) -> None:
    assert "iron, on stone" in played(("wait",) * 16, ear.port)
    assert ear.refused == []


def test_the_cellar_is_lost_to_the_sea_after_a_while() -> None:
    told = played(("in", "take matches", *("wait",) * 7, "down", "quit"))
    assert "black water" in told


def test_doors_and_dark_keep_who_lacks_a_key_or_a_light() -> None:
    told = played(("in", "down", "up", "up", "use lamp", "quit"))
    assert "too dark" in told
    assert "An iron door, locked" in told


def test_the_lamp_is_not_lit_without_oil() -> None:
    assert "You have no matches" in played(("in", "up", "take key", "up", "light the lamp", "quit"))


def test_nonsense_and_the_end_of_the_input_end_nothing_badly() -> None:
    told = played(("", "xyzzy \x00 風", "take", "take the moon", "go go go"))
    assert "Try: in, out" in told
    assert "wait for the morning" in told


def test_the_example_is_short_enough_to_be_read() -> None:
    assert len(GAME.read_text(encoding="utf-8").splitlines()) < 150


def test_the_score_has_no_findings_and_every_state_goes_round() -> None:
    planned = plan_text(SCORE.read_text(encoding="utf-8"), SCORE.parent, None)
    assert planned.findings == ()
    assert all(cue.loop for cue in planned.draft.cues)
