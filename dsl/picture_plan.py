"""Which film a cue is for: its own `@picture`, else the one before the first cue, for the whole score. No
film is looked at here."""

from collections.abc import Sequence
from dataclasses import replace

from dsl.plan import PlannedCue
from dsl.syntax import CueHeading, DirectiveLine, Document, PictureDirective


def with_whole_picture(cues: Sequence[PlannedCue], document: Document) -> tuple[PlannedCue, ...]:
    """The cues, those without a film of their own with the whole score's where there is one."""
    whole = whole_picture(document)
    if whole is None:
        return tuple(cues)
    return tuple(
        cue if cue.picture is not None else replace(cue, picture=whole.path.value, picture_blend=whole.blend)
        for cue in cues
    )


def whole_picture(document: Document) -> PictureDirective | None:
    """The `@picture` before the first heading; the last one where there are several."""
    found: PictureDirective | None = None
    for item in document.items:
        if isinstance(item, CueHeading):
            break
        if isinstance(item, DirectiveLine) and isinstance(item.directive, PictureDirective):
            found = item.directive
    return found
