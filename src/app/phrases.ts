import type { Connection } from '../domain/connection.ts'
import { spokenDuration } from '../support/duration.ts'
import { problemPhrase } from './problem-phrases.ts'

export { reasonPhrase } from '../domain/reasons.ts'

/** One sentence for people, in both languages. */
export interface Phrase {
  readonly zh: string
  readonly en: string
}

/** What the risk of web login is; shown before the first scan and in the README. */
export const RISK: Phrase = {
  zh: '请先知道：网页版微信不对第三方开放，用机器人登录的帐号可能被限制甚至封号。请用备用号，慢慢回，不群发。',
  en: 'Know this first: web WeChat is not open to third parties, and accounts that bots use may be limited or banned. Use a spare account, answer slowly, never broadcast.',
}

function backingOff(state: Extract<Connection, { kind: 'backing-off' }>, now: number): Phrase {
  const problem = problemPhrase(state.problem)
  const waitMs = state.retryAt - now
  const wait = spokenDuration(waitMs)
  const again = waitMs < 1000 ? { zh: '马上', en: 'at once' } : { zh: `${wait.zh}后`, en: `in ${wait.en}` }
  return {
    zh: `连不上微信（${problem.zh}），${again.zh}再试（第 ${state.attempt} 次）`,
    en: `cannot reach WeChat (${problem.en}), trying again ${again.en} (attempt ${state.attempt})`,
  }
}

function expired(code: number): Phrase {
  const cause: Phrase =
    code === 1100
      ? { zh: '手机上退出了网页登录', en: 'web login was ended on the phone' }
      : {
          zh: '登录失效，或在别处登录了网页版',
          en: 'the session is void, or web WeChat was opened elsewhere',
        }
  return {
    zh: `已退出登录 (${code})：${cause.zh}。消息和待发的回复都留着，请重新登录。`,
    en: `logged out (${code}): ${cause.en}. Messages and pending replies are kept; please log in again.`,
  }
}

function refused(state: Extract<Connection, { kind: 'refused' }>): Phrase {
  const words = state.message === '' ? '' : `: ${state.message}`
  return {
    zh: `微信拒绝登录 (ret ${state.code})${words}\n         这是帐号限制，不是程序错误，重启没有用。机器人保持运行，不再自动尝试。\n         可以: 换一个帐号；或先在 https://wx.qq.com 试能否登录；好了以后: wxreply qr --refresh`,
    en: `WeChat refuses this login (ret ${state.code})${words}\n         This is a limit of the account, not a fault of the program; a restart does not help. The bot stays up and tries no more.\n         Use another account, or try https://wx.qq.com first; then: wxreply qr --refresh`,
  }
}

/** What may be missing or come again: after a new login, when the position goes back, when history is played again. */
export type GapKind = 'new-login' | 'position-back' | 'replay'

const GAPS: Readonly<Record<GapKind, Phrase>> = {
  'new-login': {
    zh: '这是一次新的登录：没登录期间的消息，微信不会补发',
    en: 'this is a new login: WeChat does not hand over what came while nobody was logged in',
  },
  'position-back': {
    zh: '微信的同步位置倒退了：收过的会再来一遍，不会再回',
    en: 'the position in the stream went back: what was taken comes again and is not answered again',
  },
  replay: {
    zh: '微信重复送来了收过的消息，已去掉',
    en: 'WeChat sent known messages again; they were dropped',
  },
}

/** What the owner is told about a gap that can be seen. */
export function gapPhrase(kind: GapKind): Phrase {
  return GAPS[kind]
}

/** What a change to `state` means for the owner and what comes next. */
export function connectionPhrase(state: Connection, now: number): Phrase {
  switch (state.kind) {
    case 'signed-out':
      return { zh: '还没有登录', en: 'not logged in' }
    case 'awaiting-scan':
      return { zh: `等待扫码（第 ${state.nth} 张）`, en: `waiting for a scan (code ${state.nth})` }
    case 'awaiting-confirm':
      return state.isPush
        ? {
            zh: '已向手机发出登录请求，请在手机上点“登录”……',
            en: 'asked the phone to log in, please tap "Log In" there ...',
          }
        : { zh: '已扫码，等您在手机上点“登录”……', en: 'scanned, please tap "Log In" on the phone ...' }
    case 'starting':
      return { zh: '登录中……', en: 'logging in ...' }
    case 'online':
      return { zh: `在线: ${state.nick}`, en: `online: ${state.nick}` }
    case 'backing-off':
      return backingOff(state, now)
    case 'expired':
      return expired(state.code)
    case 'refused':
      return refused(state)
  }
}
