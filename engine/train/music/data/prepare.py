"""From whatever the user points at to `bars.npz`: the file itself, a folder that has it, or the archives."""

import lzma
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.errors import MediaError
from engine.train.music.data import build


def prepared_bars(
    data: Path, work: Path, log: Callable[[str], None] = print, sources: Sequence[str] = ()
) -> Path:
    """The path of a training set: `data` itself where it is one or holds one; else made once from the
    archives in `data` (packed or unpacked, in it or in its `train`) and kept in `work`. `sources` narrows
    which. Raises MediaError when there is nothing to make it from."""
    if data.is_file():
        return data
    for place in (data / "bars.npz", work / "bars.npz"):
        if place.is_file():
            log(f"found {place}")
            return place
    if not data.is_dir():
        raise MediaError(f"{data} is not there")
    unpacked = unpack(data, work / "archives", log, sources)
    names = [
        name
        for name in build.SOURCES
        if (unpacked / build.FOLDERS.get(name, name)).is_dir() and (not sources or name in sources)
    ]
    if not names:
        raise MediaError(f"{data} holds none of the archives {', '.join(build.SOURCES)}")
    work.mkdir(parents=True, exist_ok=True)
    build.make(names, unpacked, work, work / "quantiles.json", work / "DATA.md", 1, log)
    return work / "bars.npz"


def unpack(data: Path, to: Path, log: Callable[[str], None], sources: Sequence[str] = ()) -> Path:
    """The folder with the unpacked archives: `data` itself when it is one, else `to`, filled from the packed
    files. An archive already unpacked is not unpacked again."""
    known = {build.FOLDERS.get(name, name) for name in build.SOURCES}
    if any((data / name).is_dir() for name in known):
        return data
    wanted = {build.FOLDERS.get(name, name) for name in sources} | set(sources)
    to.mkdir(parents=True, exist_ok=True)
    for path in sorted([*data.glob("*.tar*"), *(data / "train").glob("*.tar*")]):
        name = path.name.split(".")[0]
        mark = to / f".{name}.done"
        # Scores come in an archive of their own and unpack into the folder of their MIDI files.
        if mark.exists() or (wanted and name.removesuffix("_musicxml") not in wanted):
            continue
        log(f"unpacking {path.name}")
        try:
            with tarfile.open(path) as archive:
                archive.extractall(to, filter="data")
        except (tarfile.TarError, lzma.LZMAError, OSError, EOFError) as error:
            raise MediaError(f"{path}: not a readable archive ({error})") from error
        mark.touch()
    return to
