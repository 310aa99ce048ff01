import { EVENT_KINDS } from '../../rules/testing/scene.ts'
import { parseDuration } from '../../support/duration.ts'
import type { Words } from '../daemon-port.ts'

/** What a typed line asks for. */
export type ChatOrder =
  | { readonly kind: 'nothing' | 'quit' | 'help' | 'again' | 'reload' }
  | { readonly kind: 'wrong'; readonly words: Words }
  | { readonly kind: 'say'; readonly text: string; readonly mentionsSelf: boolean; readonly sort: string }
  | { readonly kind: 'as'; readonly from: string | null }
  | { readonly kind: 'place'; readonly room: string | null }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'at'; readonly clock: ClockTime }
  | { readonly kind: 'why'; readonly isWhole: boolean }

/** A time as it is typed: of a day, or of a date. */
export interface ClockTime {
  /** `YYYY-MM-DD`; null: the next time the clock shows it. */
  readonly date: string | null
  readonly minuteOfDay: number
}

const MENTION = /^[@＠](我|me|机器人)\s*/i
const CLOCK = /^(?:(\d{4}-\d{2}-\d{2})\s+)?(\d{1,2}):(\d{2})$/

const NAMES: Readonly<Record<string, string>> = {
  '/退出': '/quit',
  '/exit': '/quit',
  '/帮助': '/help',
  '/为什么': '/why',
  '/我是': '/as',
  '/群': '/room',
  '/私聊': '/private',
  '/等': '/wait',
  '/时间': '/at',
  '/重来': '/new',
  '/重读': '/reload',
  '/发': '/send',
}

/** What can be typed, for people. */
export const CHAT_HELP: Words = {
  zh: `直接打字就是客人说的话
  @我 多少钱          在群里 @ 机器人
  /as 李姐            换一个人说话      /as  不特定的人
  /room 老客户群      到群里说话        /private  回到私聊
  /send image         发图片等；/send friend_request 我是老张的朋友、/send join 小李
  /wait 11m           过 11 分钟        /at 23:30  到晚上 11 点半（也可写日期）
  /why                上一条为什么这样处理（/why all 每条规则）
  /reload             重读规则          /new  重新开始，忘掉一切
  /quit               退出`,
  en: `just type: what a customer says
  @me 多少钱          mention the bot in a room
  /as 李姐            be somebody else  /as  nobody special
  /room 老客户群      talk in a room    /private  back to a private chat
  /send image         a picture and the like; /send friend_request hello, /send join 小李
  /wait 11m           let time pass     /at 23:30  go to that time (a date may stand before it)
  /why                why the last one ended as it did (/why all: every rule)
  /reload             read the rules again  /new  start anew, forget everything
  /quit               leave`,
}

/** Understands one line. */
export function readChatLine(line: string): ChatOrder {
  const text = line.trim()
  if (text === '') return { kind: 'nothing' }
  if (!text.startsWith('/')) return say(text)
  const [word = '', ...rest] = text.split(/\s+/)
  return command(NAMES[word] ?? word, rest.join(' '))
}

function say(text: string): ChatOrder {
  const mention = MENTION.exec(text)
  return {
    kind: 'say',
    text: mention === null ? text : text.slice(mention[0].length),
    mentionsSelf: mention !== null,
    sort: 'text',
  }
}

function command(word: string, argument: string): ChatOrder {
  switch (word) {
    case '/quit':
      return { kind: 'quit' }
    case '/help':
      return { kind: 'help' }
    case '/why':
      return { kind: 'why', isWhole: /^(all|全部)$/.test(argument) }
    case '/as':
      return { kind: 'as', from: argument === '' ? null : argument }
    case '/room':
      return argument === '' ? wrong('群名呢？', 'which room?') : { kind: 'place', room: argument }
    case '/private':
      return { kind: 'place', room: null }
    case '/wait':
      return wait(argument)
    case '/at':
      return at(argument)
    case '/send':
      return send(argument)
    case '/new':
      return { kind: 'again' }
    case '/reload':
      return { kind: 'reload' }
    default:
      return wrong(`没有 ${word} 这个命令，/help 看用法`, `no command ${word}, see /help`)
  }
}

function wrong(zh: string, en: string): ChatOrder {
  return { kind: 'wrong', words: { zh, en } }
}

function wait(argument: string): ChatOrder {
  const ms = parseDuration(argument)
  return ms === null ? wrong('要写多久，例如 /wait 11m', 'say how long: /wait 11m') : { kind: 'wait', ms }
}

function at(argument: string): ChatOrder {
  const [, date, hour, minute] = CLOCK.exec(argument) ?? []
  const minuteOfDay = Number(hour) * 60 + Number(minute)
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) {
    return wrong(
      '要写时间，例如 /at 23:30 或 /at 2027-01-05 23:30',
      'say when: /at 23:30 or /at 2027-01-05 23:30',
    )
  }
  return { kind: 'at', clock: { date: date ?? null, minuteOfDay } }
}

function send(argument: string): ChatOrder {
  const [sort = '', ...rest] = argument.split(' ')
  if (EVENT_KINDS.some((known) => known === sort)) {
    return { kind: 'say', text: rest.join(' '), mentionsSelf: false, sort }
  }
  return wrong(`可以发: ${EVENT_KINDS.join('、')}`, `what can be sent: ${EVENT_KINDS.join(', ')}`)
}
