"""Prints constraints.txt: the exact version of every package that the project needs, however indirectly.

Only what pyproject.toml asks for (all extras that are installed) and what that requires; whatever else
is installed is left out. Local labels of versions (`+cpu`) are dropped, so that any build of torch does.
"""

import platform
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def needed() -> tuple[dict[str, str], set[str]]:
    """(version of each package by name, extras of the project of which something is not installed)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {"": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, str] = {}
    absent: set[str] = set()
    seen: set[tuple[str, frozenset[str]]] = set()
    for extra, lines in wanted.items():
        waiting = [Requirement(line) for line in lines]
        while waiting:
            asked = waiting.pop()
            key = (canonicalize_name(asked.name), frozenset(asked.extras))
            if key in seen:
                continue
            seen.add(key)
            try:
                here = distribution(asked.name)
            except PackageNotFoundError:
                absent.add(extra or "the project itself")
                continue
            found[key[0]] = here.version.split("+")[0]
            for line in here.requires or ():
                inner = Requirement(line)
                if inner.marker is None or any(
                    inner.marker.evaluate({"extra": name}) for name in ("", *asked.extras)
                ):
                    waiting.append(inner)
    return found, absent


def main() -> int:
    found, absent = needed()
    if "the project itself" in absent:
        print("constraints: not everything that the project needs is installed here", file=sys.stderr)
        return 1
    machine = f"Python {platform.python_version()} on {platform.system()} ({platform.machine()})"
    print("# What the tests pass with, exactly: pip install -c constraints.txt .")
    print(f"# Written by `.ci/tasks constraints` under {machine}.")
    print("# torch: the CPU build of this version is meant, and is enough; a CUDA build of it will do, too.")
    if absent:
        print(f"# Not in it, because not installed there: extras {', '.join(sorted(absent))}.")
    for name, version in sorted(found.items()):
        print(f"{name}=={version}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
