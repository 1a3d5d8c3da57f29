"""Which files hold music, by the end of their names: notes, and recordings. One list for the language and for
every command."""

from typing import Final

MIDI_FILES: Final = (".mid", ".midi", ".smf", ".rmi", ".kar")
SOUND_FILES: Final = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff")
