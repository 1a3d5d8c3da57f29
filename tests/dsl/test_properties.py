"""What holds for any text at all: the parser never raises, places are real, the formatter changes nothing
but spacing.
"""

from dataclasses import fields, is_dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsl import parse as parse_module
from dsl.check import check_source
from dsl.format import format_document, format_text, meaning
from dsl.parse import parse
from dsl.source import decode, read_lines
from dsl.syntax import Columns, Dialogue, Document, Mark, Name, String, Text, TextRun
from tests.dsl.score_strategies import directives, lines, scores, sound_directives

calm = settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))


def _columns_in(value: object) -> list[Columns]:
    if isinstance(value, Columns):
        return [value]
    if is_dataclass(value):
        return [found for field in fields(value) for found in _columns_in(getattr(value, field.name))]
    if isinstance(value, tuple):
        return [found for item in value for found in _columns_in(item)]
    return []


def _assert_places(document: Document) -> None:
    for number, item in document.numbered():
        line = document.lines[number - 1]
        for columns in _columns_in(item):
            assert 1 <= columns.start <= columns.end <= len(line) + 1, (line, columns)
        for part in getattr(item, "runs", ()):
            source = part.columns.slice(line)
            if isinstance(part, Mark):
                assert source[0] == "{"
                assert source[-1] == "}"
            elif isinstance(part, TextRun) and "\\" not in source:
                assert source == part.text


def _assert_findings_in_bounds(text: str) -> None:
    checked = check_source(text)
    source = checked.document.lines
    for finding in checked.findings:
        span = finding.span
        assert 1 <= span.line <= span.end_line <= max(len(source), 1)
        width = len(source[span.line - 1]) if source else 0
        assert 1 <= span.column <= width + 1, finding
        assert span.column <= span.end_column <= width + 2, finding


@calm
@given(st.one_of(scores(), st.text(max_size=200)))
def test_any_text_parses_and_every_place_lies_in_its_line(text: str) -> None:
    document = parse(text)
    assert len(document.items) == len(document.lines) == len(read_lines(text).lines)
    _assert_places(document)
    _assert_findings_in_bounds(text)


@calm
@given(st.binary(max_size=400))
def test_any_bytes_give_a_document_or_a_finding(data: bytes) -> None:
    checked = check_source(data)
    assert checked.findings or checked.document.lines


@calm
@given(scores())
def test_formatting_twice_is_formatting_once(text: str) -> None:
    once = format_text(text)
    assert format_text(once) == once


@calm
@given(scores())
def test_formatting_changes_no_meaning_and_no_line_ending(text: str) -> None:
    formatted = format_text(text)
    assert meaning(parse(formatted)) == meaning(parse(text))
    assert format_document(text) == (formatted, ())
    assert read_lines(formatted).endings == read_lines(text).endings


@calm
@given(scores())
def test_formatting_touches_no_character_but_white_space(text: str) -> None:
    def bare(value: str) -> str:
        return "".join(value.split())

    assert bare(format_text(text)) == bare(text)


@calm
@given(scores())
def test_formatting_keeps_text_lines_to_the_letter(text: str) -> None:
    before, after = parse(text), parse(format_text(text))
    for number, item in before.numbered():
        if isinstance(item, Text | Dialogue):
            assert after.lines[number - 1] == before.lines[number - 1]


@calm
@given(st.lists(lines, min_size=1, max_size=8), lines, st.integers(0, 7), st.booleans())
def test_reparsing_after_an_edit_is_parsing_anew(
    before: list[str], line: str, place: int, insert: bool
) -> None:
    after = list(before)
    after[min(place, len(after) - 1) : min(place, len(after) - 1) + (not insert)] = [line]
    previous = parse("\n".join(before))
    again = parse("\n".join(after), previous)
    parse_module._remembered.clear()
    assert again == parse("\n".join(after))


@calm
@given(lines, lines, lines)
def test_a_line_means_the_same_whatever_stands_around_it(above: str, line: str, below: str) -> None:
    for text in (above, line, below):
        if "\n" in text or "\r" in text or text.strip() == "---":
            return
    document = parse("\n".join(["Once.", above, line, below, "Ever."]))
    alone = parse("\n".join(["Once.", "", line, "", "Ever."]))
    assert document.parsed[2] == alone.parsed[2]


@calm
@given(st.one_of(directives(), sound_directives()))
def test_a_directive_line_is_understood_or_has_an_error(line: str) -> None:
    parsed = parse_module.parse_line(line)
    failed = any(finding.code[0] == "E" for finding in parsed.findings)
    assert (type(parsed.item).__name__ == "Invalid") == failed


@calm
@given(sound_directives())
def test_a_right_directive_gives_no_finding(line: str) -> None:
    assert parse_module.parse_line(line).findings == ()


@calm
@given(scores())
def test_names_and_strings_stand_where_they_say(text: str) -> None:
    document = parse(text)
    for number, item in document.numbered():
        for found in _of_types(item):
            source = found.columns.slice(document.lines[number - 1])
            if isinstance(found, String):
                assert source[0] in '"“'
            else:
                assert (
                    source in (found.text, found.text.replace("bars", "小节").replace("s", "秒"))
                    or source[0].isdigit()
                )


def _of_types(value: object) -> list[Name | String]:
    if isinstance(value, Name | String):
        return [value]
    if is_dataclass(value):
        return [found for field in fields(value) for found in _of_types(getattr(value, field.name))]
    if isinstance(value, tuple):
        return [found for item in value for found in _of_types(item)]
    return []


@calm
@given(st.text(max_size=100))
def test_decoding_undoes_encoding_for_every_text(text: str) -> None:
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        return
    decoded, findings = decode(data)
    assert decoded == text.removeprefix("\ufeff") or findings
