"""Where the user's own files lie: by the XDG specification on Linux, in the system's places elsewhere.

Each function raises RuntimeError for a user without a home.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platformdirs.api import PlatformDirsABC


def cache_folder() -> Path:
    """What can be made again: `$XDG_CACHE_HOME/melodrama`, `~/.cache/melodrama`."""
    return _folders().user_cache_path


def config_folder() -> Path:
    """What the user sets: `$XDG_CONFIG_HOME/melodrama`, `~/.config/melodrama`."""
    return _folders().user_config_path


def state_folder() -> Path:
    """Recovery files, recent files, who else runs: `$XDG_STATE_HOME/melodrama` or
    `~/.local/state/melodrama`."""
    return _folders().user_state_path


def data_folder() -> Path:
    """What the user has made and cannot be made again: `$XDG_DATA_HOME/melodrama`,
    `~/.local/share/melodrama`."""
    return _folders().user_data_path


def _folders() -> "PlatformDirsABC":
    # Deferred: commands that keep nothing start without it.
    from platformdirs import PlatformDirs

    return PlatformDirs("melodrama", appauthor=False)
