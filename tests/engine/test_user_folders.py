"""The user's folders on Linux: where the XDG specification puts them."""

import sys

import pytest

from engine.user_folders import cache_folder, config_folder, state_folder

FOLDERS = [
    (cache_folder, "XDG_CACHE_HOME", ".cache"),
    (config_folder, "XDG_CONFIG_HOME", ".config"),
    (state_folder, "XDG_STATE_HOME", ".local/state"),
]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have places of their own")


@pytest.mark.parametrize(("folder", "variable", "below"), FOLDERS)
def test_folders_lie_where_the_variable_says_else_in_the_home(
    folder, variable, below, tmp_path, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(variable, str(tmp_path / "mine"))
    assert folder() == tmp_path / "mine" / "melodrama"
    for unset in ("", "not/absolute"):  # the specification: relative paths are ignored
        monkeypatch.setenv(variable, unset)
        assert folder() == tmp_path / below / "melodrama"


@pytest.mark.parametrize(("folder", "variable", "below"), FOLDERS)
def test_a_user_without_a_home_gets_no_folder_called_tilde(folder, variable, below, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(RuntimeError, match="home"):
        folder()
