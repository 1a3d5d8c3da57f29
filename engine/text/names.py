"""Names that are words of feeling: a Joy who picks pockets, a 高兴 who calls in debts. Told by rules, not
learnt; the model reads a plain name in their place.

Only words of the two lists below are looked at, and of those only what the script shows to be somebody's
name: its speakers, and what a text calls a name, gives a title or a surname, or lets act as only a person
does. What is known to be a name in one line is one in all of them.
"""

import re
from collections.abc import Iterable, Sequence

STAND_IN, STAND_IN_ZH = "Robin", "陈明"
"""Of twenty names each (fifteen Chinese) those that move the shipped model's readings least."""

_GIVEN = """
Bliss Blessing Blythe Charity Clemency Comfort Constance Dolores Faith Felicity Gay Glory Grace Happy Harmony
Honor Honour Hope Joy Melody Mercy Merry Modesty Patience Prudence Serenity Solace Sunny Temperance Verity
Darling Goodman Grim Jolly Moody Savage Stern
"""
GIVEN = frozenset(_GIVEN.split())
"""Names that are words of feeling, as written with a capital."""
_SPOKEN = """
Anger Calm Despair Dread Envy Fear Fury Gentle Glad Grief Hate Hatred Horror Joyful Misery Pity Pride Rage
Sadness Shame Smiley Sorrow Terror
"""
ENGLISH = GIVEN | frozenset(_SPOKEN.split())
"""Those, and what a speaker may be called besides."""
_ALWAYS = """
莫愁 莫悲 莫怕 莫忧 无忧 无愁 吴忧 吴愁 常笑 常乐 乐乐 欢欢 喜喜 喜乐 康乐 苦艾 苦儿 喜儿 乐儿 欢儿 怜儿
恨生 念恩 忆苦 福福 安安 宁宁 悦悦 怡怡 欣欣
"""
ALWAYS = frozenset(_ALWAYS.split())
"""Chinese names that mean a feeling; one that is known to be a name hardly stands for anything else."""
_SOMETIMES = """
高兴 开心 快乐 幸福 安宁 平安 宁静 安心 安乐 长乐 如意 吉祥 美满 喜悦 欣慰 欢乐 欢喜 希望 盼盼 自在 逍遥 太平
温柔 甜蜜 光荣 得意 满意 感恩 知足 笑笑 甜甜 美美 静静
"""
CHINESE = ALWAYS | frozenset(_SOMETIMES.split())
"""Those, and words of feeling that are somebody's name now and then."""

_TITLES = (
    "Mr|Mrs|Miss|Ms|Dr|Sir|Madam|Lady|Lord|Dame|Aunt|Auntie|Uncle|Sister|Brother|Captain|Professor|Inspector|"
    "Sergeant|Nurse|Father|Mother|Reverend|Saint|St|Little|Old|Young|Poor|Dear|King|Queen|Princess|Prince"
)
# Not went, came, took, sang and the like: hope does all that too.
_PERSONS_VERBS = (
    "said|says|asked|asks|answered|replied|shouted|muttered|nodded|shrugged|frowned|grinned|yawned|winked|sat|"
    "walked|looked|glanced|stared|knocked|opened|closed|shut|locked|picked|handed|threw|pulled|pushed|poured|drank|"
    "ate|cooked|wore|drove|rode|climbed|knelt|kissed|hugged|slapped|shot|stabbed|wrote|read|married|taught|"
    "was (?:crying|sobbing|laughing|smiling|sitting|asleep|wearing)"
)
_NOT_NAMES_BEFORE = (
    r"(?<!\b[Tt]he )(?<!\ba )(?<!\b[Nn]o )(?<!\bsuch )(?<!\b[Mm]y )(?<!\bhis )(?<!\bher )"
    r"(?<!\bour )(?<!\byour )(?<!\btheir )(?<!\bof )(?<!\bin )(?<!\bwith )(?<!\ball )(?<!\bgreat )(?<!\bO )"
    r"(?<!\bthis )(?<!\bthat )(?<!\bfor )(?<!\band )(?<!\bor )(?<!\bnor )(?<!\bto )"
)
_WORD = "|".join(sorted(GIVEN))
_NO_NAME_AFTER = r"(?! of\b| (?:Christmas|Birthday|New|Easter|Reaper|Holidays?|Anniversary|Thanksgiving)\b)"
_SHOWN_ENGLISH = (
    re.compile(rf"\b(?:{_TITLES})\.? ({_WORD})\b"),
    re.compile(
        rf"\b(?:named|called|name is|name was|name's|christened|I'm|I am) (?:[A-Z][a-z]+ )?({_WORD})\b"
    ),
    re.compile(rf"\b({_WORD}){_NO_NAME_AFTER} (?!I\b|The\b|A\b)[A-Z][a-z]+"),
    re.compile(rf"(?:^|[.!?…]['\"”’]* +|['\"“‘])({_WORD}) (?:{_PERSONS_VERBS})\b"),
    # In mid-sentence, where only a name has a capital.
    re.compile(rf"[a-z,;:—–] {_NOT_NAMES_BEFORE}({_WORD})\b{_NO_NAME_AFTER}"),
)
_TITLED = re.compile(r"\b[A-Z][a-z]+")
_HAN = "\u4e00-\u9fff"
_ZH_WORD = "|".join(sorted(CHINESE))
_ZH_DOUBLED = "|".join(sorted(word for word in ALWAYS if word[0] == word[-1]))
_SURNAMED = re.compile(rf"姓([{_HAN}])，(?:单?名)([{_HAN}]{{1,2}})[，。]")
_ANY_CHINESE = re.compile(_ZH_WORD)
_SHOWN_CHINESE = (
    re.compile(
        rf"(?:名叫|名字叫|名字是|取名|起名|艺名叫?|小名叫?|乳名叫?|大名叫?|绰号叫?|名唤|唤作|单名一个|名为)[“「]?({_ZH_WORD})"
    ),
    re.compile(rf"姓[{_HAN}]{{1,2}}，(?:名|叫|名叫|单名)({_ZH_WORD})"),
    # Doubled characters are what children and pets are called.
    re.compile(rf"(?:^|[，。！？；：…“\s])({_ZH_DOUBLED})(?:是|死|来|把|跑|哭|病|走|不见)"),
    re.compile(rf"(?<![这那才就真也不什么算])(?:叫|叫作|叫做)[“「]?({_ZH_WORD})(?=[，。！？、”」]|的|$)"),
    re.compile(
        rf"({_ZH_WORD})(?:先生|女士|小姐|太太|夫人|老师|同学|师傅|大夫|医生|叔叔|大叔|大婶|姐姐|哥哥|大哥|大姐|爷爷|奶奶"
        r"|阿姨|主任|队长|校长|老板|掌柜|姑娘|公子|道长|大侠|师父|师兄|师姐|师弟|师妹)"
    ),
    re.compile(
        rf"(?:^|[，。！？；：…“”「」\s])({_ZH_WORD})(?:把|说道?[，：。“]|问道?[，：。“]|答道|喊道|叫道|低声|笑了笑"
        r"|点点头|摇摇头|点了点头|摇了摇头|站起|站在|坐在|跪在|躺在|走过|走到|走进|走出|跑过|跑来|跑进|跑出|回过头|转过身"
        r"|转身|回头|伸出|拿起|抬起|推开|接过)"
    ),
)
_NOT_BEFORE_ZH = "[很太真好更最多挺别非不着得常分外格点么了般]"
_NOT_AFTER_ZH = "[的地得极坏死起不之了着]"


def names_of_feeling(texts: Sequence[str], speakers: Iterable[str | None] = ()) -> frozenset[str]:
    """Words of feeling that are somebody's name in a script of these `texts`, spoken by these `speakers`."""
    found: set[str] = set()
    for speaker in {speaker.strip() for speaker in speakers if speaker}:
        found |= {word for word in CHINESE if speaker == word or _surnamed(speaker, word)}
        found |= {word for word in speaker.replace(".", " ").title().split() if word in ENGLISH}
    for text in texts:
        found |= _shown(text)
    return frozenset(found)


def _surnamed(speaker: str, word: str) -> bool:
    """高兴 called 高高兴, or 常笑 called 老常笑: one character before it."""
    return speaker.endswith(word) and len(speaker) == len(word) + 1


def _shown(text: str) -> set[str]:
    found: set[str] = set()
    if _ANY_CHINESE.search(text):
        for pattern in _SHOWN_CHINESE:
            found |= set(pattern.findall(text))
    # 姓常，名笑: 常笑 in the lines that follow.
    found |= {family + given for family, given in _SURNAMED.findall(text) if family + given in CHINESE}
    capitals = _TITLED.findall(text)
    # Not where everything has a capital, a title or a heading.
    if any(word in GIVEN for word in capitals) and 2 * len(capitals) <= len(text.split()) + 2:
        for pattern in _SHOWN_ENGLISH:
            found |= set(pattern.findall(text))
    return found


def with_plain_names(text: str, names: Iterable[str]) -> str:
    """`text` with a plain name wherever one of `names` stands as a name. The text itself when none does."""
    for name in names:
        if name not in text:
            continue
        if name.isascii():
            text = re.sub(rf"(?<!\b[Tt]he )(?<!\bno )\b{name}\b{_NO_NAME_AFTER}", STAND_IN, text)
        elif name in ALWAYS:
            text = text.replace(name, STAND_IN_ZH)
        else:
            text = re.sub(f"(?<!{_NOT_BEFORE_ZH}){name}(?!{_NOT_AFTER_ZH})", STAND_IN_ZH, text)
    return text
