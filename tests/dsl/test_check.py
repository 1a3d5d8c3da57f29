"""Findings of meaning: the examples of the long forms hold, and every code has one."""

import re
from pathlib import Path
from time import process_time

import pytest

import dsl
from dsl.check import check_source
from dsl.diagnostics import Severity
from dsl.explain import EXAMPLES, EXPLANATIONS
from dsl.media_files import MIDI_FILES, SOUND_FILES
from dsl.parse import parse

SCORES = Path(__file__).parents[2] / "scores"


def codes(text: str, folder: Path | None = None) -> list[str]:
    return [finding.code for finding in check_source(text, folder).findings]


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_the_example_of_a_code_gives_it_and_its_mended_form_gives_nothing(code: str) -> None:
    wrong, right = EXAMPLES[code]
    assert code in codes(wrong)
    assert codes(right) == []


def test_every_code_that_can_be_said_has_a_long_form() -> None:
    said: set[str] = set()
    for file in Path(dsl.__file__).parent.rglob("*.py"):
        said |= set(re.findall(r'"([EWI][0-9]{3})"', file.read_text(encoding="utf-8")))
    assert said - EXPLANATIONS.keys() == set()
    assert all(text.strip() for text in EXPLANATIONS.values())


def test_a_code_s_letter_is_its_severity() -> None:
    letters = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}
    for wrong, _ in EXAMPLES.values():
        for finding in check_source(wrong).findings:
            assert finding.severity is letters[finding.code[0]]


@pytest.mark.parametrize("path", sorted(SCORES.glob("*.score")), ids=lambda path: path.name)
def test_the_example_scores_have_no_findings(path: Path) -> None:
    found = check_source(path.read_bytes(), SCORES).findings
    said = {"I340", "W540", "W550"}  # what a reading does; a recording and a film that are not there yet
    assert [finding for finding in found if finding.code not in said] == []


def test_includes_bring_declarations_and_their_characters_speak(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.score").write_text(
        '@character KING\n@motif crown = "crown.mid"\n@include "b.score"\n'
    )
    (tmp_path / "lib" / "b.score").write_text("@mood awe = 0.3 0.4\n")
    (tmp_path / "lib" / "crown.mid").write_bytes(b"MThd")
    checked = check_source(
        '@include "lib/a.score"\nKING: Kneel. {motif crown}\n@emotion awe\nThey knelt.', tmp_path
    )
    assert checked.findings == ()
    assert type(checked.document.items[1]).__name__ == "Dialogue"
    motif = checked.document.declarations.motifs["crown"]
    assert motif.file == "lib/a.score"
    assert motif.directive.file is not None
    assert motif.directive.file.value == "lib/crown.mid"


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd.score",
        "../x.score",
        "a/../../x.score",
        "~/x.score",
        "C:/x.score",
        "..\\x.score",
        "link.score",
    ],
)
def test_an_include_cannot_leave_the_folder(path: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "x.score").write_text("@mood secret = 0 0\n")
    (home / "link.score").symlink_to(tmp_path / "x.score")
    written = path.replace("\\", "\\\\")
    checked = check_source(f'@include "{written}"\nGo.', home)
    assert [finding.code for finding in checked.findings] == ["E501"]
    assert not checked.document.declarations.moods


def test_what_is_wrong_with_an_included_file_is_told_at_the_include(tmp_path: Path) -> None:
    (tmp_path / "circle.score").write_text('@include "circle.score"\n')
    (tmp_path / "cue.score").write_text("# 1m1\nText.\n")
    (tmp_path / "broken.score").write_text("@mood x = 5 5\n")
    (tmp_path / "gbk.score").write_bytes("他心中充满绝望".encode("gbk"))
    (tmp_path / "front.score").write_text("tempo: 90\n---\n@mood x = 0 0\n")
    (tmp_path / "folder.score").mkdir()
    expected = {
        "circle": "E503",
        "cue": "E505",
        "broken": "E506",
        "gbk": "E506",
        "front": "W510",
        "folder": "E502",
        "no": "E502",
    }
    for name, code in expected.items():
        findings = check_source(f'Go.\n@include "{name}.score"', tmp_path).findings
        assert [finding.code for finding in findings] == [code], name
        assert findings[0].span.line == 2


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("@palette duo = from=stringz melody=oboe", "E506"),
        ("@palette a = from=b\n@palette b = from=a", "E506"),
        ("@palette piano = melody=oboe", "E506"),
        ("@character KING motif=crown", "E506"),
        ('@motif crown = "none.mid"', "E507"),
        ('@motif crown = "../../theme.mid"', "E501"),
        ("@mood joy2 = 1 1", None),
    ],
)
def test_what_an_included_declaration_names_must_be_there(
    inside: str, code: str | None, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / "lib").mkdir(parents=True)
    (tmp_path / "theme.mid").write_bytes(b"MThd")
    (home / "lib" / "cast.score").write_text(inside + "\n")
    findings = check_source('Go.\n@include "lib/cast.score"', home).findings
    assert {finding.code for finding in findings} == ({code} if code else set())
    for finding in findings:
        assert finding.message.startswith("lib/cast.score:")
        assert (finding.span.line, finding.span.column) == (2, 10)


def test_two_included_files_that_say_the_same_name_differently_are_told(tmp_path: Path) -> None:
    (tmp_path / "one.score").write_text("@mood dusk = 0 0\n")
    (tmp_path / "two.score").write_text("@mood dawn = 1 1\n@mood dusk = 1 1\n")
    text = '@include "one.score"\n@include "two.score"\n@include "one.score"\n@emotion dusk -> dawn\nGo.'
    (finding,) = check_source(text, tmp_path).findings
    assert (finding.code, finding.span.line) == ("E313", 2)
    assert "two.score:2: dusk is declared in one.score already" in finding.message


def test_a_chain_of_includes_ends(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.score").write_text(f'@include "{number + 1}.score"\n')
    assert "E504" in codes('@include "0.score"\nGo.', tmp_path)


def test_files_that_directives_name_must_be_there_and_inside(tmp_path: Path) -> None:
    (tmp_path / "take.mid").write_bytes(b"MThd")
    assert codes('@freeze "take.mid"\nGo.', tmp_path) == []
    assert codes('@freeze "none.mid"\nGo.', tmp_path) == ["E507"]
    assert codes('@temp "../film.wav"\nGo.', tmp_path) == ["E501"]
    assert codes('@motif a = "/a.mid"\n@motif a\nGo.', tmp_path) == ["E501"]


def test_frozen_takes_and_take_numbers_contradict(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"MThd")
    assert codes('@freeze "a.mid"\n@take 2\nGo.', tmp_path) == ["W322"]


def test_a_rechecked_edit_says_what_a_fresh_check_says() -> None:
    before = "@character LIN motif=rope\n@motif rope = [E5]\n# 1m1\nLIN: Go.\n@emotion hope\nThe end."
    after = before.replace("@motif rope", "@motif rpe").replace("hope", "hpe")
    previous = check_source(before).document
    assert check_source(after, None, previous) == check_source(after)
    assert {finding.code for finding in check_source(after).findings} == {"E314", "I317", "E302"}


def test_findings_come_in_the_order_of_the_text_and_are_bounded() -> None:
    findings = check_source("\n".join(["@nope"] * 3000)).findings
    assert len(findings) == 1001
    assert findings[-1].code == "I110"
    assert "2,000" in findings[-1].message
    spans = [finding.span for finding in check_source("@nope\n@motif x\n@tempo 0\n@style y\nGo.").findings]
    assert spans == sorted(spans)


def test_errors_survive_the_bound_on_findings() -> None:
    findings = check_source("\n".join(["## x\nGo."] * 1500 + ["@tempo 0"])).findings
    assert "E308" in {finding.code for finding in findings}


def test_no_score_is_needed_to_parse_an_empty_text() -> None:
    assert parse("").items == ()
    assert codes("") == ["W112"]


@pytest.mark.parametrize("ending", [*MIDI_FILES, *SOUND_FILES])
def test_every_kind_of_music_file_that_is_played_can_be_named(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"a{ending}").write_bytes(b"")
    if ending in MIDI_FILES:
        score = f'@motif a = "a{ending}"\n@freeze "a{ending}"\nGo. {{motif a}}\n'
    else:
        score = f'@temp "a{ending}"\nGo.\n'
    assert [one.code for one in check_source(score.encode(), tmp_path).findings] == []


def test_a_character_may_be_called_by_a_number_as_it_is_written() -> None:
    checked = check_source("@character 007\n007: Go.\n@mood 7拍 = 0 0\n@emotion 7拍\nStay.")
    assert checked.findings == ()
    assert checked.document.item(2).text == "Go."


def test_the_finding_of_an_unknown_name_stands_where_the_name_does() -> None:
    (finding,) = check_source("@emotion 7拍\nGo.").findings
    assert (finding.code, finding.span.column, finding.span.end_column) == ("E302", 10, 12)
    assert "7拍" in finding.message


def test_long_chains_of_palettes_and_many_unknown_names_take_little_time() -> None:
    chain = "\n".join(f"@palette p{n} = from=p{n + 1}" for n in range(3000))
    unknown = "\n".join(f"@style q{n}\nGo." for n in range(3000))
    started = process_time()
    codes = [finding.code for finding in check_source(f"{chain}\n{unknown}").findings]
    assert codes.count("E303") == 1000
    assert process_time() - started < 4.0


def test_all_palettes_of_a_circle_are_told_and_those_that_lead_into_it_are_not() -> None:
    text = "@palette a = from=b\n@palette b = from=c\n@palette c = from=b\n@style a\n@style b\nGo."
    circles = [found.message for found in check_source(text).findings if found.code == "E333"]
    assert circles == ["The palette b is built on itself.", "The palette c is built on itself."]


@pytest.mark.parametrize(
    "text", ["@at 00:{}:58\nGo.", "@motif {0} = [E5]\n@motif {0} = [E5]\nGo.", "@palette {} = from={}\nGo."]
)
def test_what_is_said_of_a_name_or_number_of_thousands_of_characters_can_be_read(text: str) -> None:
    findings = check_source(text.format("9" * 4000, "a" * 4000)).findings
    assert findings
    assert max(len(f"{one.message} {one.hint}") for one in findings) < 1300
