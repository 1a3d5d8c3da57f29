"""Which synthesiser plays: libfluidsynth where the system has it, else `midirenderer`, else the built-in one.

A choice names font, program and version, for the report, for `doctor` and for the cache. The playing itself
is `engine.render.synthesis`. MELODRAMA_SYNTHESISER says "fluidsynth" or "midirenderer" to pin one of them.
"""

import importlib.util
import os
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from engine.errors import MediaError
from engine.render.soundfont import COMPRESSED, find_soundfont

Name = Literal["fluidsynth", "midirenderer", "built-in"]


@dataclass(frozen=True, slots=True)
class Synthesiser:
    """What plays, in which version, with which font (None: the built-in synthesiser needs none)."""

    name: Name
    version: str
    font: Path | None

    def __str__(self) -> str:
        with_font = f", {self.font}" if self.font else ""
        return f"{self.name} {self.version}{with_font}".replace(" ,", ",")


def choose_synthesiser(named: Path | None = None) -> Synthesiser:
    """The synthesiser and font to use; `named` is a font a person asked for.

    Raises MediaError where that font, or the synthesiser that MELODRAMA_SYNTHESISER names, cannot be used.
    """
    wanted = os.environ.get("MELODRAMA_SYNTHESISER", "").strip().lower()
    if wanted not in ("", "fluidsynth", "midirenderer", "built-in"):
        raise MediaError(
            f"MELODRAMA_SYNTHESISER is {wanted!r}; it may be fluidsynth, midirenderer or built-in"
        )
    if wanted == "built-in":
        return Synthesiser("built-in", "", None)
    library = fluidsynth_version() if wanted != "midirenderer" else None
    if wanted == "fluidsynth" and library is None:
        raise MediaError("MELODRAMA_SYNTHESISER asks for fluidsynth, but libfluidsynth is not installed")
    font = find_soundfont(named, compressed=library is not None)
    if font is None:
        return Synthesiser("built-in", "", None)
    if library is not None:
        return Synthesiser("fluidsynth", library, font)
    if font.suffix.lower() in COMPRESSED:
        raise MediaError(
            f"{font} is a compressed sound font, which libfluidsynth alone can play "
            "(Debian: apt install libfluidsynth3); or name an .sf2"
        )
    if importlib.util.find_spec("midirenderer") is None:
        return Synthesiser("built-in", "", None)
    return Synthesiser("midirenderer", _version("midirenderer"), font)


@cache
def fluidsynth_version() -> str | None:
    """The version of the system's libfluidsynth, 2 or newer; None where there is none."""
    from engine.render.fluidsynth_worker import open_library

    library = open_library()
    if library is None:
        return None
    said = bytes(library.fluid_version_str()).decode("ascii", "replace")
    return said if said.split(".")[0].isdigit() and int(said.split(".")[0]) >= 2 else None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
