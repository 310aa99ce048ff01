import type { DeadReason, Delivery, HeldReason } from '../domain/run.ts'
import type { Phrase } from './phrases.ts'

const HELD: Readonly<Record<HeldReason, Phrase>> = {
  uncertain: {
    zh: '不知道上次到没到，等您决定',
    en: 'whether the last try arrived is unknown; it waits for you',
  },
  'recipient-missing': { zh: '找不到要发给谁', en: 'the recipient cannot be found' },
  'recipient-ambiguous': { zh: '有同名的，分不清发给谁', en: 'several go by that name' },
  'other-account': { zh: '换了微信号', en: 'another account is logged in' },
  paused: { zh: '机器人已暂停', en: 'the bot is paused' },
  frozen: { zh: '微信说操作太频繁', en: 'WeChat says "too often"' },
}

const DEAD: Readonly<Record<DeadReason, Phrase>> = {
  refused: { zh: '微信不收', en: 'WeChat refuses it' },
  unwritable: { zh: '对方已不是好友，或已不在群里', en: 'no friend any more, or no longer in the room' },
  failed: { zh: '内容已清除', en: 'its text is gone' },
}

const CANCELLED: Readonly<Record<Extract<Delivery, { kind: 'cancelled' }>['reason'], Phrase>> = {
  takeover: { zh: '您自己在这个聊天里回了', en: 'you answered in this chat yourself' },
  muted: { zh: '这个聊天已静音', en: 'this chat is muted' },
  paused: { zh: '机器人已暂停', en: 'the bot is paused' },
  dropped: { zh: '被后面的规则或命令取消', en: 'taken back by a later rule or command' },
}

/** What became of a reply that is not out, for the owner; null while it is on its way, and when it is out. */
export function withheldPhrase(to: Delivery, chatName: string): Phrase | null {
  switch (to.kind) {
    case 'held': {
      const why = HELD[to.reason]
      return {
        zh: `给 ${chatName} 的回复先留着: ${why.zh}（wxreply held 可看）`,
        en: `a reply to ${chatName} is kept back: ${why.en} (see wxreply held)`,
      }
    }
    case 'dead': {
      const why = DEAD[to.reason]
      const detail = to.detail === '' ? '' : ` (${to.detail})`
      return {
        zh: `给 ${chatName} 的回复发不出去: ${why.zh}${detail}`,
        en: `a reply to ${chatName} failed: ${why.en}${detail}`,
      }
    }
    case 'expired':
      return {
        zh: `给 ${chatName} 的回复过期了，没有发`,
        en: `a reply to ${chatName} went stale and was not sent`,
      }
    case 'cancelled': {
      const why = CANCELLED[to.reason]
      return {
        zh: `给 ${chatName} 的回复不发了: ${why.zh}`,
        en: `a reply to ${chatName} was withdrawn: ${why.en}`,
      }
    }
    case 'uncertain':
      return {
        zh: `给 ${chatName} 的回复不知道到没到`,
        en: `unknown whether a reply to ${chatName} arrived`,
      }
    case 'ready':
    case 'sending':
    case 'retry':
    case 'sent':
      return null
  }
}
