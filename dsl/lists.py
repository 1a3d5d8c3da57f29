"""The language's lists, to be printed: directives, marks, front matter, emotions, styles, instruments and
smaller tables. `melodrama explain NAME` prints one.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

from dsl.directive_words import DIRECTIVES, FRONT_MATTER, DirectiveWord
from dsl.everyday_words import EMOTIONS_MEANT
from dsl.instruments import KIT_NAMES, PITCHED_NAMES
from dsl.output_words import OUTPUTS
from dsl.vocabulary import (
    DYNAMICS,
    EMOTIONS,
    LANGUAGES,
    MODES,
    REGISTERS,
    ROLE_NAMES,
    STYLES,
    TRANSITIONS,
    UNITS,
)

Rows = list[tuple[str, ...]]
_GROUPS = {
    "declaration": "Declarations hold for the whole file, wherever they stand.",
    "setting": "Settings hold from where they stand to the end of the cue.",
    "event": "Events happen where they stand.",
    "cue": "For the cue:",
}


def list_text(name: str) -> str | None:
    """A list as text for a terminal, or None where there is none of that name."""
    found = LISTS.get(name.lower().replace("_", "-").replace(" ", "-"))
    return found() if found else None


def _directives(allowed: Callable[[DirectiveWord], bool], sign: str) -> str:
    parts: list[str] = []
    for group, says in _GROUPS.items():
        words = [word for word in DIRECTIVES.values() if word.group == group and allowed(word)]
        rows: Rows = [(f"{sign}{word.name} {word.usage}", _chinese(word.chinese)) for word in words]
        parts += [says, _table(rows), ""] if rows else []
    return "\n".join(parts).rstrip()


def _emotions() -> str:
    rows: Rows = [
        (one.name, f"{one.valence:+.2f}", f"{one.arousal:+.2f}", _chinese(one.chinese))
        for one in EMOTIONS.values()
    ]
    words = len(EMOTIONS_MEANT)
    head = "An emotion's name, its valence and arousal (each −1…1). @mood declares others."
    return f"{head}\n{_table(rows)}\n{words} everyday words (happy, 难过) are known as hints to these."


def _front_matter() -> str:
    return _table([(f"{word.name}: {word.usage}", _chinese(word.chinese)) for word in FRONT_MATTER.values()])


def _styles() -> str:
    return "@palette declares others.\n" + _table([(s.name, _chinese(s.chinese)) for s in STYLES.values()])


def _instruments() -> str:
    kits = _table(_meanings(KIT_NAMES))
    return f"For melody, counter, chords and bass:\n{_table(_meanings(PITCHED_NAMES))}\n\nFor drums:\n{kits}"


def _plain(names: Mapping[str, object]) -> str:
    return _table(_meanings(names))


def _meanings(names: Mapping[str, object]) -> Rows:
    """Every meaning with all its names, English ones first."""
    by_meaning: dict[object, list[str]] = {}
    for name, meaning in names.items():
        by_meaning.setdefault(meaning, []).append(name)
    together = [sorted(found, key=lambda name: not name.isascii()) for found in by_meaning.values()]
    return [(found[0], _chinese(found[1:])) for found in together]


def _chinese(names: Iterable[str]) -> str:
    return " · ".join(names)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns under each other, Chinese letters counting two."""
    widths = [max((_width(row[column]) for row in rows), default=0) for column in range(len(rows[0]) - 1)]
    lines = []
    for row in rows:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row[:-1], widths, strict=True)]
        lines.append("  " + "  ".join([*cells, row[-1]]).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


_GAME = """`render --format game` writes the folder NAME.game. It has a folder for every cue, named by its
number or title (Ren'Py's lint asks for ASCII names: `# L1 大厅` is the folder L1), and:
  NAME.tres      Godot 4.3 and later: an AudioStreamInteractive of all cues (layers.tres in each cue's folder)
                 and their transitions; *.ogg.import lets Godot count a bar as a beat, so that cues change at
                 bar lines
  NAME.rpy       Ren'Py 8: melodrama_play(CUE), _intensity(0…1), _go(CUE), _sting(NAME), _stop()
  manifest.json  {"format": 1, "title", "cues": [one object a cue]}

A cue in manifest.json (samples count from the beginning of its files, files lie below the folder):
  id, title, key, meter, bars, tempo_bpm
  sample_rate, samples    how long the files are; end: where the last bar ends
  loop                    {"start", "end"} in samples, the end exclusive; null where the cue does not @loop
  beats, downbeats        samples of every beat, of every bar line
  markers                 [{"name", "kind", "sample"}]
  mix                     {"file", "ogg"}: all layers together
  layers                  [{"file", "ogg", "from_intensity"}], from sparse to full (@layers), heard from that
                          intensity on, in `melodrama live` as in a game; file is WAV with its loop in a smpl
                          chunk, ogg has LOOPSTART and LOOPLENGTH; the WAVs add up to the mix
  stingers                [{"name", "kind": "hit|motif", "file", "ogg", "key"}] for named hits and every theme
  transitions             [{"to", "kind", "duration_s", "file", "ogg", "bars", "end", "places"}]
                          (@transition … to=CUE): bars of music that lead over, to sample end, the same as in
                          `melodrama live`; file is null where an engine fades or cuts; places are the samples
                          at which the cue may be left"""

LISTS: Mapping[str, Callable[[], str]] = {
    "directives": lambda: _directives(lambda word: True, "@"),
    "marks": lambda: "Inside a text, in braces: {hit}.\n" + _directives(lambda word: word.in_mark, ""),
    "front-matter": _front_matter,
    "emotions": _emotions,
    "styles": _styles,
    "instruments": _instruments,
    "roles": lambda: _plain(ROLE_NAMES),
    "dynamics": lambda: _plain(DYNAMICS),
    "registers": lambda: _plain(REGISTERS),
    "transitions": lambda: _plain(TRANSITIONS),
    "units": lambda: _plain(UNITS),
    "modes": lambda: _plain(MODES),
    "languages": lambda: _plain(LANGUAGES),
    "outputs": lambda: _table([(name,) for name in OUTPUTS]),
    "game": lambda: _GAME,
}
"""By the name that `melodrama explain` takes."""
