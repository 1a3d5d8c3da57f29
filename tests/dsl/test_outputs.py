"""Output formats in front matter: all that `render` writes, a suggestion where a name is unknown."""

import pytest

from dsl.check import check_source
from dsl.parse import parse


def test_mp3_is_an_output_format() -> None:
    document = parse("melodrama: 1\noutput: mid mp3\n---\n# 1 A\nHello.\n")
    assert not document.findings
    assert document.front_matter.output == ("mid", "mp3")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("midi", "mid"), ("mp4", "mp3"), ("pdf", "musicxml"), ("png", "roll"), ("csv", "cues")],
)
def test_an_unknown_format_suggests_what_was_meant(written: str, meant: str) -> None:
    findings = check_source(f"melodrama: 1\noutput: {written}\n---\n# 1 A\nHello.\n").findings
    found = [finding for finding in findings if finding.code == "E311"]
    assert len(found) == 1
    assert meant in (found[0].hint or "")
