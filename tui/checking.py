"""What the language says of a text that is being written: found in the background, kept by the session. No
screen."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import Finding, Severity
from dsl.plan import Plan
from tui.studio.protocol import Asked

if TYPE_CHECKING:
    from dsl.syntax import Document
    from engine.emotion.curve import FeltCurve


@dataclass(frozen=True, slots=True)
class Check:
    """What the language says of revision `revision`. `plan` is None where there is nothing to plan.

    `curves` are what the directives alone ask, cue by cue; empty where the text has been read and says more.
    """

    revision: int
    text: str
    folder: Path
    document: "Document"
    findings: tuple[Finding, ...]
    plan: Plan | None
    curves: "tuple[FeltCurve, ...]" = ()
    front_matter_end: int = 0
    cue_lines: tuple[int, ...] = ()

    def asked(self, takes: "dict[str, int] | None" = None) -> Asked | None:
        """What to ask the studio for; None where there is nothing to plan."""
        return Asked(self.plan, self.text, self.folder, takes or {}) if self.plan else None

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def check(
    text: str, revision: int, folder: Path, previous: "Document | None" = None, is_read: bool = False
) -> Check:
    """Parse, check and plan. Broken lines are left out of the plan and of nothing else. Whatever takes long
    in a long score is found out here, in the background; `is_read` spares the curves, which the reading
    gives."""
    # Deferred: the first paint needs no parser.
    from dsl.score_file import plan_text
    from engine.emotion.felt import felt_curve
    from engine.speech.listening import listen

    planned = plan_text(text, folder, previous, listen=listen)
    document, plan = planned.document, planned.draft
    curves = tuple(felt_curve(cue, ()) for cue in plan.cues) if not is_read else ()
    end = document.front_matter_end()
    lines = tuple(cue.span.line for cue in plan.cues)
    return Check(
        revision, text, folder, document, planned.findings, plan if plan.cues else None, curves, end, lines
    )
