"""OpenScore Orchestra: full movements with the melody that listeners follow annotated across the parts
(Hauptstimme).

The annotated melody is the melody; the lowest strings are the bass, the first violins (or the first winds)
around it the counter-melody, the inner strings, or the winds where strings rest, the chords.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.train.music.data.musicxml import EngravedScore, ScorePart, read_musicxml
from engine.train.music.data.openscore import work_key
from engine.train.music.data.piece import BASS, CHORDS, COUNTER, MELODY, RawPiece, Skipped

TEACHES = ("orchestra", "epic", "strings")
"""Styles that its pieces may teach; which of their phrases do says `engine.train.music.style_labels`."""
_LOW: Final = ("contrabass", "double bass", "continuo", "violone", "violoncello", "cello", "bassoon")
"""Names of what may carry the bass, the surest first."""
_Notes = npt.NDArray[np.float64]


def pieces(root: Path) -> Iterator[RawPiece | Skipped]:
    """Every movement of `root`/openscore_orchestra."""
    folder = root / "openscore_orchestra" / "musicxml"
    for path in sorted(folder.rglob("*.musicxml")):
        if path.stem.endswith("_melody"):
            continue
        yield read_movement(path, path.with_name(f"{path.stem}_melody.musicxml"), folder)


def read_movement(path: Path, melody_path: Path, folder: Path) -> RawPiece | Skipped:
    """One movement; without its melody reduction, or with one of other bar lengths, it is left out."""
    work = "/".join(path.relative_to(folder).parts[:-1])
    name = f"openscore_orchestra/{work}/{path.stem}"
    try:
        score, melody = read_musicxml(path), read_musicxml(melody_path)
    except MediaError as error:
        return Skipped(name, "openscore_orchestra", str(error).split(": ", 1)[-1].split(" (")[0])
    if abs(score.bars[-1].start - melody.bars[-1].start) > 0.5:
        return Skipped(name, "openscore_orchestra", "melody reduction of another length")
    rows = [_rows(melody.parts[0].notes, MELODY, 0)]
    sung = set(
        zip(
            np.round(rows[0][:, 0] * 12).astype(int).tolist(),
            (rows[0][:, 2] % 12).astype(int).tolist(),
            strict=True,
        )
    )
    low = _low_part(score)
    strings = [p for p in score.parts if _is(p, ("violin", "viola", "cello")) and p is not low]
    winds = [
        p for p in score.parts if _is(p, ("flute", "oboe", "clarinet", "bassoon", "horn")) and p is not low
    ]
    if low is not None:
        rows.append(_rows(low.notes, BASS, 1))
    counter = next((p for p in strings + winds if _is(p, ("violin",))), None)
    if counter is not None:
        rows.append(_without(_rows(counter.notes, COUNTER, 2), sung))
    inner = [p.notes for p in strings if p is not counter and len(p.notes)]
    body = np.concatenate(inner) if inner else np.zeros((0, 6))
    rows.append(_without(_rows(body, CHORDS, 3), sung))
    wind = [p.notes for p in winds if len(p.notes)]
    if wind:
        rows.append(_without(_where_resting(_rows(np.concatenate(wind), CHORDS, 4), body, score), sung))
    return RawPiece(name, work_key(work), "openscore_orchestra", TEACHES, np.concatenate(rows), score.bars)


def _is(part: ScorePart, names: tuple[str, ...]) -> bool:
    text = f"{part.name} {part.sound}".lower()
    return any(name in text for name in names)


def _low_part(score: EngravedScore) -> ScorePart | None:
    for name in _LOW:
        for part in score.parts:
            if _is(part, (name,)) and len(part.notes) > 16:
                return part
    return None


def _rows(notes: _Notes, role: int, number: int) -> _Notes:
    return np.column_stack([notes[:, :4], np.full((len(notes), 2), (role, number))])


def _without(rows: _Notes, sung: set[tuple[int, int]]) -> _Notes:
    """Leaves out what doubles the melody at its onset in any octave."""
    onset, chroma = np.round(rows[:, 0] * 12).astype(int).tolist(), (rows[:, 2] % 12).astype(int).tolist()
    keep = np.array([code not in sung for code in zip(onset, chroma, strict=True)], dtype=np.bool_)
    return np.asarray(rows[keep]) if len(rows) else rows


def _where_resting(rows: _Notes, body: _Notes, score: EngravedScore) -> _Notes:
    """Only the notes of bars in which `body` has none."""
    starts = np.array([bar.start for bar in score.bars])
    busy = np.zeros(len(starts) + 1, dtype=np.bool_)
    busy[np.searchsorted(starts, body[:, 0] + 1e-6, "right")] = True
    return np.asarray(rows[~busy[np.searchsorted(starts, rows[:, 0] + 1e-6, "right")]])
