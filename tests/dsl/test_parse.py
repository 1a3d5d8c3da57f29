"""Each construct of the language, right and wrong: what it becomes, and what is said when it is broken."""

from typing import Any

import pytest

from dsl import syntax
from dsl.check import check_source
from dsl.directive_words import DIRECTIVE_NAMES
from dsl.parse import parse
from dsl.plan import Key, Meter
from dsl.syntax import CueHeading, Dialogue, Document, Mark, Text


def directive(line: str) -> Any:
    document = parse(line)
    assert document.findings == (), document.findings
    item = document.items[0]
    assert isinstance(item, syntax.DirectiveLine)
    return item.directive


def codes(text: str) -> list[str]:
    return [finding.code for finding in check_source(text).findings]


def kinds(document: Document) -> list[str]:
    return [type(item).__name__ for item in document.items]


def test_the_first_characters_of_a_line_decide_what_it_is() -> None:
    text = "title: x\n---\n\n// a\n# 1m1 The cliff\n@hit\n林: 不。\n\\@home\nBob: hi\n@character 林\n@nope"
    assert kinds(parse(text)) == [
        "FrontMatterEntry",
        "FrontMatterEnd",
        "Blank",
        "Comment",
        "CueHeading",
        "DirectiveLine",
        "Dialogue",
        "Text",
        "Text",
        "DirectiveLine",
        "Invalid",
    ]


@pytest.mark.parametrize(
    ("line", "number", "title"),
    [
        ("# 1m1 The cliff", "1m1", "The cliff"),
        ("# 2M04a", "2M04a", ""),
        ("#1m1悬崖", "1m1", "悬崖"),
        ("# 1m1st day", "1m1st", "day"),
        ("# 1m1-b x", "1m1-b", "x"),
        ("#Dawn", None, "Dawn"),
        ("# 3 days later", "3", "days later"),
        ("#", None, ""),
    ],
)
def test_a_heading_has_a_number_where_it_looks_like_one(line: str, number: str | None, title: str) -> None:
    item = parse(line).items[0]
    assert isinstance(item, syntax.CueHeading)
    assert (item.number.text if item.number else None, item.title) == (number, title)


def test_dialogue_needs_a_declared_speaker_wherever_the_declaration_stands() -> None:
    document = parse("MARA: Down!\nVOSS：走！\n@character MARA\n@character VOSS")
    first, second = document.items[:2]
    assert isinstance(first, Dialogue)
    assert isinstance(second, Dialogue)
    assert (first.speaker.text, first.text, second.speaker.text, second.text) == (
        "MARA",
        "Down!",
        "VOSS",
        "走！",
    )
    assert kinds(parse("MARA: Down!")) == ["Text"]
    assert kinds(parse("\\MARA: Down!\n@character MARA")) == ["Text", "DirectiveLine"]


def test_marks_are_pinned_to_places_in_the_readable_text() -> None:
    item = parse("She ran, laughing. {hit door} Nobody \\{waited\\}.{pause 1s}").items[0]
    assert isinstance(item, Text)
    assert item.text == "She ran, laughing. Nobody {waited}."
    assert [(mark.position, mark.columns.start) for mark in item.marks] == [(19, 20), (35, 49)]
    assert "".join(run.text for run in item.runs if not isinstance(run, Mark)) == item.text


def test_a_comment_may_trail_directives_and_front_matter_but_not_text() -> None:
    document = parse("title: a//b // why\n---\n@hit // here\nA // B")
    entry, _, line, text = document.items
    assert isinstance(entry, syntax.FrontMatterEntry)
    assert isinstance(line, syntax.DirectiveLine)
    assert isinstance(text, Text)
    assert (document.front_matter.title, entry.comment and entry.comment.text) == ("a//b", "why")
    assert line.comment is not None
    assert text.text == "A // B"


def test_front_matter_is_typed() -> None:
    text = (
        "melodrama: 1\ntitle: 悬崖\nlanguage: zh\nstyle: 弦乐\ntempo: 60..84\nkey: F# minor\n"
        "meter: 3/4\npace: 240\nseed: 7\nfps: 23.976\nstart: 01:00:00:00\noutput: mid, wav\n---\n"
    )
    document = parse(text)
    front = document.front_matter
    assert document.findings == ()
    assert (front.format, front.title, front.language, front.seed) == (1, "悬崖", "zh", 7)
    assert front.fps == pytest.approx(23.976, abs=1e-4)
    assert front.style is not None
    assert front.tempo is not None
    assert front.start is not None
    assert (front.style.name, front.tempo.low, front.tempo.high) == ("strings", 60.0, 84.0)
    assert (front.key, front.meter, front.pace) == (Key(6, "minor", "F#"), Meter(3, 4), 240.0)
    assert (front.start.at(front.fps), front.output) == (3600.0, ("mid", "wav"))


def test_a_line_of_dashes_in_the_middle_of_a_story_is_no_front_matter() -> None:
    assert kinds(parse("Once: upon a time\n# x\nfoo: bar\n---\n")) == ["Text", "CueHeading", "Text", "Text"]


def test_dialogue_and_prose_above_a_line_of_dashes_are_no_front_matter() -> None:
    document = parse("林: 我不会回头。\n他走了。\n---\n她也走了。\n@character 林")
    assert kinds(document)[:4] == ["Dialogue", "Text", "Text", "Text"]
    assert document.findings == ()
    assert [finding.code for finding in parse("titel: x\ntempo 90\n---\nGo.").findings] == ["W307", "E206"]


def test_dashes_above_the_front_matter_are_told_and_not_its_keys_read_aloud() -> None:
    (finding,) = parse("---\ntitle: The cliff\nstyle: noir\n---\n# 1m1\nGo.").findings
    assert (finding.code, finding.span.line) == ("E206", 1)
    assert parse("---\nGo.").findings == parse("---\nMARA: Go.").findings == ()


def test_emotion_takes_names_points_ramps_blends_and_auto() -> None:
    ramp = directive("@emotion despair 80% -> hope 0.5 over 8s blend=0.5")
    assert (ramp.ramp.start.name, ramp.ramp.start.intensity, ramp.ramp.end.name) == ("despair", 0.8, "hope")
    assert (ramp.ramp.over.seconds, ramp.blend) == (8.0, 0.5)
    point = directive("@emotion v=-0.6 a=0.4").ramp.start
    assert (point.name, point.point.valence, point.point.arousal) == (None, -0.6, 0.4)
    assert directive("@emotion auto").ramp is None
    assert directive("@情感 绝望 0.8").ramp.start.name == "despair"


def test_a_mood_may_redefine_an_emotion_of_the_language() -> None:
    document = parse("@mood dread = -0.7 0.6\n@emotion dread 0.5")
    item = document.items[1]
    assert isinstance(item, syntax.DirectiveLine)
    assert isinstance(item.directive, syntax.EmotionDirective)
    assert item.directive.ramp is not None
    point = document.point(item.directive.ramp.start)
    assert (point.valence, point.arousal) == (-0.35, 0.3)


def test_motifs_are_notes_seeds_files_or_entries() -> None:
    notes = directive("@motif rope = [E5 G#4:2, R:0.5 (C4 E4 G4):4 Bb3:1/3]").notes
    assert [(note.pitches, note.beats) for note in notes.notes] == [
        ((76,), 1.0),
        ((68,), 2.0),
        ((), 0.5),
        ((60, 64, 67), 4.0),
        ((58,), pytest.approx(1 / 3)),
    ]
    assert directive("@motif 2nd = seed 12").seed == 12
    assert directive('@主题 灯 = "themes/deng.mid"').file.value == "themes/deng.mid"
    assert directive("@motif rope").motif.text == "rope"
    assert not directive("@motif a = [E5]").exact
    assert directive("@motif a = [E5] exact").exact
    assert directive('@动机 a = "a.mid" 原调').exact


def test_declarations_are_typed() -> None:
    character = directive("@character 阿灯 motif=灯 register=high")
    assert (character.character.text, character.motif.text, character.register) == ("阿灯", "灯", "high")
    palette = directive("@palette night = melody=大提琴 drums=none from=弦乐")
    assert [(part.role, part.instrument) for part in palette.instruments] == [
        ("melody", "cello"),
        ("drums", "none"),
    ]
    assert (palette.base.name, palette.base.is_palette) == ("strings", False)
    mood = directive("@mood dusk = -0.3 −0.4")
    assert (mood.valence, mood.arousal) == (-0.3, -0.4)


def test_settings_are_typed() -> None:
    assert directive("@tempo 72").tempo.low == directive("@tempo 72").tempo.high == 72.0
    assert directive("@tempo x0.8").tempo.factor == 0.8
    assert directive("@key Bb major").key == Key(10, "major", "Bb")
    assert directive("@key auto").key is None
    assert directive("@key f#").key == Key(6, "minor", "F#")
    assert directive("@key Am").key == Key(9, "minor", "A")
    assert directive("@调 D小调").key == directive("@调 D 小调").key == Key(2, "minor", "D")
    assert directive("@调性 降B大调").key == Key(10, "major", "Bb")
    assert directive("@调 升f").key == Key(6, "minor", "F#")
    assert directive("@meter 6/8").meter == Meter(6, 8)
    assert directive("@dynamics p -> ff").ramp.end.value > directive("@dynamics p -> ff").ramp.start.value
    assert directive("@register low").ramp.start.value == 0.0
    assert directive("@density 0.3->0.9 over 4bars").ramp.over.unit == "bars"
    assert directive("@mute drums 低音").roles == ("drums", "bass")
    assert directive("@style night").style.is_palette
    assert directive('@temp "reference.wav"').path.value == "reference.wav"
    assert directive('@voice "narration.wav"').path.value == "narration.wav"
    assert directive('@picture "film.mp4" blend=0.5').blend == 0.5
    assert directive('@旁白 "narration.wav"').path == directive('@人声 "narration.wav"').path


def test_events_and_the_cue_s_own_directives_are_typed() -> None:
    assert directive("@at 00:01:12.500").time.at(None) == 72.5
    assert directive("@at 01:12").time.at(None) == 72.0
    assert directive("@at 00:01:12:08").time.at(25.0) == pytest.approx(72.32)
    assert directive("@pause 500ms").duration.seconds == 0.5
    assert directive("@fit 3拍").duration.unit == "beats"
    assert directive("@hit gates").label.text == "gates"
    assert directive("@hit").label is None
    assert directive("@transition crossfade 2s").duration.seconds == 2.0
    assert directive("@转场 余音").kind == "ring-out"
    assert (directive("@seed 41").seed, directive("@take 2").take, directive("@bars 8").bars) == (41, 2, 8)
    assert type(directive("@loop")).__name__ == "LoopDirective"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("@character", "E209"),
        ("@character A x=1", "E312"),
        ("@character A register=up", "E311"),
        ("@motif", "E209"),
        ("@motif a = 5", "E210"),
        ("@motif a = [E5 G", "E204"),
        ("@motif a = seed 3 exact", "E211"),
        ("@motif a = [E5] precise", "E211"),
        ("@motif a = [Q9]", "E330"),
        ("@motif a = []", "E331"),
        ("@mood a = 2 0", "E308"),
        ("@mood a 0 0", "E210"),
        ("@palette a = x=cello", "E305"),
        ("@palette a = melody=sello", "E304"),
        ("@palette a", "E210"),
        ("@include x", "E210"),
        ('@include "x.txt"', "E508"),
        ("@emotion v=1", "E209"),
        ("@emotion joy 2", "E308"),
        ("@emotion joy ->", "E209"),
        ("@emotion joy blend=2", "E308"),
        ("@tempo 0", "E308"),
        ("@tempo NaN", "E210"),
        ("@tempo 1e999", "E310"),
        ("@tempo x99", "E308"),
        ("@tempo 84..60", "E332"),
        ("@key H", "E306"),
        ("@key D lydian", "E306"),
        ("@key 降Bb", "E306"),
        ("@key D小调 大调", "E211"),
        ("@meter 3/5", "E308"),
        ("@meter 0/4", "E308"),
        ("@meter 4", "E210"),
        ("@dynamics loud", "E311"),
        ("@density 1.5", "E308"),
        ("@register up", "E311"),
        ("@instruments", "E209"),
        ("@instruments cello", "E210"),
        ("@mute guitar", "E305"),
        ("@pace 0", "E308"),
        ("@temp x.wav", "E201"),
        ("@at 2s", "E210"),
        ("@at 99:99", "E308"),
        ("@fit 0s", "E308"),
        ("@fit 2", "E210"),
        ("@pause 2sec", "E309"),
        ("@pause 31536000s", "E308"),
        ("@silence -2s", "E308"),
        ("@hit a b", "E211"),
        ("@transition", "E209"),
        ("@transition cut 2s", "E211"),
        ("@seed -1", "E308"),
        ("@seed 1.5", "E210"),
        ("@take 0", "E308"),
        ("@bars 1e9", "E308"),
        ("@loop 2", "E211"),
        ("@freeze take", "E210"),
        ("@", "E209"),
        ("@123", "E201"),
        ('@temp "a', "E203"),
        ("@emotoin joy", "E301"),
        ("a {hit", "E202"),
        ("a {}", "E205"),
        ("a {loop}", "E208"),
        ("a {nope}", "E301"),
        ("a {motif b = [E5]}", "E208"),
        ("a {pause 2}", "E210"),
    ],
)
def test_a_broken_construct_gives_one_error_with_its_code(line: str, code: str) -> None:
    findings = parse(line).findings
    assert [finding.code for finding in findings] == [code]
    assert findings[0].span.line == 1
    assert findings[0].message[-1] in ".…"


def test_a_broken_line_leaves_its_neighbours_alone() -> None:
    document = parse("One.\n@tempo 0\nTwo. {hit\n@motif a = [\nThree.")
    assert kinds(document) == ["Text", "Invalid", "Text", "Invalid", "Text"]
    assert [finding.span.line for finding in document.findings] == [2, 3, 4]


def test_ten_mistakes_give_ten_findings() -> None:
    text = "\n".join(
        [
            "@tempo 0",
            "@emotion dispair",
            "@style stringz",
            "@pause 2sec",
            "@motif nobody",
            "@key H",
            "@mute guitar",
            "@instruments melody=sello",
            "a {hit",
            "@nope",
        ]
    )
    assert len([code for code in codes(text) if code[0] == "E"]) == 10


def test_every_directive_name_is_understood_in_both_languages() -> None:
    for name in DIRECTIVE_NAMES:
        found = [finding.code for finding in parse("@" + name).findings]
        assert "E301" not in found, name


def test_the_hint_and_the_fix_name_the_nearest_word() -> None:
    finding = parse("@emotoin joy").findings[0]
    assert finding.hint == "Did you mean emotion?"
    assert finding.fix is not None
    assert (finding.fix.text, finding.fix.span.column, finding.fix.span.end_column) == ("emotion", 2, 9)


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        ("@tempo 10", "@tempo 20"),
        ("@density 150%", "@density 1"),
        ("@emotion v=-3 a=0", "@emotion v=-1 a=0"),
        ("@seed 1.5", "@seed 2"),
        ("@tempo 90..60", "@tempo 60..90"),
        ("@tempo x99", None),
        ("@tempo 10..60", None),
        ("@meter 33/4", None),
        ("@at 24:00:01", None),
    ],
)
def test_a_fix_mends_what_it_is_offered_for(line: str, fixed: str | None) -> None:
    (finding,) = parse(line).findings
    if fixed is None:
        assert finding.fix is None
        return
    assert finding.fix is not None
    span = finding.fix.span
    assert line[: span.column - 1] + finding.fix.text + line[span.end_column - 1 :] == fixed
    assert parse(fixed).findings == ()


def test_a_hint_shows_a_directive_as_it_is_written() -> None:
    assert parse("@pause").findings[0].hint == "Write @pause DURATION."
    assert parse("a {pause}").findings[0].hint == "Write pause DURATION."
    assert parse("@tempo 60 .. 84").findings[0].hint == "Write a range without spaces: 60..84."


def test_cues_hold_their_lines_and_text_before_the_first_heading_is_one() -> None:
    document = parse("@character A\nHello.\n# 1m1 One\nA: hi\n# Two\n")
    assert [(cue.line, list(cue.body)) for cue in document.cues()] == [(2, [1, 2]), (3, [4]), (5, [])]
    assert [cue.line for cue in parse("@character A\n# One\nx").cues()] == [2]
    assert parse("@character A\n// x\n").cues() == ()


@pytest.mark.parametrize(
    ("heading", "number", "title"),
    [
        ("# L3 The lift", "L3", "The lift"),
        ("# A1", "A1", ""),
        ("# boss_door Enter", "boss_door", "Enter"),
        ("#2M04a悬崖", "2M04a", "悬崖"),
        ("# 1m1-b Again", "1m1-b", "Again"),
        ("# The cliff", None, "The cliff"),
        ("# 3 days later", "3", "days later"),
        ("# The 3rd day", None, "The 3rd day"),
        ("# 第1场 夜", "第1场", "夜"),
        ("# 2049年的雨", None, "2049年的雨"),
        ("# 12:30 at noon", None, "12:30 at noon"),
    ],
)
def test_a_cue_number_is_a_first_word_with_a_digit_or_an_underscore(
    heading: str, number: str | None, title: str
) -> None:
    item = parse(heading).items[0]
    assert isinstance(item, CueHeading)
    assert (item.number.text if item.number else None, item.title) == (number, title)
    if item.number is not None:
        assert item.number.columns.slice(heading) == number
