"""What the planner says when time does not work out: the codes 4xx, each with its sentence and its long
form."""

from collections.abc import Mapping

from dsl.diagnostics import Finding, Severity, Span

TIME_EXPLANATIONS: Mapping[str, str] = {
    "E401": """An @at lies in the past.
The text or music before it, or another @at, already reaches beyond the moment asked for, so that it could
only be met by going back in time. It is ignored and the text follows on. Move its timecode later (or the one
before it earlier); where `start:` is given in the front matter, timecodes count from that. The same holds for
an @out that leaves its cue no time.""",
    "E402": """Far more text than time.
Between two pinned moments stands so much text that it would have to be read more than two and a half times
as fast as its pace. Cut text, move the @at, or raise @pace.""",
    "W402": """Text is read faster than its pace.
Between two pinned moments (@at, or the next cue's start) there is less time than the text needs. It is
squeezed to fit, and the finding says by how much. Cut text, move the @at, or raise @pace to agree.""",
    "W403": """An @fit cannot be kept.
An @at stands inside its paragraph or leaves it less time than the @fit asks for. The @at wins.""",
    "W404": """A hit falls beside the metrical grid.
No tempo in the cue's range brings a beat, an eighth or a sixteenth to the moment of the hit; the finding
says how far the nearest one is. Widen the tempo range (@tempo 60..84), move the hit, or drop one of two
hits that are too close.""",
    "I404": """A hit falls beside the metrical grid, but by less than a film frame (or 20 ms).
Nobody will notice; it is said because nothing is silent here.""",
    "W405": """The tempo leaves its range.
The cue must end where the next one is pinned, and no whole number of bars in the range asked for does that.
The tempo that comes nearest is used. Widen the range, or move the @at of the next cue.""",
    "W406": """The number of bars asked for cannot be kept.
Text and pinned moments leave more or less time than that many bars take at any tempo allowed.""",
    "W407": """A cue with nothing in it.
It has no text, no @bars, no event and no pinned time, so that no music is planned for it.""",
    "E408": """Beyond the limits.
A score lasts at most 24 hours and has at most 5,000 cues; one pause lasts at most an hour. What
lies beyond is left out.""",
    "W409": """An @fit with nothing to fit.
No paragraph of text follows it in its cue.""",
    "W412": """An @fit makes the text very fast.
The paragraph would be read more than twice as fast as its pace. Give it more time, or cut text.""",
    "W416": """A theme's notes clash with the key.
The theme is declared `exact`, so it sounds at the pitches written, and the key in force there does not hold
all of them. Without `exact` it is moved into the key; without a key of its own the cue takes one that suits
its themes.""",
    "W417": """A theme is longer than its room.
It sounds until the next theme enters, the metre, style or key changes, or the cue ends (at most 64 beats);
what is left of it is not played. Enter it earlier, give the cue more bars, or write a shorter theme.""",
    "W419": """The voice is elsewhere than the script asks.
A recording (@voice) holds this cue's words, and its times hold: an @at, a @pause, an @fit or an end that it
does not meet is not kept, and the finding says by how much. Cut the recording to the picture, or take the
directive out.""",
    "I414": """Silence between two cues.
The asked bars end before the next cue's pinned start; there is no music in between.""",
    "E418": """An @out behind the next cue's start.
A cue ends where its @out says, and the next begins where its @at says; cues do not overlap. The @at holds.
Ask for an earlier @out, or a later @at.""",
    "I415": """Less than four seconds of music.
A pinned start, an @out or an @fit leaves this cue very little time; expect a gesture rather than music.""",
    "I420": """A cue goes on after its @fit.
A cue ends with its last paragraph where that has an @fit. A hit at the very end needs time to sound, though,
and no cue is shorter than a second: the cue then goes on to a bar line, and the finding says how long. An
@out ends it at the moment named.""",
}


def finding(code: str, message: str, span: Span, hint: str | None = None) -> Finding:
    """A finding about time; the code's first letter is its severity. Message and hint become sentences."""
    severity = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}[code[0]]
    return Finding(code, severity, _sentence(message), span, hint and _sentence(hint))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def clock(t_s: float) -> str:
    """A time for people: 01:12.5, with hours only where there are some."""
    sign, t_s = ("-", -t_s) if t_s < 0 else ("", t_s)
    milliseconds = round(t_s * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{rest // 1000:02d}" + (f".{rest % 1000:03d}".rstrip("0") if rest % 1000 else "")
    return f"{sign}{f'{hours:02d}:' if hours else ''}{minutes:02d}:{seconds}"


def length(seconds: float) -> str:
    """A length for people: 340 ms, 2.4 s."""
    if abs(seconds) < 1.0:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.2f}".rstrip("0").rstrip(".") + " s"
