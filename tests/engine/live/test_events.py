"""What is said on a line is an event, or one printable line that says why it is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.plan import EmotionPoint
from engine.live.event_lines import read_line, read_script
from engine.live.events import (
    LONGEST_TEXT,
    EmotionEvent,
    HitEvent,
    IntensityEvent,
    KnownNames,
    LiveEvent,
    MotifEvent,
    PauseEvent,
    Refused,
    ResumeEvent,
    StateEvent,
    StopEvent,
    StyleEvent,
    TempoEvent,
    TextEvent,
    checked,
)

KNOWN = KnownNames(
    cues=(("L1", "Explore"), ("boss_door", "The door"), ("cue3", "深夜")),
    motifs=("rope",),
    palettes=("night",),
    moods={"foreboding": EmotionPoint(-0.5, 0.3)},
)


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("She opens the door.", TextEvent("She opens the door.")),
        ("主人公站在悬崖边。", TextEvent("主人公站在悬崖边。")),
        (r"\@home at last", TextEvent("@home at last")),
        ("\x00\x1b[2Jrun\x07 \u202e away", TextEvent("[2Jrun away")),
        ("@emotion v=-.4 a=.7 over 8s", EmotionEvent(-0.4, 0.7, 8.0)),
        ("@emotion v=0 a=-1", EmotionEvent(0.0, -1.0)),
        ("@state explore", StateEvent("L1")),
        ("@state L1", StateEvent("L1")),
        ("@state L1 Explore", StateEvent("L1")),
        ("@state boss-door", StateEvent("boss_door")),
        ("@state “The door”", StateEvent("boss_door")),
        ("@状态 深夜", StateEvent("cue3")),
        ("@intensity 0.7", IntensityEvent(0.7)),
        ("@intensity 70%", IntensityEvent(0.7)),
        ("@hit", HitEvent()),
        ("@hit slam", HitEvent("slam")),
        ("@motif rope", MotifEvent("rope")),
        ("@style noir", StyleEvent("noir")),
        ("@风格 弦乐", StyleEvent("strings")),
        ("@style night", StyleEvent("night")),
        ("@tempo 96", TempoEvent(96.0, 96.0)),
        ("@tempo 60..84", TempoEvent(60.0, 84.0)),
        ("@tempo x0.8", TempoEvent(factor=0.8)),
        ("@pause", PauseEvent()),
        ("@resume", ResumeEvent()),
        ("@stop", StopEvent()),
    ],
)
def test_a_line_says_what_it_says_in_the_language(line: str, event: LiveEvent) -> None:
    assert read_line(line, KNOWN) == event


def test_a_named_feeling_is_its_point_under_its_intensity() -> None:
    hope = read_line("@emotion hope 0.5 over 2s", KNOWN)
    assert isinstance(hope, EmotionEvent)
    assert (hope.valence, hope.arousal, hope.over_s) == (0.3, 0.125, 2.0)
    own = read_line("@emotion foreboding", KNOWN)
    assert isinstance(own, EmotionEvent)
    assert (own.valence, own.arousal) == (-0.5, 0.3)


@pytest.mark.parametrize("line", ["", "   ", "// a comment", "\ufeff"])
def test_nothing_is_asked_by_an_empty_line_or_a_comment(line: str) -> None:
    assert read_line(line, KNOWN) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("@emotion hpoe", "did you mean hope?"),
        ("@emotion v=nan a=0", "number from -1 to 1"),
        ("@emotion v=1e999 a=0", "too large"),
        ("@emotion v=3 a=0", "cannot be 3"),
        ("@emotion hope over 3 weeks", "over"),
        ("@emotion hope -> despair", "leads on from what is felt now"),
        ("@state Explroe", "did you mean Explore?"),
        ("@state", "no state"),
        ("@intensity 1.5", "cannot be 1.5"),
        ("@intensity", "needs more"),
        ("@intensity 0.2 0.3", "more than the directive takes"),
        ("@motif ropes", "did you mean rope?"),
        ("@style nior", "did you mean noir?"),
        ("@tempo 9000", "cannot be 9000"),
        ("@pause 2s", "takes nothing"),
        ("@stpo", "did you mean @stop?"),
        ("@key D minor", "cannot be asked for while music plays"),
        ("@emotion " + "x" * 5000, "too long"),
        ("!!!", "no word"),
        ("x" * (1 << 20), "1,048,576 characters is too long"),
    ],
)
def test_what_cannot_be_followed_is_told_in_one_line_with_the_nearest_name(line: str, words: str) -> None:
    found = read_line(line, KNOWN)
    assert isinstance(found, Refused)
    assert words in found.words
    assert found.words.isprintable()


@pytest.mark.parametrize(
    "event",
    [
        EmotionEvent(float("nan"), 0.0),
        EmotionEvent(0.0, float("inf")),
        EmotionEvent(0.0, 0.0, 1e300),
        EmotionEvent(0.0, 0.0, -1.0),
        EmotionEvent(name="hope", intensity=float("nan")),
        IntensityEvent(float("-inf")),
        IntensityEvent(1e30),
        TempoEvent(float("nan"), 90.0),
        TempoEvent(1e308, 1e308),
        TempoEvent(factor=float("inf")),
        TextEvent("y" * (LONGEST_TEXT + 1)),
        StateEvent("\x00" * 1_000_000),
        StyleEvent(""),
        MotifEvent("🙈" * 100_000),
    ],
)
def test_numbers_and_names_from_a_network_are_refused_in_the_same_place(event: LiveEvent) -> None:
    found = checked(event, KNOWN)
    assert isinstance(found, Refused)
    assert found.words.isprintable()
    assert len(found.words) < 300


def test_without_a_score_states_and_motifs_are_told_to_need_one() -> None:
    for line in ("@state Explore", "@motif rope"):
        found = read_line(line, KnownNames())
        assert isinstance(found, Refused)
        assert "score" in found.words


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet='@emotion hpe0.6=va-> stylexintc."“[]{}\\/#\x00\x1b\u202e:')))
def test_any_line_is_an_event_or_a_printable_refusal(line: str) -> None:
    for text in (line, f"@{line}", f"@emotion {line}", f"@state {line}", f"@tempo {line}"):
        found = read_line(text, KNOWN)
        if isinstance(found, Refused):
            assert found.words.isprintable()
            assert len(found.words) < 500


def test_a_script_has_its_events_by_beat_and_tells_its_bad_lines() -> None:
    script = "// a take\n8 @stop\n0 @state Explore\n\n4.5 Rain begins.\nnan @hit\nhello\n2 @stlye noir\n3\n"
    events, problems = read_script(script, KNOWN)
    assert [(one.beat, one.line) for one in events] == [(0.0, 3), (4.5, 5), (8.0, 2)]
    assert events[1].event == TextEvent("Rain begins.")
    assert [line for line, _ in problems] == [6, 7, 8, 9]
