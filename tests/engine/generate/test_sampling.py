"""Composing through the whole path with the tiny random model: what a caller may rely on whatever the
weights."""

from itertools import pairwise

import pytest

from dsl.plan import ROLES, Key, Meter, RoleName
from engine.generate.metre import bar_steps
from engine.generate.request import GridNote, MotifPlacement, Request
from engine.generate.sampling import Generator
from engine.music.intent import Intent

CALM = Intent(0.2, -0.3, 0.4, 0.8, 0.4, 0.5, 0.4, 0.5, 0.3, 0.5, 84.0)
COMMON = Meter(4, 4)


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.load("debug")


def ask(
    bars: int = 8,
    meter: Meter = COMMON,
    seed: int = 5,
    roles: tuple[RoleName, ...] = ROLES,
    motifs: tuple[MotifPlacement, ...] = (),
) -> Request:
    key = Key(2, "minor", "D")
    return Request(bars, meter, key, "strings", (CALM,) * bars, seed, roles, motifs)


def test_every_request_gets_the_takes_asked_in_order(generator: Generator) -> None:
    written = generator.compose([ask(), ask(bars=3)], [2, 1])
    assert [[take.number for take in takes] for takes in written] == [[2, 1], [2, 1]]


def test_a_take_is_the_same_whatever_is_composed_beside_it(generator: Generator) -> None:
    alone = generator.compose([ask()], [3])[0][0]
    among = generator.compose([ask(bars=20, seed=9), ask()], range(1, 8))[1][2]
    assert alone == among


def test_takes_and_seeds_differ(generator: Generator) -> None:
    first, second = generator.compose([ask()], [1, 2])[0]
    other = generator.compose([ask(seed=6)], [1])[0][0]
    assert first.roles != second.roles
    assert first.roles != other.roles


@pytest.mark.parametrize(
    "meter", ["4/4", "3/4", "6/8", "2/4", "2/2", "5/4", "7/8", "9/8", "12/8", "3/8", "5/8", "11/8"]
)
@pytest.mark.parametrize("bars", [1, 7])
def test_any_metre_fills_exactly_its_bars(generator: Generator, meter: str, bars: int) -> None:
    top, bottom = meter.split("/")
    asked = Meter(int(top), int(bottom))
    total = bars * bar_steps(asked)
    take = generator.compose([ask(bars=bars, meter=asked)], [1])[0][0]
    assert [c.start for c in take.chords[1:]] == [c.start + c.steps for c in take.chords[:-1]]
    assert take.chords[0].start == 0
    assert take.chords[-1].start + take.chords[-1].steps == total
    for notes in take.roles.values():
        for note in notes:
            assert 0 <= note.start < note.start + note.steps <= total
            assert 0 <= note.pitch <= 127
            assert 1 <= note.velocity <= 127


def test_only_the_roles_asked_for_play(generator: Generator) -> None:
    take = generator.compose([ask(roles=("melody", "bass"))], [1])[0][0]
    assert set(take.roles) == {"melody", "bass"}


def test_lines_have_one_voice_and_notes_are_sorted(generator: Generator) -> None:
    take = generator.compose([ask(bars=16)], [1])[0][0]
    for role in ROLES:
        notes = take.roles[role]
        assert list(notes) == sorted(notes, key=lambda n: (n.start, n.pitch))
        if role in ("melody", "counter", "bass"):
            assert all(a.start + a.steps <= b.start for a, b in pairwise(notes))


def test_a_long_cue_ends_on_the_tonic_when_it_closes(generator: Generator) -> None:
    take = generator.compose([ask(bars=400)], [1])[0][0]
    assert take.chords[-1].root == 2


def test_a_written_motif_is_accepted_with_any_notes(generator: Generator) -> None:
    odd = tuple(GridNote(i * 5, 4, pitch, 80) for i, pitch in enumerate((0, 127, 60, 61)))
    for notes in (odd, (GridNote(0, 1, 64, 1),), (GridNote(900, 3, 64, 1),)):
        take = generator.compose([ask(motifs=(MotifPlacement(2, "m", notes=notes),))], [1])[0][0]
        assert take.roles["melody"] is not None


def test_pentatonic_styles_leave_their_scale_alone(generator: Generator) -> None:
    request = Request(16, Meter(), Key(0, "major", "C"), "guofeng", (CALM,) * 16, 1)
    take = generator.compose([request], [1])[0][0]
    for role in ("melody", "counter", "bass"):
        assert {note.pitch % 12 for note in take.roles[role]} <= {0, 2, 4, 7, 9}


def test_nothing_asked_gives_nothing(generator: Generator) -> None:
    assert generator.compose([], [1]) == []
    assert generator.compose([ask()], []) == [[]]


def test_wrong_numbers_are_refused_in_words(generator: Generator) -> None:
    with pytest.raises(ValueError, match="count from 1"):
        generator.compose([ask()], [0])
    with pytest.raises(ValueError, match="intents"):
        generator.compose([Request(4, Meter(), Key(0, "major", "C"), "piano", (CALM,), 1)], [1])


def test_progress_ends_at_one(generator: Generator) -> None:
    seen: list[float] = []
    generator.compose([ask(bars=20)], [1], seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
