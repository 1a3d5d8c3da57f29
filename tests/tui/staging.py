"""A small finished score made by hand, so that pictures do not change with the models."""

from dsl.plan import Key, Meter
from engine.music.score import (
    KeyChange,
    Lyric,
    Marker,
    MeterChange,
    Note,
    Score,
    ScoreCue,
    TempoChange,
    Track,
)

A_MINOR = Key(9, "minor", "A")


def notes(pitches: list[int], beats: float, velocity: int = 80, start: float = 0.0) -> tuple[Note, ...]:
    """One after another at 60 beats a minute: a beat is a second."""
    laid = []
    for number, pitch in enumerate(pitches):
        at = start + number * beats
        laid.append(Note(pitch, velocity + number % 3 * 15, at, beats, at, at + beats * 0.9))
    return tuple(laid)


def small_score() -> Score:
    """Two cues of four bars: melody, chords, bass and drums, one hit, three lines read aloud."""
    melody = notes([69, 72, 74, 76, 74, 72, 69, 67] * 4, 1.0)
    chords = tuple(n for k in range(8) for p in (57, 60, 64) for n in notes([p], 3.9, 60, start=4.0 * k))
    bass = notes([45, 41, 43, 45, 45, 41, 43, 45], 4.0, 70)
    drums = notes([36, 42] * 16, 1.0, 60)
    return Score(
        title="Small",
        author=None,
        duration_s=32.0,
        tracks=(
            Track("Violin", "melody", 40, False, melody),
            Track("Strings", "chords", 48, False, tuple(sorted(chords, key=lambda n: n.start_s))),
            Track("Bass", "bass", 32, False, bass),
            Track("Drums", "drums", 0, True, drums),
        ),
        tempo=(TempoChange(0.0, 0.0, 60.0),),
        meters=(MeterChange(0.0, 0.0, Meter(4, 4)),),
        keys=(KeyChange(0.0, 0.0, A_MINOR),),
        markers=(Marker(10.0, 10.0, "hit", "shot"),),
        lyrics=(
            Lyric(0.0, 6.0, "主人公站在悬崖边，望着远方的天空。"),
            Lyric(8.0, 12.0, "我不会回头。", "林"),
            Lyric(16.0, 30.0, "She ran down the hill, laughing."),
        ),
        cues=(
            ScoreCue("1m1", "悬崖", 0.0, 16.0, 0.0, 16.0, "strings", A_MINOR, 1, False),
            ScoreCue("1m2", "Homecoming", 16.0, 32.0, 16.0, 32.0, "folk", A_MINOR, 2, False),
        ),
    )
