import type { Simulator } from '../../simulator/server.ts'

type World = Simulator['world']
type Delivery = Parameters<Simulator['deliver']>[0]

/** Who is talking, and where. */
export interface Speaker {
  readonly who: string
  /** null: in private. */
  readonly room: string | null
}

/** What a typed line asks for. */
export type Order =
  | { readonly kind: 'nothing' | 'quit' | 'why' }
  | { readonly kind: 'show'; readonly zh: string; readonly en: string }
  | { readonly kind: 'become'; readonly speaker: Speaker }
  | { readonly kind: 'say'; readonly delivery: Delivery }

const HELP_ZH = `直接打字: 以当前身份发一条消息
  @我 多少钱        在群里 @ 机器人
  /as 李姐          换一个人说话
  /room 老客户群    到群里说话
  /private          回到私聊
  /who              有哪些人和群
  /why              上一条消息为什么这样处理
  /quit             退出`
const HELP_EN = `just type: a message from whoever you are now
  @me 多少钱        mention the bot in a room
  /as 李姐          be somebody else
  /room 老客户群    talk in a room
  /private          back to a private chat
  /who              people and rooms
  /why              why the last message ended as it did
  /quit             leave`

const MENTION = /^@(我|me|机器人)\s*/

function show(text: string): Order {
  return { kind: 'show', zh: text, en: text }
}

function exists(find: () => unknown): boolean {
  try {
    find()
    return true
  } catch {
    return false
  }
}

/** Understands one line, typed by `speaker`. */
export function readLine(line: string, speaker: Speaker, world: World): Order {
  if (line === '') return { kind: 'nothing' }
  if (!line.startsWith('/')) return say(line, speaker)
  const [word = '', ...rest] = line.split(/\s+/)
  const argument = rest.join(' ')
  switch (word) {
    case '/quit':
    case '/exit':
    case '/退出':
      return { kind: 'quit' }
    case '/why':
    case '/为什么':
      return { kind: 'why' }
    case '/as':
    case '/我是':
      return exists(() => world.person(world.resolve(argument)))
        ? { kind: 'become', speaker: { ...speaker, who: argument } }
        : {
            kind: 'show',
            zh: `没有叫“${argument}”的人，/who 看名单`,
            en: `nobody is called "${argument}", see /who`,
          }
    case '/room':
    case '/群':
      return exists(() => world.room(argument))
        ? { kind: 'become', speaker: { ...speaker, room: argument } }
        : {
            kind: 'show',
            zh: `没有叫“${argument}”的群，/who 看名单`,
            en: `no room is called "${argument}", see /who`,
          }
    case '/private':
    case '/私聊':
      return { kind: 'become', speaker: { ...speaker, room: null } }
    case '/who':
    case '/名单':
      return show(listWorld(world))
    default:
      return { kind: 'show', zh: HELP_ZH, en: HELP_EN }
  }
}

function say(line: string, { who, room }: Speaker): Order {
  const mentioned = MENTION.exec(line)
  const text = mentioned === null ? line : line.slice(mentioned[0].length)
  const place = room === null ? {} : { in: room }
  const mention = mentioned === null || room === null ? {} : { mention: ['self'] }
  return { kind: 'say', delivery: { kind: 'text', from: who, text, ...place, ...mention } }
}

function listWorld(world: World): string {
  const people = [...world.persons.values()].filter((person) => person.kind === 'friend')
  const names = people.map((person) => person.remark || person.nickName)
  return `${names.join('、')}\n${[...world.rooms.values()].map((room) => room.topic).join('、')}`
}
