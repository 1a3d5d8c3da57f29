"""Words of the internet, faces made of marks and emoji that the tokenizer does not know, written as what they
stand for, so that the model reads something it has learned.

Only what has one meaning: 破防 and 裂开 are laughter as often as grief and stay as they are. English short
forms stay too: the comments that the model learned from are full of them.
"""

import re
from typing import Final

_CHINESE: Final = {
    "yyds": "永远最棒",
    "xswl": "笑死我了",
    "awsl": "可爱死了",
    "zqsg": "真情实感",
    "nsdd": "你说得对",
    "emo": "难过",
    "栓Q": "谢谢你",
    "芭比Q": "完蛋",
    "绝绝子": "绝了",
    "尊嘟假嘟": "真的假的",
    "尊嘟": "真的",
    "蚌埠住": "绷不住",
    "蓝瘦香菇": "难受想哭",
    "集美": "姐妹",
    "杯具": "悲剧",
    "洗具": "喜剧",
    "鸭梨": "压力",
    "酱紫": "这样子",
    "狗带": "去死",
    "u1s1": "有一说一",
}
"""Those of Latin letters only in texts with Chinese: `emo` in English is a kind of music."""
_FACES: Final = {
    "T_T": "😭",
    "T^T": "😭",
    "TAT": "😭",
    "QAQ": "😭",
    "QwQ": "😢",
    ";_;": "😢",
    ":'(": "😢",
    "orz": "😔",
    "OTZ": "😔",
    "^o^": "😊",
    "</3": "💔",
    ">_<": "😣",
    "-_-": "😒",
}
_EMOJI: Final = {
    "🥲": "😢",
    "🥹": "😢",
    "🥺": "😢",
    "🫠": "😅",
    "🥳": "🎉",
    "🎆": "🎉",
    "🎇": "🎉",
    "🤬": "😡",
    "🤮": "😷",
    "🥴": "😵",
    "🤯": "😱",
    "🥶": "😨",
    "🫣": "😳",
    "🫢": "😮",
    "🫶": "❤",
    "🤍": "❤",
    "🥱": "😴",
    "🫡": "👍",
    "🌚": "😏",
}
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_CHINESE_WORDS: Final = re.compile(
    "|".join(
        rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])" if word.isascii() else re.escape(word) for word in _CHINESE
    ),
    re.IGNORECASE,
)
_MARKS: Final = re.compile(
    "|".join(
        rf"(?<![A-Za-z0-9]){re.escape(face)}(?![A-Za-z0-9])" if face[0].isalpha() else re.escape(face)
        for face in _FACES
    )
)
_TABLE: Final = str.maketrans(_EMOJI)


def with_plain_words(text: str) -> str:
    """`text` with what the model does not know written as what it does; any other text as it is."""
    if _HAN.search(text):
        text = _CHINESE_WORDS.sub(lambda found: _CHINESE[_spelling(found.group())], text)
    return _MARKS.sub(lambda found: _FACES[found.group()], text).translate(_TABLE)


def _spelling(found: str) -> str:
    """The spelling of the table: 栓q, YYDS."""
    return found if found in _CHINESE else next(word for word in _CHINESE if word.lower() == found.lower())
