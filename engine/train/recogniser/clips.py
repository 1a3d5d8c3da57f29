"""Windows of rated music as features and targets: what the recogniser learns from, and what it is measured
on.

Ratings are `vgmidi`'s: about thirty people moved two sliders through each of 125 pieces; a window's target is
their mean over its bars, some seconds late, since hands follow ears. Game titles of `nesmdb` ("GameOver",
"Boss battle") are weak labels. The `eval` sets are read by `measured_clips` alone, never to train or tune.
"""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.match import features, features_in_pitch, features_in_time
from engine.match.features import measure, windows_of
from engine.match.note_recogniser import WINDOW_S
from engine.match.performed import Performed, performed_midi

Floats = npt.NDArray[np.float64]

TRAIN_HOP_S: Final = 4.0
REACTION_S: Final = 2.0
"""How far continuous ratings lag behind the music (Schubert 2004: 1–3 s)."""
SETTLING_S: Final = 5.0
"""Sliders start in the middle; what they say before this is not an opinion."""

TITLES: Final[tuple[tuple[str, float, float], ...]] = (
    ("boss|battle|fight|danger|escape|enemy|attack", -0.6, 1.0),
    ("gameover|death|dead|lose|loss|tragedy|miss", -1.0, -0.6),
    ("sad|requiem|funeral|lonely|sorrow|tear", -1.2, -1.0),
    ("victory|clear|fanfare|win(?!d|t)|congrat|celebrat|triumph|happy", 1.0, 0.4),
    ("ending|credits|staff", 0.6, -0.4),
    ("town|village|shop|church|peace|love|inn|home|lullaby|sleep|princess", 0.6, -0.6),
    ("dungeon|cave|castle|underground|temple|evil|ghost|tomb|dark|horror|fear|maze|labyrinth", -0.8, 0.0),
    ("bonus", 0.8, 0.5),
)
"""What a game calls its music, and the feeling that goes with it in standard deviations (valence,
arousal)."""

NES_WINDOWS: Final = 6
NES_HOP_S: Final = 8.0
LEAST_CLIP_S: Final = 9.0


@dataclass(frozen=True, slots=True)
class Windows:
    """W windows of P pieces: `features` [W, F], `targets` [W, 2], `piece` [W] → index into `names` and
    `groups` (pieces of one song stay together in every split)."""

    features: Floats
    targets: Floats
    piece: npt.NDArray[np.int64]
    names: tuple[str, ...]
    groups: tuple[str, ...]

    def of_pieces(self, values: Floats) -> Floats:
        """Mean over each piece's windows: [W, K] → [P, K]."""
        count = np.maximum(np.bincount(self.piece, minlength=len(self.names)), 1)
        sums = [np.bincount(self.piece, weights=column, minlength=len(self.names)) for column in values.T]
        return np.stack(sums, axis=1) / count[:, None]


def rated_windows(folder: Path, change: Callable[[Performed], Performed] = lambda music: music) -> Windows:
    """`vgmidi` with its raters' means. `change` alters the music before it is measured (augmentation)."""
    curves = json.loads((folder / "curves.json").read_text(encoding="utf-8"))
    groups_of = {row["file"]: row["song_group"] for row in _table(folder)}
    clips: list[Performed] = []
    targets: list[tuple[float, float]] = []
    pieces: list[int] = []
    for index, (name, curve) in enumerate(curves.items()):
        music = performed_midi(folder / "midi" / name)
        bars = int(curve["measures"])
        raters = [(r["valence"], r["arousal"]) for r in curve["raters"] if len(r["valence"]) == bars]
        mean = np.array(raters).mean(axis=0)
        bar_s = max(music.finish_s, 0.98 * curve["duration_s"]) / bars
        middles = (np.arange(bars) + 0.5) * bar_s
        # The windows lie on the music as it was rated; what is measured in them may be changed.
        for window in windows_of(music, WINDOW_S, TRAIN_HOP_S):
            first = max(window.begin_s + REACTION_S, SETTLING_S)
            times = np.linspace(first, max(window.finish_s + REACTION_S, first + 1), 40)
            valence, arousal = (float(np.interp(times, middles, line).mean()) for line in mean)
            clips.append(change(window))
            targets.append((valence, arousal))
            pieces.append(index)
    return _windows(clips, np.array(targets), pieces, tuple(curves), [groups_of[name] for name in curves])


def titled_windows(folder: Path) -> Windows:
    """Loops of `nesmdb` whose title tells a feeling; targets in standard deviations. Games are the groups."""
    clips: list[Performed] = []
    targets: list[tuple[float, float]] = []
    pieces: list[int] = []
    names: list[str] = []
    for path in sorted(folder.rglob("*.mid")):
        title = re.sub(r"^\d+_.*?_\d+_\d+", "", path.stem)
        named = [(v, a) for words, v, a in TITLES if re.search(words, title, re.IGNORECASE)]
        if len(named) != 1:
            continue
        try:
            music = performed_midi(path)
        except MediaError:
            continue
        if music.duration_s < LEAST_CLIP_S or len(music) < 20:
            continue
        own = windows_of(music, WINDOW_S, NES_HOP_S)[:NES_WINDOWS]
        clips += own
        targets += named * len(own)
        pieces += [len(names)] * len(own)
        names.append(path.stem)
    groups = [name.split("_")[0] for name in names]
    return _windows(clips, np.array(targets), pieces, tuple(names), groups)


def measured_clips(folder: Path) -> tuple[list[Performed], npt.NDArray[np.int64], list[str]]:
    """An `eval` set: clips, (valence, arousal, quadrant) labels int [N, 3] (high = 1), and song groups. Files
    that cannot be read are left out."""
    clips, labels, groups = [], [], []
    for row in _table(folder):
        try:
            clips.append(performed_midi(folder / "midi" / row["file"]))
        except MediaError:
            continue
        labels.append((int(row["valence"]), int(row["arousal"]), int(row["quadrant"])))
        groups.append(row["song_group"])
    return clips, np.array(labels), groups


def kept(make: Callable[[], Windows], name: str, cache: Path | None) -> Windows:
    """The windows as they were computed the last time for the same features, else made and kept in
    `cache`."""
    if cache is None:
        return make()
    measured_by = (features, features_in_pitch, features_in_time)
    sources = [Path(str(module.__file__)).read_bytes() for module in measured_by] + [
        Path(__file__).read_bytes()
    ]
    mark = hashlib.sha256(b"".join(sources)).hexdigest()[:8]
    path = cache / f"{name}-{mark}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            return Windows(
                stored["features"],
                stored["targets"],
                stored["piece"],
                tuple(stored["names"].tolist()),
                tuple(stored["groups"].tolist()),
            )
    windows = make()
    cache.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        features=windows.features,
        targets=windows.targets,
        piece=windows.piece,
        names=np.array(windows.names),
        groups=np.array(windows.groups),
    )
    return windows


def _table(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _windows(
    clips: list[Performed],
    targets: Floats,
    pieces: Sequence[int],
    names: tuple[str, ...],
    groups: Sequence[str],
) -> Windows:
    measured, heard = measure(clips)
    return Windows(measured[heard], targets[heard], np.array(pieces)[heard], names, tuple(groups))
