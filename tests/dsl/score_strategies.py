"""Random scores for the properties: lines after the grammar, broken ones, and whole files of both."""

from hypothesis import strategies as st

from dsl.directive_words import DIRECTIVE_NAMES, FRONT_MATTER_NAMES
from dsl.vocabulary import DYNAMICS, EMOTION_NAMES, ROLE_NAMES, STYLE_NAMES

_spaces = st.sampled_from([" ", " ", " ", "  ", "\t", "\u3000"])
_gap = st.sampled_from(["", "", "", " ", "  "])
names = st.sampled_from(["rope", "林", "MARA", "阿灯", "my-theme", "a_b", "2nd", "KING"])
numbers = st.one_of(
    st.floats(0, 1).map(lambda value: f"{value:.3g}" if value > 1e-3 else "0"),
    st.integers(-5, 500).map(str),
    st.sampled_from(["80%", "-0.7", ".5", "1e999", "NaN", "0"]),
)
durations = st.builds(
    "{}{}".format, st.integers(0, 9999), st.sampled_from(["s", "ms", "bars", "beats", "秒", "小节", "x"])
)
timecodes = st.one_of(
    st.builds("{:02}:{:02}".format, st.integers(0, 99), st.integers(0, 70)),
    st.builds(
        "{:02}:{:02}:{:02}.{}".format,
        st.integers(0, 30),
        st.integers(0, 59),
        st.integers(0, 59),
        st.integers(0, 999),
    ),
    st.builds("01:00:{:02}:{:02}".format, st.integers(0, 59), st.integers(0, 30)),
)
_pitch = st.builds(
    "{}{}{}".format, st.sampled_from("ABCDEFGR"), st.sampled_from(["", "#", "b"]), st.integers(0, 8)
)
_note = st.one_of(
    _pitch, st.just("R"), st.lists(_pitch, min_size=1, max_size=4).map(lambda n: f"({' '.join(n)})")
)
_element = st.builds("{}{}".format, _note, st.sampled_from(["", "", ":2", ":0.5", ":1/3"]))
notes = st.builds(
    lambda gap, parts: f"[{gap}{(' ' + gap).join(parts)}{gap}]", _gap, st.lists(_element, max_size=8)
)
values = st.one_of(
    numbers,
    durations,
    timecodes,
    notes,
    names,
    st.sampled_from(sorted(EMOTION_NAMES)),
    st.sampled_from(sorted(STYLE_NAMES)),
    st.sampled_from(sorted(DYNAMICS)),
    st.sampled_from(sorted(ROLE_NAMES)),
    st.sampled_from(
        [
            "60..84",
            "x0.8",
            "3/4",
            "auto",
            "over",
            "D",
            "F#",
            "minor",
            "low",
            "seed",
            '"a.mid"',
            '"a b//c.wav"',
        ]
    ),
)
_pairs = st.builds(
    "{}{}={}{}".format, st.sampled_from(["melody", "v", "a", "blend", "motif", "rope"]), _gap, _gap, values
)
_operands = st.one_of(values, values, _pairs, st.sampled_from(["->", "→", "over 8s"]))


@st.composite
def directives(draw: st.DrawFn) -> str:
    """A directive by the grammar's shape: a known name, operands that may or may not suit it."""
    name = draw(st.sampled_from(sorted(DIRECTIVE_NAMES)))
    space = draw(_spaces)
    parts = draw(st.lists(_operands, max_size=5))
    comment = draw(st.sampled_from(["", "", "", " // why", "   //"]))
    return "@" + draw(_gap) + space.join([name, *parts]) + comment


@st.composite
def sound_directives(draw: st.DrawFn) -> str:
    """A directive that is right."""
    emotion = st.sampled_from(sorted(EMOTION_NAMES))
    level = st.floats(0, 1).map(lambda value: f"{value:.2f}")
    space = draw(_spaces)
    form = draw(
        st.one_of(
            st.builds("@emotion{s}{} {}".format, emotion, level, s=st.just(space)),
            st.builds("@情感{s}{}->{}{s}over 8s".format, emotion, emotion, s=st.just(space)),
            st.builds("@emotion v={} a=-{} -> {} blend={}".format, level, level, emotion, level),
            st.builds("@tempo {}..{}".format, st.integers(20, 90), st.integers(90, 300)),
            st.builds(
                "@key{s}{} {}".format,
                st.sampled_from(["C", "F#", "Bb"]),
                st.sampled_from(["minor", "大调"]),
                s=st.just(space),
            ),
            st.builds("@pause {}".format, st.sampled_from(["2s", "500ms", "4bars", "3拍"])),
            st.builds(
                "@dynamics {}->{}".format,
                st.sampled_from(sorted(DYNAMICS)),
                st.sampled_from(sorted(DYNAMICS)),
            ),
            st.builds("@motif rope={}".format, st.just("[E5  G5:2 (C4 E4):4]")),
            st.builds("@palette{s}night =melody = cello from=strings".format, s=st.just(space)),
            st.sampled_from(
                [
                    "@character 林 motif=rope register = low",
                    "@mood dusk=-0.3 0.4",
                    "@hit",
                    "@loop",
                    "@layers  3",
                    '@transition crossfade 2s  to = "a b"',
                    "@过渡 切 到＝1m1",
                    "@at 01:02.5",
                ]
            ),
        )
    )
    return form + draw(st.sampled_from(["", "", " // a note"]))


_words = st.text(st.sampled_from("abc 他心中充满绝望，。!?:：/\\{}#@-“”\"'=[]\t\u3000אب😀"), max_size=40)
_marks = st.sampled_from(
    [
        "{hit}",
        "{hit a}",
        "{emotion hope 0.6}",
        "{pause 1s}",
        "{motif rope}",
        "{",
        "{}",
        "{nope}",
        "\\{",
        "{at 00:12.5}",
    ]
)
texts = st.lists(st.one_of(_words, _marks), max_size=5).map("".join)
headings = st.builds(
    "{}{}{}".format,
    st.sampled_from(["#", "# ", "##", " #  "]),
    st.sampled_from(["", "1m1 ", "2M04a  "]),
    _words,
)
dialogue = st.builds("{}{}{}".format, names, st.sampled_from([":", "：", " : "]), texts)
comments = st.builds("//{}".format, _words)
entries = st.builds(
    "{}{}:{}{}{}".format,
    st.one_of(st.sampled_from(sorted(FRONT_MATTER_NAMES)), st.just("titel")),
    _gap,
    _gap,
    st.one_of(values, _words),
    st.sampled_from(["", "  // why"]),
)
lines = st.one_of(
    directives(), sound_directives(), texts, headings, dialogue, comments, st.just(""), st.text(max_size=30)
)


@st.composite
def scores(draw: st.DrawFn) -> str:
    """A whole file, with or without front matter, with any of the line endings."""
    front = draw(st.one_of(st.just([]), st.lists(st.one_of(entries, comments, st.just("")), max_size=5)))
    body = draw(st.lists(lines, max_size=14))
    everything = [*front, *(["---"] if front else []), *body]
    endings = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    return endings.join(everything) + draw(st.sampled_from(["", endings]))
