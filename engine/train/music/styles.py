"""Do the styles differ in their notes? Takes of the same intents in every style, told apart by notes alone;
and guofeng beside Chinese folk songs, which no model has seen."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.errors import MediaError
from engine.generate.grid import SPECS
from engine.generate.request import Take
from engine.generate.sampling import Generator
from engine.music.theory import SCALES
from engine.train.music.composed import phrase_set, requests
from engine.train.music.data.midi import read_midi
from engine.train.music.measures import features, note_table
from engine.train.music.tensors import STYLES

FOLK_SONGS = 300
"""Songs read, spread evenly over the collection."""

GONG = SCALES["pentatonic major"]
"""The anhemitonic pentatonic scale; its rotations are the five modes."""

Floats = npt.NDArray[np.float64]


def takes_by_style(
    generator: Generator, each: int, seed: int = 500
) -> tuple[list[Take], npt.NDArray[np.int64]]:
    """`each` eight-bar takes of every style, the same intents for all styles: (takes, style numbers)."""
    asked = [request for style in STYLES for request in requests(each, seed, (style,))]
    takes = [takes[0] for takes in generator.compose(asked, [1])]
    return takes, np.repeat(np.arange(len(STYLES)), each)


def style_table(generator: Generator, each: int = 24, seed: int = 500) -> dict[str, float]:
    """How well a linear classifier tells the styles by notes and roles, five-fold (chance .1): over all, and
    of each style's takes how many are told right."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    asked = [request for style in STYLES for request in requests(each, seed, (style,))]
    takes = [takes[0] for takes in generator.compose(asked, [1])]
    phrases = phrase_set(asked, takes)
    table = features(phrases, note_table(phrases))
    roles = phrases.asked.reshape(len(asked), 8, -1).mean(1)
    heights = np.array([[_height(take, spec.name) for spec in SPECS[:4]] for take in takes])
    x = np.concatenate([*table.values(), roles, heights / 12], 1)
    y = np.repeat(np.arange(len(STYLES)), each)
    folds = StratifiedKFold(min(5, each), shuffle=True, random_state=0)
    classifier = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    predicted = cross_val_predict(classifier, x, y, cv=folds)
    figures = {"styles told apart by notes": float((predicted == y).mean())}
    for number, style in enumerate(STYLES):
        figures[f"told as {style}"] = float((predicted[y == number] == number).mean())
    return figures


def _height(take: Take, role: str) -> float:
    """Mean pitch of a role, 60 where it is silent."""
    notes = next((played for name, played in take.roles.items() if name == role), ())
    return float(np.mean([note.pitch for note in notes])) if notes else 60.0


def folk_table(generator: Generator, folder: Path, each: int = 24, seed: int = 700) -> dict[str, float]:
    """Guofeng melodies beside folk songs: the share of notes in the best pentatonic scale, and how far the
    distributions of melodic steps agree (overlap 0…1); other styles for comparison."""
    folk = folk_melodies(folder)
    if not folk:
        return {}
    takes, owner = takes_by_style(generator, each, seed)
    tunes = [_tune(take) for take in takes]
    mine = STYLES.index("guofeng")
    guofeng = [tune for tune, style in zip(tunes, owner, strict=True) if style == mine]
    others = [tune for tune, style in zip(tunes, owner, strict=True) if style != mine]
    reference = interval_shares(folk)
    figures = {"folk songs read": float(len(folk)), "pentatonic share, folk songs": pentatonic_share(folk)}
    for name, some in (("guofeng", guofeng), ("other styles", others)):
        figures[f"pentatonic share, {name}"] = pentatonic_share(some)
        figures[f"melodic steps like folk songs, {name}"] = float(
            np.minimum(reference, interval_shares(some)).sum()
        )
    return figures


def _tune(take: Take) -> npt.NDArray[np.int64]:
    return np.array([note.pitch for note in take.roles.get("melody", ())], np.int64)


def folk_melodies(folder: Path, limit: int = FOLK_SONGS) -> list[npt.NDArray[np.int64]]:
    """Melodies of songs under a folder; files that cannot be read are left out."""
    paths = sorted(folder.rglob("*.mid"))
    tunes = []
    for number in np.linspace(0, len(paths) - 1, min(limit, len(paths))).astype(int):
        try:
            file = read_midi(paths[number])
        except MediaError:
            continue
        tune = max((track.notes for track in file.tracks), key=len)[:, 2].astype(np.int64)
        if len(tune) >= 16:
            tunes.append(tune)
    return tunes


def pentatonic_share(tunes: list[npt.NDArray[np.int64]]) -> float:
    """Mean over tunes of the share of notes in the best of the twelve pentatonic scales."""
    shares = []
    for tune in tunes:
        if len(tune) == 0:
            continue
        classes = np.bincount(tune % 12, minlength=12)
        best = max(int(classes[[(tonic + step) % 12 for step in GONG]].sum()) for tonic in range(12))
        shares.append(best / len(tune))
    return float(np.mean(shares)) if shares else float("nan")


def interval_shares(tunes: list[npt.NDArray[np.int64]]) -> Floats:
    """Shares of melodic steps −12 … 12 semitones over all tunes [25]."""
    steps = [np.clip(np.diff(tune), -12, 12) + 12 for tune in tunes if len(tune) > 1]
    counts = np.bincount(np.concatenate(steps), minlength=25) if steps else np.zeros(25)
    result: Floats = counts / max(1, counts.sum())
    return result
