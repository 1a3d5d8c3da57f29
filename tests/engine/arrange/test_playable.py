"""Every example score can be played: ranges, hands, breath, channels."""

from itertools import pairwise
from pathlib import Path

import pytest

from dsl.score_file import load_plan
from engine.arrange.channels import MOST_PITCHED_TRACKS
from engine.models import Models
from engine.music.instruments import instrument
from engine.music.score import Note, Score, Track
from engine.pipeline import compose

SCORES = sorted(
    path
    for path in (Path(__file__).parents[3] / "scores").glob("*.score")
    if path.stem != "common"  # declarations only
)
TENTH = 16
LONGEST_BREATH_S = 16.0
"""A wind player's longest phrase at moderate loudness; longer ones are written for more than one player."""


@pytest.fixture(scope="module", params=SCORES, ids=lambda path: path.stem)
def score(request: pytest.FixtureRequest) -> Score:
    plan = load_plan(request.param).plan
    assert plan is not None
    return compose(plan, Models("cpu"), takes=2).score


def pitched(score: Score) -> list[Track]:
    return [track for track in score.tracks if not track.is_drum]


def sounding_sets(track: Track) -> list[list[int]]:
    """The pitches down at each onset."""
    down: list[Note] = []
    found = []
    for note in track.notes:
        down = [other for other in down if other.end_s > note.start_s + 1e-3] + [note]
        found.append(sorted(other.pitch for other in down))
    return found


def two_hands(pitches: list[int]) -> bool:
    """At most five notes within a tenth in either hand."""
    cuts = range(len(pitches) + 1)
    return any(
        all(len(h) <= 5 and (not h or h[-1] - h[0] <= TENTH) for h in (pitches[:k], pitches[k:]))
        for k in cuts
    )


def test_every_note_lies_on_its_instrument(score: Score) -> None:
    for track in pitched(score):
        player = instrument(track.program)
        assert all(player.low <= note.pitch <= player.high for note in track.notes), track.name
        assert max((len(down) for down in sounding_sets(track)), default=0) <= player.voices, track.name


def struck_together(track: Track) -> list[list[int]]:
    """Pitches whose keys go down at once; what rings on is the pedal's matter."""
    groups: list[list[Note]] = []
    for note in track.notes:
        if groups and note.start_s - groups[-1][0].start_s < 0.05:
            groups[-1].append(note)
        else:
            groups.append([note])
    return [sorted(note.pitch for note in group) for group in groups]


def test_keyboards_are_for_two_hands(score: Score) -> None:
    for track in pitched(score):
        if track.program < 8:
            assert all(two_hands(keys) for keys in struck_together(track)), track.name


def test_a_single_wind_player_comes_to_breathe(score: Score) -> None:
    for track in pitched(score):
        if not 56 <= track.program <= 79 or instrument(track.program).voices > 1:
            continue
        began = track.notes[0].start_s
        for note, following in pairwise(track.notes):
            if following.start_s - note.end_s > 0.08:
                began = following.start_s
            assert following.end_s - began < LONGEST_BREATH_S, track.name


def test_instruments_fit_the_channels(score: Score) -> None:
    assert len(pitched(score)) <= MOST_PITCHED_TRACKS
