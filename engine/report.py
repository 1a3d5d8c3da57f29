"""The report: what was asked, what came out, how well they match, how long it took, with which weights and
seed.

`engine.report_json` gives exactly the names that scripts rely on; more keys may be added, none may go.
"""

from dataclasses import dataclass, field

from dsl.diagnostics import Finding
from engine.music.score import ScorePhrase, ScoreTheme


@dataclass(frozen=True, slots=True)
class Feeling:
    """A point of emotion, each −1…1."""

    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class AudioOpinion:
    """What the audio recogniser makes of a cue's finished sound; confidence 0…1."""

    heard: Feeling
    confidence: float


@dataclass(frozen=True, slots=True)
class Moved:
    """What optimisation did to the chosen take: its match before and after, and how far its latents went
    (root mean square, standard deviations)."""

    match_before: float
    match_after: float
    distance: float


@dataclass(frozen=True, slots=True)
class HitReport:
    """An accent: when it was asked for and when it sounds, seconds from the start of the score."""

    name: str | None
    asked_s: float
    got_s: float


@dataclass(frozen=True, slots=True)
class CueReport:
    """One cue: target (the text's and directives' mean emotion), heard (the recogniser's), match and
    confidence 0…1."""

    id: str
    take: int
    takes: int
    target: Feeling
    heard: Feeling
    match: float
    confidence: float
    critic: float
    tempo_bpm: float
    key: str
    hits: tuple[HitReport, ...]
    bars: int
    notes: int
    stages: dict[str, float] = field(default_factory=dict)
    moved: "Moved | None" = None
    form: tuple[ScorePhrase, ...] = ()
    motifs: tuple[ScoreTheme, ...] = ()
    audio: "AudioOpinion | None" = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """A file that was written: path, format, size and hash of its bytes."""

    path: str
    kind: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is said of a render: what was asked, what came out and how well it matches, with
    which weights, seed and device, and how long each stage took (seconds)."""

    score: str
    device: str
    seed: int
    weights: dict[str, str]
    files: tuple[FileReport, ...]
    duration_s: float
    timings_s: dict[str, float]
    cues: tuple[CueReport, ...]
    findings: tuple[Finding, ...]
    sound: tuple[str, str | None] | None = None
    """What played: synthesiser and version, and the sound font's path; None where nothing was to be heard."""
