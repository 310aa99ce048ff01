import { DEFAULT_WORLD, type Simulator, type WorldSpec } from '../../src/simulator/server.ts'
import { systemClock } from '../../src/support/clock.ts'
import type { Random } from '../../src/support/random.ts'
import type { Asked } from './checker.ts'

const FRIENDS = 40
const ROOMS = ['一号群', '二号群', '三号群', '四号群']
const friendId = (index: number) => `wxid_guest${String(index).padStart(6, '0')}`

/** Many chats: guests who write one by one and rooms that some of them share. */
export const CROWD: WorldSpec = {
  self: { ...DEFAULT_WORLD.self },
  friends: Array.from({ length: FRIENDS }, (_, index) => ({ id: friendId(index), nickName: `客人${index}` })),
  rooms: ROOMS.map((topic, index) => ({
    id: `1000000010${index}@chatroom`,
    topic,
    members: [friendId(index), friendId(index + 4), friendId(index + 8)],
  })),
}

/** Every text names its message, so that every reply does. */
export const CROWD_RULES = `
rules:
  - name: 一句
    when: {regex: '^甲(?<号>\\d+)$', chat: private}
    reply: 答甲{{号}}
  - name: 两句
    when: {regex: '^乙(?<号>\\d+)$', chat: private}
    reply: ['答乙{{号}}之一', '答乙{{号}}之二']
  - name: 群里
    when: {regex: '^丙(?<号>\\d+)$', chat: group, room: [${ROOMS.join(', ')}]}
    reply: 答丙{{号}}
`

/** Nothing slows the bot down and nothing silences it; what is left is what the promise is about. */
export function crowdSettings({ policy, limit }: { policy: 'resend' | 'hold'; limit: string }): string {
  return `
send: {min_gap: 0s, typing: off, on_uncertain: ${policy}, reply_ttl: 1h}
safety: {max_age: 1h, loop_breaker: off}
limits: {all: ${limit}, chat: off, day: off}
takeover: off
server: {listen: off}
reload: {watch: false}
log: {level: info, format: json, messages: off}
`
}

/** What is asked when: shares of a hundred. */
const SINGLE = 60
const DOUBLE = 78
const ROOM = 93
const SILENT = 96

/** People who write: each message is brought to the account at once and remembered with its due answers. */
export class Crowd {
  readonly asked: Asked[] = []
  readonly #simulator: Simulator
  readonly #random: Random
  #count = 0

  constructor(simulator: Simulator, random: Random) {
    this.#simulator = simulator
    this.#random = random
  }

  /** The number that the next message will bear. */
  get nextNumber(): number {
    return this.#count + 1
  }

  /** One more message of any kind; now and then one comes twice. */
  speak(): void {
    const dice = this.#random.next() * 100
    if (dice < SINGLE) this.askOne()
    else if (dice < DOUBLE) this.#askTwo()
    else if (dice < ROOM) this.#askInRoom()
    else if (dice < SILENT) this.#saySilently()
    else this.#ownerSpeaks()
    if (this.#random.next() < 0.01) this.#simulator.duplicate()
  }

  /** A question to one guest's chat with one due answer. */
  askOne(): Asked {
    const { number, from } = this.#next()
    return this.#bring({ from, text: `甲${number}`, replies: [`答甲${number}`] })
  }

  /** A question of the guest with this number. */
  askFrom(guest: number): Asked {
    const { number } = this.#next()
    return this.#bring({ from: friendId(guest), text: `甲${number}`, replies: [`答甲${number}`] })
  }

  #askTwo(): void {
    const { number, from } = this.#next()
    this.#bring({ from, text: `乙${number}`, replies: [`答乙${number}之一`, `答乙${number}之二`] })
  }

  #askInRoom(): void {
    const { number } = this.#next()
    const index = Math.floor(this.#random.next() * ROOMS.length)
    const room = CROWD.rooms?.[index]?.id ?? ''
    this.#bring({ from: friendId(index), room, text: `丙${number}`, replies: [`答丙${number}`] })
  }

  #saySilently(): void {
    const { number, from } = this.#next()
    this.#bring({ from, text: `丁${number}`, replies: [], forbidden: [`答丁${number}`] })
  }

  #ownerSpeaks(): void {
    const { number, from } = this.#next()
    const seq = this.#simulator.journal.seq
    const msgId = this.#simulator.phone.say(`甲${number}`, from)
    this.asked.push({
      msgId,
      chat: from,
      seq,
      at: systemClock.now(),
      replies: [],
      forbidden: [`答甲${number}`],
    })
  }

  #next(): { number: number; from: string } {
    return { number: ++this.#count, from: friendId(Math.floor(this.#random.next() * FRIENDS)) }
  }

  #bring(message: {
    from: string
    text: string
    room?: string
    replies: readonly string[]
    forbidden?: readonly string[]
  }): Asked {
    const { from, text, room, replies, forbidden = [] } = message
    const seq = this.#simulator.journal.seq
    const at = systemClock.now()
    const place = room === undefined ? {} : { in: room }
    const msgId = this.#simulator.deliver({ kind: 'text', from, text, ...place })
    const asked = { msgId, chat: room ?? from, seq, at, replies, forbidden }
    this.asked.push(asked)
    return asked
  }
}
