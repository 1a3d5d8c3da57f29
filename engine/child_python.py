"""How the program starts Python once more: with the search path of this process, and no folder of the
writer's before it (`melodrama`'s `settle` says why)."""

import os
import sys


def child_python(*words: str) -> list[str]:
    """The command line that runs `words` (`-m MODULE`, or a script, and what it is given)."""
    return [sys.executable, "-P", *words]


def child_environment() -> dict[str, str]:
    """This process's environment, with its search path in its order for the child."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
