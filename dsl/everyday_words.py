"""What people say for a word of the language: 难过 for 悲伤, happy for joy, bpm for tempo. Suggested, not
taken.

Each row holds the language's word and what is said in its place, English and Chinese. A word stands once in
its table, with the meaning it has most often alone; which feeling it is was settled by hand, after the places
of the emotions on valence and arousal (`dsl.vocabulary`).
"""

from collections.abc import Mapping

from dsl.directive_words import DIRECTIVES, FRONT_MATTER, DirectiveWord, FrontMatterWord
from dsl.instruments import INSTRUMENTS
from dsl.vocabulary import EMOTIONS, ROLE_NAMES, STYLES, Emotion, Style, fold
from dsl.words_of_feeling import FEELINGS

_STYLES = {
    "piano": """keys keyboard pianist solo-piano klavier solo romantic minimal minimalist neoclassical ragtime
        极简
        钢琴曲 键盘 独奏""",
    "strings": """string violin violins cello quartet string-quartet chamber classical baroque requiem
        弦 小提琴 大提琴 四重奏 室内乐 古典 弦乐队""",
    "orchestra": """orchestral symphony symphonic philharmonic classic film cinematic movie score
        opera choir choral waltz march military adventure fantasy ballet
        合唱 进行曲 圆舞曲 奇幻 冒险 芭蕾
        交响乐 管弦 电影 影视 管弦乐队 大乐队""",
    "ambient": """drone pad pads soundscape atmosphere atmospheric electronic newage new-age meditation
        lofi lo-fi synth space chillout chill techno house trance edm synthwave vaporwave downtempo
        环境 电子 氛围音乐 冥想 合成器 空灵 新世纪""",
    "folk": """acoustic country celtic guitar fiddle irish western bluegrass pop rock singer-songwriter
        latin salsa flamenco bossa reggae gospel soul medieval
        dance
        民间 吉他 乡村 民歌 流行 摇滚 舞曲 校园""",
    "guofeng": """chinese china asian oriental traditional-chinese gufeng guzheng erhu
        中国风 古风 中式 国乐 民乐 京剧 昆曲 仙侠 古筝 二胡 戏曲 东方 江湖 武侠""",
    "chiptune": """8bit bitpop retro game arcade nes gameboy pixel videogame retrowave synthpop
        像素 游戏 复古 复古游戏 街机 红白机 电子游戏""",
    "noir": """jazz jazzy blues detective saxophone sax lounge swing film-noir
        horror thriller crime tango
        爵士 蓝调 侦探 黑色 萨克斯 爵士乐 恐怖 悬疑 犯罪""",
    "epic": """trailer heroic battle action war hybrid blockbuster metal
        战斗 战争 预告片 大片 热血 史诗级 壮阔 动作""",
    "musicbox": """music-box lullaby box celesta toy childlike bells nursery kids children
        christmas circus carousel
        摇篮曲 音乐盒 童谣 玩具 钟琴 儿歌 儿童 圣诞""",
}
_DIRECTIVES = {
    "character": """actor cast speaker role person who
        演员 说话人 人 名字""",
    "motif": """theme leitmotif melody tune riff
        旋律 主旋律 主导动机 乐句 曲调""",
    "palette": """timbre sounds colour color ensemble
        音色表 色彩 音色库""",
    "include": """import source require load use
        导入 引用 载入 加载""",
    "emotion": """emotions feeling feelings sentiment affect valence arousal vibe atmosphere tone intensity
        感情 感觉 情 感受 气氛 氛围 情调 基调 情感强度""",
    "style": """genre styles idiom kind
        曲风 流派 类型 风""",
    "tempo": """bpm speed rate fast slow faster slower allegro andante adagio presto largo rhythm rit
        ritardando rallentando accel accelerando rubato
        节奏 快慢 拍速 每分钟拍数 快 慢 渐慢 渐快 加速 减速""",
    "key": """transpose scale tonality mode tonic pitch modulate modulation major minor key-signature keysig
        keysignature
        移调 转调 变调 音阶 调式 主音 大调 小调 调号""",
    "meter": """metre time-signature timesignature timesig signature time-sig beat beats
        拍子 拍 节拍数 几拍""",
    "dynamics": """dynamic volume loudness gain level loud soft
        louder softer quiet quieter crescendo decrescendo cresc decresc dim diminuendo swell velocity vol
        音量 响度 强弱 大声 小声 渐强 渐弱 轻 响""",
    "density": """texture busy busyness thick thickness sparse dense notes
        织体 疏密 稠密 音符数""",
    "tension": """dissonance dissonant stress tense
        不协和 紧张度 紧张""",
    "register": """range octave tessitura height high low
        音域 八度 音高 高低""",
    "instruments": """instrument orchestration orchestrate arrangement scoring band players harmony
        chords chord accompaniment
        乐队 编制 乐器表 器乐 和声 和弦 伴奏""",
    "mute": """off without tacet unmute solo
        关闭 消音 去掉 独奏""",
    "pace": """reading-speed wpm words-per-minute reading readingspeed
        朗读速度 阅读速度 念""",
    "temp": """reference temp-track temptrack tempref ref like
        参考曲 临时音乐 参考音乐 参照""",
    "voice": """narration narrator voiceover voice-over vo speech recording spoken dialogue-track
        配音 录音 解说 朗诵 画外音""",
    "picture": """film movie video footage clip image
        视频 电影 片子 镜头""",
    "at": """time timecode tc when sync position start begin go
        时间 时间码 位置 开始 同步""",
    "out": """end stop until finish ends stop-at
        结尾 停止 到 终止 收尾""",
    "fit": """length duration last lasts within stretch
        长度 持续 多长 拉伸""",
    "pause": """wait hold rest breath break gap delay fermata
        等待 休止 停 暂停 间隔 喘息""",
    "silence": """nothing no-music nomusic silent
        安静 沉默 寂静 无音乐""",
    "hit": """accent stab sting stinger hitpoint hit-point marker mark punch impact bang
        boom crash
        强调 重击 打点 卡点 标记 冲击 命中""",
    "transition": """fade xfade fadeout fade-out fadein fade-in cutto cut-to cross-fade ending bridge
        淡出 淡入 淡入淡出 渐隐 衔接 连接 切换""",
    "seed": """random rng randomize dice
        随机 随机数""",
    "take": """version alternative variant candidate variation alt option pick
        候选 变体 选择 选""",
    "bars": """measures measure bar
        几小节 小节线""",
    "loop": """repeat looping loopable cycle again endless
        重复 反复 无限 循环播放""",
    "layers": """layer layering layered vertical submix submixes adaptive parts
        层次 叠层 层数 分轨 声层""",
    "freeze": """lock fix frozen keep pin midi
        锁定 固定 保留 定格""",
}
_INSTRUMENTS = {
    "saw-lead": """synth synthesizer synthesiser lead synth-lead
        合成器""",
    "steel-guitar": """mandolin bouzouki
        曼陀林""",
    "nylon-guitar": """ukulele lute
        尤克里里 鲁特琴""",
    "piano": """keys keyboard keyboards
        键盘""",
    "tubular-bells": """bell bells chimes
        钟""",
    "clarinet": """hulusi bass-clarinet
        葫芦丝""",
    "cello": """morin-khuur viol
        马头琴""",
}
_ROLES = {
    "melody": """lead tune solo vocal voice
        主奏 主旋 曲调 人声""",
    "counter": """countermelody counterpoint second obbligato
        副 对旋律 复调""",
    "chords": """harmony pad pads chord accompaniment comping backing
        伴奏 铺底 和弦组""",
    "bass": """bassline low-end sub
        贝斯 低音部""",
    "drums": """percussion drum beat kit drumkit
        节奏组 打击 鼓组""",
}
_FRONT_MATTER = {
    "melodrama": """version format-version
        版本""",
    "title": """name heading project
        名称 题目 名字 曲名""",
    "author": """composer writer by artist creator credits
        作曲 编剧 创作 署名""",
    "language": """lang locale
        语种 文字""",
    "style": """genre
        曲风 流派 类型""",
    "tempo": """bpm speed rhythm
        节奏 快慢 拍速""",
    "key": """transpose scale tonality mode
        移调 调式 音阶""",
    "meter": """metre time-signature time signature timesig
        拍子 拍""",
    "pace": """wpm reading-speed reading words-per-minute
        朗读速度 阅读速度""",
    "seed": """random rng
        随机 随机数""",
    "fps": """framerate frame-rate frames rate frames-per-second hz
        帧 每秒帧数 帧速""",
    "start": """offset timecode tc start-timecode begin begins
        开始 起始 时间码""",
    "output": """outputs format formats export files render
        格式 导出 文件 输出格式""",
}

Word = Emotion | Style | DirectiveWord | FrontMatterWord


def _by_word(rows: Mapping[str, str]) -> dict[str, str]:
    return {word: meant for meant, words in rows.items() for word in words.split()}


EMOTIONS_MEANT: Mapping[str, str] = _by_word(FEELINGS)
STYLES_MEANT: Mapping[str, str] = _by_word(_STYLES)
DIRECTIVES_MEANT: Mapping[str, str] = _by_word(_DIRECTIVES)
FRONT_MATTER_MEANT: Mapping[str, str] = _by_word(_FRONT_MATTER)
INSTRUMENTS_MEANT: Mapping[str, str] = _by_word(_INSTRUMENTS)
ROLES_MEANT: Mapping[str, str] = _by_word(_ROLES)


def emotion_meant(name: str) -> str | None:
    """The emotion that an everyday word of feeling stands for, in the language of the word."""
    return _meant(name, EMOTIONS_MEANT, EMOTIONS)


def style_meant(name: str) -> str | None:
    """The style that people mean by an everyday word, in the language that they wrote it in; None where
    nobody knows it."""
    return _meant(name, STYLES_MEANT, STYLES)


def directive_meant(name: str) -> str | None:
    """The directive that people mean by an everyday word, in the language that they wrote it in; None
    where nobody knows it."""
    return _meant(name, DIRECTIVES_MEANT, DIRECTIVES)


def front_matter_meant(name: str) -> str | None:
    """The front-matter key that people mean by an everyday word, in the language that they wrote it in;
    None where nobody knows it."""
    return _meant(name, FRONT_MATTER_MEANT, FRONT_MATTER)


def instrument_meant(name: str) -> str | None:
    """The instrument that is nearest to one that is not there, in the language of the word; None where
    nobody knows it."""
    found = INSTRUMENTS_MEANT.get(fold(name))
    if found is None or name.isascii():
        return found
    return next((alias for alias in INSTRUMENTS[found].aliases if not alias.isascii()), found)


def role_meant(name: str) -> str | None:
    """The role that people mean by an everyday word, in the language that they wrote it in; None where
    nobody knows it."""
    role = ROLES_MEANT.get(fold(name))
    if role is None or name.isascii():
        return role
    return next(word for word, meant in ROLE_NAMES.items() if meant == role and not word.isascii())


def _meant(name: str, table: Mapping[str, str], known: Mapping[str, Word]) -> str | None:
    found = table.get(fold(name))
    if found is None:
        return None
    word = known[found]
    return word.name if name.isascii() or not word.chinese else word.chinese[0]
