"""Drum sounds as percussionists read them: the name, the line and the notehead of each General MIDI key.

Places follow Weinberg, *Guidelines for Drumset Notation* (Percussive Notes, 1994), as notation programs do;
hand and Latin percussion, which it leaves out, lies where a kit has nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DrumSound:
    """One sound: its name, the note on a treble staff where it is shown, its notehead."""

    name: str
    step: str
    octave: int
    notehead: str = "normal"


_ROWS: tuple[tuple[int, str, str, str], ...] = (
    (27, "High Q", "B5", "x"),
    (28, "Slap", "C6", "x"),
    (29, "Scratch push", "G4", "x"),
    (30, "Scratch pull", "G4", "x"),
    (31, "Sticks", "C5", "x"),
    (32, "Square click", "B5", "x"),
    (33, "Metronome click", "B5", "x"),
    (34, "Metronome bell", "B5", "diamond"),
    (35, "Bass drum", "F4", "normal"),
    (36, "Bass drum", "F4", "normal"),
    (37, "Side stick", "C5", "x"),
    (38, "Snare drum", "C5", "normal"),
    (39, "Hand clap", "B4", "x"),
    (40, "Snare drum", "C5", "normal"),
    (41, "Low floor tom", "G4", "normal"),
    (42, "Closed hi-hat", "G5", "x"),
    (43, "Floor tom", "A4", "normal"),
    (44, "Pedal hi-hat", "D4", "x"),
    (45, "Low tom", "B4", "normal"),
    (46, "Open hi-hat", "G5", "circle-x"),
    (47, "Low-mid tom", "D5", "normal"),
    (48, "High-mid tom", "E5", "normal"),
    (49, "Crash cymbal", "A5", "x"),
    (50, "High tom", "F5", "normal"),
    (51, "Ride cymbal", "F5", "x"),
    (52, "China cymbal", "C6", "x"),
    (53, "Ride bell", "F5", "diamond"),
    (54, "Tambourine", "B4", "diamond"),
    (55, "Splash cymbal", "B5", "x"),
    (56, "Cowbell", "E5", "triangle"),
    (57, "Crash cymbal 2", "B5", "x"),
    (58, "Vibraslap", "D5", "diamond"),
    (59, "Ride cymbal 2", "E5", "x"),
    (60, "High bongo", "E5", "normal"),
    (61, "Low bongo", "C5", "normal"),
    (62, "Muted conga", "D5", "x"),
    (63, "Open conga", "D5", "normal"),
    (64, "Low conga", "A4", "normal"),
    (65, "High timbale", "F5", "normal"),
    (66, "Low timbale", "D5", "normal"),
    (67, "High agogo", "G5", "triangle"),
    (68, "Low agogo", "E5", "triangle"),
    (69, "Cabasa", "F5", "slash"),
    (70, "Maracas", "G5", "slash"),
    (71, "Short whistle", "A5", "diamond"),
    (72, "Long whistle", "A5", "diamond"),
    (73, "Short guiro", "E5", "slash"),
    (74, "Long guiro", "E5", "slash"),
    (75, "Claves", "F5", "x"),
    (76, "High woodblock", "E5", "triangle"),
    (77, "Low woodblock", "C5", "triangle"),
    (78, "Muted cuica", "D5", "x"),
    (79, "Open cuica", "D5", "normal"),
    (80, "Muted triangle", "A5", "triangle"),
    (81, "Triangle", "A5", "triangle"),
    (82, "Shaker", "G5", "slash"),
    (83, "Jingle bell", "A5", "diamond"),
    (84, "Bell tree", "B5", "diamond"),
    (85, "Castanets", "F5", "triangle"),
    (86, "Muted surdo", "F4", "x"),
    (87, "Open surdo", "F4", "normal"),
)
_SOUNDS = {key: DrumSound(name, place[0], int(place[1]), head) for key, name, place, head in _ROWS}


def drum_sound(key: int) -> DrumSound:
    """The sound of a General MIDI percussion key; one outside the standard has its number for a name."""
    return _SOUNDS.get(key) or DrumSound(f"Percussion {key}", "C", 5)
