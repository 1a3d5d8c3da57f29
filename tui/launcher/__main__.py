"""`python -m melodrama`: the same as the command."""

from . import entry

if __name__ == "__main__":
    entry()
