"""The names that a writer may use for instruments, and the General MIDI programs behind them.

One row a program, 0 to 127: the canonical name first, then its other names, Chinese ones last. Chinese
instruments that General MIDI lacks stand on the nearest sound it has (guzheng on koto, erhu on fiddle …), as
names of their own: what they can play is `engine.music.instruments`' business. Drum kits are for the role
drums alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dsl.vocabulary import fold

_PROGRAMS: tuple[str, ...] = (
    "piano grand-piano acoustic-grand-piano 钢琴 大钢琴",
    "bright-piano 明亮钢琴",
    "electric-grand 电三角钢琴",
    "honky-tonk-piano honky-tonk 酒吧钢琴",
    "electric-piano rhodes 电钢琴",
    "fm-electric-piano electric-piano-2",
    "harpsichord 羽管键琴 大键琴",
    "clavinet 击弦古钢琴",
    "celesta 钢片琴",
    "glockenspiel 钟琴",
    "music-box musicbox 八音盒",
    "vibraphone vibes 颤音琴",
    "marimba 马林巴",
    "xylophone 木琴",
    "tubular-bells 管钟",
    "dulcimer 德西马琴",
    "drawbar-organ organ 风琴",
    "percussive-organ",
    "rock-organ 摇滚风琴",
    "church-organ pipe-organ 管风琴",
    "reed-organ harmonium 簧风琴",
    "accordion 手风琴",
    "harmonica 口琴",
    "bandoneon tango-accordion 班多钮",
    "nylon-guitar guitar acoustic-guitar classical-guitar 吉他 古典吉他",
    "steel-guitar steel-string-guitar 民谣吉他",
    "jazz-guitar 爵士吉他",
    "clean-guitar electric-guitar 电吉他",
    "muted-guitar 闷音吉他",
    "overdriven-guitar 过载吉他",
    "distorted-guitar distortion-guitar 失真吉他",
    "guitar-harmonics 吉他泛音",
    "acoustic-bass upright-bass 原声贝斯",
    "finger-bass bass electric-bass bass-guitar 贝斯 电贝斯",
    "picked-bass 拨片贝斯",
    "fretless-bass 无品贝斯",
    "slap-bass 击弦贝斯",
    "slap-bass-2",
    "synth-bass 合成贝斯",
    "synth-bass-2",
    "violin 小提琴",
    "viola 中提琴",
    "cello violoncello 大提琴",
    "contrabass double-bass 低音提琴 倍大提琴",
    "tremolo-strings 震音弦乐",
    "pizzicato-strings pizzicato 拨弦",
    "harp orchestral-harp 竖琴",
    "timpani 定音鼓",
    "strings string-ensemble 弦乐 弦乐组",
    "slow-strings 慢弦乐",
    "synth-strings 合成弦乐",
    "synth-strings-2",
    "choir choir-aahs 合唱",
    "voice voice-oohs 人声",
    "synth-voice synth-choir 合成人声",
    "orchestra-hit 乐队强奏",
    "trumpet 小号",
    "trombone 长号",
    "tuba 大号",
    "muted-trumpet 弱音小号",
    "french-horn horn 圆号",
    "brass-section brass 铜管",
    "synth-brass 合成铜管",
    "synth-brass-2",
    "soprano-sax 高音萨克斯",
    "alto-sax sax saxophone 萨克斯 中音萨克斯",
    "tenor-sax 次中音萨克斯",
    "baritone-sax 上低音萨克斯",
    "oboe 双簧管",
    "english-horn cor-anglais 英国管",
    "bassoon 巴松 大管",
    "clarinet 单簧管 黑管",
    "piccolo 短笛",
    "flute 长笛",
    "recorder 竖笛",
    "pan-flute 排箫",
    "bottle 吹瓶",
    "shakuhachi 尺八",
    "whistle 哨笛",
    "ocarina 陶笛",
    "square-lead square 方波",
    "saw-lead saw sawtooth 锯齿波",
    "calliope-lead",
    "chiff-lead",
    "charang-lead",
    "voice-lead",
    "fifths-lead",
    "bass-and-lead",
    "new-age-pad",
    "warm-pad pad 暖垫 铺底",
    "polysynth-pad polysynth",
    "choir-pad 合唱铺底",
    "bowed-pad 弓弦铺底",
    "metallic-pad",
    "halo-pad",
    "sweep-pad",
    "rain 雨声",
    "soundtrack 音轨",
    "crystal 水晶",
    "atmosphere 大气",
    "brightness",
    "goblins",
    "echoes 回声",
    "sci-fi 科幻",
    "sitar 西塔琴",
    "banjo 班卓琴",
    "shamisen 三味线",
    "koto 日本筝",
    "kalimba 卡林巴 拇指琴",
    "bagpipe bagpipes 风笛",
    "fiddle 民间提琴",
    "shanai",
    "tinkle-bell 铃铛",
    "agogo",
    "steel-drums steel-drum 钢鼓",
    "woodblock wood-block 木鱼",
    "taiko taiko-drum 太鼓",
    "melodic-tom tom 通鼓",
    "synth-drum 合成鼓",
    "reverse-cymbal 反镲",
    "fret-noise",
    "breath-noise",
    "seashore 海浪",
    "bird-tweet 鸟鸣",
    "telephone 电话",
    "helicopter 直升机",
    "applause 掌声",
    "gunshot 枪声",
)

_CHINESE_INSTRUMENTS: tuple[tuple[str, int], ...] = (
    ("guzheng zheng 古筝 筝", 107),
    ("guqin 古琴", 107),
    ("erhu 二胡", 110),
    ("dizi 笛子 竹笛", 73),
    ("xiao 箫 洞箫", 77),
    ("pipa 琵琶", 106),
    ("ruan zhongruan 阮 中阮", 24),
    ("yangqin 扬琴", 15),
    ("suona 唢呐", 111),
    ("sheng 笙", 20),
)

_KITS: tuple[tuple[str, int], ...] = (
    ("standard-kit kit drum-kit drums 鼓 架子鼓", 0),
    ("room-kit room 室内鼓", 8),
    ("power-kit power 重鼓", 16),
    ("electronic-kit electronic 电子鼓", 24),
    ("808-kit tr-808 808 鼓机", 25),
    ("jazz-kit jazz 爵士鼓", 32),
    ("brush-kit brush brushes 鼓刷", 40),
    ("orchestra-kit orchestral percussion 管弦打击 打击乐", 48),
)


@dataclass(frozen=True, slots=True)
class InstrumentWord:
    """An instrument's canonical name and its General MIDI `program` (0–127); for a kit, the kit's on channel
    10.
    """

    name: str
    aliases: tuple[str, ...]
    program: int
    is_kit: bool


def _word(names: str, program: int, is_kit: bool) -> InstrumentWord:
    first, *others = names.split()
    return InstrumentWord(first, tuple(others), program, is_kit)


_WORDS: tuple[InstrumentWord, ...] = (
    *(_word(names, program, False) for program, names in enumerate(_PROGRAMS)),
    *(_word(names, program, False) for names, program in _CHINESE_INSTRUMENTS),
    *(_word(names, program, True) for names, program in _KITS),
)

INSTRUMENTS: Mapping[str, InstrumentWord] = {word.name: word for word in _WORDS}
"""Every instrument and kit by canonical name."""

PITCHED_NAMES: Mapping[str, str] = {
    name: word.name for word in _WORDS if not word.is_kit for name in (word.name, *word.aliases)
}
KIT_NAMES: Mapping[str, str] = {
    name: word.name for word in _WORDS if word.is_kit for name in (word.name, *word.aliases)
}


def instrument(name: str) -> InstrumentWord | None:
    """The instrument or kit of that name in either language, or None. A name that is both is the pitched
    one.
    """
    found = PITCHED_NAMES.get(fold(name)) or KIT_NAMES.get(fold(name))
    return INSTRUMENTS[found] if found else None
