import { afterEach, describe, expect, test } from '@jest/globals'
import { endAll, HOUR, MINUTE, type Played, play } from './clockwork.ts'

afterEach(endAll)

/** `system error` and `logic error`: both mean "not now". */
const RETS = [-1, -2] as const

const requestsOf = ({ simulator }: Played, endpoint: string, since: number) =>
  simulator.journal
    .since(since)
    .flatMap((note) => (note.kind === 'request' && note.endpoint === endpoint ? [note] : []))

async function answered(played: Played, text: string): Promise<void> {
  const { simulator, clock } = played
  const before = simulator.sends.length
  simulator.deliver({ kind: 'text', from: '小王', text })
  expect(await clock.until(() => simulator.sends.length > before, HOUR)).toBe(true)
  expect(simulator.sends.at(-1)?.text).toBe(`收到${text}`)
}

describe.each(RETS)('F53: ret %d is not the end of anything', (ret) => {
  test('F53: to a send: once more after half a minute under a new number, said once', async () => {
    const played = await play()
    const { simulator } = played
    const since = simulator.journal.seq
    simulator.faults.add({ endpoint: 'webwxsendmsg', kind: `ret:${ret}`, when: { times: 1 } })
    await answered(played, '在吗')
    const [first, second, ...more] = requestsOf(played, 'webwxsendmsg', since)
    expect(more).toEqual([])
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(30_000)
    const idOf = (body = '') => /"ClientMsgId":"(\d+)"/.exec(body)?.[1]
    expect(idOf(second?.body)).not.toBe(idOf(first?.body))
  })

  test('F53: to every send: given up with the code, told, and the next one goes out', async () => {
    const played = await play()
    const { simulator, clock, bot } = played
    const fault = simulator.faults.add({ endpoint: 'webwxsendmsg', kind: `ret:${ret}` })
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    expect(await clock.until(() => bot.outcomes('dead').length === 1, HOUR)).toBe(true)
    expect(bot.outcomes('dead')).toMatchObject([{ reason: 'refused', detail: `ret ${ret}` }])
    expect((await bot.status()).queue).toMatchObject({ ready: 0, dead: 1 })
    fault.release()
    await answered(played, '还在吗')
  })

  test.each(['webwxsync', 'synccheck'])(
    'F53: from %s: asked again ever more slowly, logged in all the time',
    async (endpoint) => {
      const played = await play()
      const { simulator, clock, bot } = played
      const since = simulator.journal.seq
      const begun = clock.now()
      const fault = simulator.faults.add({ endpoint, kind: `ret:${ret}` })
      simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
      await clock.pass(5 * MINUTE)
      const asked = requestsOf(played, endpoint, since)
      const within = (from: number, to: number) =>
        asked.filter(({ at }) => at - begun >= from && at - begun < to).length
      expect(within(0, MINUTE)).toBeGreaterThan(within(4 * MINUTE, 5 * MINUTE))
      expect(within(4 * MINUTE, 5 * MINUTE)).toBeGreaterThan(0)
      expect(asked.length).toBeLessThan(60)
      fault.release()
      expect(await clock.until(() => simulator.sends.length === 1, HOUR)).toBe(true)
      expect(simulator.sends[0]?.text).toBe('收到在吗')
      expect(simulator.generation).toBe(1)
      expect(bot.log).not.toContain('"to":"expired"')
    },
  )

  test.each(['webwxgetcontact', 'webwxbatchgetcontact', 'webwxstatusnotify'])(
    'F53: from %s: messages are answered meanwhile',
    async (endpoint) => {
      const played = await play({ rules: 'rules:\n  - {name: 答, when: any, reply: "收到{{text}}"}\n' })
      const { simulator, clock, bot } = played
      simulator.faults.add({ endpoint, kind: `ret:${ret}` })
      simulator.kick(1100)
      expect(await clock.until(() => simulator.generation === 2 && bot.state === 'online', HOUR)).toBe(true)
      await answered(played, '在吗')
    },
  )

  test('F53: at login: the same confirmed login is tried again', async () => {
    const played = await play()
    const { simulator, clock, bot } = played
    simulator.faults.add({ endpoint: 'webwxinit', kind: `ret:${ret}`, when: { times: 4 } })
    const codes = simulator.journal.seq
    simulator.phone.revoke()
    simulator.kick(1100)
    expect(await clock.until(() => simulator.generation === 2 && bot.state === 'online', HOUR)).toBe(true)
    expect(requestsOf(played, 'jslogin', codes)).toHaveLength(1)
    await answered(played, '在吗')
  })
})
