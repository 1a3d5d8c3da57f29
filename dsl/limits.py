"""How large what comes in may be: one place, so that no two rules about the same thing come apart.

Each limit is far above what is written, recorded or played, and low enough that time and memory stay bounded.
They hold before memory is taken, and are told in one line.
"""

from typing import Final

# ----------------------------------------------------------------------------------------------- scores
MOST_SCORE_BYTES: Final = 16_000_000
"""Ten long novels. A score beyond it is some other file."""
MOST_LINES: Final = 200_000
MOST_TAKES: Final = 1000
"""Takes of a cue that `@take` can name; each may be turned to as many directions as follows."""
MOST_TURNS: Final = 256
MOST_LINE_LENGTH: Final = 100_000
MOST_CUES: Final = 5_000
LONGEST_SCORE_S: Final = 24 * 3600.0
LONGEST_PAUSE_S: Final = 3600.0
"""One pause, and one fitted paragraph."""
MOST_LAYERS: Final = 8
"""A cue has five roles, of rarely more than two instruments each."""

# ------------------------------------------------------------------------------------------- MIDI files
MOST_MIDI_BYTES: Final = 8 * 2**20
MOST_MIDI_EVENTS: Final = 500_000
"""Notes, controllers and texts of a file; a long symphony has 150,000. At some 200 bytes each in memory."""
LONGEST_MIDI_S: Final = 3 * 3600.0
"""A longer piece is refused by all commands alike: as sound at 48 kHz in stereo, three hours are 4 GB."""

# ------------------------------------------------------------------------------------------- recordings
LONGEST_PLAYED_S: Final = 3 * 3600.0
"""Longer recordings are not taken into memory to be played."""
LONGEST_HEARD_S: Final = 600.0
"""What is listened to of a recording at most, from its start."""
LONGEST_VOICE_S: Final = 2 * 3600.0
"""What is taken of a voice at most, to lay lines along it and to mix it."""
SLOWEST_RATE: Final = 1_000
FASTEST_RATE: Final = 768_000
"""Sampling rates in Hz between these are taken for true."""
MOST_CHANNELS: Final = 64
