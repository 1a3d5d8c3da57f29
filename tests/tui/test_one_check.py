"""The workstation, the commands and the language server find the same in a score."""

import json
from pathlib import Path

import pytest

from tui.checking import check
from tui.cli.main import main
from tui.language_server.open_score import OpenScore

SQUEEZED = (
    "# 1 A\nShe waited until the very last moment, and then a little longer still.\n@at 0:04\nShe ran.\n"
)
TEXTS = {
    "in order": "# 1 A\nShe ran.\n",
    "squeezed in time": SQUEEZED,
    "squeezed in time, with an unknown directive": SQUEEZED.replace("@at", "@shimmer 3\n@at"),
    "impossible in time, with an unknown directive": "# 1 A\n@at 0:09\nOne.\n@at 0:04\n@shimmer\nTwo.\n",
    "a motif that nobody declared": "# 1 A\n@motif nobody\nShe ran.\n",
}


def codes_of_the_command(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    path = tmp_path / "a.score"
    path.write_text(text, encoding="utf-8")
    main(["check", "--format", "json", str(path)])
    return sorted(found["code"] for found in json.loads(capsys.readouterr().out)["files"][0]["findings"])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_app_the_commands_and_the_language_server_find_the_same(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = codes_of_the_command(text, tmp_path, capsys)
    assert sorted(finding.code for finding in check(text, 0, tmp_path).findings) == said
    served = OpenScore("file:///a.score", tmp_path / "a.score", "utf-16")
    served.edited(text, 1)
    assert sorted(finding.code for finding in served.findings()) == said


def test_a_warning_of_time_waits_until_the_broken_line_is_mended(tmp_path: Path) -> None:
    def codes(text: str) -> list[str]:
        return [finding.code for finding in check(text, 0, tmp_path).findings]

    assert codes(TEXTS["squeezed in time"]) == ["W402"]
    assert codes(TEXTS["squeezed in time, with an unknown directive"]) == ["E301"]
