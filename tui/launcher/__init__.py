"""What is installed as `melodrama`: the one name that the program takes in somebody's environment.

The program's own packages are called `dsl`, `engine`, `tui`, `grammars`, and so may be a file beside the
user, one on PYTHONPATH, or another package. They are therefore installed inside this one (`_house`, no
package itself) and found there, because the entry puts that folder ahead of everything else. In a checkout
and after `pip install -e` the folder is the repository.

Nor is a file called `typing.py` or `torch.py` taken for the module that the program means: the folders of
PYTHONPATH come last, the current one and that of the command not at all. Until that is so, only what every
start of Python has loaded is imported here.
"""

import os
import sys


def house() -> str:
    """The folder that holds the program's packages."""
    here = os.path.dirname(os.path.realpath(__file__))
    installed = os.path.join(here, "_house")
    return installed if os.path.isdir(installed) else os.path.dirname(os.path.dirname(here))


def settle() -> None:
    """From now on the program's packages are found first, Python's and the environment's next, those on
    PYTHONPATH last; in child processes, too (`spawn` hands the search path on, `engine.child_python` does).
    Must come before anything of the program is imported."""
    named = "" if sys.flags.ignore_environment else os.environ.pop("PYTHONPATH", "")
    last = {os.path.abspath(path) for path in named.split(os.pathsep)} if named else set()
    first = house()
    found = [path for path in sys.path[1 if _begins_with_a_folder_of_others() else 0 :] if path != first]
    sys.path[:] = [
        first,
        *(path for path in found if os.path.abspath(path) not in last),
        *(path for path in found if os.path.abspath(path) in last),
    ]
    os.environ["PYTHONSAFEPATH"] = "1"


def _begins_with_a_folder_of_others() -> bool:
    """Whether Python itself has put the current folder, or the command's, ahead of its search path."""
    if sys.flags.safe_path or not sys.path:
        return False
    folders = ["", os.path.dirname(os.path.realpath(sys.argv[0] if sys.argv else ""))]
    try:  # noqa: SIM105 - contextlib is not loaded by every start of Python
        folders.append(os.getcwd())
    except OSError:  # deleted since
        pass
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return sys.path[0] in folders and sys.path[0] != package


def entry() -> None:
    """The console script."""
    if not os.path.isfile(__file__):
        raise SystemExit(
            f"melodrama: weights are files, and cannot be read in an archive ({__file__}): pip install it"
        )
    settle()
    from tui.cli.main import entry as run

    run()
