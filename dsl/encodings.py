"""Which encoding the bytes of a text are in, and the text: UTF-8 as long as it makes sense, then what reads
most like Chinese, then Western letters. No formats here, and no findings.

Whole-file detectors (charset-normalizer, chardet) were tried on one-line GBK and Big5 texts and took most of
them for Korean, Cyrillic or Latin; a subtitle or a title is often no longer. Two languages need only two
tables.
"""

import re
from dataclasses import dataclass

_DECLARED = re.compile(
    rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']("
    rb"iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|gb2312|gbk|gb18030|big5|shift_jis|euc-jp|euc-kr|koi8-r"
    rb"|macintosh)[\"']",
    re.I,
)
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SIMPLIFIED = (
    "一是人了不在有大中国和为这上他个地年来我会以到时要出的生学说道民家子也成行下们于后就发自之对得主长可过天"
    "作分方用多你着部能市等业全里工公经本都而高政法面门动日进区事代那去心小同北定开产前其军还然起种所如现理机"
    "体表力好外与文当两实重新三么只山水关明从化平建又制南内西没此将员名手最东头者月间无安看见各城十相但已些正"
    "口通想度加第她合院物性战由位常点海意场武使次二向治因立数样身情入原问把路被并利石老教万知级量任江及应省资"
    "委务元美特期世湖回系比气汉总展电科金先声提品设或义王社很统处四首共马形己儿司太目基领队直计别女权话少流命"
    "至报米给打变果书清活几州华解议更称程今决张导术府才保交放管结师便走达族反再题色五京河接条规式县白它改风光"
    "运信受什组听布百济党指论强做取技黄神选记斯真却职号界件花类何眼兵传带空干农边据集联古广完质阳难增历史专官"
    "每住商即步认车台林必死游举线言皇土团收考求德叫近备研争非具李众连调感转笑革该持始英克士尔让拉思根格造较际"
    "亲单朝红型价校约器字段周亚深候则功属积快图火千准究往极育装许参半令吃观鱼精办像帝八复影告远群包整构料随划"
    "算象容示投势热值夫网望源息语股铁断派速怎需片爱律纪支早况病境证编越局推满且列觉服双未居除乐企引标确织初青"
    "志率项飞球节察龙响药站施均消客失轻存低甚般击曾防请离落显罗营足素视护副食创余照兴占巴虽洲村费易试星木黑左"
    "宝置跟央识维采六底宫房音环案批切斗富乡另倒若按查故突责严桥模仅胜杀围席态破承招杨负层须父供续状域似依银范"
    "修找九致密终血旅钱赛独细效玉冲获习医演毛尽脸弹楼艺航陆右协七攻镇检写苏宗章注阿抗弟坐验封紧劳户优财养适陈"
    "喜卫排射哥油刻留急降念云微伤例景拿绝阶座刘刚害印亿沙母酒助闻超审待压升送监策略限竟香配藏敌呢差仍兰温园树"
    "征善波哪词岛止预怕继皮执味份角草男普答益谁船惊核街夏宣掌田久著画辑奇尼剑吧谈背免孩礼材愿洋春架筑括晚乱乎"
    "讲尚良友临激刀夜室既敢邦挥昌板胡欧福港叶简苦担句岁荆贵娘守辖威宜衣帮块堂额错剧充欢够孙班呼阵销坚练脚退读"
    "测吴希宁换版异某顾曲楚典朱毒菜判救宋茶洪含顺啊鲜败货矿端兄归冷忙买险康评肉吗厂永哈沉散遗停笔假输牛洞松渐"
    "顶训录否述毕督控丰献姑忽爷互亮纳襄登咱钟伯臣雄季脑介鄂召饭暗扩祖齐短烈赶牌恩诉移诗础露届蒙静喝盘卖植授伊"
    "湾博痛减穿逐秘庭陵固禁票灵杂姓泽吸侧庆妈遇追甲馆补唐炮沿殿刺怪彩俄旧警索岸轮妇载靠附毫怀软骨探雷旁罪枪牙"
    "迎序慢盛雨墙恶谷顿危稳熟概酸操诸绿佛荣针托宽折野付午肯库厚缺罢耳屋嘴末谢巨培页瓦款犯困店智拥雪翻圣戏旗吉"
    "婚奖岩疑币圆歌廷健卡烧析讨跑烟误仙疗舞亡闭汽伸脱秋姐繁侵川莫麻秀借寻私岗卷跳丽横驻套兼您君丁束纸夺袁灯坏"
    "坦丝径购阴床瞧择墓宪峰遍鲁庙掉丹桃御舰避售怒课播拔奥延虚隐粮络遭摇潜庄混厅婆奴鼓赵访睡震予童徐韦殖抓拜吨"
    "扬址洛休纵逃染纷贸透汇灭蛋森仪塔距狐融郡缓聚盖拍迹忠释润粉涓孔岭搜紫虑促抵钢塞寺津液码虎坛珍硬梁奔累役偏"
    "迫锛凡损幕嗯爸谓猜泪梦窗哭醒唉喂嘿俩哎哦嗨祝餐"
)
"""The commonest characters of written Chinese by the word frequencies of jieba's dictionary, and some of
speech."""
_TRADITIONAL = (
    "國爲這個來會時學說們於後發對長過業裏經門動進區開產軍還種現機體與當兩實麼關從內沒將員東頭間無見戰點場數樣"
    "問並萬級應資務氣漢總電聲設義統處馬兒領隊計別權話報給變書幾華議稱決張導術結師達題條規縣風運組聽濟黨論強黃"
    "選記卻職號類傳帶幹農邊據聯廣質陽難歷專認車臺遊舉線團備爭衆連調轉該爾讓較際親單紅價約亞則屬積圖準極裝許參"
    "喫觀魚辦復遠羣構隨劃勢熱網語鐵斷愛紀況證編滿覺雙樂標確織項飛節龍響藥輕擊請離顯羅營視護創餘興佔雖費試寶識"
    "維採宮環鬥鄉責嚴橋僅勝殺圍態楊負層須續狀銀範終錢賽獨細衝獲習醫盡臉彈樓藝陸協鎮檢寫蘇驗緊勞戶優財養適陳衛"
    "雲傷絕階劉剛億聞審壓監敵蘭溫園樹徵詞島預繼執誰驚畫輯劍談禮願築亂講臨揮歐葉簡擔歲荊貴轄幫塊額錯劇歡夠孫陣"
    "銷堅練腳讀測吳寧換異顧順鮮敗貨礦歸買險評嗎廠遺筆輸漸頂訓錄畢豐獻爺納鍾腦飯擴齊趕訴詩礎屆靜盤賣灣減祕靈雜"
    "澤側慶媽館補舊輪婦載懷軟槍牆惡頓穩諸綠榮針託寬庫罷謝頁擁聖戲獎巖幣圓燒討煙誤療閉脫尋崗麗橫駐紙奪燈壞絲徑"
    "購陰牀擇憲峯魯廟艦課奧虛隱糧絡搖潛莊廳趙訪韋噸揚縱紛貿匯滅儀緩蓋跡釋潤嶺慮鋼碼壇錛損裡麽為眾隻夢淚倆"
)
"""The same characters where they are written otherwise in traditional script."""
_COMMON = frozenset(_SIMPLIFIED + _TRADITIONAL)
_PUNCTUATION = frozenset("，。！？：；、“”‘’「」『』《》〈〉【】（）—…·～－　％０１２３４５６７８９▲△♪")
_HAN = range(0x3400, 0xA000)
_CONTROLS = bytes((*range(9), *range(14, 27), *range(28, 32)))
_MOST_CONTROLS = 0.05
_LEAST_PADDING = 3
_NO_CHARACTER = "\ufffd"
_SAMPLE = 65_536
"""So many bytes tell what a file is."""
_SURELY_CHINESE = 0.85
_LEAST_KANA = 0.3
_LEAST_HIGH = 6
_FEW = 2
_SHORT = 16
_LEAST_CHINESE = 0.3
"""Western letters read as GBK or Big5 score below it, a single Chinese character that is taught at school
does not."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and its encoding. `guessed` where nothing but plausibility spoke for it; `broken` are the lines,
    from 1, in which bytes made no character and U+FFFD stands; `problem` where there is no text."""

    text: str
    encoding: str
    guessed: bool = False
    broken: tuple[int, ...] = ()
    problem: str | None = None


def decode_foreign(data: bytes) -> Decoded:
    """Text of bytes: byte order marks first, then UTF-8, then what is most plausible. Never raises."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            name = codec.removesuffix("-le").removesuffix("-be").upper()
            text, bad = _decoded(data[len(mark) :], codec)
            if bad > _forgiven(len(text)):
                return Decoded("", "", problem=f"it begins like {name} but is none")
            return Decoded(text, name, broken=_broken(text, bad))
    data = _without_padding(data)
    wide = _wide(data)
    if wide is not None:
        return wide
    if data.count(0) > max(8, len(data) // 64) or _controls(data) > _MOST_CONTROLS:
        return Decoded("", "", problem="it is not a text file")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _declared(data) or _surely_chinese(data) or _nearly_utf8(data) or legacy(data)
    return _chance_utf8(data, text) or Decoded(text, "UTF-8")


def _without_padding(data: bytes) -> bytes:
    """The bytes without the NULs behind lines that have none: what a crash leaves of a file being written."""
    text = data.rstrip(b"\0")
    return text if b"\n" in text and len(data) - len(text) > _LEAST_PADDING and 0 not in text else data


def _declared(data: bytes) -> Decoded | None:
    """By the encoding that an XML file says it is in, where its bytes agree."""
    found = _DECLARED.match(data)
    if found is None:
        return None
    name = found.group(1).decode("ascii")
    codec = {"gb2312": "gb18030", "gbk": "gb18030", "macintosh": "mac-roman"}.get(name.lower(), name)
    try:
        return Decoded(data.decode(codec), name)
    except UnicodeDecodeError:
        return None


def legacy(data: bytes) -> Decoded:
    """The text of bytes that are not UTF-8: GBK or Big5, whichever reads more like Chinese, else Western
    letters."""
    score, found = _best_chinese(data)
    if score < _SURELY_CHINESE and (japanese := _japanese(data)) is not None:
        return japanese
    if found is not None and score >= (_LEAST_CHINESE if _may_be_western(data) else 0.0):
        return found
    try:
        return Decoded(data.decode("cp1252"), "Windows-1252", guessed=True)
    except UnicodeDecodeError:
        return Decoded(data.decode("latin-1"), "Latin-1", guessed=True)


def _surely_chinese(data: bytes) -> Decoded | None:
    """A few characters of GBK or Big5 that are UTF-8 but for a byte, too."""
    if sum(byte > 127 for byte in data[:_SAMPLE]) > _SHORT:
        return None
    score, found = _best_chinese(data)
    return found if found is not None and score >= _SURELY_CHINESE and not found.broken else None


def _best_chinese(data: bytes) -> tuple[float, Decoded | None]:
    """(how much it reads like Chinese, the text) by the Chinese encoding that suits best."""
    found = [(_chinese(text, name), name, text, bad) for name, text, bad in _double_byte(data)]
    if not found:
        return 0.0, None
    score, name, text, bad = max(found, key=lambda one: one[0])
    if _is_inside_words(text, "gb18030" if name == "GBK" else "big5hkscs"):
        return -1.0, None
    return score, Decoded(text, name, True, _broken(text, bad))


def _is_inside_words(text: str, codec: str) -> bool:
    """Whether all that is not ASCII are a character or two that took their letters from Western words:
    `Æther`."""
    other = [place for place, character in enumerate(text) if ord(character) > 127]
    if not 0 < len(other) <= _FEW:
        return False
    written = [text[place].encode(codec, "replace") for place in other]
    took_letters = all(one[-1] < 128 and one[:1].decode("cp1252", "replace").isalpha() for one in written)
    following = [text[place + 1 : place + 2] for place in other]
    return took_letters and any(one.isascii() and one.isalpha() for one in following)


def _may_be_western(data: bytes) -> bool:
    """Whether letters with accents stand among plain ones, as in words of Western languages."""
    sample = data[:_SAMPLE]
    high = sum(byte > 127 for byte in sample)
    letters = sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in sample)
    return high < _LEAST_HIGH or high % 2 == 1 or letters > 0


def _japanese(data: bytes) -> Decoded | None:
    """Shift-JIS or EUC-JP, where a good part of it is kana."""
    for codec, name in (("cp932", "Shift JIS"), ("euc-jp", "EUC-JP")):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        other = [character for character in text[:_SAMPLE] if ord(character) > 127]
        kana = sum("\u3040" <= character <= "\u30ff" for character in other)
        half = sum("\uff61" <= character <= "\uff9f" for character in other)
        if kana >= 2 and kana >= _LEAST_KANA * len(other) and not half:
            return Decoded(text, name, True)
    return None


def _chinese(text: str, encoding: str) -> float:
    """How much what is not ASCII reads like Chinese: 1 for common characters and punctuation, little for rare
    ones, less than nothing for what no writer of Chinese types. 0 where all is ASCII."""
    other = [character for character in text[:_SAMPLE] if ord(character) > 127]
    return sum(_weight(character, encoding) for character in other) / len(other) if other else 0.0


def _weight(character: str, encoding: str) -> float:
    if character in _COMMON or character in _PUNCTUATION:
        return 1.0
    if ord(character) not in _HAN:
        return -1.0
    # The first levels of the standards hold the few thousand characters that are taught at school.
    standard, taught = ("big5", range(0xA4, 0xC7)) if encoding == "Big5" else ("gb2312", range(0xB0, 0xD8))
    try:
        return 0.4 if character.encode(standard)[0] in taught else -0.2
    except UnicodeEncodeError:
        return -0.4


def _double_byte(data: bytes) -> list[tuple[str, str, int]]:
    """(name, text, bytes that made no character) by each Chinese encoding that fits but for a few bytes."""
    found = []
    for codec, name in (("gb18030", "GBK"), ("big5hkscs", "Big5")):
        text, bad = _decoded(data, codec)
        if bad <= _forgiven(sum(byte > 127 for byte in data[:_SAMPLE]) // 2):
            found.append((name, text, bad))
    return found


def _decoded(data: bytes, codec: str) -> tuple[str, int]:
    """The text, U+FFFD for what is no character, and how many of these are not the source's own."""
    try:
        return data.decode(codec), 0
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        return text, text.count(_NO_CHARACTER)


def _forgiven(characters: int) -> int:
    """How many places may be broken in a text of so many characters: a cut end, a byte lost on the way."""
    return max(1 if characters >= 2 else 0, characters // 50)


def _broken(text: str, bad: int) -> tuple[int, ...]:
    if not bad:
        return ()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(number for number, line in enumerate(lines, 1) if _NO_CHARACTER in line)


def _nearly_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few bytes broken: whole sequences of several bytes hardly come about by chance."""
    text = data.decode("utf-8", "replace")
    bad = text.count(_NO_CHARACTER)
    whole = sum(2 if ord(character) > 0x7FF else 1 for character in text if ord(character) > 127) - 2 * bad
    if whole < 2 or bad > max(1, whole // 10):
        return None
    return Decoded(text, "UTF-8", broken=_broken(text, bad))


def _chance_utf8(data: bytes, text: str) -> Decoded | None:
    """A few GBK characters that happen to be UTF-8 as well (谢谢 are two Cyrillic letters)."""
    other = [character for character in text[:_SAMPLE] if ord(character) > 127]
    if not 2 <= len(other) <= 8 or not all("\u0100" <= character <= "\u07ff" for character in other):
        return None
    chinese = legacy(data)
    return chinese if chinese.encoding == "GBK" and _chinese(chinese.text, "GBK") == 1.0 else None


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 that lacks its mark: its ASCII has NULs, its Chinese reads as such and as nothing else."""
    sample = data[:4096]
    if len(sample) < 4:
        return None
    for codec, nulls in (("utf-16-le", sample[1::2].count(0)), ("utf-16-be", sample[0::2].count(0))):
        text = sample[: len(sample) // 2 * 2].decode(codec, "replace")
        plain = sum(" " <= character <= "~" or character in "\r\n\t" for character in text)
        chinese = sum(ord(character) in _HAN or character in _PUNCTUATION for character in text)
        western = sum("\xa0" <= c <= "\u024f" or "\u2010" <= c <= "\u2027" or c == "€" for c in text)
        if plain + chinese + western <= 0.95 * len(text):
            continue
        reads = _chinese(text, "UTF-16")
        by_nulls = nulls > 0 and (plain > 0.3 * len(text) or reads > _LEAST_CHINESE)
        by_words = len(text) > 2 and reads > 0.6 and not _is_text_otherwise(sample, reads)
        if by_nulls or by_words:
            whole, bad = _decoded(data, codec)
            if bad <= _forgiven(len(whole)):
                return Decoded(whole, "UTF-16", True, _broken(whole, bad))
    return None


def _is_text_otherwise(sample: bytes, reads: float) -> bool:
    """Whether it reads at least as well in an encoding of another width; `reads` is how it does in UTF-16."""
    if _controls(sample) > _MOST_CONTROLS:
        return False
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError:
        return _best_chinese(sample)[0] >= reads
    return True


def _controls(data: bytes) -> float:
    sample = data[:_SAMPLE]
    return sum(map(sample.count, _CONTROLS)) / len(sample) if sample else 0.0
