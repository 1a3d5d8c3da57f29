"""Which General MIDI sound font plays the score: the one a person names, the best one the system has, or
pretty_midi's own."""

import importlib.util
import os
from pathlib import Path

from engine.errors import MediaError

# Best first: Debian's fluid-soundfont-gm, musescore-general-soundfont (in three sizes), others. An .sf3 is an
# .sf2 with compressed samples, which libfluidsynth alone can play.
_SYSTEM_FONTS = (
    "FluidR3_GM.sf2",
    "MuseScore_General_Full.sf2",
    "MuseScore_General.sf2",
    "MuseScore_General_HQ.sf3",
    "MuseScore_General.sf3",
    "MuseScore_General_Lite.sf3",
    "GeneralUser-GS.sf2",
    "default-GM.sf2",
    "default-GM.sf3",
)
_SYSTEM_FOLDERS = (
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/share/soundfonts",
    "/usr/local/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
)
COMPRESSED = (".sf3",)


def find_soundfont(named: Path | None = None, *, compressed: bool = False) -> Path | None:
    """The font to use, or None where there is none at all (then the built-in synthesiser plays).

    `named` wins and must be a readable sound font (MediaError otherwise); then MELODRAMA_SOUNDFONT; then the
    system's, in which compressed ones (.sf3) count where `compressed` says that they can be played; then
    pretty_midi's.
    """
    if named is None and os.environ.get("MELODRAMA_SOUNDFONT"):
        named = Path(os.environ["MELODRAMA_SOUNDFONT"])
    if named is not None:
        check_soundfont(named)
        return named
    for name in _SYSTEM_FONTS:
        if name.endswith(COMPRESSED) and not compressed:
            continue
        for folder in _SYSTEM_FOLDERS:
            path = Path(folder, name)
            if path.is_file():
                return path
    return packaged_soundfont()


def packaged_soundfont() -> Path | None:
    """TimGM6mb, the font pretty_midi carries (found without importing pretty_midi, which takes a third of a
    second)."""
    spec = importlib.util.find_spec("pretty_midi")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations)), "TimGM6mb.sf2")
    return path if path.is_file() else None


def check_soundfont(path: Path) -> None:
    """Raise MediaError unless `path` begins like a SoundFont 2 file (an .sf3 begins so too)."""
    try:
        with path.open("rb") as stream:
            head = stream.read(12)
    except OSError as error:
        raise MediaError(f"cannot read the sound font {path}: {error.strerror or error}") from error
    if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise MediaError(f"{path} is not a SoundFont (.sf2 or .sf3) file")
