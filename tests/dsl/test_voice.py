"""`@voice`: lines are where a recording has them, and what the recording does not meet is told."""

from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.format import format_text
from dsl.plan import Plan, PlannedCue
from dsl.score_file import Planned, plan_text
from dsl.spoken import Listen, SpokenLine, VoiceAlignment, VoiceScript, voice_scripts


def at(
    *times: tuple[float, float], length_s: float | None = None, missing: frozenset[int] = frozenset()
) -> Listen:
    """A listener to whom the lines of any script are spoken at these times."""

    def listen(script: VoiceScript, folder: Path) -> VoiceAlignment:
        said = tuple(
            SpokenLine(line.line, *time, 0.9)
            for number, (line, time) in enumerate(zip(script.lines, times, strict=False))
            if number not in missing
        )
        ends_s = times[-1][1]
        return VoiceAlignment(
            script.path, script.span, script.whole, length_s or ends_s, (times[0][0], ends_s), said
        )

    return listen


def planned(text: str, listen: Listen | None, folder: Path = Path(".")) -> Planned:
    return plan_text(text, folder, listen=listen)


def cues(text: str, listen: Listen | None) -> tuple[PlannedCue, ...]:
    return planned(text, listen).draft.cues


def times(plan: Plan | tuple[PlannedCue, ...]) -> list[tuple[float, float]]:
    found = plan.cues if isinstance(plan, Plan) else plan
    return [(round(line.start_s, 3), round(line.end_s, 3)) for cue in found for line in cue.lines]


def codes(text: str, listen: Listen | None) -> list[str]:
    return [one.code for one in planned(text, listen).draft.findings]


PAGE = '# 1m1 Night\n@voice "n.wav"\nThe lamp is lit.\nNobody comes.\n\nThen it goes out.\n'
THREE = at((0.4, 1.9), (2.2, 3.4), (5.0, 6.6), length_s=8.0)


def test_lines_stand_where_the_recording_has_them_in_place_of_reading_time() -> None:
    (cue,) = cues(PAGE, THREE)
    assert times((cue,)) == [(0.4, 1.9), (2.2, 3.4), (5.0, 6.6)]
    assert [line.confidence for line in cue.lines] == [0.9, 0.9, 0.9]
    assert cue.end_s >= 6.6
    assert [(voice.path, voice.start_s, voice.end_s) for voice in cue.voices] == [("n.wav", 0.0, 8.0)]
    (read,) = cues(PAGE, None)
    assert times((read,)) != times((cue,))
    assert [line.confidence for line in read.lines] == [None, None, None]
    assert read.voices == ()


def test_a_cue_s_recording_begins_with_the_cue_wherever_that_starts() -> None:
    first = "# 1m0 Before\nSomething else is said first, at its own length.\n"
    before, cue = cues(first + PAGE, THREE)
    assert cue.start_s == before.end_s > 0.0
    assert times((cue,)) == [
        (round(cue.start_s + a, 3), round(cue.start_s + b, 3))
        for a, b in ((0.4, 1.9), (2.2, 3.4), (5.0, 6.6))
    ]
    assert cue.voices[0].start_s == cue.start_s
    pinned = PAGE.replace("@voice", "@at 00:20\n@voice")
    (_, later) = cues(first + pinned, THREE)
    assert (later.start_s, later.lines[0].start_s) == (20.0, 20.4)


def test_before_the_first_cue_it_is_the_whole_score_s_and_cues_begin_in_its_gaps() -> None:
    head = '@voice "n.wav"\n# 1m1 Night\nThe lamp is lit.\nNobody comes.\n'
    text = f"{head}# 1m2 Out\n@bars 3\nThen it goes out.\n"
    one, two = cues(text, THREE)
    assert times((one, two)) == [(0.4, 1.9), (2.2, 3.4), (5.0, 6.6)]
    assert 3.4 <= one.end_s == two.start_s <= 5.0
    assert not one.end_free
    assert [len(cue.voices) for cue in (one, two)] == [1, 0]


def test_words_within_a_line_and_directives_between_lines_keep_their_places() -> None:
    head = '# A\n@voice "n.wav"\nThe lamp is lit.{hit a}\n@emotion joy\n'
    text = f"{head}Nobody {{hit b}} comes.\n@hit c\nIt goes out.\n"
    (cue,) = cues(text, at((0.4, 1.9), (3.0, 4.2), (5.0, 6.6)))
    a, b, c = (event.t_s for event in cue.events if event.kind == "hit")
    assert a == pytest.approx(1.9)
    assert 3.2 < b < 4.0
    assert c == pytest.approx(5.0)
    joy = next(segment for segment in cue.emotion if segment.name == "joy")
    assert joy.start_s == pytest.approx(3.0)


def test_what_stands_before_the_first_word_holds_from_the_cue_s_beginning() -> None:
    (cue,) = cues('# A\n@voice "n.wav"\n@style strings\n@emotion joy\nNobody comes.\n', at((2.0, 3.0)))
    assert [(s.start_s, s.value) for s in cue.styles] == [(0.0, "strings")]
    assert [(s.start_s, s.name) for s in cue.emotion] == [(0.0, "joy")]
    (hit,) = (e for e in cues('# A\n@voice "n.wav"\n{hit} Nobody comes.\n', at((2.0, 3.0)))[0].events)
    assert hit.t_s == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("directive", "said"),
    [
        ("@pause 3s", "leaves 1.6 s here, not the 3 s asked"),
        ("@at 00:07", "2 s earlier than 00:07"),
        ("@at 00:04.2", "800 ms later than 00:04.2"),
        ("@fit 9s", "takes 1.6 s for the paragraph, not the 9 s asked"),
    ],
)
def test_what_the_script_asks_at_other_times_is_told_and_the_recording_s_times_hold(
    directive: str, said: str
) -> None:
    text = PAGE.replace("\n\nThen", f"\n\n{directive}\nThen")
    found = planned(text, THREE)
    assert times(found.draft) == [(0.4, 1.9), (2.2, 3.4), (5.0, 6.6)]
    (finding,) = (one for one in found.draft.findings if one.code == "W419")
    assert said in finding.message
    assert finding.span.line == text.splitlines().index(directive) + 1


def test_what_the_recording_meets_is_not_told() -> None:
    for directive in ("@pause 1.4s", "@at 00:05", "@pause 200ms"):
        assert codes(PAGE.replace("\n\nThen", f"\n\n{directive}\nThen"), THREE) == []


def test_a_cue_s_own_moment_against_the_whole_score_s_recording_is_told() -> None:
    text = '@voice "n.wav"\n# 1m1 A\nThe lamp is lit.\n# 1m2 B\n@at {}\nNobody comes.\n'
    spoken = at((0.4, 2.0), (9.0, 10.0))
    one, two = cues(text.format("00:08"), spoken)
    assert (one.end_s, two.start_s) == (8.0, 8.0)
    assert codes(text.format("00:08"), spoken) == []
    for moment in ("00:12", "00:01.2"):
        assert codes(text.format(moment), spoken)[:1] == ["W419"]
        assert times(cues(text.format(moment), spoken)) == [(0.4, 2.0), (9.0, 10.0)]


def test_a_recording_that_outlasts_its_cue_is_told_and_no_time_lies_beyond_the_cue() -> None:
    text = PAGE + "# 1m2 Next\n@at 00:05.5\nGo.\n"
    found = planned(text, lambda script, folder: THREE(script, folder) if script.lines[0].line < 6 else None)
    first = found.draft.cues[0]
    assert all(line.end_s <= first.end_s for line in first.lines)
    assert "W419" in [one.code for one in found.draft.findings]


def test_a_line_that_was_not_found_stands_between_its_neighbours() -> None:
    (cue,) = cues(PAGE, at((0.4, 1.9), (2.2, 3.4), (5.0, 6.6), missing=frozenset({1})))
    assert 1.9 <= cue.lines[1].start_s <= cue.lines[1].end_s <= 5.0
    assert cue.lines[1].confidence is None


def test_each_recording_gets_the_lines_that_are_its_own() -> None:
    text = (
        '@voice "all.wav"\n@character LIN\n# A\nOne.\nLIN: Two.\n# B\n@voice "b.wav"\nThree.\n# C\n\nFour.\n'
    )
    whole, own = voice_scripts(check_source(text).document)
    assert (whole.path, whole.whole, [line.text for line in whole.lines]) == (
        "all.wav",
        True,
        ["One.", "Two.", "Four."],
    )
    assert (own.path, own.whole, [line.text for line in own.lines]) == ("b.wav", False, ["Three."])
    assert voice_scripts(check_source("# A\nOne.\n").document) == ()


def test_a_recording_that_is_not_there_yet_is_a_warning_and_the_score_still_has_a_plan(
    tmp_path: Path,
) -> None:
    found = plan_text(PAGE, tmp_path)
    assert [(one.code, one.span.line) for one in found.findings] == [("W540", 2)]
    assert found.plan is not None
    assert [one.code for one in plan_text(PAGE.replace("n.wav", "../n.wav"), tmp_path).findings] == ["E501"]
    assert [one.code for one in plan_text(PAGE.replace("n.wav", "n.mid"), tmp_path).findings] == ["E508"]
    (tmp_path / "n.wav").write_bytes(b"RIFF")
    assert plan_text(PAGE, tmp_path).findings == ()


@pytest.mark.parametrize("directive", ["voice", "temp"])
def test_a_recording_as_telephones_write_it_is_told_how_to_become_one_that_is_read(
    directive: str, tmp_path: Path
) -> None:
    (told,) = plan_text(f'# A\n@{directive} "memo 3.M4A"\nGo.\n', tmp_path).findings
    assert told.code == "E508"
    assert told.hint == 'A WAV will do: ffmpeg -i "memo 3.M4A" "memo 3.wav".'


def test_the_formatter_leaves_a_voice_as_it_is_written() -> None:
    text = '@旁白   "a  b.wav"\n# A\n@voice "b.wav"  // the second take\nGo.\n'
    assert format_text(text).splitlines()[0] == '@旁白 "a  b.wav"'


def test_moving_the_tempo_leaves_no_word_of_the_whole_score_s_recording() -> None:
    from dsl.planner import refit

    text = '@voice "n.wav"\n# 1m1 A\n@bars 4\nThe lamp is lit.\n# 1m2 B\n@bars 4\nNobody comes.\n'
    plan = planned(text, at((0.4, 2.0), (9.0, 10.0))).draft
    assert times(refit(plan, {0: 61.0, 1: 140.0})) == [(0.4, 2.0), (9.0, 10.0)]
