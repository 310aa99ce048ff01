import { afterEach, describe, expect, test } from '@jest/globals'
import { generateWorld } from '../../src/simulator/server.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { endAll, endLater, HOUR, MINUTE, type Played, play } from './clockwork.ts'
import { Stage } from './stage.ts'

afterEach(endAll)

const SETTINGS = 'send: {min_gap: 0s, typing: off}\nsafety: {loop_breaker: off}\n'

describe('F59: a page of the address book fails', () => {
  /** Beyond those that webwxinit names. */
  const ROOM = '20000000011@chatroom'
  const RULES = `
rules:
  - {name: 私聊, when: {chat: private}, reply: "{{sender.name}}好"}
  - {name: 群里, when: {chat: group, room: 大群000011, mention: me}, reply: 群里好}
`
  const bare = generateWorld({ friends: 45, rooms: 12, roomMembers: 3 })
  const world = {
    ...bare,
    friends: bare.friends.map((friend) => ({ ...friend, recent: false })),
    rooms: (bare.rooms ?? []).map((room) => ({ ...room, saved: false })),
  }
  const late = 'wxid_big000044'

  async function failing(): Promise<Played & { heal: () => void }> {
    const pages = Array.from({ length: 40 }, (_, index) => index + 2)
    const played = await play({ rules: RULES, settings: SETTINGS, simulator: { world, contactPageSize: 10 } })
    const { simulator, clock, bot } = played
    // The book of the first login is read to its end: the first page that is asked for from here on is the next login's.
    await clock.pass(MINUTE)
    simulator.faults.add({ endpoint: 'webwxbatchgetcontact', kind: 'status:502' })
    for (const nth of pages)
      simulator.faults.add({ endpoint: 'webwxgetcontact', kind: 'status:502', when: { nth } })
    simulator.kick(1100)
    expect(await clock.until(() => simulator.generation === 2 && bot.state === 'online', HOUR)).toBe(true)
    await clock.pass(2 * MINUTE)
    return { ...played, heal: () => simulator.faults.release() }
  }

  test('F59: what was read counts, who is unknown is not answered in a room, and the page is asked for again', async () => {
    const { simulator, clock, bot, heal } = await failing()
    const seen = bot.decided.length
    simulator.deliver({ kind: 'text', from: 'wxid_big000001', text: '在吗' })
    expect(await clock.until(() => simulator.sends.length === 1, 5 * MINUTE)).toBe(true)
    expect(simulator.sends[0]).toMatchObject({ chat: 'wxid_big000001' })
    const inRoom = {
      kind: 'text',
      from: 'wxid_big000001',
      in: ROOM,
      mention: ['self'],
      text: '在吗',
    } as const
    simulator.deliver(inRoom)
    expect(await clock.until(() => bot.decided.length >= seen + 2, 5 * MINUTE)).toBe(true)
    await clock.pass(2 * MINUTE)
    expect(simulator.sends).toHaveLength(1)

    heal()
    await clock.pass(15 * MINUTE)
    simulator.deliver(inRoom)
    simulator.deliver({ kind: 'text', from: late, text: '在吗' })
    expect(await clock.until(() => simulator.sends.length === 3, 5 * MINUTE)).toBe(true)
    expect(simulator.sends.slice(1)).toMatchObject([
      { chat: ROOM, text: '群里好' },
      { chat: late, text: '顾客000044好' },
    ])
  })
})

describe('F61: a large address book', () => {
  const CHUNK = 50
  const START_MS = 10_000
  /** Sockets and a busy machine take their share of the second between two requests. */
  const SPACING_MS = 900

  test('F61: 10,000 contacts, 120 rooms, one of 500 with names of 500, an empty one: started and answering in time', async () => {
    const many = generateWorld({ friends: 10_000, rooms: 120, roomMembers: 3 })
    const [big] =
      generateWorld({ friends: 500, rooms: 1, roomMembers: 500, displayNameLength: 500 }).rooms ?? []
    const rooms = [
      ...(many.rooms ?? []),
      { topic: '满员群', members: big?.members ?? [], id: '39999999999@chatroom' },
      { topic: '', members: [], id: '38888888888@chatroom' },
    ]
    const rules = `
rules:
  - {name: 私聊, when: {text: 多少钱, chat: private}, reply: 八元}
  - {name: 群里, when: {text: 多少钱, chat: group, room: 满员群, mention: me}, reply: "{{sender.name | truncate: 12}} 群里八元"}
`
    const stage = await Stage.open({ world: { ...many, rooms } }, { rules, settings: FAST_SETTINGS })
    endLater(() => stage.close())
    const startedAt = Date.now()
    await stage.online()
    expect(await stage.ask('多少钱', 'wxid_big009999')).toBe('八元')
    expect(Date.now() - startedAt).toBeLessThan(START_MS)

    const { simulator } = stage
    const readMembers = () =>
      stage.requests('webwxbatchgetcontact').flatMap((note) => (note.kind === 'request' ? [note] : []))
    await simulator.waitFor(() => new Set(readMembers().flatMap(namesIn)).size >= rooms.length - 1)
    for (const { body } of readMembers()) expect(namesIn({ body }).length).toBeLessThanOrEqual(CHUNK)
    const times = readMembers().map(({ at }) => at)
    for (const [index, at] of times.slice(1).entries())
      expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(SPACING_MS)

    const sent = simulator.journal.seq
    simulator.deliver({
      kind: 'text',
      from: 'wxid_big000499',
      in: '39999999999@chatroom',
      mention: ['self'],
      text: '多少钱',
    })
    const reply = await simulator.waitFor((note) => note.kind === 'sent', { since: sent })
    expect(reply).toMatchObject({ chat: '39999999999@chatroom', text: expect.stringContaining('群里八元') })
    simulator.deliver({
      kind: 'text',
      from: 'wxid_big000001',
      in: '38888888888@chatroom',
      mention: ['self'],
      text: '多少钱',
    })
    expect(await stage.ask('多少钱', 'wxid_big000002')).toBe('八元')
    expect(simulator.sends).toHaveLength(3)
    expect(simulator.violations).toEqual([])
  })

  function namesIn({ body }: { readonly body: string }): string[] {
    const { List } = JSON.parse(body) as { List: { UserName: string }[] }
    return List.map(({ UserName }) => UserName)
  }
})

describe('F63: replies owed over a new login with new names', () => {
  const world = {
    self: { uin: 1_000_000_001, nickName: '店主' },
    friends: [
      { id: 'wxid_a', nickName: '小王' },
      { id: 'wxid_b', nickName: '张伟', recent: false },
      { id: 'wxid_c', nickName: '张伟', recent: false },
    ],
  }

  /** Leaves one reply to each of two friends unsent, and logs in anew; `between` changes what the server shows. */
  async function owing(between: (played: Played) => void): Promise<Played> {
    const played = await play({ settings: SETTINGS, simulator: { world } })
    const { simulator, clock, bot } = played
    await clock.pass(MINUTE)
    const fault = simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'ret:1101' })
    for (const from of ['wxid_a', 'wxid_b']) simulator.deliver({ kind: 'text', from, text: from })
    expect(await clock.until(() => bot.decided.filter(({ outcome }) => outcome === 'act').length === 2)).toBe(
      true,
    )
    expect(simulator.sends).toEqual([])
    between(played)
    simulator.kick(1100)
    fault.release()
    expect(await clock.until(() => simulator.generation === 2 && bot.state === 'online', HOUR)).toBe(true)
    return played
  }

  test('F63: who is found again gets the reply, also one of two of a name by what tells them apart', async () => {
    const { simulator, clock } = await owing(() => {})
    expect(await clock.until(() => simulator.sends.length === 2, 5 * MINUTE)).toBe(true)
    expect(simulator.sends.map(({ chat, text, generation }) => [chat, text, generation]).sort()).toEqual([
      ['wxid_a', '收到wxid_a', 2],
      ['wxid_b', '收到wxid_b', 2],
    ])
  })

  test('F63: who cannot be told apart is held, and told; the other is answered', async () => {
    const { simulator, clock, bot } = await owing(({ simulator: { world: people } }) => {
      const [one, other] = ['wxid_b', 'wxid_c'].map((id) => people.persons.get(id))
      if (one === undefined || other === undefined) throw new Error('the two are gone')
      Object.assign(other, { avatarSeq: one.avatarSeq, attrStatus: one.attrStatus })
    })
    expect(await clock.until(() => bot.outcomes('held').length === 1, 5 * MINUTE)).toBe(true)
    expect(bot.outcomes('held')).toMatchObject([{ reason: 'recipient-ambiguous' }])
    await clock.pass(15 * MINUTE)
    expect(simulator.sends.map(({ chat }) => chat)).toEqual(['wxid_a'])
    expect((await bot.status()).queue).toMatchObject({ held: 1, ready: 0 })
    const held = await bot.control.held()
    expect(held).toMatchObject({ result: [{ rule: '都答', reason: 'recipient-ambiguous' }] })
    expect(bot.log).toContain('先留着')
  })
})
