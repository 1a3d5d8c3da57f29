"""The settings file: what is right is taken, what is not is told with its line and the nearest right word."""

from pathlib import Path

import pytest

from tui.commands import COMMANDS
from tui.settings import DEFAULT_KEYS, KEYLESS, load_settings


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    settings, problems = load_settings(tmp_path / "none.toml")
    assert settings.takes == 8
    assert problems == ()


def test_an_unknown_command_names_its_line_and_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path, 'takes = 4\n\n[keys]\nplya = "f2"\n')
    settings, problems = load_settings(path)
    assert settings.takes == 4
    assert len(problems) == 1
    assert "line 4" in problems[0]
    assert "did you mean play?" in problems[0]


def test_a_broken_file_names_the_line_and_leaves_the_defaults(tmp_path: Path) -> None:
    settings, problems = load_settings(write(tmp_path, "takes = 4\ntheme = dark\n"))
    assert settings.takes == 8
    assert "line 2" in problems[0]


def test_wrong_values_are_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    settings, problems = load_settings(write(tmp_path, 'takes = 900\nlive = false\ndevice = "tpu"\n'))
    assert settings.takes == 8
    assert settings.live is False
    assert settings.device == "auto"
    assert len(problems) == 2


def test_two_commands_on_one_key_are_told(tmp_path: Path) -> None:
    _, problems = load_settings(write(tmp_path, '[keys]\nrender = "f5"\n'))
    assert any("f5" in problem and "render" in problem for problem in problems)


def test_default_keys_do_not_clash() -> None:
    keys = [key for keys in DEFAULT_KEYS.values() for key in keys.split(",")]
    assert len(keys) == len(set(keys))


def test_every_command_has_a_key_or_may_be_given_one() -> None:
    assert {command.id for command in COMMANDS} == {*DEFAULT_KEYS, *KEYLESS}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"takes = \n", "line 1"),
        (b"\xff\xfet\x00a\x00", "cannot be read"),
        (
            b"<<<<<<< HEAD\ntakes = 4\n=======\ntakes = 9\n>>>>>>> theirs\n",
            "a merge left two versions",
        ),
        (b"takes = " + b"9" * 5000, "digits"),
        (b"a = " + b"[" * 20_000, ""),
        (b"#" * 1_000_001, "too large"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_line_and_nothing_is_learnt(
    data: bytes | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.toml"
    if data is None:
        path.mkdir()
    else:
        path.write_bytes(data)
    settings, (problem,) = load_settings(path)
    assert str(path) in problem
    assert said in problem
    assert "\n" not in problem
    assert settings.takes == 8
    assert not settings.learn


def test_a_byte_order_mark_and_windows_line_ends_are_read_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbftakes = 4\r\n[taste]\r\nlearn = false\r\n")
    settings, problems = load_settings(path)
    assert (settings.takes, settings.learn, problems) == (4, False, ())
