"""The settings file: what is right is taken, what is not is told with its line and the nearest right word."""

from pathlib import Path

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
