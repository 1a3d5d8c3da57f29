"""Names found in a text: which of several, where, and soon enough with a telephone book of them."""

import re
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from dsl.name_pattern import name_pattern
from dsl.score_file import plan_text

_letters = st.sampled_from("ab-1林黛é")


def _each_by_itself(names: set[str], text: str) -> list[tuple[int, str]]:
    """From each place on the longest name that stands there; then on behind it."""
    found, at = [], 0
    while at < len(text):
        begins = at == 0 or not re.match(r"\w", text[at - 1])
        here = []
        for name in names:
            end = at + len(name)
            ends = end == len(text) or not re.match(r"\w", text[end : end + 1])
            whole = begins and ends if name.isascii() else begins or len(name) > 1
            if text.startswith(name, at) and whole:
                here.append(name)
        if here:
            found.append((at, max(here, key=len)))
            at += len(max(here, key=len))
        else:
            at += 1
    return found


@given(
    st.sets(st.text(_letters, min_size=1, max_size=4), min_size=1, max_size=6),
    st.text(st.one_of(_letters, st.just(" ")), max_size=20),
)
def test_the_longest_name_that_stands_somewhere_is_found(names: set[str], text: str) -> None:
    pattern = name_pattern(names)
    assert pattern is not None
    assert [(one.start(), one.group()) for one in pattern.finditer(text)] == _each_by_itself(names, text)


def test_nobody_is_found_where_nobody_is_called_anything() -> None:
    assert name_pattern([]) is None


def test_a_cast_of_thousands_each_with_a_theme_is_planned_in_little_time() -> None:
    cast = "\n".join(f"@motif m{n} = [E5]\n@character P{n} motif=m{n}" for n in range(2500))
    lines = "\n".join(f"P{n}: Go on there, my old friend of the sea." for n in range(2500))
    started = process_time()
    (cue,) = plan_text(f"{cast}\n# A\n{lines}", None).draft.cues
    assert sum(event.kind == "motif" for event in cue.events) == 2500
    assert process_time() - started < 4.0
