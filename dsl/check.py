"""Everything that can be said about a score without its clock: one call from bytes to document and findings.

The parser's findings are about single lines; those added here are about names and lines together:
`dsl.references` (who declares and uses what), `dsl.cue_check` (what cannot be meant in a cue) and
`dsl.cue_targets` (where transitions lead). What does not work out in time is the planner's.
"""

from dataclasses import dataclass
from pathlib import Path

from dsl.cue_check import check_cues
from dsl.cue_targets import check_targets
from dsl.diagnostics import Finding, Span, warning
from dsl.include import include_lines, load_includes
from dsl.own_readings import check_own_readings
from dsl.parse import parse
from dsl.references import check_files, check_references, directives
from dsl.source import decode, limit_findings
from dsl.syntax import Document

_HEAD = 20_000
"""So many characters show what a text is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A document with all its findings, in the order of the text."""

    document: Document
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        """Whether anything was found that stops a plan; warnings and notes do not."""
        return any(finding.severity == "error" for finding in self.findings)


def check_source(data: bytes | str, folder: Path | None = None, previous: Document | None = None) -> Checked:
    """Decode, parse, include and check a score.

    `folder` is the score's own; without one (standard input, an unsaved buffer) nothing can be included.
    `previous` is an earlier document of nearly this text: it makes an edit's re-check cheap and changes
    nothing. Never raises on what was written, and reads no file outside the folder.
    """
    text, findings = decode(data) if isinstance(data, bytes) else (data, ())
    document = parse(text, previous)
    if next(include_lines(document), None) is not None:
        included, complaints = load_includes(document, folder)
        document = parse(text, document, included)
        findings += complaints
    cues = document.cues()
    written = directives(document)
    everything = (
        *findings,
        *document.findings,
        *check_references(document, written, bool(cues)),
        *check_own_readings(document),
        *check_cues(document, cues),
        *check_targets(document, cues),
        *check_files(document, written, folder),
    )
    readable = not any(finding.severity == "error" for finding in everything)
    if readable and not cues and not any(line.declares for line in document.parsed):
        place = Span(1, 1, 1, 1)
        everything += (warning("W112", "There is nothing to score here.", place, "Write a line of script."),)
    elif not written and not any(block.heading for block in cues):
        everything += _other_format(text)
    return Checked(document, limit_findings(everything))


def _other_format(text: str) -> tuple[Finding, ...]:
    """A warning where a text without a heading and a directive was plainly written for another program: its
    numbers, times and codes would be read aloud."""
    # Deferred: what is a score, which nearly every text is, needs none of the importers.
    from dsl.importers.formats import told_by_text

    what = told_by_text(text[:_HEAD])
    if what is None:
        return ()
    hint = "Call it by its own name and let melodrama import make a score of it."
    message = f"This looks like {what[0]}: its codes and times would be read aloud."
    place = Span(1, 1, 1, 1)
    return (warning("W113", message, place, hint if what[1] else "Keep the words alone."),)
