"""OpenScore: songs for voice and piano, string quartets and orchestral movements, from the engraved scores
(CC0)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.train.music.data.musicxml import EngravedScore, ScorePart, read_musicxml
from engine.train.music.data.piece import (
    ACCOMPANIMENT,
    BASS,
    CHORDS,
    COUNTER,
    KEYBOARD,
    MELODY,
    UPPER,
    RawPiece,
    Skipped,
)

RoleRule = Callable[[EngravedScore], list[tuple[ScorePart, int]]]

LIEDER_TEACH = ("piano", "folk", "musicbox", "ambient")
QUARTETS_TEACH = ("strings", "orchestra")


def lieder(root: Path) -> Iterator[RawPiece | Skipped]:
    """Songs: the voice is the melody, the piano chords and bass, its right hand the melody where the voice
    rests."""
    folder = root / "openscore_lieder" / "musicxml"
    for path in sorted(folder.rglob("*.musicxml")):
        yield _read(path, folder, "openscore_lieder", LIEDER_TEACH, song_roles)


def quartets(root: Path) -> Iterator[RawPiece | Skipped]:
    """String quartets: first violin, second violin, viola, cello."""
    folder = root / "openscore_quartets" / "musicxml"
    for path in sorted(folder.rglob("*.musicxml")):
        yield _read(path, folder, "openscore_quartets", QUARTETS_TEACH, ensemble_roles)


def _read(
    path: Path, folder: Path, source: str, styles: tuple[str, ...], roles: RoleRule
) -> RawPiece | Skipped:
    work = "/".join(path.relative_to(folder).parts[:-1])
    name = f"{source}/{work}/{path.stem}"
    try:
        score = read_musicxml(path)
    except MediaError as error:
        return Skipped(name, source, str(error).split(": ", 1)[-1].split(" (")[0])
    rows = [with_role(part, role, number) for number, (part, role) in enumerate(roles(score))]
    rows = [row for row in rows if len(row)]
    if not rows:
        return Skipped(name, source, "no notes")
    return RawPiece(name, work_key(work), source, styles, np.concatenate(rows), score.bars)


def work_key(work: str) -> str:
    """Composer and work without the movement, lower case: what must not be split."""
    return "openscore/" + "/".join(work.split("/")[:2]).lower()


def with_role(part: ScorePart, role: int, number: int) -> npt.NDArray[np.float64]:
    """Raw piece rows of a part; a piano's second staff is accompaniment even where the first is more."""
    notes = part.notes
    roles = np.full(len(notes), float(role))
    if role == UPPER:
        roles[notes[:, 4] >= 2] = ACCOMPANIMENT
    return np.column_stack([notes[:, :4], roles, np.full(len(notes), float(number))])


def song_roles(score: EngravedScore) -> list[tuple[ScorePart, int]]:
    """Singers: melody, then counter-melody; keyboards accompany; other instruments are counter-melodies."""
    result = []
    singers = 0
    for part in score.parts:
        if part.sings or part.sound.startswith("voice"):
            result.append((part, MELODY if singers == 0 else COUNTER if singers == 1 else CHORDS))
            singers += 1
        elif len(part.notes) and (part.notes[:, 4] >= 2).any():
            result.append((part, UPPER))
        else:
            result.append((part, COUNTER if singers else ACCOMPANIMENT))
    if singers == 0:
        result = [(part, KEYBOARD) for part, _ in result]
    return result


def ensemble_roles(score: EngravedScore) -> list[tuple[ScorePart, int]]:
    """From the top: melody, counter-melody, chords …, bass."""
    last = len(score.parts) - 1
    return [
        (part, MELODY if i == 0 else BASS if i == last else COUNTER if i == 1 else CHORDS)
        for i, part in enumerate(score.parts)
    ]
