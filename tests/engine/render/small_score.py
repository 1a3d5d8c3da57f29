"""A small finished score that the rendering tests share: two cues, Chinese names, a tempo change, a hit,
drums."""

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

SECOND_CUE_S = 16 * 60 / 71.3


def time_of(beat: float) -> float:
    """Seconds at a beat: 71.3 BPM for sixteen beats, then 120."""
    return beat * 60 / 71.3 if beat <= 16 else SECOND_CUE_S + (beat - 16) * 0.5


def small_score() -> Score:
    def note(beat: float, beats: float, pitch: int, velocity: int = 80) -> Note:
        return Note(pitch, velocity, beat, beats, time_of(beat), time_of(beat + beats) - 0.01)

    melody = tuple(note(i * 0.5, 0.5, 62 + (i * 5) % 12) for i in range(48))
    chords = tuple(note(4 * bar, 4, pitch, 60) for bar in range(6) for pitch in (50, 57, 65))
    drums = tuple(note(i, 0.25, 36 if i % 2 == 0 else 38, 90) for i in range(24))
    end = time_of(24)
    return Score(
        title="悬崖 & <Cliff>",
        author="林",
        duration_s=end,
        tracks=(
            Track("小提琴", "melody", 40, False, melody, 0.0, -0.2),
            Track("Strings", "chords", 48, False, chords, -3.0, 0.2),
            Track("Kit", "drums", 0, True, drums),
        ),
        tempo=(TempoChange(0.0, 0.0, 71.3), TempoChange(16.0, SECOND_CUE_S, 120.0)),
        meters=(MeterChange(0.0, 0.0, Meter()),),
        keys=(KeyChange(0.0, 0.0, Key(2, "minor", "D")),),
        markers=(Marker(0.0, 0.0, "cue", "1m1 悬崖"), Marker(time_of(6), 6.0, "hit", "door")),
        lyrics=(Lyric(0.5, 4.0, "主人公站在悬崖边。"), Lyric(5.0, 8.0, "我不会回头。", "林")),
        cues=(
            ScoreCue("1m1", "悬崖", 0.0, SECOND_CUE_S, 0.0, 16.0, "strings", Key(2, "minor", "D"), 3, False),
            ScoreCue("1m2", "=Home", SECOND_CUE_S, end, 16.0, 24.0, "folk", Key(5, "major", "F"), 1, True),
        ),
    )
