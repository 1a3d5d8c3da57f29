"""Markdown → the words in it, line by line, so that plain text can be read of it: no marks of emphasis, no
addresses of links, no list signs, no code. Headings stay for the reader of plain text.
"""

import re

from dsl.importers.story import Remark

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_BULLET = re.compile(r"\s*[-*+]\s+(?:\[[ xX]\]\s+)?(?=\S)")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}$")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-+)\s*$")
_IMAGE = re.compile(r"!\[[^\]\n]{0,500}\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"(?<!\\)\[([^\]\n]{1,500})\](?:\([^)\n]{0,2000}\)|\[[^\]\n]{0,200}\])")
_NOTE = re.compile(r"\[\^[^\]\s]{1,60}\](?!:)")
_DEFINED = re.compile(r"\s{0,3}\[\^?[^\]\n]{1,200}\]:\s")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)")
_CODE = re.compile(r"(?<!`)(`{1,3})([^`\n]{1,500})\1(?!`)")
_STARS = re.compile(r"(?<![\\\d*])(\*{1,3}|~~)(?=[^\s*~])([^*~\n]{1,2000})(?<=[^\s*~\\])\1")
_LINES = re.compile(r"(?<![\w\\])(_{1,3})(?=[^\s_])([^_\n]{1,2000})(?<=[^\s_\\])\1(?!\w)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
_KEY = re.compile(r"title\s*:\s*[\"']?(.{1,200}?)[\"']?\s*$", re.I)
_SENTENCE_END = re.compile(r"[.!?。！？…,，;；:：]$")
_MOST_META = 200


def without_markdown(text: str) -> tuple[str, list[Remark]]:
    """The text with as many lines, and what was left out of it. Never raises."""
    lines = text.split("\n")
    remarks: list[Remark] = []
    begin = _metadata(lines, remarks)
    fence, in_comment = "", False
    for index in range(begin, len(lines)):
        line, number = lines[index], index + 1
        opened = _FENCE.match(line)
        if fence or opened:
            if opened and not fence:
                fence = opened.group(1)[:3]
                remarks.append(Remark(number, "blocks of code", "left out"))
            elif line.strip().startswith(fence):
                fence = ""
            lines[index] = ""
            continue
        if in_comment or "<!--" in line:
            remarks += [] if in_comment else [Remark(number, "comments", "left out")]
            line, in_comment = _uncommented(line, in_comment)
        if _DEFINED.match(line):
            remarks.append(Remark(number, "footnotes and addresses of links", "left out"))
            lines[index] = ""
            continue
        lines[index] = line if _RULE.match(line) else _words(line, number, remarks)
        under = _UNDERLINE.match(line)
        if under is not None and index > begin and _may_be_heading(lines[index - 1], under.group(1)):
            lines[index - 1], lines[index] = f"# {lines[index - 1].strip()}", ""
    return "\n".join(lines), remarks


def _metadata(lines: list[str], remarks: list[Remark]) -> int:
    """Takes a block of metadata off the head, all but the title, which becomes the first line; where the text
    begins."""
    if not lines or lines[0].strip("\ufeff \t") != "---":
        return 0
    end = next((n for n in range(1, min(len(lines), _MOST_META)) if lines[n].strip() in ("---", "...")), 0)
    inside = lines[1:end]
    keys = sum(re.match(r"\s*[\w-]+\s*:|\s*-\s|\s*#|\s*$|\s+\S", line) is not None for line in inside)
    if not end or not any(":" in line for line in inside) or keys < len(inside):
        return 0
    title = next((found.group(1) for line in inside if (found := _KEY.match(line))), "")
    lines[: end + 1] = [title, *[""] * end]
    remarks.append(Remark(1, "metadata", "left out, but for the title"))
    return 1


def _uncommented(line: str, inside: bool) -> tuple[str, bool]:
    if inside:
        before, mark, line = line.partition("-->")
        if not mark:
            return "", True
        line = line or before[:0]
    opened = line.rfind("<!--") > line.rfind("-->")
    return _COMMENT.sub("", line), opened


def _words(line: str, number: int, remarks: list[Remark]) -> str:
    plain = _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
    plain = _BULLET.sub("", plain, count=1) if _BULLET.match(plain) else plain
    plain = _NOTE.sub("", _LINK.sub(r"\1", _IMAGE.sub("", plain)))
    plain = _CODE.sub(r"\2", plain)
    for _ in range(3):
        plain = _LINES.sub(r"\2", _STARS.sub(r"\2", plain))
    plain = _ESCAPE.sub(r"\1", plain).rstrip().removesuffix("\\")
    if plain.strip() != line.strip():
        remarks.append(Remark(number, "marks of Markdown", "left out; the words stay"))
    return plain


def _may_be_heading(line: str, sign: str) -> bool:
    """Whether a line with a line of signs under it is a heading: one of words, and short."""
    words = line.strip()
    if not words or len(words) > 100 or words.startswith("#"):
        return False
    return sign[0] == "=" or (len(sign) > 2 and _SENTENCE_END.search(words) is None)
