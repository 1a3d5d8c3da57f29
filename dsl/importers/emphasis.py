"""Stars and underlines around words, as Fountain, Markdown and plain books have them: the words alone."""

import re

# Emphasis holds no line breaks and hugs its words; \* and \_ are plain characters.
_EMPHASIS = re.compile(
    r"(?<!\\)(\*{1,3})(?=[^\s*])([^\n]{1,500}?)(?<=[^\s\\])\1(?!\*)"
    r"|(?<![\\\w])(_)(?=[^\s_])([^\n]{1,500}?)(?<=[^\s\\])_(?!\w)"
)
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{1,2000}\)")


def without_emphasis(text: str) -> str:
    """A text without emphasis."""
    if "*" not in text and "_" not in text:
        return text
    bare = text
    for _ in range(4):
        bare = _EMPHASIS.sub(lambda found: found.group(2) or found.group(4), bare)
    return bare


def without_links(text: str) -> str:
    """A text with the words of Markdown's links (`[here](https://…)`), and without where they lead."""
    return _LINK.sub(r"\1", text) if "](" in text else text
