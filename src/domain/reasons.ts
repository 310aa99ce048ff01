import type { SuppressReason } from './decision.ts'

/** One sentence in both languages. */
interface Words {
  readonly zh: string
  readonly en: string
}

const REASONS: Readonly<Record<SuppressReason, Words>> = {
  'own-message': { zh: '自己的消息', en: 'our own message' },
  'official-account': { zh: '公众号', en: 'an official account' },
  'system-message': { zh: '系统消息', en: 'a system message' },
  'not-a-friend': { zh: '不是好友', en: 'not a friend' },
  duplicate: { zh: '重复的消息', en: 'a duplicate' },
  'too-old': { zh: '消息太旧', en: 'too old' },
  muted: { zh: '这个聊天已静音', en: 'this chat is muted' },
  takeover: { zh: '店主正在这个聊天里', en: 'the owner is in this chat' },
  paused: { zh: '机器人已暂停', en: 'the bot is paused' },
  'stop-words': { zh: '对方要求停止', en: 'they asked to stop' },
  'loop-breaker': { zh: '对方像机器人', en: 'the other side looks like a bot' },
  cooldown: { zh: '冷却中', en: 'cooling down' },
  limit: { zh: '次数已到上限', en: 'limit reached' },
  'quiet-hours': { zh: '免打扰时间', en: 'quiet hours' },
  guard: { zh: '被守卫规则拦下', en: 'stopped by a guard' },
  observe: { zh: '只观察，不回复', en: 'observing only' },
  'ambiguous-sender': { zh: '分不清是哪位联系人', en: 'the sender cannot be told apart' },
  'still-running': { zh: '上一次还没做完', en: 'the last run is not finished' },
  merged: { zh: '和后面的话合成一条', en: 'taken together with what followed' },
  'rule-ended': { zh: '规则已过期', en: 'the rule has ended' },
}

/** Names a reason for staying silent. */
export function reasonPhrase(reason: SuppressReason): Words {
  return REASONS[reason]
}
