"""What a file that is no text is, by its first bytes and what a ZIP archive holds; and what to do with it
instead. Text formats are told apart in `dsl.importers.formats`.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

SCORE_OF_A_SCREENPLAY: Final = "export it as Final Draft (.fdx), Fountain or plain text"
_WORDS: Final = "save it as plain text (.txt, UTF-8)"
_UNPACK: Final = "unpack it first"
_SOUND: Final = "melodrama play and match take it, @voice and @temp bring a recording into a score"
_FILM: Final = "melodrama spot reads its cuts"


@dataclass(frozen=True, slots=True)
class NoText:
    """`what` it is, with its article; `instead`: what to do, None where nothing helps."""

    what: str
    instead: str | None = None


_MAGIC: Final = tuple(
    (re.compile(pattern, re.S), NoText(what, instead))
    for pattern, what, instead in (
        (rb"MThd\0\0", "a MIDI file", 'melodrama play and match take it, @motif NAME = "FILE" is its theme'),
        (rb"RIFF.{4}RMID", "a MIDI file", "melodrama play and match take it"),
        (rb"RIFF.{4}AVI ", "a film", _FILM),
        (rb"(?:RIFF|RF64|RIFX).{4}WAVE", "a WAV file", _SOUND),
        (rb"FORM.{4}AIF[FC]", "an AIFF file", _SOUND),
        (rb"fLaC[\0\x80]", "a FLAC file", _SOUND),
        (rb"OggS\0", "an Ogg file", _SOUND),
        (rb"ID3[\x02-\x04]|\xff[\xf2\xf3\xfa\xfb]", "an MP3 file", _SOUND),
        (rb"\0.{3}ftyp(?:M4A|M4B)", "an M4A file", "convert it to WAV or FLAC first"),
        (rb"\0.{3}(?:ftyp|moov|mdat)", "a film", _FILM),
        (rb"\x1aE\xdf\xa3", "a film", _FILM),
        (rb"\0\0\x01\xba", "a film, or a subtitle file of pictures (VobSub)", "words are needed: an .srt"),
        (rb"%PDF-", "a PDF", SCORE_OF_A_SCREENPLAY),
        (rb"\x89PNG\r\n", "a PNG picture", None),
        (rb"\xff\xd8\xff", "a JPEG picture", None),
        (rb"GIF8[79]a", "a GIF picture", None),
        (rb"(?:II\*\0|MM\0\*)", "a TIFF picture", None),
        (rb"\x7fELF|MZ.{1,60}\0\0\0", "a program", None),
        (rb"\x1f\x8b\x08", "a gzip archive", _UNPACK),
        (rb"BZh[1-9]1AY&SY", "a bzip2 archive", _UNPACK),
        (rb"\xfd7zXZ\0", "an xz archive", _UNPACK),
        (rb"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
        (rb"Rar!\x1a", "a RAR archive", _UNPACK),
        (rb"\xd0\xcf\x11\xe0", "an old Office document", _WORDS),
        (rb"SQLite format 3\0", "a database", None),
        (rb"bplist00", "a property list", None),
        (rb"\d{3}STL\d\d\.\d\d", "an EBU subtitle file", "convert it to SRT"),
        (rb"wOF[F2]|\0\x01\0\0\0|OTTO\0", "a font", None),
    )
)
_IN_ZIP: Final = (
    ("word/", NoText("a Word document", _WORDS)),
    ("xl/", NoText("an Excel workbook", "save the sheet as CSV")),
    ("ppt/", NoText("a PowerPoint presentation", _WORDS)),
    ("META-INF/container.xml", NoText("an e-book (EPUB)", "convert it to plain text")),
    ("Index/Document.iwa", NoText("a Pages document", _WORDS)),
    ("Index.zip", NoText("a Pages document", _WORDS)),
    ("project.rdf", NoText("a Celtx project", SCORE_OF_A_SCREENPLAY)),
    ("score.xml", NoText("a compressed MusicXML file", None)),
    ("content.xml", NoText("an OpenDocument text", _WORDS)),
)
_BY_NAME: Final = {
    ".fadein": NoText("a Fade In screenplay", SCORE_OF_A_SCREENPLAY),
    ".highland": NoText("a Highland screenplay", SCORE_OF_A_SCREENPLAY),
    ".celtx": NoText("a Celtx project", SCORE_OF_A_SCREENPLAY),
    ".pages": NoText("a Pages document", _WORDS),
    ".mxl": NoText("a compressed MusicXML file", None),
    ".epub": NoText("an e-book (EPUB)", "convert it to plain text"),
    ".sub": NoText("a subtitle file of pictures (VobSub)", "words are needed: an .srt"),
}
_ARCHIVE: Final = NoText("a ZIP archive (or a word processor's document)", _UNPACK)
_MOST_NAMES: Final = 10_000


def no_text(data: bytes, name: str = "") -> NoText | None:
    """What bytes from a file called `name` are, None where they may be a text."""
    suffix = PurePath(name).suffix.lower()
    if data.startswith(b"PK\x03\x04"):
        return _BY_NAME.get(suffix) or _zipped(data)
    found = next((kind for magic, kind in _MAGIC if magic.match(data) is not None), None)
    if found is not None and suffix == ".sub":
        return _BY_NAME[suffix]
    return found


def _zipped(data: bytes) -> NoText:
    """What a ZIP archive is by the names of what it holds; nothing is unpacked."""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()[:_MOST_NAMES]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        names = []
    for name, kind in _IN_ZIP:
        if any(one.startswith(name) for one in names):
            return kind
    if any(PurePath(one).parent.suffix == ".textbundle" for one in names):
        return _BY_NAME[".highland"]
    return _ARCHIVE
