"""Bytes → text → lines: encodings told apart, limits kept, line endings remembered. No syntax.

Whatever comes in, something parseable goes out beside the findings: what cannot be read as UTF-8 text gives
an empty text and one finding that says what the file seems to be.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dsl.diagnostics import Finding, Span, error, info, warning
from dsl.encodings import legacy
from dsl.first_bytes import no_text
from dsl.limits import MOST_LINE_LENGTH, MOST_LINES, MOST_SCORE_BYTES

MAX_FINDINGS = 1_000
NO_TEXT = frozenset(("E101", "E102", "E103", "E104"))
"""Findings about a file whose text could not be had at all: its document is empty."""
BOM = b"\xef\xbb\xbf"
_START = Span(1, 1, 1, 1)
_ENDINGS = re.compile(r"\r\n|\n|\r")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ud800-\udfff\ufffe\uffff\ufdd0-\ufdef]")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Source:
    """A text as lines. `endings[n]` is what stood behind `lines[n]`; the last one is "" without a final
    newline.

    A final newline ends its line and starts no other.
    """

    lines: tuple[str, ...]
    endings: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text as it was, each line with its own ending."""
        return "".join(line + ending for line, ending in zip(self.lines, self.endings, strict=True))


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a text without their endings; LF, CRLF and CR end a line and nothing else does."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return tuple(lines)


def read_lines(text: str) -> Source:
    """The lines with their endings: `read_lines(text).text == text`, always."""
    endings = _ENDINGS.findall(text)
    lines = split_lines(text)
    if len(endings) < len(lines):
        endings.append("")
    return Source(lines, tuple(endings))


def decode(data: bytes) -> tuple[str, tuple[Finding, ...]]:
    """The text of a score's bytes, and what is to be said about them."""
    if len(data) > MOST_SCORE_BYTES:
        return "", (_too_large(len(data), "bytes"),)
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) or _looks_like_utf16(data):
        hint = "Save it as UTF-8 (in most editors: Save as, encoding UTF-8)."
        return "", (error("E102", "This file is UTF-16 (or UTF-32); scores are UTF-8.", _START, hint),)
    other = "an RTF document" if data.startswith(b"{\\rtf") else None
    if other is None and (binary := no_text(data)) is not None:
        other = binary.what
    if other is not None:
        hint = "Scores are plain UTF-8 text."
        return "", (error("E103", f"This is {other}, not a score.", _START, hint),)
    findings: list[Finding] = []
    body = data
    if data.startswith(BOM):
        body = data.removeprefix(BOM)
        findings.append(info("I101", "The file starts with a byte order mark; it is left out.", _START))
    if body.count(0) > max(8, len(body) // 64):
        return "", (
            error("E103", "This is a binary file, not a score.", _START, "Scores are plain UTF-8 text."),
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as mistake:
        return "", (_not_utf8(body, mistake.start),)
    return text, tuple(findings)


def odd_characters(line: str) -> tuple[Finding, ...]:
    """Characters of a line that have no place in a script: the first of each kind. Findings are on line 1."""
    findings: list[Finding] = []
    found = _FORBIDDEN.search(line)
    if found is not None:
        message = f"The control character U+{ord(found.group()):04X} has no place in a script."
        findings.append(error("E106", message, Span(1, found.start() + 1, 1, found.end() + 1), "Delete it."))
    found = None if line.isascii() else _DIRECTION.search(line)
    if found is not None:
        name = f"U+{ord(found.group()):04X}"
        message = (
            f"An invisible direction control ({name}): the line may read in another order than it stands."
        )
        where = Span(1, found.start() + 1, 1, found.end() + 1)
        findings.append(warning("W106", message, where, "Right-to-left text needs none; delete it."))
    return tuple(findings)


def limit_lines(text: str) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The lines of a text, none of them, with a finding, where there is too much of it. A line too long is
    emptied.
    """
    # A text counts as the bytes that it would be saved as; most are so short that counting is spared.
    size = len(text) if 4 * len(text) <= MOST_SCORE_BYTES else len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_SCORE_BYTES:
        return (), (_too_large(size, "bytes"),)
    lines = split_lines(text)
    findings: list[Finding] = []
    if len(lines) > MOST_LINES:
        place = Span(MOST_LINES + 1, 1, MOST_LINES + 1, 1)
        message = f"The file has {len(lines):,} lines; what stands behind line {MOST_LINES:,} is not read."
        findings.append(error("E109", message, place, "Divide it into several scores."))
        lines = lines[:MOST_LINES]
    if len(text) > MOST_LINE_LENGTH and any(len(line) > MOST_LINE_LENGTH for line in lines):
        for number, line in enumerate(lines, 1):
            if len(line) > MOST_LINE_LENGTH:
                message = f"This line has {len(line):,} characters; at most {MOST_LINE_LENGTH:,} are read."
                place = Span(number, MOST_LINE_LENGTH + 1, number, len(line) + 1)
                findings.append(error("E105", message, place, "Break it into lines, a sentence or two each."))
    return lines, tuple(findings)


def limit_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """All findings in the order of the text, or the first thousand (errors before the rest) and a word on
    the others.
    """
    if len(findings) <= MAX_FINDINGS:
        return tuple(sorted(findings, key=place))
    errors = [finding for finding in findings if finding.code[0] == "E"]
    others = [finding for finding in findings if finding.code[0] != "E"]
    kept = sorted((sorted(errors, key=place) + sorted(others, key=place))[:MAX_FINDINGS], key=place)
    last = kept[-1].span
    message = f"{len(findings) - MAX_FINDINGS:,} more findings are not shown."
    return (
        *kept,
        info("I110", message, Span(last.end_line, last.end_column, last.end_line, last.end_column)),
    )


def place(finding: Finding) -> tuple[Span, str]:
    """The order in which findings are told."""
    return finding.span, finding.code


def _too_large(size: int, unit: str) -> Finding:
    message = f"The file has {size:,} {unit}; a score has at most {MOST_SCORE_BYTES:,}."
    return error("E104", message, _START, "Divide it into several scores, or check that it is one.")


def _looks_like_utf16(data: bytes) -> bool:
    """Text in UTF-16 without a byte order mark: NULs, and words when read so."""
    sample = data[:4096]
    if len(sample) < 4 or not sample.count(0):
        return False
    if sample.count(0) < len(sample) // 4 and _is_utf8(sample):
        return False
    for codec in ("utf-16-le", "utf-16-be"):
        text = sample[: len(sample) // 2 * 2].decode(codec, "replace")
        plain = sum(" " <= letter <= "~" or letter in "\r\n\t" for letter in text)
        chinese = sum("\u3000" <= letter <= "\u9fff" or "\uff00" <= letter <= "\uffef" for letter in text)
        if plain and plain + chinese > 0.9 * len(text):
            return True
    return False


def _is_utf8(sample: bytes) -> bool:
    try:
        sample[: len(sample) - 3 if len(sample) == 4096 else None].decode("utf-8")
    except UnicodeDecodeError as mistake:
        return mistake.start > len(sample) - 8 and len(sample) == 4096
    return True


def _not_utf8(data: bytes, at: int) -> Finding:
    """Where UTF-8 breaks off, and which encoding the bytes most likely are in."""
    before = _ENDINGS.split(data[:at].decode("utf-8"))
    line, column = len(before), len(before[-1]) + 1
    place = Span(line, column, line, column + 1)
    sample = data[:65536]
    controls = sum(sample.count(code) for code in (*range(1, 9), *range(14, 32)))
    if controls > len(sample) * 0.05 or sample.count(0):
        return error("E103", "This is a binary file, not a score.", place, "Scores are plain UTF-8 text.")
    guess = legacy(sample).encoding
    guess = "Windows-1252 or Latin-1" if guess in ("Windows-1252", "Latin-1") else guess
    hint = f"It may be {guess}: open it so and save it as UTF-8."
    return error("E101", "The bytes here are not UTF-8; scores are.", place, hint)
