"""Whatever a file holds, the commands answer with findings or one line, exit 1 or 2, and write nothing
half."""

from pathlib import Path

import pytest

from tui.cli.main import main

BAD = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "nul": b"# 1 A\nHello \x00 there.\n",
    "utf16": "# 1 A\nHello.\n".encode("utf-16"),
    "gbk": "# 1 悬崖\n主人公站在悬崖边。\n".encode("gbk"),
    "unclosed mark": b"# 1 A\nHello {hit there.\n",
    "absurd motif": b"@motif m = [E99 H4 R:-1 (C4 C4:0 x]\n# 1 A\n{motif m} Hello.\n",
    "contradictory times": b"# 1 A\n@at 00:00:30\nOne.\n@at 00:00:10\nTwo.\n",
    "include passwd": b'@include "/etc/passwd"\n# 1 A\nHello.\n',
    "include parent": b'@include "../secret.score"\n# 1 A\nHello.\n',
    "include itself": b'@include "bad.score"\n# 1 A\nHello.\n',
    "tempo zero": b"# 1 A\n@tempo 0\nHello.\n",
    "tempo nan": b"# 1 A\n@tempo nan\nHello.\n",
    "a year": b"# 1 A\n@pause 31536000s\nHello.\n",
    "unknown everything": (
        b"colour: blue\n---\n# 1 A\n@emotoin joy\n@style polka\n@emotion jooy 2\nHello {hitt}.\n"
    ),
}
FINE = {
    "bom": b"\xef\xbb\xbf# 1 A\nHello.\n",
    "crlf": b"# 1 A\r\nHello.\r\n",
    "right to left": "# 1 A\nשלום עולם. مرحبا بالعالم.\n".encode(),
    "emoji": "# 1 🎻\n😀😀😀 👩‍👩‍👧 ok.\n".encode(),
}


def written(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("name", [*BAD, *FINE])
@pytest.mark.parametrize("command", ["check", "plan", "fmt", "render"])
def test_no_file_breaks_a_command(
    name: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score = tmp_path / "bad.score"
    score.write_bytes({**BAD, **FINE}[name])
    out = tmp_path / "out"
    options = {
        "render": ["-o", str(out), "--weights", "debug", "--takes", "1", "--format", "mid", "--quiet"],
        "fmt": ["--check"],
    }
    code = main([command, str(score), *options.get(command, [])])
    said = capsys.readouterr()
    assert code in (0, 1), said.err
    assert "Traceback" not in said.err
    if code == 1:
        assert said.out + said.err
    if name in FINE and command != "fmt":
        assert code == 0, said.err
    assert score.read_bytes() == {**BAD, **FINE}[name]
    assert all(not n.endswith(".part") for n in written(tmp_path))


@pytest.mark.parametrize("name", sorted(set(BAD) - {"empty", "contradictory times"}))
def test_check_finds_each_mistake(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score = tmp_path / "bad.score"
    score.write_bytes(BAD[name])
    assert main(["check", str(score)]) == 1
    assert "error" in capsys.readouterr().out


def test_ten_mistakes_give_ten_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"@emotoin joy {n}" for n in range(10)]
    score = tmp_path / "ten.score"
    score.write_text("# 1 A\n" + "\n".join(lines) + "\nHello.\n", encoding="utf-8")
    assert main(["check", str(score)]) == 1
    text = capsys.readouterr().out
    assert [f"ten.score:{n}:" in text for n in range(2, 12)] == [True] * 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["render", "x.score"], "required"),
        (["render", "x.score", "-o", "out", "--takes", "0"], "1 to 512"),
        (["render", "x.score", "-o", "out", "--format", "mp4"], "did you mean mp3?"),
        (["render", "x.score", "-o", "out", "--format", "mid,musicxlm"], "did you mean musicxml?"),
        (["render", "x.score", "-o", "out", "--format", "midi,pdf"], "did you mean mid, musicxml?"),
        (["render", "x.score", "-o", "out", "--format", "zzzzzz"], "not a format; known: mid"),
        (["render", "x.score", "y.score", "-o", "one.mid"], "names one file"),
        (["render", "x.score", "-o", "x.pdf"], "did you mean .musicxml?"),
        (["render", "x.score", "-o", "x.M4A", "--format", "wav"], "did you mean .mp3?"),
        (["render", "x.score", "-o", "-"], "name a file"),
        (["render", "x.score", "-o", ""], "an empty name"),
        (["render", "a.score", "b/A.score", "-o", "out"], "overwrite each other"),
        (["check", "--format", "xml", "x.score"], "invalid choice"),
        (["rendr", "x.score"], "did you mean render"),
        (["--fast"], "unknown option"),
    ],
)
def test_wrong_usage_exits_two(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "plan", "fmt", "analyze"])
def test_a_missing_file_and_a_folder_are_told(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(tmp_path / "none.score")]) == 1
    said = capsys.readouterr().err
    assert "no such file" in said
    assert "no findings" not in said
    assert main([command, str(tmp_path)]) == 1
    assert "is a folder" in capsys.readouterr().err


def test_a_missing_file_is_named_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "none.score"
    assert main(["render", str(missing), "-o", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err.count(str(missing)) == 1


@pytest.mark.parametrize(
    "asked",
    [
        ["--format", "MID,Cues"],
        ["--format", "mid cues"],
        ["--format", "mid;cues;mid"],
        ["--format", "mid，cues"],
        ["--format", ".mid, .cues,"],
        ["--format", "mid", "--format", "cues,mid"],
    ],
)
def test_formats_are_understood_however_they_are_listed(asked: list[str]) -> None:
    import argparse

    from tui.cli.render import add_arguments, options_of

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert options_of(parser.parse_args(["x.score", "-o", "out", *asked])).formats == ("mid", "cues")
