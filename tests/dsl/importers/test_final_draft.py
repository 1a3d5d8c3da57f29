"""Final Draft files become what the same screenplay in Fountain becomes, and broken ones say where."""

from pathlib import Path

import pytest

from dsl.check import check_source
from dsl.importers.convert import import_bytes
from dsl.importers.story import Remark
from tests.dsl.importers.reading_back import heard
from tests.dsl.importers.test_any_text import errors

HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n<FinalDraft DocumentType="Script" Version="5">\n'


def paragraph(kind: str, text: str, extra: str = "") -> str:
    return f'<Paragraph Type="{kind}"{extra}><Text>{text}</Text></Paragraph>\n'


def script(*paragraphs: str, tail: str = "") -> bytes:
    return (HEAD + "<Content>\n" + "".join(paragraphs) + "</Content>\n" + tail + "</FinalDraft>\n").encode()


SCENES = script(
    paragraph("Scene Heading", "INT. KITCHEN - DAY", ' Number="12A"'),
    '<Paragraph Type="Action"><Text>John enters, </Text><Text Style="Italic">soaked</Text>'
    "<Text>.</Text></Paragraph>\n",
    paragraph("Character", "JOHN (V.O.) (CONT'D)"),
    paragraph("Parenthetical", "(dripping)"),
    paragraph("Dialogue", "It&apos;s raining."),
    '<Paragraph Type="General"><DualDialogue>\n',
    paragraph("Character", "MARY"),
    paragraph("Dialogue", "Told you."),
    paragraph("Character", "JOHN"),
    paragraph("Dialogue", "You did."),
    "</DualDialogue></Paragraph>\n",
    paragraph("Transition", "CUT TO:"),
    paragraph("Scene Heading", "外景 街道 夜"),
    paragraph("Shot", "CLOSE ON THE KEYS"),
    paragraph("Action", "@雨 {不停}。"),
)
FOUNTAIN = (
    "INT. KITCHEN - DAY #12A#\n\nJohn enters, *soaked*.\n\nJOHN (V.O.) (CONT'D)\n(dripping)\n"
    "It's raining.\n\nMARY\nTold you.\n\n"
    "JOHN ^\nYou did.\n\nCUT TO:\n\n外景 街道 夜\n\nCLOSE ON THE KEYS\n\n!@雨 {不停}。\n"
)


def test_a_final_draft_script_becomes_what_the_same_fountain_script_becomes() -> None:
    drafted = import_bytes(SCENES, "scene.fdx")
    fountain = import_bytes(FOUNTAIN.encode(), "scene.fountain")
    assert drafted.problem is None
    said = [line for line in drafted.text.split("\n") if line]
    assert said == [line for line in fountain.text.split("\n") if line]
    assert errors(drafted.text) == []
    assert {(one.what, one.became) for one in drafted.remarks} == {
        (one.what, one.became) for one in fountain.remarks
    }


def test_dual_dialogue_keeps_its_order_and_its_speakers() -> None:
    spoken = [one for one in heard(check_source(import_bytes(SCENES, "x.fdx").text).document) if one[0]]
    assert spoken == [("JOHN", "It's raining."), ("MARY", "Told you."), ("JOHN", "You did.")]


def test_lines_of_the_score_know_their_lines_of_the_file() -> None:
    imported = import_bytes(SCENES, "x.fdx")
    lines = SCENES.decode().split("\n")
    line = imported.text.split("\n").index("MARY: Told you.")
    assert "Told you." in lines[imported.sources[line] - 1]


def test_title_page_notes_and_settings_are_kept_or_told() -> None:
    tail = (
        "<TitlePage><Content><Paragraph><Text>The Long Night</Text></Paragraph><Paragraph><Text/></Paragraph>"
        "<Paragraph><Text>Written by</Text></Paragraph><Paragraph><Text>J R</Text></Paragraph>"
        "<Paragraph><Text>Draft 3</Text></Paragraph></Content></TitlePage>\n"
        "<ScriptNotes><ScriptNote><Paragraph><Text>Shorter?</Text></Paragraph></ScriptNote></ScriptNotes>\n"
        '<Revisions ActiveSet="1"/><SmartType/>\n'
    )
    noted = (
        '<Paragraph Type="Action"><ScriptNote><Paragraph><Text>fix</Text></Paragraph></ScriptNote>'
        "<Text>Rain.</Text></Paragraph>"
    )
    imported = import_bytes(script(noted, tail=tail), "x.fdx")
    assert "title: The Long Night\nauthor: J R\n" in imported.text
    for comment in ("// Draft 3", "// Shorter?", "// fix"):
        assert comment in imported.text
    told = {remark.what for remark in imported.remarks}
    assert {"notes", "other lines of the title page"} <= told
    assert "Final Draft's own settings (Revisions, SmartType)" in told


def test_speech_without_a_name_and_unknown_paragraphs_are_narration_and_told() -> None:
    imported = import_bytes(script(paragraph("Dialogue", "Who?"), paragraph("Montage", "Rain.")), "x.fdx")
    assert [words for _, words in heard(check_source(imported.text).document)] == ["Who?", "Rain."]
    assert Remark(4, "speech that nobody is named for", "narration") in imported.remarks
    assert Remark(5, "paragraphs called Montage", "narration") in imported.remarks


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (SCENES[: len(SCENES) // 2], "line 10, column", "broken here"),
        (SCENES.replace(b"</Text>", b"</Txt>", 1), "line 4, column 72", "mismatched tag"),
        (b"<Script><Content/></Script>", "line 1, column 1", "begins with <Script>"),
        (b"Rain on the glass.\n", "line 1, column 1", "broken here"),
        (b"", "line 1, column 1", "broken here"),
        (
            b'<?xml version="1.0"?>\n<!DOCTYPE x [\n<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n'
            b"<FinalDraft>&b;</FinalDraft>",
            "line 3, column",
            "entity",
        ),
        (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><FinalDraft><Content/></FinalDraft>',
            "line 1, column",
            "entity",
        ),
        (b"<FinalDraft>" + b"<a>" * 100_000, "line 1, column", "within each other"),
    ],
)
def test_a_broken_or_hostile_file_is_refused_with_its_place(data: bytes, place: str, reason: str) -> None:
    imported = import_bytes(data, "x.fdx")
    assert imported.text == ""
    assert place in (imported.problem or "")
    assert reason in (imported.problem or "")


@pytest.mark.parametrize(
    ("declared", "codec", "words"),
    [
        ("ISO-8859-1", "latin-1", "Ein Ängstlicher läuft über die Straße, müde."),
        ("windows-1252", "cp1252", "“Où êtes-vous ?” — “Là-bas, près du château.”"),
        ("GB2312", "gb18030", "雨下了一整夜。"),
        ("UTF-8", "utf-16", "雨下了一整夜。"),
        ("UTF-8", "gb18030", "雨下了一整夜，他没有回头。"),
    ],
)
def test_the_encoding_is_the_one_that_its_bytes_are_in(declared: str, codec: str, words: str) -> None:
    text = script(paragraph("Action", words)).decode().replace("UTF-8", declared)
    imported = import_bytes(text.encode(codec), "x.fdx")
    assert words in imported.text


def test_a_final_draft_script_is_known_by_its_text_under_any_name() -> None:
    for name in ("", "script.txt", "script.xml", "x.dat"):
        assert import_bytes(SCENES, name).kind == "fdx"


def test_the_file_that_came_in_once_becomes_a_cue(tmp_path: Path) -> None:
    data = (
        b'<?xml version="1.0"?><FinalDraft DocumentType="Script"><Content><Paragraph Type="Scene Heading">'
        b"<Text>INT. HOUSE - DAY</Text></Paragraph></Content></FinalDraft>"
    )
    imported = import_bytes(data, "a.fdx")
    assert (imported.cues, imported.problem) == (1, None)
    assert "# INT. HOUSE - DAY\n" in imported.text


def test_omitted_scenes_page_notes_and_the_end_are_not_heard() -> None:
    text = script(
        paragraph("Scene Heading", "OMITTED", ' Number="4"'),
        paragraph("Scene Heading", "INT. A"),
        paragraph("Character", "MARY"),
        paragraph("Dialogue", "Hi."),
        paragraph("Character", "(MORE)"),
        paragraph("General", "CONTINUED:"),
        paragraph("Transition", "FADE OUT."),
        paragraph("Action", "THE END"),
    )
    result = import_bytes(text, "x.fdx")
    assert heard(check_source(result.text).document) == [("MARY", "Hi.")]
    assert result.cues == 1
    assert result.text.endswith("@transition ring-out\n")


def test_words_in_elements_that_nobody_knows_are_kept_and_told() -> None:
    text = script(paragraph("Action", "Rain."), "<Stage><Line>Snow.</Line></Stage>\n")
    result = import_bytes(text, "x.fdx")
    assert "// Snow." in result.text
    assert any("<Line>" in one.what for one in result.remarks)
