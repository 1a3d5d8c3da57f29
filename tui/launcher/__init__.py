"""What is installed as `melodrama`: the one name that the program takes in somebody's environment.

The program's own packages are called `dsl`, `engine`, `tui`, `grammars`, and so may be a file beside the
user, one on PYTHONPATH, or another package. They are therefore installed inside this one (`_house`, no
package itself) and found there, because the entry puts that folder ahead of everything else. In a checkout
and after `pip install -e` the folder is the repository.
"""

import sys
from pathlib import Path


def house() -> Path:
    """The folder that holds the program's packages."""
    here = Path(__file__).resolve().parent
    installed = here / "_house"
    return installed if installed.is_dir() else here.parents[1]


def settle() -> None:
    """From now on the program's packages are found first. Child processes inherit it (`spawn` hands the
    search path on; others are given it). Must come before anything of the program is imported."""
    folder = str(house())
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)


def entry() -> None:
    """The console script."""
    settle()
    from tui.cli.main import entry as run

    run()
