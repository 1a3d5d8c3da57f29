"""A session of ear training in a terminal: a pair is heard, a question asked, the answer judged, explained
and kept. Which pairs, and what they differ in, is `engine.teach.exercises`."""

import io
import sys
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.match.note_recogniser import Heard
from engine.match.performed import performed_cue
from engine.render.synthesiser import choose_synthesiser
from engine.teach.ear_progress import Answered, keep_answer, now_s
from engine.teach.exercises import EAR_KINDS, EarKind, Exercise, choices_for
from engine.teach.pairs import sounds_of, write_versions
from engine.teach.parameters import PARAMETERS, ParameterName, value_of
from tui.cli.console import say
from tui.locale_language import Language
from tui.teaching.ear_words import EAR_SENTENCES, EXPLAINED, KIND_NAMES, QUESTIONS
from tui.teaching.lesson import signed, value_text

if TYPE_CHECKING:
    from engine.match.note_recogniser import NoteRecogniser

_SILENCE_S = 0.7
"""Between the two."""


@dataclass(frozen=True, slots=True)
class AskedPair:
    """A question with its choices in words, the right one and the one given, numbers from 1."""

    exercise: Exercise
    question: str
    choices: tuple[str, ...]
    answer: int
    given: int
    explanation: str
    files: tuple[Path, ...]

    @property
    def right(self) -> bool:
        """Whether the right one was given."""
        return self.given == self.answer


def ear_text(sentence: str, language: Language, **values: object) -> str:
    """A sentence of the table with its values."""
    return EAR_SENTENCES[sentence][language].format(**values)


class EarSession:
    """Asks one exercise after the other. `given`: answers in place of a person's; `out`: pairs are written
    there in place of being played; `instead`: and there where no device plays them; `silent`: no questions on
    stdout, for there goes JSON: a person reads them on stderr."""

    def __init__(
        self,
        recogniser: "NoteRecogniser",
        language: Language,
        progress: Path,
        out: Path | None,
        instead: Path,
        soundfont: Path | None,
        given: Iterator[str] | None,
        silent: bool,
    ) -> None:
        self._recogniser, self._language, self._progress = recogniser, language, progress
        self._out, self._instead, self._given, self._silent = out, instead, given, silent
        self._synthesiser = choose_synthesiser(soundfont)
        self._keeps = True
        if isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # bytes that are no text are no answer, and no end either

    def ask(self, exercise: Exercise, number: int, count: int, seed: int) -> AskedPair | None:
        """One exercise; None where the person ends it. Raises OutputError where a pair cannot be written,
        MediaError for a bad font."""
        question, choices, answer = self._question(exercise, seed)
        self._print(
            ear_text("head", self._language, n=number, count=count, cue=exercise.cue, bar=exercise.bar)
        )
        files = self._present(exercise, number)
        self._print(question)
        if exercise.kind not in QUESTIONS or exercise.level != "beginner":
            for place, choice in enumerate(choices, 1):
                self._print(f"  {place} {choice}")
        given = self._answer(exercise, len(choices))
        if given is None:
            return None
        explanation = self._explanation(exercise)
        asked = AskedPair(exercise, question, choices, answer, given, explanation, files)
        verdict = (
            ear_text("right", self._language)
            if asked.right
            else ear_text("wrong", self._language, answer=choices[answer - 1])
        )
        self._print(f"{_joined((verdict, explanation), self._language)}\n")
        self._keep(asked)
        return asked

    def _question(self, exercise: Exercise, seed: int) -> tuple[str, tuple[str, ...], int]:
        """The question, its choices, and the right one from 1: beginners compare, the others say what
        changed."""
        language = self._language
        if exercise.level == "beginner" and exercise.kind in QUESTIONS:
            asks, for_more = QUESTIONS[exercise.kind]
            answer = exercise.more if for_more else 3 - exercise.more
            return asks[language], (ear_text("first", language), ear_text("second", language)), answer
        kinds: tuple[EarKind, ...] = choices_for(exercise.kind, exercise.level, EAR_KINDS, seed)
        names = tuple(KIND_NAMES[kind][language] for kind in kinds)
        return ear_text("what changed", language), names, kinds.index(exercise.kind) + 1

    def _present(self, exercise: Exercise, number: int) -> tuple[Path, ...]:
        """Play the pair, or write it; where no device plays it, this pair and all after it are written."""
        if self._out is None and self._given is None:
            problem = self._play(exercise)
            if problem is None:
                return ()
            self._out = self._instead
            say(
                "melodrama ear: "
                + ear_text("written instead", self._language, problem=problem, folder=self._out)
            )
        if self._out is not None:
            versions = {f"ear-{number}-first": exercise.first, f"ear-{number}-second": exercise.second}
            files = write_versions(versions, self._out, self._synthesiser)
            for path in files:
                self._print(f"  {path}")
            return files
        return ()

    def _play(self, exercise: Exercise) -> str | None:
        """Play the pair to its end; at once what the matter is where nothing can be heard."""
        import numpy as np

        from engine.playback.player import Player, Sound

        sounds, rate = sounds_of([exercise.first, exercise.second], self._synthesiser)
        gap = np.zeros((round(_SILENCE_S * rate), 2), np.float32)
        player = Player()
        try:
            player.load(Sound(np.concatenate([sounds[0], gap, sounds[1]]), rate), 0.0)
            player.play()
            while player.is_playing and player.problem is None:
                time.sleep(0.05)
                if player.position_s >= player.duration_s - 0.05:
                    break
            return player.problem
        finally:
            player.close()  # the next pair opens the device anew, and some let in one at a time

    def _answer(self, exercise: Exercise, count: int) -> int | None:
        """1 … `count`; None where nothing more comes, or the person ends it."""
        pair = exercise.kind in QUESTIONS and exercise.level == "beginner"
        plays = self._out is None and self._given is None
        again = ear_text("again", self._language) if plays else ""
        prompt = ear_text(
            "answer pair" if pair else "answer choice", self._language, count=count, again=again
        )
        while True:
            said = self._said(prompt)
            if said is None or said == "q":
                return None
            if said == "r" and plays:
                problem = self._play(exercise)
                if problem is not None:
                    say(f"melodrama ear: {problem}")
            elif said.isdecimal() and len(said) < 4 and 1 <= int(said) <= count:
                return int(said)
            else:
                say(ear_text("not understood", self._language))

    def _said(self, prompt: str) -> str | None:
        """What was answered, full-width signs (an input method's) as plain ones; None at the end of input."""
        if self._given is not None:
            return next((_plain(one) for one in self._given), None)
        print(prompt, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline() if sys.stdin is not None else ""
        if not line:
            print(file=sys.stderr, flush=True)
        return _plain(line) if line else None

    def _explanation(self, exercise: Exercise) -> str:
        language = self._language
        ordinals = ear_text("ordinals", language).split()
        more, less = ordinals[exercise.more - 1], ordinals[2 - exercise.more]
        values = {"more": more, "less": less}
        name: ParameterName | None = next((one for one in PARAMETERS if one == exercise.kind), None)
        if name is not None and name != "mode":
            pair = (exercise.first, exercise.second)
            by_more = (pair[exercise.more - 1], pair[2 - exercise.more])
            for letter, score in zip("ab", by_more, strict=True):
                values[letter] = value_text(name, value_of(score, name) or 0.0, language)
        said = EXPLAINED[exercise.kind][language].format(**values)
        one, two = self._recogniser.hear(
            [performed_cue(exercise.first, 0), performed_cue(exercise.second, 0)]
        )
        if min(one.confidence, two.confidence) <= 0.0 or exercise.kind == "timbre":
            return said  # too few notes, or nothing that is in the notes
        heard = ear_text(
            "heard",
            language,
            v1=signed(one.valence),
            a1=signed(one.arousal),
            v2=signed(two.valence),
            a2=signed(two.arousal),
        )
        if against_rule(exercise, one, two):
            return _joined((said, heard, ear_text("against", language)), language)
        return _joined((said, heard), language)

    def _keep(self, asked: AskedPair) -> None:
        """Keep the answer; where that fails, once is said why, and training goes on."""
        from engine.errors import OutputError

        if not self._keeps:
            return
        try:
            exercise = asked.exercise
            keep_answer(self._progress, Answered(exercise.kind, exercise.level, asked.right, now_s()))
        except OutputError as error:
            self._keeps = False
            say(f"melodrama ear: {error}; answers are not kept")

    def _print(self, text: str) -> None:
        if not self._silent:
            print(text, flush=True)
        elif self._given is None:
            say(text)


def _plain(said: str) -> str:
    return unicodedata.normalize("NFKC", said).strip().lower()


def _joined(sentences: tuple[str, ...], language: Language) -> str:
    """Sentences one after the other; a Chinese full stop has its space in it."""
    return ("" if language == "zh" else " ").join(sentences)


def against_rule(exercise: Exercise, one: Heard, two: Heard) -> bool:
    """Whether the recogniser hears a pair the other way than the answer says: minor brighter than major, what
    is faster, busier or louder as calmer. On a few bars it may."""
    more, less = (one, two) if exercise.more == 1 else (two, one)
    if exercise.kind == "mode":
        return more.valence < less.valence
    return exercise.kind in ("tempo", "density", "dynamics") and more.arousal < less.arousal
