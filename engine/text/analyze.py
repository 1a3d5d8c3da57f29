"""Reads sentences for their emotion: the one door to the text model for the pipeline, the commands and the
app.

Importing this module loads no torch; `TextModel.load` does. What scores a text (the shipped weights, the
debug model, somebody's Hugging Face folder) is a `Scorer`; everything around it lives here: batches, empty
lines, context, polarity, intensity, confidence.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.text.arc import turns
from engine.text.names import names_of_feeling, with_plain_names
from engine.text.one_scale import scores_of_valence
from engine.text.reading import Keyword, Polarity, Reading
from engine.text.scene_mood import with_scene_mood
from engine.text.scores import Floats, LinesAround, Scorer, Scores, Stretch
from engine.text.segment import has_words, known_share, language_of

Progress = Callable[[int, int], None]
Meanwhile = Callable[[Sequence[str]], None]
"""What else is asked of texts while all that is known of them is at hand."""
SHIPPED = Path(__file__).resolve().parents[1] / "weights" / "text"
REMEMBERED = 8192
"""Sentences whose vectors are kept, 3 kB each."""
STEP = 64
"""Texts between two reports of progress: about half a second on one core."""
REMEMBERED_WORDS = 65536
Explained = dict[tuple[str, str], tuple[Keyword, ...]]
"""The words that decided a text, by the text as it is heard and as it is written."""


class TextModel:
    """The text-emotion model, ready to read. `version` names the weights for reports and cache keys."""

    def __init__(self, scorer: Scorer) -> None:
        self.scorer = scorer
        self._known: dict[str, Floats] = {}
        self._among: dict[LinesAround, Floats] = {}
        self._words: dict[str, float] = {}

    @property
    def version(self) -> str:
        """The version of the weights, as reports and cache keys name it."""
        return self.scorer.version

    @classmethod
    def load(cls, folder: Path | str | None = None, device: str = "cpu") -> "TextModel":
        """The shipped weights (None), the tiny random model ("debug"), or a folder: ours, or a Hugging Face
        one.

        Raises WeightsError when the folder is missing, damaged or holds what cannot answer.
        """
        # Deferred: torch takes seconds to import, and this module is read where no model runs.
        from engine.text.scorer import load_scorer

        return cls(load_scorer(SHIPPED if folder is None else folder, device))

    def read(
        self,
        sentences: Sequence[str],
        *,
        context: bool = True,
        explain: bool = False,
        progress: Progress | None = None,
        scenes: Sequence[int] | None = None,
        speakers: Sequence[str | None] | None = None,
        people: Iterable[str] = (),
    ) -> list[Reading]:
        """One reading a sentence, in order. Any text is answered; without a word in it neutral, confidence
        0.

        `context` reads each among its neighbours of the same scene: `scenes` gives each sentence's scene
        (cue) number, all one scene when None; `speakers` who speaks it (None or "": narration). Names that
        are words of feeling are read as plain names, those of speakers and `people` wherever they stand.
        `explain` adds the words that decided, `progress` is called with (done, all) sentences. ValueError
        when lengths differ.
        """
        numbers = [0] * len(sentences) if scenes is None else list(scenes)
        voices = [""] * len(sentences) if speakers is None else [speaker or "" for speaker in speakers]
        if not len(numbers) == len(voices) == len(sentences):
            raise ValueError(f"{len(sentences)} sentences, {len(numbers)} scenes, {len(voices)} speakers")
        worded = [place for place, sentence in enumerate(sentences) if has_words(sentence)]
        readings = [nothing(sentence, self.scorer.names) for sentence in sentences]
        if worded:
            names = names_of_feeling(sentences, {*voices, *people})
            texts = [with_plain_names(sentences[place], names) for place in worded]
            places = [numbers[place] for place in worded]
            words: Explained = {}
            said = [(text, sentences[place]) for text, place in zip(texts, worded, strict=True)]
            meanwhile = self._explaining(said, words) if explain else None
            vectors = self.vectors_in_scenes(texts, places if context else None, progress, meanwhile)
            if context:
                scores = self.scorer.scores(vectors, places)
                if self.scorer.scene_mood is not None:
                    alone = self.scorer.scores(vectors, None).vad
                    turning = [turns(text) for text in texts]
                    vad = with_scene_mood(scores.vad, alone, places, turning, self.scorer.scene_mood)
                    scores = replace(scores, vad=vad)
            else:
                scores = self.scorer.scores(vectors, None)
            scores = self._on_one_scale(scores)
            for index, place in enumerate(worded):
                heard = texts[index] if texts[index] != sentences[place] else ""
                reading = self._reading(sentences[place], scores, index)
                decided = words.get(said[index], ()) if reading.confidence > 0 else ()
                readings[place] = replace(reading, heard=heard, keywords=decided)
        if progress is not None:
            progress(len(sentences), len(sentences))
        return readings

    def vectors_in_scenes(
        self,
        texts: Sequence[str],
        scenes: Sequence[int] | None,
        progress: Progress | None = None,
        meanwhile: Meanwhile | None = None,
    ) -> Floats:
        """The vectors of each text by itself; in `scenes` (a number a text, lines of a scene stand together),
        where the scorer hears the words around a line, those of the line among them before the last
        column. `meanwhile` is called with some of the texts at a time, with all of them in the end."""
        reach = self.scorer.reach
        if scenes is None or not reach:
            return self.vectors(texts, progress, meanwhile)
        around = lines_around(texts, scenes, reach)
        known = self._among
        found = {line: known[line] for line in around if line in known}
        fresh = [line for line in dict.fromkeys(around) if line not in found]
        if len(known) + len(fresh) > REMEMBERED:
            known = self._among = {}
        rest = without(texts, [lines[place] for lines, place in fresh]) if meanwhile else []
        alone: dict[str, Floats] = {}
        for start in range(0, len(fresh), STEP):
            part = fresh[start : start + STEP]
            # First what the lines are by themselves: their states then wait for those around them.
            heard = list(dict.fromkeys(text for lines, _ in part for text in lines))
            alone |= zip(heard, self.vectors(heard), strict=True)
            new = dict(zip(part, self.scorer.vectors_among(part), strict=True))
            found |= new
            if len(known) < REMEMBERED:
                known |= new
            if meanwhile is not None:
                meanwhile([lines[place] for lines, place in part])
            if progress is not None:
                progress(start + len(part), len(fresh) + len(rest))
        in_steps(rest, meanwhile, progress, len(fresh))
        missing = [text for text in dict.fromkeys(texts) if text not in alone]
        alone |= zip(missing, self.vectors(missing), strict=True) if missing else ()
        own = np.stack([alone[text] for text in texts])
        among = np.stack([found[line] for line in around])
        return np.concatenate([own[:, :-1], among, own[:, -1:]], 1)

    def vectors(
        self, texts: Sequence[str], progress: Progress | None = None, meanwhile: Meanwhile | None = None
    ) -> Floats:
        """What the scorer knows of each text by itself, a row a text. Texts seen before cost nothing, so that
        an edit costs only what changed. `meanwhile` as in `vectors_in_scenes`."""
        known = self._known
        found = {text: known[text] for text in dict.fromkeys(texts) if text in known}
        fresh = [text for text in dict.fromkeys(texts) if text not in found]
        rest = without(texts, fresh) if meanwhile else []
        for start in range(0, len(fresh), STEP):
            part = fresh[start : start + STEP]
            new = dict(zip(part, self.scorer.vectors(part), strict=True))
            found |= new
            if len(self._known) + len(new) > REMEMBERED:
                self._known = {}  # another thread may still look things up in the old one
            self._known |= new  # at once, so that a cancelled call resumes
            if meanwhile is not None:
                meanwhile(part)
            if progress is not None:
                progress(start + len(part), len(fresh) + len(rest))
        in_steps(rest, meanwhile, progress, len(fresh))
        return np.stack([found[text] for text in texts])

    def signed(self, texts: Sequence[str]) -> Floats:
        """Signed intensity of each text on its own, unclipped: what explanation and lexicon compare."""
        return self._signed(self.scorer.vectors(texts))

    def signed_again(self, texts: Sequence[str]) -> Floats:
        """The same of texts that have been read, which costs nothing then."""
        return self._signed(self.vectors(texts)) if texts else np.zeros(0, np.float32)

    def signed_words(self, words: Sequence[str]) -> Floats:
        """The same of single words, each read once and remembered: they come again and again."""
        fresh = [word for word in dict.fromkeys(words) if word not in self._words]
        known = self._words
        if len(known) + len(fresh) > REMEMBERED_WORDS:
            known = self._words = {word: known[word] for word in dict.fromkeys(words) if word in known}
        if fresh:
            known |= zip(fresh, self.signed(fresh).tolist(), strict=True)
        return np.array([known[word] for word in words], np.float32)

    def signed_without(self, texts: Sequence[str], left_out: Sequence[Sequence[Stretch]]) -> list[Floats]:
        """About what `signed` would give of each text without each of its stretches, an array a text."""
        vectors = self.scorer.vectors_without(texts, left_out)
        if not vectors:
            return []
        signed = self._signed(np.concatenate(vectors))
        return np.split(signed, np.cumsum([len(own) for own in vectors])[:-1])

    def _signed(self, vectors: Floats) -> Floats:
        scores = self._on_one_scale(self.scorer.scores(vectors, None))
        return np.asarray((scores.positive - scores.negative) / self.scorer.threshold, np.float32)

    def feel(self, texts: Sequence[str]) -> Floats:
        """Valence, arousal, dominance of each text on its own, n × 3."""
        return self._alone(texts).vad

    def _alone(self, texts: Sequence[str]) -> Scores:
        return self.scorer.scores(self.scorer.vectors(texts), None)

    def _on_one_scale(self, scores: Scores) -> Scores:
        positive, negative = scores_of_valence(
            scores.positive, scores.negative, scores.vad[:, 0], self.scorer.threshold, self.scorer.gain
        )
        return replace(scores, positive=positive, negative=negative)

    def _explaining(self, said: Sequence[tuple[str, str]], words: Explained) -> Meanwhile:
        """Puts the words that decided texts into `words`. `said`: each text as it is heard and as it is
        written. Of what the model knows nothing about, nothing decided."""
        # Deferred: only explanations need words, and words need jieba's dictionary.
        from engine.text.explain import deciding_words

        written: dict[str, list[str]] = {}
        for text, sentence in dict.fromkeys(said):
            if known_share(sentence) > 0:
                written.setdefault(text, []).append(sentence)

        def explain(texts: Sequence[str]) -> None:
            asked = [(text, sentence) for text in texts for sentence in written.pop(text, ())]
            found = deciding_words(self, [text for text, _ in asked], [sentence for _, sentence in asked])
            words.update(zip(asked, found, strict=True))

        return explain

    def _reading(self, text: str, scores: Scores, index: int) -> Reading:
        raw = float(scores.positive[index] - scores.negative[index]) / self.scorer.threshold
        signed = max(-1.0, min(1.0, raw))
        # Two digits more than anybody hears: which texts shared a batch shows in the seventh digit, and
        # must not show in the music.
        signed = round(signed, 4)
        valence, arousal, dominance = (round(float(v), 4) for v in np.clip(scores.vad[index], -1.0, 1.0))
        return Reading(
            text=text,
            language=language_of(text),
            polarity=polarity_of(signed, self.scorer.neutral),
            intensity=abs(signed),
            signed_intensity=signed,
            valence=valence,
            arousal=arousal,
            dominance=dominance,
            emotions={
                name: round(float(value), 4)
                for name, value in zip(self.scorer.names, scores.emotions[index], strict=True)
            },
            confidence=round(max(0.0, 1.0 - float(scores.doubt[index])) * known_share(text), 4),
        )


def lines_around(texts: Sequence[str], scenes: Sequence[int], reach: int) -> list[LinesAround]:
    """Each line with those up to `reach` before and after it in its scene, whose lines stand together."""
    number = np.asarray(scenes).reshape(-1)
    starts = np.flatnonzero(np.r_[True, number[1:] != number[:-1]])
    ends = np.r_[starts[1:], len(number)]
    found: list[LinesAround] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        for place in range(start, end):
            first = max(start, place - reach)
            found.append((tuple(texts[first : min(end, place + reach + 1)]), place - first))
    return found


def without(texts: Sequence[str], others: Sequence[str]) -> list[str]:
    """Each text once that is none of the others, in order."""
    gone = set(others)
    return [text for text in dict.fromkeys(texts) if text not in gone]


def in_steps(texts: Sequence[str], work: Meanwhile | None, progress: Progress | None, done: int) -> None:
    """`work` on some of the texts at a time; `progress` goes on from `done`."""
    for start in range(0, len(texts), STEP):
        part = texts[start : start + STEP]
        if work is not None:
            work(part)
        if progress is not None:
            progress(done + start + len(part), done + len(texts))


def polarity_of(signed: float, neutral: float) -> Polarity:
    """The larger score's side, or neutral while they differ by less than `neutral` (of the threshold)."""
    if abs(signed) < neutral:
        return "neutral"
    return "positive" if signed > 0 else "negative"


def nothing(text: str, names: Sequence[str]) -> Reading:
    """The reading of a text without words."""
    no_keywords: tuple[Keyword, ...] = ()
    emotions = dict.fromkeys(names, 0.0)
    return Reading(text, language_of(text), "neutral", 0.0, 0.0, 0.0, 0.0, 0.0, emotions, 0.0, no_keywords)
