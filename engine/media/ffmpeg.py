"""ffmpeg and ffprobe, programs of the system: found, started, given local files alone, and what they say.

They are started, never linked. Playlists could name addresses: only containers are opened, and only files.
"""

import shutil
import subprocess
from pathlib import Path
from typing import Literal

from engine.errors import MediaError

_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,mxf,dv,gif,wav"
INSTALL = "apt install ffmpeg, or brew install ffmpeg"


def program(name: Literal["ffmpeg", "ffprobe"], wanted_by: str) -> str:
    """Where a program is. Raises MediaError where it is not installed; `wanted_by` says what needs it."""
    found = shutil.which(name)
    if found is None:
        raise MediaError(f"{wanted_by} needs {name}, which is not installed ({INSTALL})")
    return found


def is_installed() -> bool:
    """Whether both programs are there."""
    return shutil.which("ffmpeg") is not None and shutil.which("ffprobe") is not None


def opened(path: Path) -> list[str]:
    """A local file as an input: the arguments up to and with `-i`."""
    return ["-protocol_whitelist", "file", "-format_whitelist", _CONTAINERS, "-i", f"file:{path}"]


def run(words: list[str], longest_s: float | None = None) -> "subprocess.CompletedProcess[bytes]":
    """Run a command to its end. Raises MediaError where it takes longer than `longest_s`."""
    try:
        return subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=longest_s
        )
    except subprocess.TimeoutExpired as error:
        raise MediaError(
            f"{words[-1].removeprefix('file:')} cannot be read: ffmpeg gave no answer"
        ) from error


def last_line(said: bytes, path: Path) -> str:
    """The last line of what a program said, without the file's name in front."""
    lines = said.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
    return lines[-1].removeprefix(f"file:{path}: ")
