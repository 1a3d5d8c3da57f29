"""What is to be said of a recording beside its script: what it is like as a file, what of the script is not
in it, what of it is not in the script, and where the times are not sure.
"""

from collections.abc import Mapping
from typing import Final

from dsl.diagnostics import Finding, Span, info, warning
from dsl.spoken import VoiceScript
from dsl.time_findings import clock, length
from engine.speech.align import USUAL_S, AlignedVoice, LaidLine
from engine.speech.laying import LaidVoice
from engine.speech.voice_file import VoiceFile

SURE: Final = 0.5
"""A line whose time is less sure than this is told."""
_SCRIPT_IS_SPOKEN: Final = 0.72
"""The mean sureness under which it is doubtful that the recording says this script at all. Right scripts had
.88 and more, others .45 to .82, when espeak-ng read 16 lines."""
_TELEPHONE_HZ: Final = 12_000
_EXTRA_S: Final = 0.8
_MOST_TOLD: Final = 5
_OFF_PACE: Final = 1.9
_COMPARE: Final = "Are script and recording the same? With espeak-ng installed they are compared by sound."
_FIX_RECORDING = "Record the line, or take it out of the script."


def file_findings(script: VoiceScript, voice: VoiceFile) -> list[Finding]:
    """What is odd in the file."""
    name, span, found = script.path, script.span, []
    if voice.clipped_s:
        first = clock(round(voice.clipped_s[0], 1))
        more = len(voice.clipped_s) - 1
        also = f" and in {more} more seconds" if more > 1 else " and in one more second" if more else ""
        found.append(
            warning("W542", f"{name} is clipped at {first}{also}.", span, "Record it again, less loud.")
        )
    if voice.rate < _TELEPHONE_HZ:
        message = (
            f"{name} has {voice.rate:,} samples a second: what hisses is missing, and times are less sure."
        )
        found.append(info("I542", message, span, "Export it with 44,100 or 48,000 samples a second."))
    if voice.apart:
        message = f"{name} has channels that differ: one voice is made of them."
        found.append(info("I542", message, span, "Export the voice alone, in mono."))
    if voice.heard_s < voice.length_s - 1.0:
        heard, whole = clock(round(voice.heard_s)), clock(round(voice.length_s))
        message = f"{name} is listened to until {heard} only, of {whole}."
        found.append(warning("W542", message, span, "Give each cue a recording of its own."))
    found += [
        warning("W531", f"{name}: {remark}.", span, "Export the file again.") for remark in voice.remarks
    ]
    return found


def no_speech(script: VoiceScript) -> Finding:
    """Nobody speaks in the recording."""
    message = f"Nobody is heard to speak in {script.path}: its lines are laid by reading time."
    return warning("W541", message, script.span, "Is it the right file, and loud enough?")


def laid_findings(script: VoiceScript, voice: LaidVoice) -> list[Finding]:
    """Where recording and script do not meet."""
    laid = voice.aligned
    if voice.is_other_text:
        return [_other_text(script)]
    if voice.fits is not None:
        return [*_extra(script, laid, voice.again), *_missing(script, laid), *_unsure(script, voice)]
    found = [*_extra(script, laid, {}), *_missing(script, laid), *_off_pace(script, laid)]
    mean = sum(line.confidence for line in laid.lines) / max(len(laid.lines), 1)
    if not USUAL_S["fast"] * 1.15 < laid.pace_s < USUAL_S["slow"] * 0.95:
        way = "slow" if laid.pace_s > 0.2 else "fast"
        message = (
            f"{script.path} would be read at {60 / laid.pace_s:.0f} syllables a minute by this script, "
            f"too {way} for anybody: it says another text, another part of it, or another language."
        )
        return [warning("W545", message, script.span, _COMPARE), *found]
    if mean < _SCRIPT_IS_SPOKEN and len(laid.lines) > 2:
        message = (
            f"The lines do not lie well along {script.path} (confidence {mean:.2f} on the mean): it may "
            "leave lines out, or say another text or language."
        )
        return [warning("W545", message, script.span, _COMPARE), *found]
    return [*found, *_unsure(script, voice)]


def _other_text(script: VoiceScript) -> Finding:
    message = (
        f"{script.path} does not fit its script: it is another text, another part of it, or another "
        "language, and the times of its lines are a guess."
    )
    return warning("W545", message, script.span, "Are script and recording the same?")


def _extra(script: VoiceScript, laid: AlignedVoice, again: Mapping[int, int]) -> list[Finding]:
    spans = [(a, b, again.get(n)) for n, (a, b) in enumerate(laid.extra_s) if b - a > _EXTRA_S]
    if not spans:
        return []
    told = ", ".join(_piece(script, *span) for span in spans[:_MOST_TOLD])
    more = f" and {len(spans) - _MOST_TOLD} times more" if len(spans) > _MOST_TOLD else ""
    whole = length(round(sum(b - a for a, b, _ in spans), 1))
    message = f"{script.path} says more than its script, {whole} in all: {told}{more}."
    return [
        warning("W543", message, script.span, "Cut it out of the recording, or write it into the script.")
    ]


def _piece(script: VoiceScript, from_s: float, to_s: float, line: int | None) -> str:
    when = f"{clock(round(from_s, 1))}–{clock(round(to_s, 1))}"
    return when if line is None else f"{when} (line {script.lines[line].line} again)"


def _missing(script: VoiceScript, laid: AlignedVoice) -> list[Finding]:
    found = []
    for number in laid.missing[:_MOST_TOLD]:
        before = [line.end_s for line in laid.lines if line.line < number]
        where = f"after {clock(round(before[-1], 1))}" if before else "at its beginning"
        message = f"This line seems not to be spoken in {script.path}: it should be {where}."
        found.append(warning("W544", message, script.lines[number].span, _FIX_RECORDING))
    left = len(laid.missing) - _MOST_TOLD
    if left > 0:
        seem, them = ("line seems", "it") if left == 1 else ("lines seem", "them")
        message = f"{left} more {seem} not to be spoken in {script.path}."
        found.append(
            warning("W544", message, script.span, f"Record {them}, or take {them} out of the script.")
        )
    return found


def _off_pace(script: VoiceScript, laid: AlignedVoice) -> list[Finding]:
    found = []
    for line in laid.lines:
        ratio = line.pace_s / laid.pace_s
        if 1 / _OFF_PACE <= ratio <= _OFF_PACE or line.end_s - line.start_s < 0.6:
            continue
        takes, usual = length(round(line.end_s - line.start_s, 1)), length(round(_usual_s(line, laid), 1))
        message = (
            f"This line takes {takes} in {script.path}, where its length leads to expect {usual}: "
            f"{'more is said there' if ratio > 1 else 'words seem to be missing'}."
        )
        found.append(warning("W544", message, script.lines[line.line].span, _FIX_RECORDING))
    return found[:_MOST_TOLD]


def _usual_s(line: LaidLine, laid: AlignedVoice) -> float:
    return (line.end_s - line.start_s) * laid.pace_s / line.pace_s


def _unsure(script: VoiceScript, voice: LaidVoice) -> list[Finding]:
    lines = [line for line in voice.aligned.lines if line.confidence < SURE]
    if not lines:
        return []
    told = ", ".join(f"{script.lines[line.line].line}" for line in lines[:_MOST_TOLD])
    more = f" and {len(lines) - _MOST_TOLD} more" if len(lines) > _MOST_TOLD else ""
    word = "line" if len(lines) == 1 else "lines"
    where: Span = script.lines[lines[0].line].span
    if voice.fits is not None:
        message = f"Whether {script.path} says {word} {told}{more} of the score as written is not sure."
        return [info("I546", message, where, "Listen whether the times are right.")]
    message = (
        f"When {word} {told}{more} of the score begin in {script.path} is not sure: no clear pause is before."
    )
    return [info("I546", message, where, "Leave a pause between lines, or look whether the times are right.")]
