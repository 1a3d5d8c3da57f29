"""Small scores of one cue, made by hand: four-part chords with a tune on top."""

from dsl.plan import Key, Meter
from engine.music.keys import key_named
from engine.music.score import (
    ChordSpan,
    KeyChange,
    MeterChange,
    Note,
    Score,
    ScoreCue,
    ScorePhrase,
    TempoChange,
    Track,
)
from engine.music.theory import Quality, chord_pitch_classes

BPM = 60.0
Planned = tuple[int, Quality, int, int]
"""Root, quality, bass and top, pitch classes."""


def note(pitch: int, beat: float, beats: float, velocity: int = 70, held: float = 0.9) -> Note:
    """A note at one quarter a second that sounds for `held` of its length."""
    return Note(pitch, velocity, beat, beats, beat, beat + beats * held)


def made_score(
    chords: list[Planned],
    key: Key | None = None,
    beats: float = 2.0,
    form: tuple[ScorePhrase, ...] = (),
    drums: int = 0,
    planned: bool = True,
) -> Score:
    """`chords` of `beats` quarters each, in 4/4: bass below, three voices, a tune of two notes a chord."""
    key = key or key_named(0, "major")
    low, middle, high = [], [], []
    for place, (root, quality, bass, top) in enumerate(chords):
        at = place * beats
        low.append(note(36 + bass, at, beats))
        middle += [note(48 + (tone % 12), at, beats) for tone in chord_pitch_classes(root, quality)]
        high += [note(72 + top, at, beats / 2), note(72 + top, at + beats / 2, beats / 2)]
    end = len(chords) * beats
    tracks = [
        Track("Violin", "melody", 40, False, tuple(high)),
        Track("Piano", "chords", 0, False, tuple(middle)),
        Track("Cello", "bass", 42, False, tuple(low)),
    ]
    if drums:
        strokes = tuple(note(38, k * end / drums, 0.25) for k in range(drums))
        tracks.append(Track("Drums", "drums", 0, True, strokes))
    cue = ScoreCue("1", "Made", 0.0, end, 0.0, end, "piano", key, 1, False, form)
    spans = tuple(
        ChordSpan(place * beats, (place + 1) * beats, root, quality)
        for place, (root, quality, _, _) in enumerate(chords)
    )
    return Score(
        title="Made",
        author=None,
        duration_s=end,
        tracks=tuple(tracks),
        tempo=(TempoChange(0.0, 0.0, BPM),),
        meters=(MeterChange(0.0, 0.0, Meter()),),
        keys=(KeyChange(0.0, 0.0, key),),
        markers=(),
        lyrics=(),
        cues=(cue,),
        harmony=spans if planned else (),
    )


CLOSING: list[Planned] = [
    (0, "maj", 0, 4), (9, "min", 9, 4), (5, "maj", 5, 5), (7, "maj", 7, 2),
    (0, "maj", 4, 4), (2, "min", 5, 5), (7, "7", 7, 2), (0, "maj", 0, 0),
]  # fmt: skip
"""Four bars: I vi | IV V | I6 ii6 | V7 I."""
