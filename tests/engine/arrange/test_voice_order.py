"""Who may lie where: the melody on top, the bass below, violins in a string orchestra, and no two players
with the same part unless somebody would write it so.
"""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dsl.plan import Key, Meter
from dsl.vocabulary import STYLES
from engine.arrange.active_voices import active_voices
from engine.arrange.arrange import arrange
from engine.arrange.draft import Draft, Harmony
from engine.arrange.layout import lay_out
from engine.arrange.orchestration import add_pads
from engine.music.score import Note, Score, Track
from tests.engine.arrange.staging import cue_of, music_of, plan_of, random_take

MOODS = {
    "despair": (-0.8, -0.1),
    "rage": (-0.8, 0.95),
    "joy": (0.85, 0.5),
    "calm": (0.5, -0.6),
    "dread": (-0.7, 0.6),
    "hush": (0.0, -0.8),
}
LEADS = {
    *(
        "Piano melody",
        "Cello solo",
        "Violin",
        "Violins I",
        "Cellos",
        "Violins",
        "Crystal",
        "Fiddle",
        "Erhu",
        "Pulse 1",
    ),
    *("Tenor sax", "Cellos melody", "Strings high", "Music box"),
}
WRITTEN_TOGETHER = (
    {"Violins", "Oboe"},
    {"Violins", "Trumpet"},
    {"Violins octave", "Flute"},
    {"Strings high", "Trumpets"},
    {"Strings octave", "Trumpets"},
    {"Cellos melody", "Horns"},
    {"Cellos", "Brass"},
    {"Cello", "Trombone"},
    {"Contrabass", "Tuba"},
    {"Taiko", "Timpani"},
    {"Guzheng", "Yangqin"},
    {"Daruan", "Gehu"},
)
"""Unisons out of scores: a section and the wind that colours it, low strings and low brass, horns with
cellos."""


def tune(seed: int, low: int, bars: int = 8):  # type: ignore[no-untyped-def]
    """A take with a melody from `low` on, an inner voice and chords that stray over it, and a bass that
    climbs."""
    rng = np.random.default_rng(seed)
    take = random_take(bars, Meter(), rng, 0.8)

    def within(role: str, bottom: int, width: int):  # type: ignore[no-untyped-def]
        return tuple(
            type(n)(n.start, n.steps, bottom + n.pitch % width, n.velocity) for n in take.roles[role]
        )

    roles = {
        "melody": within("melody", low, 14),
        "counter": within("counter", low - 4, 20),
        "chords": within("chords", 48, 30),
        "bass": within("bass", 30, 26),
        "drums": take.roles["drums"],
    }
    return type(take)(take.number, take.chords, roles, take.critic)


def scored(style: str, mood: str, seed: int, low: int = 62) -> Score:
    cue = cue_of(style=style, bars=8)
    return arrange(plan_of(cue), [music_of(cue, Key(9, "minor", "A"), MOODS[mood], tune(seed, low))])


def of(score: Score, role: str) -> list[Note]:
    return [note for track in score.tracks if track.role == role for note in track.notes]


def together(one: list[Note], other: list[Note], least: float = 0.25) -> list[tuple[Note, Note]]:
    """Pairs that are written to sound together for `least` beats, or for half of either."""
    return [
        (a, b)
        for a in one
        for b in other
        if min(a.start_beat + a.beats, b.start_beat + b.beats) - max(a.start_beat, b.start_beat)
        > min(least, a.beats / 2, b.beats / 2)
    ]


def tune_of(score: Score) -> list[Note]:
    """The melody itself, without what doubles it in octaves."""
    leads = [t for t in score.tracks if t.role == "melody" and t.name in LEADS]
    return [note for track in leads for note in track.notes]


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("style", tuple(STYLES))
def test_no_inner_voice_lies_above_the_melody(style: str, mood: str) -> None:
    for seed in (1, 2):
        score = scored(style, mood, seed)
        crossing = [(a, b) for a, b in together(of(score, "counter"), tune_of(score)) if a.pitch > b.pitch]
        assert not crossing


@pytest.mark.parametrize("style", tuple(STYLES))
def test_no_inner_voice_lies_under_a_bass_that_leaves_room_above_it(style: str) -> None:
    for mood, seed in itertools.product(("joy", "despair"), (1, 2)):
        score = scored(style, mood, seed, 74)
        leads = [track for track in score.tracks if track.role == "bass"]
        bass = min(leads, key=lambda t: sum(n.pitch for n in t.notes) / len(t.notes)).notes
        pairs = together(of(score, "counter"), list(bass))
        under = [a for a, b in pairs if a.pitch < b.pitch]
        blocked = [a for a, b in together(under, tune_of(score)) if a.pitch + 12 > b.pitch]
        assert len(under) <= len(blocked)


@pytest.mark.parametrize("style", tuple(STYLES))
def test_chords_stay_below_a_melody_that_leaves_room_for_them(style: str) -> None:
    for mood, seed in itertools.product(("joy", "despair"), (1, 2)):
        score = scored(style, mood, seed)
        pairs = together(of(score, "chords"), tune_of(score))
        crossing = [(a, b) for a, b in pairs if a.pitch > b.pitch >= 60]
        assert len(crossing) <= 0.03 * max(len(pairs), 1)


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("style", ["strings", "orchestra", "epic", "piano", "guofeng"])
def test_a_low_melody_stays_above_every_bass(style: str, mood: str) -> None:
    for seed in (1, 2):
        score = scored(style, mood, seed, low=46)
        pairs = together(of(score, "bass"), tune_of(score))
        crossing = [(a, b) for a, b in pairs if a.pitch > b.pitch]
        assert len(crossing) <= 0.01 * max(len(pairs), 1)


@pytest.mark.parametrize("mood", ["despair", "rage", "dread"])
@pytest.mark.parametrize("style", ["strings", "orchestra", "epic"])
def test_an_orchestra_has_its_violins_however_low_the_music(style: str, mood: str) -> None:
    for seed in (1, 2):
        score = scored(style, mood, seed, low=50)
        violins = [t for t in score.tracks if t.role == "melody" and t.program in (40, 48)]
        assert violins
        assert max(note.pitch for track in violins for note in track.notes) > 71
        assert max(note.pitch for note in of(score, "melody")) > 71


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("style", tuple(STYLES))
def test_no_two_instruments_have_the_same_part_unless_somebody_would_write_it(style: str, mood: str) -> None:
    score = scored(style, mood, 1)
    for one, other in itertools.combinations(score.tracks, 2):
        if {one.name, other.name} not in WRITTEN_TOGETHER:
            assert shared(one, other) < 0.7, (one.name, other.name)


def shared(one: Track, other: Track) -> float:
    """The share of the smaller part that both have: same pitch, same onset."""
    notes = [{(round(n.start_beat * 24), n.pitch) for n in track.notes} for track in (one, other)]
    return len(notes[0] & notes[1]) / min(len(notes[0]), len(notes[1])) if min(map(len, notes)) >= 12 else 0.0


def test_a_section_takes_over_from_its_soloist() -> None:
    quiet, loud = scored("strings", "hush", 1), scored("strings", "joy", 1)
    assert {"Violin", "Violins I"} & {t.name for t in quiet.tracks} == {"Violin"}
    assert {"Violin", "Violins I"} & {t.name for t in loud.tracks} == {"Violins I"}


@pytest.mark.parametrize("style", tuple(STYLES))
def test_a_bass_written_high_leaves_room_for_what_lies_above_it(style: str) -> None:
    take = tune(3, 72)
    high = tuple(replace(note, pitch=57 + note.start % 8) for note in take.roles["bass"])
    cue = cue_of(style=style, bars=8)
    music = music_of(
        cue, Key(9, "minor", "A"), MOODS["joy"], replace(take, roles={**take.roles, "bass": high})
    )
    score = arrange(plan_of(cue), [music])
    basses = [track for track in score.tracks if track.role == "bass"]
    assert basses
    assert min(max(note.pitch for note in track.notes) for track in basses) <= 55


@pytest.mark.parametrize("style", ["strings", "orchestra", "epic", "folk", "noir"])
def test_basses_play_as_low_as_basses_do_where_the_line_is_written_in_the_tenor(style: str) -> None:
    take = tune(3, 72)
    tenor = tuple(
        replace(note, pitch=(52, 50, 47, 54)[number % 4]) for number, note in enumerate(take.roles["bass"])
    )
    cue = cue_of(style=style, bars=8)
    music = music_of(
        cue, Key(9, "minor", "A"), MOODS["despair"], replace(take, roles={**take.roles, "bass": tenor})
    )
    score = arrange(plan_of(cue), [music])
    low = [track for track in score.tracks if track.name in ("Contrabass", "Acoustic bass", "Tuba")]
    assert low
    for track in low:
        assert np.mean([note.pitch for note in track.notes]) <= 48, track.name


COMPASS = {
    **dict.fromkeys(("Violin", "Violins", "Violins I", "Violins octave", "Strings high"), (55, 103)),
    **dict.fromkeys(("Viola", "Violas"), (48, 91)),
    **dict.fromkeys(("Cello", "Cellos", "Cellos melody", "Cello solo"), (36, 81)),
    "Contrabass": (28, 67),
    "Flute": (60, 98),
    "Oboe": (58, 93),
    "Clarinet": (50, 94),
    "Horn": (34, 77),
    "Horns": (34, 77),
    "Trumpet": (52, 86),
    "Trumpets": (52, 86),
    "Trombone": (40, 77),
    "Tuba": (26, 65),
    "Erhu": (62, 103),
    "Dizi": (57, 98),
    "Pipa": (45, 98),
    "Guzheng": (38, 86),
    "Fiddle": (55, 103),
    "Whistle": (74, 98),
    "Accordion": (41, 93),
    "Tenor sax": (44, 76),
    "Muted trumpet": (52, 86),
    "Vibraphone": (53, 89),
    "Celesta": (60, 108),
    "Harp": (23, 103),
}
"""Sounding ranges as books on orchestration print them (Adler; for the Chinese instruments the tunings in
use)."""


@pytest.mark.parametrize("low", [30, 50, 84])
@pytest.mark.parametrize("style", ["strings", "orchestra", "epic", "guofeng", "folk", "noir", "musicbox"])
def test_every_part_lies_in_the_compass_of_the_players_it_is_named_after(style: str, low: int) -> None:
    for mood in MOODS:
        for track in scored(style, mood, 1, low).tracks:
            bottom, top = COMPASS.get(track.name, (0, 127))
            outside = [note.pitch for note in track.notes if not bottom <= note.pitch <= top]
            assert not outside, (track.name, outside)


def test_a_held_chord_stays_under_the_melody_when_the_melody_goes_down() -> None:
    cue = cue_of(style="ambient", bars=4)
    draft = lay_out(music_of(cue, Key(0, "major", "C"), (0.5, -0.6)))
    draft.notes = [Draft("melody", 8.0 * half, 8.0, pitch, 80.0) for half, pitch in enumerate((84, 62))]
    draft.harmony = [Harmony(0.0, 16.0, 0, "maj", 0)]
    add_pads(draft, active_voices(draft, ()))
    held = [note for note in draft.notes if note.pad]
    assert {note.pitch % 12 for note in held if note.beat >= 8.0} == {0, 4, 7}
    assert max(note.pitch for note in held if note.beat >= 8.0) <= 62
