"""The outputs that a render can be asked for, and what people call them besides."""

from collections.abc import Mapping

from dsl.nearest_word import nearest
from dsl.vocabulary import fold

OUTPUTS: tuple[str, ...] = (
    "mid",
    "wav",
    "flac",
    "ogg",
    "mp3",
    "musicxml",
    "stems",
    "cues",
    "edl",
    "markers",
    "click",
    "roll",
    "json",
    "game",
)

_OUTPUT_MEANT: Mapping[str, str] = {
    "midi": "mid",
    "smf": "mid",
    "vorbis": "ogg",
    "oga": "ogg",
    "opus": "ogg",
    "m4a": "mp3",
    "aac": "mp3",
    "aiff": "wav",
    "aif": "wav",
    "audio": "wav",
    "xml": "musicxml",
    "mxl": "musicxml",
    "pdf": "musicxml",
    "sheet": "musicxml",
    "sheets": "musicxml",
    "score": "musicxml",
    "png": "roll",
    "svg": "roll",
    "picture": "roll",
    "csv": "cues",
    "cmx": "edl",
    "cmx3600": "edl",
    "otio": "edl",
    "marker": "markers",
    "locators": "markers",
    "metronome": "click",
    "clicktrack": "click",
    "multitrack": "stems",
    "report": "json",
    "godot": "game",
    "renpy": "game",
    "layers": "game",
    "unity": "game",
    "unreal": "game",
    "fmod": "game",
    "wwise": "game",
    "游戏": "game",
    "音频": "wav",
    "声音": "wav",
    "乐谱": "musicxml",
    "五线谱": "musicxml",
    "分轨": "stems",
    "卷帘": "roll",
    "节拍器": "click",
    "标记": "markers",
}
"""What people call a format, or expect in its place; suggested, not taken."""


def output_meant(name: str) -> str | None:
    """The output format that an unknown name most likely stands for, by meaning first, then by spelling."""
    return _OUTPUT_MEANT.get(fold(name).lstrip(".")) or nearest(name, OUTPUTS)
