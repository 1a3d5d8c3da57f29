"""What a file is: by its name, or by its first bytes where the name says nothing; and what to say of one that
is not what its name says."""

import re
from pathlib import Path
from typing import Final, Literal

from dsl.media_files import MIDI_FILES, SOUND_FILES

_HEAD: Final = 4096
Remedy = Literal["name", "unpack", "convert", ""]
_KINDS: Final[tuple[tuple[str, Remedy, bytes], ...]] = (
    ("a MIDI file (.mid)", "name", rb"MThd|RIFF....RMID"),
    ("a WAV recording (.wav)", "name", rb"(RIFF|RF64|BW64)....WAVE"),
    ("a FLAC recording (.flac)", "name", rb"fLaC"),
    ("an Ogg recording (.ogg)", "name", rb"OggS"),
    ("an AIFF recording (.aiff)", "name", rb"FORM....AIF[FC]"),
    ("an MP3 recording (.mp3)", "name", rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]"),
    ("an MP4 or M4A file (AAC or ALAC)", "convert", rb"....ftyp"),
    ("an AAC recording", "convert", rb"\xff[\xf0\xf1\xf8\xf9]|ADIF"),
    ("a Windows Media file", "convert", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    ("a Matroska or WebM file", "convert", rb"\x1a\x45\xdf\xa3"),
    ("an AC-3 recording", "convert", rb"\x0b\x77"),
    ("a WavPack recording", "convert", rb"wvpk"),
    ("a TTA recording", "convert", rb"TTA[12]"),
    ("a Monkey's Audio recording", "convert", rb"MAC "),
    ("an AMR recording", "convert", rb"#!AMR"),
    ("an AVI film", "convert", rb"RIFF....AVI "),
    ("compressed (gzip)", "unpack", rb"\x1f\x8b"),
    ("a ZIP archive", "unpack", rb"PK[\x03\x05\x07]"),
    ("a RAR archive", "unpack", rb"Rar!"),
    ("a 7z archive", "unpack", rb"7z\xbc\xaf\x27\x1c"),
    ("a PDF", "", rb"%PDF"),
    ("a web page: its address gave a page in place of the file", "", rb"(?i)\s*<(!doctype html|html|head)"),
    ("XML (a MusicXML score?), not a file of bytes", "", rb"\s*<\?xml|\s*<score-"),
    ("a picture", "", rb"\x89PNG|\xff\xd8\xff|GIF8"),
    ("a sound font (--soundfont takes it)", "", rb"RIFF....sfbk"),
    ("a pointer to a file in Git LFS (git lfs pull brings the file)", "", rb"version https://git-lfs"),
)
"""(name, what to do about it, what such files begin with), the first that fits."""


def known_kind(head: bytes, wanted: str) -> str | None:
    """What a file with these first bytes (64 will do) is, in place of the `wanted` kind, and what to do about
    it; None for what is none of the usual."""
    if head and not any(head):
        return "it begins with nothing but zeros"
    for kind, remedy, begins in _KINDS:
        if not re.match(begins, head, re.DOTALL):
            continue
        if remedy == "convert" and wanted == "sound":
            return f"it is {kind}, which is not read here: ffmpeg -i FILE sound.wav makes a WAV of it"
        if remedy == "name" and wanted == "sound" and "recording" in kind:
            return f"it begins as {kind.partition(' (')[0]} does, but is damaged or breaks off"
        return f"it is {kind}" + {"unpack": ": unpack it first", "name": ": give it that ending"}.get(
            remedy, ""
        )
    return None


def heard_as(path: Path) -> Literal["midi", "sound"] | None:
    """Which reader a file is for. None for one that neither its name nor its bytes make music: text, or what
    cannot be opened."""
    suffix = path.suffix.lower()
    if suffix in MIDI_FILES:
        return "midi"
    if suffix in SOUND_FILES:
        return "sound"
    if not path.is_file():  # a pipe would be waited for
        return None
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return None
    if b"MThd" in head[:64]:
        return "midi"
    return "sound" if b"\0" in head and suffix != ".score" else None
