"""Why a cue sounds as it does, as plain values: what was felt and by which words, what each parameter of the
music carries, the harmony, the form, and the smallest changes. Words for it are `tui.teaching`'s business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from engine.composition import Composition
from engine.music.mapping import cue_emotion
from engine.music.score import ScorePhrase, ScoreTheme
from engine.report import Feeling
from engine.teach.cadences import Cadence
from engine.teach.cue_score import cue_score
from engine.teach.harmony_reading import ReadChord, read_cadences, read_harmony
from engine.teach.shares import HeardShares, heard_shares
from engine.teach.smallest import SmallestChange, smallest_changes
from engine.text.reading import Polarity, Sentence

if TYPE_CHECKING:
    from dsl.plan import PlannedCue
    from engine.match.note_recogniser import NoteRecogniser

MOST_WORDS: Final = 8
Unsaid = Literal["frozen", "no notes", "too few notes", "no chords", "no form", "no words", "directive"]
"""What cannot be told, and why: the take is frozen MIDI, so no plan of chords or form is known · nothing
sounds · too few notes for the recogniser · no chords were planned · no form was planned · no words decided ·
a directive says what is felt, so the words count for nothing."""


@dataclass(frozen=True, slots=True)
class DecidingWord:
    """A word that decided: `weight` 0…1, its part in the cue's reading, and which way it pulls."""

    word: str
    weight: float
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class Explanation:
    """One cue explained. `felt`: mean over the cue, as text and directives say it. `written_share`: the share
    0…1 of its time in which a directive says what is felt. `shares` None where nothing can be heard."""

    id: str
    title: str
    start_s: float
    end_s: float
    style: str
    key: str
    felt: Feeling
    words: tuple[DecidingWord, ...]
    written_share: float
    match: float
    shares: HeardShares | None
    harmony: tuple[ReadChord, ...]
    cadences: tuple[Cadence, ...]
    form: tuple[ScorePhrase, ...]
    motifs: tuple[ScoreTheme, ...]
    changes: tuple[SmallestChange, ...]
    unsaid: tuple[Unsaid, ...]


def explained(
    composition: Composition,
    index: int,
    recogniser: "NoteRecogniser",
    sentences: Sequence[Sentence] | None = None,
) -> Explanation:
    """Cue `index` explained. `sentences`: those of the score with the words that decided, where they were
    asked for; without them the words are those that composing knew. Raises IndexError beyond the last cue,
    WeightsError as `heard_shares`."""
    planned, composed = composition.plan.cues[index], composition.composed[index]
    own = cue_score(composition.score, index)
    told = composed.sentences if sentences is None else [s for s in sentences if s.cue == index]
    harmony = read_harmony(own)
    shares = heard_shares(own, recogniser)
    cue = own.cues[0]
    felt = Feeling(*cue_emotion(planned, composed.curve.at))
    words, written = deciding_words(told, _directed(planned)), _written_share(planned)
    return Explanation(
        id=cue.id,
        title=cue.title,
        start_s=composition.score.cues[index].start_s,
        end_s=composition.score.cues[index].end_s,
        style=cue.style,
        key=str(cue.key),
        felt=felt,
        words=words,
        written_share=written,
        match=composed.report.match,
        shares=shares,
        harmony=harmony,
        cadences=read_cadences(own, harmony),
        form=cue.form,
        motifs=cue.themes,
        changes=smallest_changes(own, recogniser),
        unsaid=_unsaid(
            planned,
            bool(own.tracks),
            shares,
            bool(harmony),
            bool(cue.form),
            bool(words) or sentences is None,
            written,
        ),
    )


def deciding_words(
    sentences: Sequence[Sentence], directed: Sequence[tuple[float, float]] = ()
) -> tuple[DecidingWord, ...]:
    """The words that decided over several sentences, the heaviest first: a word counts by its share in its
    sentence, that by how much it feels and how long it lasts. Where it is spoken in one of the spans
    `directed` (seconds), a directive decides, and no word does."""
    found: dict[str, tuple[float, Polarity]] = {}
    total = 0.0
    for sentence in sentences:
        reading = sentence.reading
        start, end = sentence.start_s, sentence.end_s
        free = end - start - sum(max(min(end, to) - max(start, since), 0.0) for since, to in directed)
        lasts = reading.intensity * free
        if free <= 1e-3:
            continue
        total += lasts
        for keyword in reading.keywords:
            before = found.get(keyword.word, (0.0, keyword.polarity))[0]
            found[keyword.word] = (before + keyword.weight * lasts, keyword.polarity)
    heaviest = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))[:MOST_WORDS]
    return tuple(
        DecidingWord(word, weight / total, polarity)
        for word, (weight, polarity) in heaviest
        if total > 0 and weight > 0
    )


def _directed(cue: "PlannedCue") -> list[tuple[float, float]]:
    """The spans in which a directive alone says what is felt, seconds."""
    return [(s.start_s, s.end_s) for s in cue.emotion if s.source == "directive"]


def _written_share(cue: "PlannedCue") -> float:
    length = cue.end_s - cue.start_s
    return min(sum(end - start for start, end in _directed(cue)) / length, 1.0) if length > 0 else 0.0


def _unsaid(
    cue: "PlannedCue",
    sounds: bool,
    shares: HeardShares | None,
    has_harmony: bool,
    has_form: bool,
    has_words: bool,
    written: float,
) -> tuple[Unsaid, ...]:
    found: list[Unsaid] = []
    if not sounds:
        found.append("no notes")
    elif shares is None:
        found.append("too few notes")
    if cue.freeze:
        found.append("frozen")
    else:
        found += [] if has_harmony or not sounds else ["no chords"]
        found += [] if has_form or not sounds else ["no form"]
    if written > 0.999:
        found.append("directive")
    elif not has_words:
        found.append("no words")
    return tuple(found)
