"""`python -m melodrama`: the same as the command."""

import os
import sys

from . import entry

if __name__ == "__main__":
    # `-m` looks in the current folder first, where a writer may have files of any name.
    if not sys.flags.safe_path and sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]
    entry()
