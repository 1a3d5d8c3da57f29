"""What becomes of readers who do not keep to the script: the lines after a deviation are back at their times,
and findings name the right lines at the right times.

Recordings are made by other voices than the reading they are compared with (`deviations` measures them all,
and with another synthesiser where one is installed).
"""

from collections.abc import Sequence

import numpy as np
import pytest

from dsl.diagnostics import Finding, Span
from dsl.spoken import VoiceScript
from engine.render.audio import resample
from engine.speech import laying
from engine.speech.activity import RATE, activity_of
from engine.speech.align import AlignedVoice, lay_along
from engine.speech.expected import clauses_of
from engine.speech.laying import LaidVoice, lay_script
from engine.speech.synthetic_reading import VARIANTS, read_lines
from engine.speech.voice_findings import laid_findings
from tests.engine.speech import synthetic
from tests.engine.speech.deviations import (
    CHINESE_ASIDES,
    CHINESE_READERS,
    ENGLISH_ASIDES,
    ENGLISH_READERS,
    Found,
    Recording,
    recorded,
    tally,
)
from tests.engine.speech.synthetic import Samples
from tests.engine.speech.test_alignment import CHINESE, ENGLISH, script_of

pytestmark = pytest.mark.skipif(synthetic.why_not() is not None, reason=str(synthetic.why_not()))

TEXTS = {"en": (ENGLISH, ENGLISH_ASIDES, ENGLISH_READERS), "zh": (CHINESE, CHINESE_ASIDES, CHINESE_READERS)}

ANOTHER = [*ENGLISH_ASIDES, *(f"{line.split()[-1].strip('.?')} was not on the list." for line in ENGLISH)]


def laid(lines: Sequence[str], samples: Samples) -> LaidVoice:
    heard = resample(samples, synthetic.RATE, RATE)
    found = lay_script(script_of(lines), heard, activity_of(heard))
    assert found is not None
    return found


def starts(found: AlignedVoice) -> Found:
    return {line.line: line.start_s for line in found.lines}, found.extra_s


def by_sound(lines: Sequence[str], samples: Samples) -> Found:
    return starts(laid(lines, samples).aligned)


def by_pauses(lines: Sequence[str], samples: Samples) -> Found:
    found = lay_along(clauses_of(script_of(lines)), activity_of(resample(samples, synthetic.RATE, RATE)))
    assert found is not None
    return starts(found)


def told(lines: Sequence[str], found: LaidVoice) -> list[Finding]:
    return laid_findings(VoiceScript("n.wav", Span(1, 1, 1, 2), False, script_of(lines)), found)


def trial(language: str, kind: str, reader: int, seed: int) -> tuple[Sequence[str], Recording]:
    lines, asides, readers = TEXTS[language]
    return lines, recorded(lines, asides, kind, readers[reader], seed)


@pytest.mark.parametrize("kind", ["two unscripted", "three short unscripted", "two unspoken", "long pause"])
def test_lines_after_a_deviation_are_back_at_their_times(kind: str) -> None:
    trials = [trial("en", kind, 0, 31), trial("zh", kind, 1, 32)]
    found = tally(by_sound, trials)
    assert np.median(found.after_s) <= 0.1
    assert np.quantile(found.errors_s, 0.95) <= 0.5
    assert found.falsely == 0
    assert all(found.named)
    assert all(found.asides)


def seconds(clock_text: str) -> float:
    minutes, rest = clock_text.split(":")
    return 60 * int(minutes) + float(rest)


def test_an_unspoken_line_is_named_and_where_it_should_be() -> None:
    for language, seed in (("en", 5), ("zh", 6)):
        lines, recording = trial(language, "one unspoken", 1, seed)
        findings = told(lines, laid(lines, recording.samples))
        (gone,) = recording.unspoken
        assert [(one.code, one.span.line) for one in findings] == [("W544", gone + 1)]
        when = seconds(findings[0].message.rsplit("after ", 1)[1].rstrip("."))
        assert recording.starts_s[gone - 1][0] < when < recording.starts_s[gone + 1][0]


def test_unscripted_speech_is_told_from_when_to_when() -> None:
    for language, seed in (("en", 7), ("zh", 8)):
        lines, recording = trial(language, "one unscripted", 2, seed)
        (finding,) = told(lines, laid(lines, recording.samples))
        assert finding.code == "W543"
        begin, end = finding.message.rsplit(": ", 1)[1].rstrip(".").split("–")
        assert (seconds(begin), seconds(end)) == pytest.approx(recording.extra_s[0], abs=0.3)


def test_a_line_that_is_said_twice_is_told_by_its_number() -> None:
    lines, recording = trial("en", "said twice", 0, 9)
    (finding,) = told(lines, laid(lines, recording.samples))
    assert finding.code == "W543"
    assert finding.message.endswith(f"(line {recording.at} again).")


def test_a_line_in_other_words_is_told_as_both() -> None:
    lines, recording = trial("zh", "other words", 0, 12)
    findings = told(lines, laid(lines, recording.samples))
    assert {one.code for one in findings} == {"W543", "W544"}
    assert {one.span.line - 1 for one in findings if one.code == "W544"} == recording.unspoken


def test_a_cough_is_nothing_to_tell() -> None:
    lines, recording = trial("en", "cough", 1, 13)
    assert told(lines, laid(lines, recording.samples)) == []


@pytest.mark.parametrize(
    ("script", "spoken", "voice"),
    [
        (ENGLISH, CHINESE, CHINESE_READERS[0]),
        (CHINESE, ENGLISH, ENGLISH_READERS[0]),
        (ENGLISH, ANOTHER, ENGLISH_READERS[1]),
        (ENGLISH[:6], ENGLISH[6:], ENGLISH_READERS[2]),
    ],
    ids=["Chinese for English", "English for Chinese", "another text", "another part"],
)
def test_another_text_or_language_does_not_fit_and_that_is_all_that_is_told(
    script: Sequence[str], spoken: Sequence[str], voice: str
) -> None:
    recording = recorded(spoken, (), "as written", voice, 14)
    assert [one.code for one in told(script, laid(script, recording.samples))] == ["W545"]


def test_without_espeak_ng_lines_are_laid_by_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laying, "synthesiser", lambda: None)
    lines, recording = trial("en", "as written", 0, 15)
    found = laid(lines, recording.samples)
    assert found.fits is None
    errors = [abs(line.start_s - recording.starts_s[line.line][0]) for line in found.aligned.lines]
    assert np.median(errors) < 0.15
    lines, recording = trial("en", "two unspoken", 0, 15)
    assert told(lines, laid(lines, recording.samples)), "which lines is not sure, that some are is told"


def test_other_languages_than_the_readings_are_laid_by_pauses() -> None:
    french = ["Le vent est dans les arbres et je ne sais pas où il est.", "Il n'y a que la mer pour nous."]
    japanese = ["これは日本語の文章です。", "港の灯りが見えます。"]
    assert not laying.can_compare(script_of(french))
    assert not laying.can_compare(script_of(japanese))
    assert laying.can_compare(script_of(ENGLISH))


def test_the_reading_says_chinese_characters_and_no_line_is_taken_for_an_option() -> None:
    one, two = read_lines(["风停了。", "风停了，门开了。"], VARIANTS[0])
    assert 0.3 < len(one) / RATE < 1.5
    assert len(two) > 1.5 * len(one)
    (option,) = read_lines(["-w nothing.wav"], VARIANTS[0])
    assert len(option) > 0.3 * RATE
