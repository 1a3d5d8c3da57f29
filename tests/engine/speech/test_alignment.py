"""Lines of a known text are found in speech by pauses and lengths alone: starts within 150 ms on the median,
500 ms at the 95th percentile, in both languages, three voices each, clean and with noise at 20 dB.

The texts here were not used while the aligner was made. Line starts are known since espeak-ng speaks line by
line, joined with pauses of several laws, or tells by its events when each word begins.
"""

from collections.abc import Sequence

import numpy as np
import pytest

from dsl.diagnostics import Span
from dsl.spoken import ScriptLine
from engine.render.audio import resample
from engine.speech.activity import RATE, activity_of
from engine.speech.align import AlignedVoice, lay_along
from engine.speech.expected import Break, clauses_of, syllables_of
from tests.engine.speech import synthetic
from tests.engine.speech.synthetic import CHINESE_VOICES, ENGLISH_VOICES, Reading, Spoken

pytestmark = pytest.mark.skipif(synthetic.why_not() is not None, reason=str(synthetic.why_not()))

ENGLISH = (
    "Harbour control to all vessels: the channel is closed until further notice.",
    "Who closed it?",
    "Nobody would say, and the fog made it hard to see who was asking.",
    "Eleanor kept the lamp burning through the night, because her brother's boat had not come in.",
    "Twice she heard an engine.",
    "Twice it was only the sea, knocking at the stones beneath the quay like a late guest.",
    "Around four o'clock the wireless began to speak again, in a language she did not know.",
    "She wrote down every sound.",
    "Years afterwards, a teacher from the north read the page aloud to her.",
    "It was a weather report.",
    "But between two lines of wind and pressure, somebody had said her name.",
    "She never turned the lamp off after that, not once.",
)
CHINESE = (
    "港务处通知所有船只：航道即日起关闭，恢复时间另行通知。",
    "是谁下的命令？",
    "没有人回答，雾太大了，连问话的人也看不清。",
    "小兰整夜守着那盏灯，因为哥哥的船还没有回来。",
    "她两次听见了马达声。",
    "两次都只是海水，像迟到的客人一样，敲着码头下面的石头。",
    "快到四点的时候，收音机又开始说话，用的是她听不懂的语言。",
    "她把每一个声音都记了下来。",
    "许多年以后，一位从北方来的老师把那一页念给她听。",
    "那是一份天气预报。",
    "可是在风力和气压之间，有人说出了她的名字。",
    "从那以后，她再也没有关过那盏灯。",
)
PARAGRAPHS = frozenset({1, 4, 7})
LAWS = ("narrator", "acted", "hurried")
SPEEDS = (150, 178, 163)


def script_of(lines: Sequence[str], paragraphs: frozenset[int] = frozenset()) -> tuple[ScriptLine, ...]:
    return tuple(
        ScriptLine(number + 1, text, None, number - 1 in paragraphs, Span(number + 1, 1, number + 1, 2))
        for number, text in enumerate(lines)
    )


def laid(
    lines: Sequence[str], samples: synthetic.Samples, paragraphs: frozenset[int] = frozenset()
) -> AlignedVoice:
    heard = activity_of(resample(samples, synthetic.RATE, RATE))
    found = lay_along(clauses_of(script_of(lines, paragraphs)), heard)
    assert found is not None
    return found


def errors_s(found: AlignedVoice, spoken: Spoken) -> list[float]:
    """How far each line's start is from the truth; a line that was not found is as far as can be."""
    got = {line.line: line.start_s for line in found.lines}
    return [abs(got[n] - start) if n in got else 60.0 for n, start in enumerate(spoken.starts_s)]


def assert_within(errors: list[float]) -> None:
    assert np.median(errors) <= 0.15
    assert np.quantile(errors, 0.95) <= 0.5


def readings(lines: Sequence[str], voices: Sequence[str]) -> list[tuple[frozenset[int], Spoken]]:
    """Every voice line by line under a law of its own, and in one go with espeak's own pauses."""
    found = []
    for number, voice in enumerate(voices):
        reading = Reading(voice, SPEEDS[number], pauses=LAWS[number])
        found.append((PARAGRAPHS, synthetic.joined(lines, reading, seed=40 + number, paragraphs=PARAGRAPHS)))
        found.append((frozenset(), synthetic.read_aloud(lines, reading, "\n" if number % 2 else " ")))
    return found


@pytest.mark.parametrize("noise_db", [None, 20.0], ids=["clean", "noise 20 dB"])
@pytest.mark.parametrize(
    ("lines", "voices"), [(ENGLISH, ENGLISH_VOICES), (CHINESE, CHINESE_VOICES)], ids=["en", "zh"]
)
def test_line_starts_are_within_150_ms_and_500_ms(
    lines: Sequence[str], voices: Sequence[str], noise_db: float | None
) -> None:
    errors: list[float] = []
    for paragraphs, spoken in readings(lines, voices):
        samples = spoken.samples if noise_db is None else synthetic.with_noise(spoken.samples, noise_db)
        errors += errors_s(laid(lines, samples, paragraphs), spoken)
    assert_within(errors)


def test_ends_are_where_the_voice_stops() -> None:
    spoken = synthetic.joined(ENGLISH, Reading(ENGLISH_VOICES[0]), seed=7)
    found = laid(ENGLISH, spoken.samples)
    assert np.median([abs(line.end_s - spoken.ends_s[line.line]) for line in found.lines]) <= 0.15


def test_a_clearly_paused_line_is_surer_than_one_that_runs_on() -> None:
    clear = laid(ENGLISH, synthetic.joined(ENGLISH, Reading(ENGLISH_VOICES[0]), seed=5).samples)
    run_on = laid(
        ENGLISH, synthetic.joined(ENGLISH, Reading(ENGLISH_VOICES[0], 190, pauses="hurried"), seed=5).samples
    )
    sure, less = ([line.confidence for line in found.lines] for found in (clear, run_on))
    assert np.mean(sure) > np.mean(less)
    backwards = laid(ENGLISH[::-1], synthetic.joined(ENGLISH, Reading(ENGLISH_VOICES[0]), seed=5).samples)
    assert np.mean([line.confidence for line in backwards.lines]) < 0.8


def test_syllables_are_counted_and_clauses_end_at_marks() -> None:
    words = {"rope": 1, "stopped": 1, "added": 2, "table": 2, "village": 2, "morning": 2, "language": 2}
    assert {word: syllables_of(word) for word in words} == words
    clauses = clauses_of(script_of(["Rope, and rope.", "雨停了，人走了"], frozenset({0})))
    assert [clause.ends for clause in clauses] == [Break.COMMA, Break.PARAGRAPH, Break.COMMA, Break.LINE]
    assert [clause.at for clause in clauses] == [0, 6, 0, 4]
    assert [clause.syllables for clause in clauses] == [1, 2, 3, 3]
    assert clauses_of(script_of(["……", "—"])) == ()
