"""What a document's `@feel` declarations come to: the readings for the plan, and what is to be said of
them."""

from dsl.diagnostics import Finding, Span, info
from dsl.feelings import OwnReadings, compared
from dsl.plan import Feeling
from dsl.syntax import Declared, Dialogue, Document, FeelDirective, Text


def feelings_of(document: Document) -> tuple[Feeling, ...]:
    """The writer's own readings, the score's and the included ones."""
    return tuple(_feeling(document, found) for found in document.declarations.feelings.values())


def _feeling(document: Document, found: Declared[FeelDirective]) -> Feeling:
    words, target = found.directive.words, found.directive.target
    point = document.point(target)
    name = target.written or None
    return Feeling(words.value, point.valence, point.arousal, name, target.intensity, found.file, found.span)


def said(feeling: Feeling) -> str:
    """A reading as a writer says it: `hope 0.6`, `v=-0.6 a=0.4`."""
    if feeling.name is None:
        return f"v={feeling.valence:g} a={feeling.arousal:g}"
    return f"{feeling.name} {feeling.intensity:g}"


def place_of(feeling: Feeling) -> str:
    """Where it is declared: `readings.score:3`, or `line 3` in the score itself."""
    return f"{feeling.file}:{feeling.span.line}" if feeling.file else f"line {feeling.span.line}"


def lines_of(document: Document) -> dict[str, list[tuple[int, Span]]]:
    """For each reading, by its words as compared, the lines that hold them, and where."""
    readings = OwnReadings(feelings_of(document))
    found: dict[str, list[tuple[int, Span]]] = {}
    if not readings:
        return found
    for number, item in document.numbered():
        if not isinstance(item, Text | Dialogue):
            continue
        for one in readings.named(item.text):
            lines = found.setdefault(compared(one.feeling.words), [])
            if not lines or lines[-1][0] != number:
                at = document.lines[number - 1].find(item.text[one.start : one.end])
                columns = item.columns if at < 0 else None
                span = (
                    columns.on(number)
                    if columns
                    else Span(number, at + 1, number, at + 1 + one.end - one.start)
                )
                lines.append((number, span))
    return found


def check_own_readings(document: Document) -> tuple[Finding, ...]:
    """Which lines are read as the writer says, and which of the score's own readings are about nothing."""
    declared = document.declarations.feelings
    if not declared:
        return ()
    lines = lines_of(document)
    findings: list[Finding] = []
    for feeling in feelings_of(document):
        places = lines.get(compared(feeling.words), [])
        if places:
            more = len(places) - 1
            others = f", and in {more} more line{'s' if more > 1 else ''}" if more else ""
            by = f"as {place_of(feeling)} says; the text model is not asked"
            message = f"Read as {said(feeling)} here{others}, {by}."
            findings.append(info("I340", message, places[0][1]))
        elif feeling.file is None and any(isinstance(item, Text | Dialogue) for item in document.items):
            message = f"No line holds the words “{feeling.words[:40]}”."
            place = declared[compared(feeling.words)].directive.words.columns.on(feeling.span.line)
            findings.append(info("I341", message, place, "Write them as they stand in the line."))
    return tuple(findings)
