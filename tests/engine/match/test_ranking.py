"""Which take is preferred, and what the report is told about it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.plan import EmotionPoint, EmotionSegment, Key, Meter, PlannedCue
from engine.emotion.felt import felt_curve
from engine.generate.request import GridNote, Request, SectionTake, Take
from engine.match.musicality import musicality
from engine.match.note_recogniser import Heard, HeardSegment, NoteRecogniser
from engine.match.performed import performed_take
from engine.match.ranking import judge, match_of, rank
from engine.music.mapping import intents_for
from tests.engine.arrange.staging import cue_of, plain_take, random_take

MAJOR, MINOR = Key(0, "major", "C"), Key(0, "minor", "C")


def feeling(valence: float, arousal: float, end: tuple[float, float] | None = None) -> PlannedCue:
    cue = cue_of(bars=16)
    first = EmotionPoint(valence, arousal)
    last = EmotionPoint(*end) if end else first
    return replace(cue, emotion=(EmotionSegment(cue.start_s, cue.end_s, "directive", first, last),))


def section_of(take: Take, key: Key, bars: int = 16) -> tuple[SectionTake, ...]:
    intents = intents_for(cue_of(bars=bars), lambda _: (0.0, 0.0))
    return (SectionTake(0, Request(bars, Meter(), key, "piano", intents, 1), take),)


def heard_at(*points: tuple[float, float]) -> Heard:
    segments = tuple(HeardSegment(8.0 * k + 8.0, v, a, 0.5) for k, (v, a) in enumerate(points))
    mean = np.mean(points, axis=0)
    return Heard(float(mean[0]), float(mean[1]), 0.5, segments)


@pytest.mark.parametrize(("valence", "best"), [(0.7, 0), (-0.7, 1)])
def test_the_take_in_the_asked_mode_comes_first(valence: float, best: int) -> None:
    cue = feeling(valence, -0.2)
    curve = felt_curve(cue, ())
    intents = intents_for(cue, lambda _: (0.0, 0.0))
    candidates = [section_of(plain_take(16, Meter(), key), key) for key in (MAJOR, MINOR)]
    performed = [performed_take(cue, intents, candidate) for candidate in candidates]
    opinions = rank(cue, curve, performed, candidates, NoteRecogniser.load())
    assert opinions[0].index == best
    assert opinions[0].match > opinions[1].match + 0.15
    assert sorted(opinion.index for opinion in opinions) == [0, 1]


def test_of_equal_takes_the_earlier_wins_and_ranking_repeats_itself() -> None:
    cue = feeling(-0.5, 0.0)
    curve = felt_curve(cue, ())
    candidate = section_of(plain_take(16, Meter(), MINOR), MINOR)
    intents = intents_for(cue, curve.at)
    performed = [performed_take(cue, intents, candidate)] * 3
    once, twice = (
        rank(cue, curve, performed, [candidate] * 3, NoteRecogniser.load("debug")) for _ in range(2)
    )
    assert [opinion.index for opinion in once] == [0, 1, 2]
    assert once == twice


def test_the_critic_decides_between_takes_that_match_alike() -> None:
    cue = feeling(-0.5, 0.0)
    curve = felt_curve(cue, ())
    take = plain_take(16, Meter(), MINOR)
    candidates = [section_of(replace(take, critic=c), MINOR) for c in (0.2, 0.9)]
    performed = [performed_take(cue, intents_for(cue, curve.at), c) for c in candidates]
    assert rank(cue, curve, performed, candidates, NoteRecogniser.load("debug"))[0].index == 1


def test_match_is_one_where_asked_and_heard_agree_and_falls_with_distance() -> None:
    cue = feeling(0.5, 0.5)
    curve = felt_curve(cue, ())
    exact, near, beside, opposite = (
        match_of(cue, curve, heard_at(p)) for p in ((0.5, 0.5), (0.3, 0.4), (-0.4, 0.5), (-0.5, -0.5))
    )
    assert exact == pytest.approx(1.0)
    assert exact > near > 0.9 > beside > 0.2 > opposite


def test_missing_the_turn_costs_although_the_mean_is_right() -> None:
    cue = feeling(-0.7, 0.0, end=(0.7, 0.0))
    curve = felt_curve(cue, ())
    length = cue.duration_s
    along = [curve.at(8.0 * k + 8.0) for k in range(int((length - 16) / 8) + 1)]
    follows = match_of(cue, curve, heard_at(*along))
    flat = match_of(cue, curve, heard_at(*[(0.0, 0.0)] * len(along)))
    backwards = match_of(cue, curve, heard_at(*reversed(along)))
    assert follows > flat > backwards


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=9))
def test_match_is_always_a_share(points: list[tuple[float, float]]) -> None:
    cue = feeling(-1.0, 1.0)
    assert 0.0 <= match_of(cue, felt_curve(cue, ()), heard_at(*points)) <= 1.0


def test_a_judgement_names_the_mean_that_was_asked() -> None:
    cue = feeling(-0.8, -0.4)
    curve = felt_curve(cue, ())
    candidate = section_of(plain_take(16, Meter(), MINOR), MINOR)
    judgement = judge(
        cue, curve, performed_take(cue, intents_for(cue, curve.at), candidate), NoteRecogniser.load()
    )
    assert judgement.target == pytest.approx((-0.8, -0.4))
    assert judgement.heard[0] < 0
    assert judgement.match > 0.4
    assert 0 < judgement.confidence <= 1


def test_silence_is_judged_without_confidence() -> None:
    cue = feeling(-0.8, -0.4)
    empty = section_of(Take(1, (), {}, 0.0), MINOR)
    intents = intents_for(cue, lambda _: (0.0, 0.0))
    judgement = judge(cue, felt_curve(cue, ()), performed_take(cue, intents, empty), NoteRecogniser.load())
    assert judgement.confidence == 0.0


def test_real_writing_is_more_musical_than_random_notes() -> None:
    good = musicality(section_of(plain_take(16, Meter(), MINOR), MINOR))
    bad = musicality(section_of(random_take(16, Meter(), np.random.default_rng(3)), MINOR))
    assert good.score > 0.8
    assert bad.score < good.score - 0.2


def test_dead_bars_cost() -> None:
    take = plain_take(16, Meter(), MINOR)
    half = {role: tuple(note for note in notes if note.start < 8 * 16) for role, notes in take.roles.items()}
    whole = musicality(section_of(take, MINOR))
    gap = musicality(section_of(replace(take, roles=half), MINOR))
    assert gap.alive == pytest.approx(0.5)
    assert gap.score < whole.score


def test_notes_against_the_chords_cost() -> None:
    take = plain_take(16, Meter(), MAJOR)
    wrong = tuple(GridNote(n.start, n.steps, n.pitch + 1, n.velocity) for n in take.roles["melody"])
    sour = replace(take, roles={**take.roles, "melody": wrong})
    assert musicality(section_of(sour, MAJOR)).agreement < musicality(section_of(take, MAJOR)).agreement


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20))
def test_anything_the_grid_can_hold_is_ranked(seed: int, bars: int) -> None:
    rng = np.random.default_rng(seed)
    cue = cue_of(bars=bars)
    curve = felt_curve(cue, ())
    candidates = [section_of(random_take(bars, Meter(), rng), MINOR, bars) for _ in range(2)]
    intents = intents_for(cue, curve.at)
    performed = [performed_take(cue, intents, candidate) for candidate in candidates]
    for opinion in rank(cue, curve, performed, candidates, NoteRecogniser.load("debug")):
        for value in (opinion.match, opinion.critic, opinion.confidence, opinion.musicality, opinion.score):
            assert 0.0 <= value <= 1.0
