"""From a path, or a text, to a plan: reads a score file, checks it, plans it. The one door for the commands,
the workstation, the process that makes its music, and the language server (`plan_text`; `load_plan` for a
file).

Nothing raises here for what a file holds; a file that cannot be read at all is a `problem`, mistakes in it
are findings.
"""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from dsl.check import Checked, check_source
from dsl.diagnostics import Finding, Severity
from dsl.limits import MOST_SCORE_BYTES
from dsl.plan import Plan
from dsl.planner import plan_document
from dsl.source import BOM, place, split_lines
from dsl.spoken import Listen, speeches_of
from dsl.syntax import Document


@dataclass(frozen=True, slots=True)
class Planned:
    """A text as it was understood. `draft` is all of it that could be planned: broken lines are left out of
    it and of nothing else. Its findings are the planner's; `findings` has all that there is to say, in the
    order of the text."""

    document: Document
    findings: tuple[Finding, ...]
    draft: Plan

    @property
    def has_errors(self) -> bool:
        """Whether something must be mended before there is a plan."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def plan(self) -> Plan | None:
        """The plan to make music of, with all findings; None where there are errors."""
        return None if self.has_errors else replace(self.draft, findings=self.findings)


@dataclass(frozen=True, slots=True)
class Loaded:
    """`plan` is None where the file cannot be read (`problem` says why) or has errors (`findings` say
    where)."""

    path: Path
    plan: Plan | None
    findings: tuple[Finding, ...]
    source: list[str]
    problem: str | None = None
    document: Document | None = None

    @property
    def has_errors(self) -> bool:
        """Whether the file could not be read or has a finding that stops a plan."""
        return self.problem is not None or any(f.severity is Severity.ERROR for f in self.findings)


_HEAD = 20_000
"""So many bytes show what a text is."""
_MOST_READ = 4 * MOST_SCORE_BYTES
"""More than this is not read into memory at all; what lies between has a finding (E104)."""


def load_plan(
    path: Path, seed: int | None = None, listen: Listen | None = None, pipes: bool = False
) -> Loaded:
    """Read, check and plan the score at `path`; `seed` takes the place of the score's own. `listen` hears
    its recordings (`@voice`); without it lines are laid by reading time. `pipes` as for `read_bytes`."""
    data, problem = read_score(path, pipes=pipes)
    if data is None:
        return Loaded(path, None, (), [], problem)
    return plan_source(data, path, seed, listen=listen)


def plan_source(
    data: bytes | str,
    path: Path,
    seed: int | None = None,
    previous: Document | None = None,
    listen: Listen | None = None,
) -> Loaded:
    """Check and plan a text that stands at `path`; `previous`, its document before an edit, saves time.
    `listen` as for `load_plan`."""
    planned = plan_text(data, path.parent, previous, seed, listen)
    source = [] if isinstance(data, str) and not data else _lines(data)
    return Loaded(path, planned.plan, planned.findings, source, document=planned.document)


def plan_text(
    data: bytes | str,
    folder: Path | None,
    previous: Document | None = None,
    seed: int | None = None,
    listen: Listen | None = None,
) -> Planned:
    """Check and plan a text that stands in `folder` (None: it has no file yet, and includes nothing).

    `previous` is an earlier document of nearly this text: lines that stand in it are not parsed again.
    `seed` takes the place of the score's own, `listen` as for `load_plan`. Never raises on what was written.
    """
    checked = check_source(data, folder, previous)
    speeches = speeches_of(checked.document, folder, listen)
    draft = plan_document(checked.document, folder or ".", seed=seed, speeches=speeches)
    return Planned(checked.document, _all_findings(checked, draft), draft)


def _all_findings(checked: Checked, plan: Plan) -> tuple[Finding, ...]:
    """What there is to say of a score, in the order of the text: of its lines, and of what its plan cannot
    meet."""
    known = set(checked.findings)
    timed = [finding for finding in plan.findings if finding not in known]
    if checked.has_errors:
        # Errors in time are errors too; its warnings may come of a broken line, and wait until it is mended.
        timed = [finding for finding in timed if finding.severity is Severity.ERROR]
    return tuple(sorted((*checked.findings, *timed), key=place))


def read_score(
    path: Path, most_bytes: int = _MOST_READ, pipes: bool = False
) -> tuple[bytes | None, str | None]:
    """The bytes of a score, or None and one line that says why not: `read_bytes`, and what its name says
    that it is, which nobody should take for a score (and rewrite, or read times and codes aloud)."""
    other = foreign(path)
    if other is not None and path.is_file():
        return None, other
    data, problem = read_bytes(path, most_bytes, pipes)
    if data is not None and path.suffix.lower() != ".score" and (other := _other_text(path, data)):
        return None, other
    return data, problem


def foreign(path: Path) -> str | None:
    """The line that says what a file is, where its name says that it is no score."""
    if path.suffix.lower() in (".score", ".txt", ".md", ""):
        return None
    # Deferred: scores, which nearly all files are, need none of the importers.
    from dsl.importers.formats import named

    what = named(path.name)
    return None if what is None else _no_score(path, *what)


def _other_text(path: Path, data: bytes) -> str | None:
    """The line that says what a text is that does not call itself a score, where its beginning says it."""
    from dsl.importers.formats import told_by_text

    what = told_by_text(data[:_HEAD].decode("utf-8", "replace"))
    return None if what is None else _no_score(path, *what)


def _no_score(path: Path, what: str, importable: bool) -> str:
    source, score = shlex.quote(str(path)), shlex.quote(str(path.with_suffix(".score")))
    makes = f"; melodrama import {source} -o {score} makes one of it" if importable else ""
    return f"{path} is {what}, not a score{makes}"


def read_bytes(
    path: Path, most_bytes: int = _MOST_READ, pipes: bool = False
) -> tuple[bytes | None, str | None]:
    """The file's bytes, or None and one line that says why not: it is not there, no file, larger than
    `most_bytes`, or not to be read. `pipes`: what is no file is read to its end, for who reads but once
    (`<(git show HEAD:a.score)`)."""
    try:
        if path.is_dir():
            return None, f"{path} is a folder, not a score file"
        if not path.exists():
            return None, f"{path}: no such file"
        if not path.is_file():
            return _streamed(path, most_bytes) if pipes else (None, f"{path} is not a regular file")
        size = path.stat().st_size
        if size > most_bytes:
            return None, _too_large(path, size)
        return path.read_bytes(), None
    except OSError as error:
        return None, f"cannot read {path}: {error.strerror or error}"


def _streamed(path: Path, most_bytes: int) -> tuple[bytes | None, str | None]:
    with path.open("rb") as stream:
        data = stream.read(most_bytes + 1)
    return (data, None) if len(data) <= most_bytes else (None, _too_large(path, len(data)))


def _too_large(path: Path, size: int) -> str:
    most = MOST_SCORE_BYTES // 1_000_000
    return f"{path} is {size / 1e6:.0f} MB; a score is text of at most {most} MB"


def _lines(data: bytes | str) -> list[str]:
    """The lines that findings count."""
    text = data.removeprefix(BOM).decode("utf-8", "replace") if isinstance(data, bytes) else data
    return list(split_lines(text))
