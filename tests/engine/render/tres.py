"""A strict reader of Godot's text resources, for tests: the forms of values that our files use, the
properties and ranges that Godot's classes have, and nothing else.

After scene/resources/resource_format_text.cpp, core/variant/variant_parser.cpp and modules/interactive_music.
"""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class External:
    """`ExtResource("id")`."""

    id: str


@dataclass(frozen=True)
class NameLiteral:
    """`&"name"`, a StringName."""

    text: str


@dataclass(frozen=True)
class Resource:
    """A file: its class, the paths of other files by their ids, its properties in order."""

    kind: str
    external: dict[str, str]
    properties: dict[str, Any]


_TAG = re.compile(r'\[(\w+)((?: \w+=(?:"(?:[^"\\]|\\.)*"|\d+))*)\]')
_ARGUMENT = re.compile(r' (\w+)=("(?:[^"\\]|\\.)*"|\d+)')
_TOKEN = re.compile(
    r'\s*(?:(?P<name>&"(?:[^"\\]|\\.)*")|(?P<text>"(?:[^"\\]|\\.)*")|(?P<float>-?\d+\.\d+(?:e-?\d+)?)'
    r"|(?P<int>-?\d+)|(?P<word>[A-Za-z_]\w*)|(?P<sign>[{}():,]))"
)
_ENUMS = {"from_time": 4, "to_time": 3, "fade_mode": 5}
_RULE = {
    "from_time": int,
    "to_time": int,
    "fade_mode": int,
    "fade_beats": float,
    "use_filler_clip": bool,
    "filler_clip": int,
}


class _Values:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def take(self) -> tuple[str, str]:
        found = _TOKEN.match(self.text, self.at)
        assert found, f"no value at {self.text[self.at : self.at + 40]!r}"
        assert found.lastgroup
        self.at = found.end()
        return found.lastgroup, found[found.lastgroup]

    def sign(self, wanted: str) -> None:
        assert self.take() == ("sign", wanted)

    def ended(self) -> bool:
        return not self.text[self.at :].strip()

    def value(self) -> Any:
        kind, text = self.take()
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "text":
            return _unquoted(text)
        if kind == "name":
            return NameLiteral(_unquoted(text[1:]))
        if kind == "word" and text in ("true", "false"):
            return text == "true"
        if kind == "word" and text == "ExtResource":
            return External(*self.arguments(str, 1))
        if kind == "word" and text == "Vector2i":
            return self.arguments(int, 2)
        assert (kind, text) == ("sign", "{"), f"no value: {text!r}"
        return self.dictionary()

    def arguments(self, kind: type, count: int) -> tuple[Any, ...]:
        self.sign("(")
        found = [self.value()]
        while len(found) < count:
            self.sign(",")
            found.append(self.value())
        self.sign(")")
        assert all(type(one) is kind for one in found)
        return tuple(found)

    def dictionary(self) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        while True:
            key = self.value()
            self.sign(":")
            assert key not in found
            found[key] = self.value()
            kind, text = self.take()
            assert kind == "sign"
            assert text in ",}"
            if text == "}":
                return found


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def read_tres(data: bytes) -> Resource:
    """The file, or AssertionError where it is not as Godot writes it."""
    text = data.decode()
    assert text.endswith("\n")
    assert "\r" not in text
    assert not text.startswith("\ufeff")
    head, _, rest = text.partition("\n")
    kind, arguments = _tag(head)
    assert kind == "gd_resource"
    assert list(arguments) == ["type", "load_steps", "format"]
    assert arguments["format"] == 3
    external: dict[str, str] = {}
    above, _, body = rest.partition("\n[resource]\n")
    for line in filter(None, above.split("\n")):
        kind, found = _tag(line)
        assert kind == "ext_resource"
        assert list(found) == ["type", "path", "id"]
        assert found["type"] == "AudioStream"
        assert found["id"] not in external
        external[found["id"]] = found["path"]
    assert arguments["load_steps"] == len(external) + 1
    properties = dict(_properties(body))
    resource = Resource(arguments["type"], external, properties)
    {"AudioStreamSynchronized": _synchronized, "AudioStreamInteractive": _interactive}[resource.kind](
        resource
    )
    return resource


def _tag(line: str) -> tuple[str, dict[str, Any]]:
    found = _TAG.fullmatch(line)
    assert found, line
    values = [(name, _unquoted(v) if v[0] == '"' else int(v)) for name, v in _ARGUMENT.findall(found[2])]
    return found[1], dict(values)


def _properties(body: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    at = 0
    while body[at:].strip():
        name = re.compile(r"([A-Za-z_]\w*(?:/\w+)*) = ").match(body, at)
        assert name, body[at : at + 40]
        values = _Values(body[name.end() :])
        value = values.value()
        at = name.end() + values.at
        assert body[at] == "\n"
        at += 1
        assert name[1] not in dict(found)
        found.append((name[1], value))
    return found


def _streams(resource: Resource, wanted: dict[str, type]) -> None:
    """Every property is known, of its type, and every file is used."""
    used = set()
    for name, value in resource.properties.items():
        plain = re.sub(r"\d+", "N", name)
        assert type(value) is wanted[plain], name
        used |= {value.id} if isinstance(value, External) else set()
    assert used == set(resource.external)


def _synchronized(resource: Resource) -> None:
    _streams(resource, {"stream_count": int, "stream_N/stream": External, "stream_N/volume": float})
    properties = resource.properties
    count = properties["stream_count"]
    assert next(iter(properties)) == "stream_count"
    assert 1 <= count <= 32
    expected = {f"stream_{n}/{what}" for n in range(count) for what in ("stream", "volume")}
    assert set(properties) == {"stream_count"} | expected
    assert all(-60 <= properties[f"stream_{n}/volume"] <= 12 for n in range(count))


def _interactive(resource: Resource) -> None:
    _streams(
        resource,
        {
            "clip_count": int,
            "clip_N/name": NameLiteral,
            "clip_N/stream": External,
            "clip_N/auto_advance": int,
            "clip_N/next_clip": int,
            "initial_clip": int,
            "_transitions": dict,
        },
    )
    properties = resource.properties
    count = properties["clip_count"]
    names = list(properties)
    assert names[0] == "clip_count"
    assert 1 <= count <= 63
    # Setters ask for what stands before them: clips need their count, transitions their clips.
    assert names[-2:] == ["initial_clip", "_transitions"] or names[-1] == "initial_clip"
    clip_names = [properties[f"clip_{n}/name"].text for n in range(count)]
    assert len(set(clip_names)) == count
    assert not any("," in name for name in clip_names)
    for n in range(count):
        assert f"clip_{n}/stream" in properties
        assert properties[f"clip_{n}/auto_advance"] in (0, 1, 2)
        assert (f"clip_{n}/next_clip" in properties) == (properties[f"clip_{n}/auto_advance"] == 1)
        assert 0 <= properties.get(f"clip_{n}/next_clip", 0) < count
    assert 0 <= properties["initial_clip"] < count
    for (start, end), rule in properties.get("_transitions", {}).items():
        assert -1 <= start < count
        assert -1 <= end < count
        assert start != end
        assert {"from_time", "to_time", "fade_mode", "fade_beats"} <= set(rule) <= set(_RULE)
        assert all(type(value) is _RULE[name] for name, value in rule.items())
        assert all(0 <= rule[name] < most for name, most in _ENUMS.items())
        assert rule["fade_beats"] > 0
        assert ("use_filler_clip" in rule) == ("filler_clip" in rule)
        assert rule.get("filler_clip", -1) not in (start, end)
        assert rule.get("filler_clip", 0) < count
