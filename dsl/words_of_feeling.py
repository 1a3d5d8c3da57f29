"""What people feel, in the words that they have for it, English and Chinese, by the emotion of the language
that is nearest. Which it is was settled by hand, after the places of the emotions on valence and arousal; a
word stands once, with the meaning it has most often alone.
"""

from collections.abc import Mapping
from typing import Final

FEELINGS: Final[Mapping[str, str]] = {
    "joy": """happy happiness glad gladness joyful joyous cheerful cheer merry mirth delight delighted
        elated elation pleased pleasure bliss blissful fun glee gleeful jolly jubilation rejoicing
        laughter upbeat bright
        开心 高兴 快活 愉快 欢喜 欣喜 喜庆 欢快 愉悦 欢笑 幸福 乐 喜 美满 雀跃 欢欣 畅快
        jubilant overjoyed joviality jovial festive celebratory carefree sunny radiant amused amusement
        amusing chirpy perky buoyant vivacious feelgood feel-good smile smiling laugh sunshine zest
        欢欣鼓舞 乐呵 甜美 喜乐 喜悦之情 欢畅 笑 阳光 明朗 得意 惬意 美好 满心欢喜
        喜气洋洋 欢天喜地 喜出望外 眉开眼笑
        心花怒放 乐观开朗 开朗 明快""",
    "excitement": """excited exciting exhilaration exhilarated thrill thrilled thrilling eager eagerness
        enthusiasm enthusiastic energetic energy passion passionate adrenaline frenzy ecstasy ecstatic
        euphoria euphoric wild
        热情 激情 热血 振奋 亢奋 狂喜 热烈 狂热 激昂 沸腾 刺激 期待 热切 欢腾
        giddy exuberant exuberance lively vibrant hyper pumped stoked dynamic intense intensity fiery
        zealous hype groovy funky upbeat-energetic adventure adventurous daring bold vigor vigour
        vigorous spirited rousing
        燃 兴高采烈 动感 激烈 澎湃 心潮澎湃 热闹 血脉偾张 躁动 跃跃欲试 冒险 刺激感 激荡
        豪情 心跳""",
    "triumph": """victory victorious win winning triumphant triumphal glory glorious pride proud heroic
        hero heroism success conquest grand majestic majesty noble nobility epic power powerful
        celebration
        胜 凯歌 荣耀 光荣 骄傲 自豪 英雄 英勇 成功 壮丽 雄壮 豪迈 庄严 宏伟 威武 庆祝 壮烈
        regal royal patriotic patriotism anthemic stately ceremonial mighty superior champion conquering
        prestige accomplishment achievement accomplished superiority
        霸气 恢弘 恢宏 磅礴 大气 雄浑 壮阔 侠义 豪情壮志 威严 辉煌 神圣庄严 荣誉 得胜
        爱国 肃穆""",
    "hope": """hopeful hoping optimism optimistic promise uplifting uplift inspiring inspiration
        inspired faith courage courageous brave bravery dawn confidence confident encouraged encouraging
        determined determination
        乐观 憧憬 信心 信念 期望 盼望 勇气 勇敢 坚定 坚强 鼓舞 光明 励志 向往 自信 振作
        trust trusting resolute resolve resilience resilient perseverance recovery healing renewal
        rebirth redemption bright-future aspiration aspiring reassured reassuring forgiven forgiveness
        reconciled reconciliation
        治愈 无畏 果敢 新生 重生 救赎 希冀 和解 原谅 期许 坚毅 坚持 不屈 曙光""",
    "love": """loving lover romance romantic affection affectionate adoration adore devotion devoted
        passionately infatuation desire desiring crush intimacy intimate
        恋爱 浪漫 爱恋 爱慕 心动 深情 恩爱 热恋 倾心 钟情 甜蜜 恋 亲密 相爱 情意
        sensual sensuality seductive seduction sexy flirty flirtatious flirting adoring lust lustful
        attraction attracted smitten enamored enamoured lovesick fondness cherish cherished heartfelt
        暗恋 暧昧 缠绵 缱绻 爱意 柔情蜜意 迷恋 痴情 痴迷 宠爱 疼爱 恋慕 情愫 欲望 喜爱
        喜欢""",
    "tenderness": """tender gentle gentleness warm warmth soft softness kind kindness caring care
        compassion compassionate sympathy sweet sweetness comfort comforting motherly soothing grateful
        gratitude thankful touched touching moved moving
        温暖 柔和 体贴 慈爱 慈祥 关怀 怜爱 温馨 柔情 同情 怜悯 善良 感动 感激 感恩 安慰 抚慰 亲切 呵护
        protective nurturing cozy cosy safe security secure delicate innocence innocent sentimental
        sentimentality mellow-warm heartwarming affectionately forgiving trustful vulnerable fragile
        fragility shy motherhood maternal paternal
        心疼 怜惜 疼惜 母爱 父爱 暖心 治愈系 纯真 天真 善意 轻柔 温婉 娇羞 害羞 欣慰
        呵护备至 暖""",
    "calm": """calmness peace peaceful serene serenity quiet tranquil tranquility tranquillity relaxed
        relaxing relax relaxation still stillness content contentment contented restful rest ease easy
        dreamy drowsy sleepy meditative meditation relief relieved satisfied
        安静 安宁 祥和 平和 安详 放松 舒缓 恬静 静谧 悠闲 闲适 安心 满足 淡然 轻松 舒适 冥想 释然 安逸
        mellow chill chilled chillout ethereal floating airy weightless sacred holy reverent reverence
        solemn prayer prayerful religious spiritual-calm contemplative contemplation reflective
        reflection thoughtful introspective introspection accepting acceptance patient patience stoic
        zen composed unhurried hushed lazy leisurely breezy laid-back laidback
        放心 淡定 从容 自在 慵懒 恬淡 空灵 缥缈 踏实 知足 虔诚 沉思 思考 静思 释怀
        解脱 坦然 神圣 沉静 幽静 清净 唯美 清新 静 冥思 禅意 禅 舒畅 舒心""",
    "wonder": """wonderful wondrous amazement amazed awe awed awesome marvel fascination fascinated
        enchantment enchanted magic magical curiosity curious admiration astonished discovery miracle
        sublime
        敬畏 惊喜 好奇 奇妙 奇幻 神奇 魔法 惊艳 赞叹 惊异 震撼 奇迹 着迷 梦幻
        intrigued intriguing inquisitive awestruck admire admiring reverie otherworldly fairytale
        fairy-tale spellbound dazzled spectacle dazzling celestial cosmic vastness
        崇拜 敬佩 钦佩 仰慕 惊异感 童话 仙境 浩瀚 壮观 惊叹不已 神往""",
    "surprise": """surprised surprising shock shocked startled startle sudden unexpected stunned
        astonishment astounded disbelief jolt
        吃惊 震惊 惊愕 惊吓 诧异 错愕 愕然 突然 惊
        astounding plot-twist twist bewildered bewilderment unexpectedly
        惊诧 震撼人心 出乎意料 愣住 目瞪口呆""",
    "nostalgia": """nostalgic memory memories reminiscence reminiscent remembrance remembering wistful
        wistfulness childhood homesick homesickness past bittersweet retrospective
        回忆 追忆 思乡 乡愁 往事 怀古 念旧 童年 追思 旧时光
        old-days reminisce recollection recollections yesteryear bygone
        旧梦 时光 岁月 沧桑 旧日 故乡 思故 留恋 怀想 似水年华""",
    "longing": """yearning yearn pining craving ache aching wish wishing missing want wanting
        思 想念 牵挂 惦记 相思 挂念 盼 眷恋 渴慕 期盼 依恋 思慕 不舍
        lovelorn desirous hunger thirst await awaiting parting farewell separation goodbye
        离别 告别 别离 望眼欲穿 期待重逢 等待 苦等 牵肠挂肚 苦恋""",
    "melancholy": """melancholic gloomy gloom blue moody pensive sombre somber brooding rueful autumnal
        weary weariness rainy bored boredom listless dreary disappointed disappointment
        忧伤 感伤 伤感 愁 忧愁 郁闷 沉闷 落寞 失落 消沉 阴郁 哀愁 愁绪 苦闷 无奈 疲惫 厌倦 无聊 失望
        抑郁
        solemnity tired tiredness exhausted exhaustion drained lethargic lethargy fatigue fatigued
        resigned resignation disillusioned disillusionment cynical cynicism world-weary bittersweetness
        bleak grey gray minor sulky grumpy hollow detached cold distant aloof emo
        疲倦 无力 沉重 苍凉 迷茫 无语 悲秋 寂寥落寞 惘然 低落 压抑感 清冷 萧瑟 萧条
        丧气 倦 累 心累 孤寂感 怅然 怅惘 唏嘘""",
    "sadness": """sad unhappy sorrow sorrowful tearful tears crying cry weeping weep upset hurt
        heartbroken heartbreak heartache depressed depression dejected down miserable misery regret
        regretful pity guilt guilty shame ashamed remorse
        难过 悲 哀伤 悲哀 心碎 心痛 痛心 伤 哭泣 流泪 难受 悲凉 凄凉 凄美 悲惨 可怜 遗憾 后悔 愧疚 内疚
        羞愧 自责 委屈 心酸
        mournful tragic tragedy sorry pitiful pathetic remorseful betrayed betrayal wounded humiliated
        humiliation embarrassed embarrassment insecure insecurity tear-jerking tearjerker weepy
        forlornness dejection despondency despondent crestfallen downcast teary emotional devastated
        懊悔 羞耻 尴尬 自卑 悲壮 悲催 酸楚 心寒 难堪 羞辱 屈辱 歉意 抱歉 背叛 悔恨 哭
        泪 泪目 虐 虐心 扎心""",
    "grief": """grieving grieve mourning mourn bereaved bereavement lament lamentation anguish anguished
        agony agonized loss wailing funeral elegy elegiac suffering pain painful torment
        悲恸 哀悼 丧 悼念 痛哭 痛苦 悲号 丧亲 恸哭 悲怆 沉痛 煎熬 折磨 撕心裂肺
        crushed shattered mournfulness bereft death dying inconsolable requiem lamenting
        哀怨 悲愤交加 死亡 离世 诀别 哀思 肝肠寸断 痛不欲生 悲天悯人 哀""",
    "loneliness": """lonely lonesome alone solitude solitary isolated isolation abandoned abandonment
        forsaken empty emptiness desolate desolation deserted forlorn
        孤单 寂寥 孤寂 空虚 冷清 孤苦 荒凉 被遗弃 形单影只 空荡 凄清 冷落 无助
        outcast stranded neglected unloved lost
        流浪 漂泊 无依无靠 举目无亲 无人理解""",
    "despair": """desperate desperation hopeless hopelessness helpless helplessness despairing doomed
        broken defeated defeat ruin futility futile nihilism surrender
        绝境 无望 崩溃 万念俱灰 心灰意冷 走投无路 灰心 沮丧 颓废 毁灭 破灭 沉沦 认命 幻灭
        suicidal apocalypse apocalyptic hollowed dystopian dystopia
        绝路 决绝 末日 深渊 堕落 心如死灰""",
    "fear": """afraid fearful scared scary fright frightened frightening terror terrified terrifying
        horror horrified horrific panic panicked panicking alarm alarmed phobia
        怕 惊恐 惊慌 恐慌 惊惧 胆怯 畏惧 恐怖 惊骇 可怕 慌张 惧 毛骨悚然 吓人
        spooky haunted haunting paranoid paranoia timid timidity timorous nightmare nightmarish hysteria
        hysterical petrified
        惊悚 慌 心慌 恐惧感 惊魂 噩梦 胆小 闹鬼""",
    "dread": """dreadful dreading ominous foreboding menace menacing threat threatening sinister doom
        dark darkness evil grim creepy eerie unease uneasy
        不祥 阴森 威胁 邪恶 黑暗 险恶 阴暗 不安 惶惑 忐忑 凶险 心惊 阴冷
        apprehensive apprehension demonic devil devilish hell hellish haunted-house malevolent malice
        wicked villain villainous villainy monstrous
        阴险 阴谋 邪气 魔鬼 地狱 阴郁恐怖 诡谲不安 阴沉 戒备 反派""",
    "suspense": """suspenseful anticipation waiting uncertain uncertainty thriller cliffhanger sneaking
        stealth chase detective
        悬 揪心 惊险 扣人心弦 追逐 潜行 未知 侦探
        suspicious suspicion sneaky stalking investigation crime noirish vigilance vigilant alert
        watchful
        怀疑 猜疑 疑虑 警惕 疑惑 追踪 谜案 警觉 调查 潜伏""",
    "tension": """tense nervous nervousness anxiety anxious worry worried stress stressed stressful
        pressure restless restlessness agitated agitation urgent urgency jittery conflict impatient
        焦虑 焦急 着急 担心 担忧 压抑 压力 焦躁 急迫 紧迫 忧虑 烦躁 急 冲突 危机 危险 不耐烦
        frantic hectic chaotic chaos panic-stricken manic hurried rushed hurry dramatic drama struggle
        clash confrontation danger dangerous peril restlessly
        急促 混乱 紧急 对峙 较量 戏剧性 剧烈 挣扎 焦灼 剑拔弩张 不安定 慌乱""",
    "anger": """angry mad annoyed annoyance irritated irritation irate outrage outraged resentment
        resentful indignant indignation hostile hostility frustrated frustration aggression aggressive
        bitter bitterness jealous jealousy envy envious offended defiant defiance
        气愤 恼怒 愤慨 恼火 怒 发怒 不满 怨恨 恨 怨 敌意 激愤 嫉妒 羡慕 不甘 抗争 埋怨 恼
        rebellious rebellion fierce grudge sulking provoked vindictive arrogant arrogance smug
        悲愤 愤懑 吃醋 怒气 火大 叛逆 反抗 反叛 恨意 傲慢 冷酷""",
    "rage": """raging furious fury wrath wrathful violent violence berserk hatred hate hateful vengeance
        vengeful revenge savage brutal
        暴躁 盛怒 震怒 怒火 疯狂 狂暴 仇恨 复仇 憎恨 暴力 怒吼 歇斯底里 凶残 咆哮
        enraged livid cruel cruelty ruthless frenzied crazy insane insanity madness merciless
        bloodthirsty murderous killing slaughter
        愤恨 残酷 残忍 无情 杀气 杀戮 嗜血 发狂 癫狂 抓狂 狂躁 凶狠 暴虐""",
    "disgust": """disgusted disgusting revulsion revolted revolting repulsed repulsive loathing loathe
        contempt contemptuous aversion nausea sick gross nasty scorn
        讨厌 反感 鄙视 憎恶 嫌弃 作呕 鄙夷 轻蔑 嫌恶 不屑
        detest detestable hypocrisy filthy vile sickening
        恶 肮脏 嫌恶感 作呕感 虚伪 唾弃""",
    "mystery": """mysterious mystical mystic enigmatic enigma secret secretive secrecy strange
        strangeness weird uncanny puzzling puzzled obscure occult supernatural confused confusion
        spiritual
        诡异 秘密 玄妙 谜 谜团 诡秘 奇怪 诡谲 朦胧 玄幻 迷惑 困惑 超自然 古怪 虚幻 迷离
        shadowy cryptic arcane esoteric alien eldritch foggy misty puzzlement
        扑朔迷离 神神秘秘 暗流 诡 未解 奇异 灵异""",
    "playful": """playfulness funny humor humour humorous comic comedy comedic silly whimsical whimsy
        mischievous mischief teasing naughty cheeky cute light lighthearted bouncy quirky witty
        sarcastic ironic
        调皮 淘气 滑稽 搞笑 幽默 有趣 可爱 活泼 诙谐 好玩 轻快 欢脱 喜剧 逗趣 风趣 戏谑 讽刺
        goofy sly cunning sardonic wry mocking mockery prankster prank cheekily clownish circus
        perky-fun satire satirical
        嘲讽 狡猾 逗 逗乐 搞怪 滑稽可笑 机灵 灵动 鬼马 萌 童趣""",
    "neutral": """none nothing plain normal ordinary indifferent indifference emotionless flat numb
        apathy apathetic matter-of-fact
        普通 一般 平淡 冷漠 麻木 无感 平常 中 冷淡 无所谓 客观
        bland blank businesslike documentary factual impersonal
        平铺直叙 理性 克制 冷静 委婉 日常""",
}
