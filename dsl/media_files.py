"""Which files hold music, by the end of their names: notes, recordings; and which hold films. One list for
the language and for every command."""

from typing import Final

MIDI_FILES: Final = (".mid", ".midi", ".smf", ".rmi", ".kar")
SOUND_FILES: Final = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2", ".aif", ".aiff", ".aifc", ".caf", ".au", ".w64",
    ".rf64", ".bwf",
)  # fmt: skip
FILM_FILES: Final = (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".mxf", ".ts", ".ogv")
OTHER_SOUND: Final = (
    ".m4a", ".aac", ".m4b", ".wma", ".amr", ".3gp", ".ac3", ".ape", ".wv", ".tta", ".mka", ".weba", ".dsf",
)  # fmt: skip
"""Recordings that are not read, and that ffmpeg makes a WAV of: telephones write them."""
