"""Where the workstation keeps what is not the writer's: recovery files, recent files, who else runs."""

import os
from pathlib import Path


def state_folder() -> Path:
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "melodrama"
