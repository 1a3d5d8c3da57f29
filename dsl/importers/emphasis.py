"""Stars and underlines around words, as Fountain has them: the words alone."""

import re

# Emphasis holds no line breaks and hugs its words; \* and \_ are plain characters.
_EMPHASIS = re.compile(
    r"(?<!\\)(\*{1,3})(?=[^\s*])([^\n]{1,500}?)(?<=[^\s\\])\1(?!\*)"
    r"|(?<![\\\w])(_)(?=[^\s_])([^\n]{1,500}?)(?<=[^\s\\])_(?!\w)"
)


def without_emphasis(text: str) -> str:
    """A text without emphasis."""
    if "*" not in text and "_" not in text:
        return text
    bare = text
    for _ in range(4):
        bare = _EMPHASIS.sub(lambda found: found.group(2) or found.group(4), bare)
    return bare
