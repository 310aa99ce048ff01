/** The codes by which WeChat writes its own emoticons in text, without brackets; folded when compared. */
const NAMES =
  '微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 冷汗 囧 抓狂 吐 偷笑 愉快 白眼 傲慢 饥饿 困 惊恐 流汗 憨笑 悠闲 大兵 ' +
  '奋斗 咒骂 疑问 嘘 晕 疯了 折磨 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 糗大了 坏笑 左哼哼 右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓 可怜 菜刀 西瓜 啤酒 篮球 ' +
  '乒乓 咖啡 饭 猪头 玫瑰 凋谢 嘴唇 示爱 爱心 心碎 蛋糕 闪电 炸弹 刀 足球 瓢虫 便便 月亮 太阳 礼物 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 no ok ' +
  '爱情 飞吻 跳跳 发抖 怄火 转圈 磕头 回头 跳绳 投降 激动 乱舞 献吻 左太极 右太极 笑脸 生病 脸红 破涕为笑 恐惧 失望 无语 嘿哈 捂脸 奸笑 机智 皱眉 耶 ' +
  '吃瓜 加油 汗 天啊 emm 社会社会 旺柴 好的 打脸 哇 翻白眼 666 让我看看 叹气 苦涩 裂开 合十 庆祝 红包 发 福 烟花 爆竹 ' +
  'smile grimace drool scowl coolguy sob shy silent sleep cry awkward angry tongue grin surprise frown ruthless blush scream puke chuckle joyful slight smug hungry ' +
  'drowsy panic sweat laugh commando determined scold shocked shhh dizzy tormented toasted skull hammer wave speechless nosepick clap shame trick shrunken yawn lol ' +
  'facepalm smirk smart concerned yeah! onlooker goforit omg respect doge noprob mybad wow boring awesome letmesee sigh hurt broken lips heart brokenheart hug ' +
  'thumbsup thumbsdown shake peace fight beckon fist worship beer coffee cake rose wilt cleaver bomb poop moon sun party gift packet rich blessing fireworks ' +
  'firecracker pig jump tremble circle hey kiss whimper happy sick flushed terror letdown duh flush'

const CODES: ReadonlySet<string> = new Set(NAMES.split(' '))
const LONGEST = 12

/** Where emoticon codes such as `[微笑]` stand in a folded text, as start and end, in order. */
export function findEmoticons(folded: string): readonly (readonly [number, number])[] {
  const found: [number, number][] = []
  for (let open = folded.indexOf('['); open >= 0; open = folded.indexOf('[', open + 1)) {
    const close = folded.indexOf(']', open)
    if (close < 0) break
    const isCode = close - open <= LONGEST + 1 && CODES.has(folded.slice(open + 1, close))
    if (isCode) found.push([open, close + 1])
  }
  return found
}
