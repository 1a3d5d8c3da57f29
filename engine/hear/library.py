"""Which music of a library suits a text: each file's emotion beside the text's, best first.

MIDI is heard by the note recogniser, recordings by the audio recogniser. What cannot be read is named and
left out. The text is read by the same model that scores stories; the feeling asked for is the mean over
its sentences.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dsl.media_files import MIDI_FILES, SOUND_FILES
from engine.errors import MediaError
from engine.hear.recorded_traits import among_recordings, recorded_traits
from engine.match.performed import performed_music
from engine.match.ranking import match_at
from engine.match.take_traits import traits_of
from engine.media.file_kinds import heard_as
from engine.media.midi_file import read_midi
from engine.taste.choices import MOST_OFFERED, OfferedTake, TasteChoice
from engine.taste.model import SIZE, learnt_from, terms_of
from engine.taste.order import lifts, places

if TYPE_CHECKING:
    from engine.hear.audio_recogniser import AudioRecogniser
    from engine.match.note_recogniser import NoteRecogniser


@dataclass(frozen=True, slots=True)
class Suited:
    """A file of the library: what it feels like (−1…1), how sure that is, its match with the text, 0…1, and
    what was odd in reading it; its traits (`engine.taste.traits`) where a taste is asked, and by how much its
    being liked lifts its place, in units of match (None without a taste)."""

    path: Path
    kind: str
    valence: float
    arousal: float
    confidence: float
    match: float
    duration_s: float
    remarks: tuple[str, ...] = ()
    traits: tuple[float, ...] = ()
    lift: float | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be heard, and why in words."""

    path: Path
    reason: str


def ranked(
    target: tuple[float, float],
    paths: Sequence[Path],
    recogniser: "Callable[[], NoteRecogniser]",
    ear: "Callable[[], AudioRecogniser]",
    progress: Callable[[str, int, int], None] | None = None,
    choices: Sequence[TasteChoice] = (),
    liked: Sequence[Path] = (),
) -> tuple[tuple[Suited, ...], tuple[Skipped, ...], tuple[TasteChoice, ...]]:
    """Files by how well they suit `target` (valence, arousal), best first; those that could not be heard; and
    what is `liked`, as choices. With `choices` that somebody made, or files that are `liked`, files that suit
    nearly as well as the best come by liking (`engine.taste.order`).

    The models are asked for when the first file needs them. Raises WeightsError.
    """
    tasted = bool(choices or liked)
    every = list(dict.fromkeys([*paths, *liked]))
    heard: dict[Path, _Heard] = {}
    skipped: list[Skipped] = []
    for number, path in enumerate(every):
        if progress:
            progress("listening", number, len(every))
        try:
            one = _heard(path, target, recogniser, ear, tasted)
        except MediaError as error:
            skipped.append(Skipped(path, str(error)))
            continue
        if one.suited.confidence <= 0.0:
            odd = "".join(f" ({remark})" for remark in one.suited.remarks[:1])
            few = "is silent, or has too few notes to say anything"
            why = few if one.suited.kind == "midi" else "is silent"
            skipped.append(Skipped(path, f"{path} {why}{odd}"))
            continue
        heard[path] = one
    known = _with_traits(heard) if tasted else {path: one.suited for path, one in heard.items()}
    found = [known[path] for path in dict.fromkeys(paths) if path in known]
    if not tasted:
        return tuple(sorted(found, key=lambda one: (*_by_match(one), str(one.path)))), tuple(skipped), ()
    made = _liked_choices([known[p] for p in liked if p in known], found, target)
    taste = learnt_from([*choices, *made])
    terms = np.array([terms_of(OfferedTake(one.traits), "", *target) for one in found]).reshape(-1, SIZE)
    liking = taste.liking(terms)
    lift = lifts(liking)
    place = places([one.match for one in found], liking)
    rows = [replace(one, lift=float(own)) for one, own in zip(found, lift, strict=True)]
    order = sorted(range(len(rows)), key=lambda n: (place[n], *_by_match(rows[n]), str(rows[n].path)))
    return tuple(rows[n] for n in order), tuple(skipped), tuple(made)


def _liked_choices(
    liked: Sequence[Suited], others: Sequence[Suited], target: tuple[float, float]
) -> list[TasteChoice]:
    """Music that is liked, as choices: each of it before all that was not named."""
    named = {one.path.resolve() for one in liked}
    rest = [OfferedTake(one.traits, (), one.match) for one in others if one.path.resolve() not in named]
    return [
        TasteChoice(
            "liked", "", *target, (OfferedTake(one.traits, (), one.match), *rest[: MOST_OFFERED - 1]), 0
        )
        for one in liked
        if rest
    ]


def _by_match(one: Suited) -> tuple[float, float]:
    return -round(one.match, 6), -one.confidence


@dataclass(frozen=True, slots=True)
class _Heard:
    """A file as it was heard; `recorded` holds what a recording tells of its traits."""

    suited: Suited
    recorded: dict[str, float]


def _with_traits(heard: "dict[Path, _Heard]") -> dict[Path, Suited]:
    """The files with their traits: notes by themselves, recordings beside each other."""
    known = {path: one.suited for path, one in heard.items()}
    sounds = [path for path, one in heard.items() if one.suited.kind == "audio"]
    for path, traits in zip(sounds, among_recordings([heard[p].recorded for p in sounds]), strict=True):
        known[path] = replace(known[path], traits=traits)
    return known


def _heard(
    path: Path,
    target: tuple[float, float],
    recogniser: "Callable[[], NoteRecogniser]",
    ear: "Callable[[], AudioRecogniser]",
    tasted: bool,
) -> _Heard:
    """What a file feels like, beside `target`, and, where a taste is asked, what it is like. Raises
    MediaError."""
    traits: tuple[float, ...] = ()
    recorded: dict[str, float] = {}
    if not path.exists():
        raise MediaError(f"{path}: no such file")
    known = heard_as(path)
    if known == "midi":
        midi = read_midi(path)
        music = performed_music(midi)
        notes = recogniser().hear([music])[0]
        kind, duration_s, remarks = "midi", music.duration_s, midi.remarks
        valence, arousal, confidence = notes.valence, notes.arousal, notes.confidence
        if tasted:
            traits = traits_of(music, target, (valence, arousal))
    elif known == "sound":
        # Deferred with librosa, which takes seconds to load.
        from engine.hear.frames import frames_of
        from engine.hear.recording import read_recording

        recording = read_recording(path)
        frames = frames_of(recording.samples)
        sound = ear().hear_frames(frames)
        kind, duration_s, remarks = "audio", recording.length_s, recording.remarks
        valence, arousal, confidence = sound.valence, sound.arousal, sound.confidence
        if tasted:
            recorded = recorded_traits(frames)
            recorded["brighter_than_asked"] = valence - target[0]
            recorded["livelier_than_asked"] = arousal - target[1]
    else:
        endings = ", ".join(sorted((*MIDI_FILES, *SOUND_FILES)))
        raise MediaError(f"{path} is neither MIDI nor audio ({endings})")
    match = match_at((valence - target[0]) ** 2 + (arousal - target[1]) ** 2)
    suited = Suited(path, kind, valence, arousal, confidence, match, duration_s, remarks, traits)
    return _Heard(suited, recorded)
