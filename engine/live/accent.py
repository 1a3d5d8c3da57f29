"""A hit while music plays: the chord in force struck on a beat, by the instruments that are playing."""

from typing import Final

from engine.live.timeline import PlacedPassage
from engine.music.score import Note, Track
from engine.music.theory import chord_pitch_classes
from engine.music.voices import CRASH, KICK

HIT_BEATS: Final = 1.5
VELOCITY: Final = 112
_BASS_FROM, _CHORD_FROM = 36, 55
"""The lowest pitch of the struck bass and of the struck chord."""


def accent(placed: PlacedPassage, beat: float) -> list[tuple[Note, Track]]:
    """The notes of a hit at a beat of the session: bass and chord on the instruments that play them, drums
    wherever there are any. Times count from the hit."""
    tracks: dict[str, Track] = {}
    for track in placed.passage.tracks:
        tracks.setdefault(track.role, track)
    length = HIT_BEATS * placed.passage.seconds_a_beat

    def struck(pitch: int, seconds: float = length) -> Note:
        return Note(pitch, VELOCITY, 0.0, HIT_BEATS, 0.0, seconds)

    found: list[tuple[Note, Track]] = []
    chord = placed.chord_at(beat)
    if chord is not None:
        ground = tracks.get("bass") or tracks.get("chords")
        body = tracks.get("chords") or tracks.get("melody") or ground
        if ground is not None:
            found.append((struck(_BASS_FROM + (chord.root - _BASS_FROM) % 12), ground))
        if body is not None:
            tones = chord_pitch_classes(chord.root, chord.quality)
            found += [(struck(_CHORD_FROM + (tone - _CHORD_FROM) % 12), body) for tone in tones]
    drums = tracks.get("drums") or Track("Drums", "drums", 0, True, ())
    found += [(struck(key, 0.2), drums) for key in (KICK, CRASH)]
    return found
