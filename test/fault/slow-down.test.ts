import { afterEach, expect, test } from '@jest/globals'
import { endAll, HOUR, MINUTE, type Played, play } from './clockwork.ts'

afterEach(endAll)

const CAP = 5 * MINUTE

const asked = ({ simulator }: Played, since: number) =>
  simulator.journal
    .since(since)
    .flatMap((note) => (note.kind === 'request' && note.endpoint === 'synccheck' ? [note.at] : []))

async function suffer(kind: string, forMs: number) {
  const played = await play()
  const { simulator, clock } = played
  const since = simulator.journal.seq
  const fault = simulator.faults.add({ endpoint: 'synccheck', kind })
  await clock.pass(forMs)
  const times = asked(played, since)
  fault.release()
  const ended = clock.now()
  expect(await clock.until(() => played.bot.state === 'online', HOUR)).toBe(true)
  const servedMs = clock.now() - ended
  simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
  expect(await clock.until(() => simulator.sends.length === 1, HOUR)).toBe(true)
  expect(simulator.generation).toBe(1)
  return { ...played, gaps: times.slice(1).map((at, index) => at - (times[index] ?? 0)), servedMs }
}

test.each([500, 502, 503, 504])('F35: %d: asked again ever more slowly, then answered', async (status) => {
  const { gaps } = await suffer(`status:${status}`, 5 * MINUTE)
  expect(gaps.length).toBeGreaterThan(3)
  expect(gaps.length).toBeLessThan(60)
  expect(Math.max(...gaps.slice(-3))).toBeGreaterThan(gaps[0] ?? 0)
})

test('F35: Retry-After is honoured', async () => {
  const { gaps } = await suffer('status:503/90', 10 * MINUTE)
  expect(gaps.length).toBeGreaterThan(2)
  expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(90_000)
})

test('F35: Retry-After counts up to a cap', async () => {
  const { gaps, servedMs } = await suffer('status:503/86400', 30 * MINUTE)
  expect(gaps.length).toBeGreaterThan(2)
  expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(CAP)
  expect(servedMs).toBeLessThanOrEqual(CAP + MINUTE)
})

test.each(['429', '403', '429/60'])(
  'F36: %s: slower and slower, one alarm, logged in all the time',
  async (answer) => {
    const { gaps, bot } = await suffer(`status:${answer}`, 10 * MINUTE)
    expect(gaps.length).toBeGreaterThan(2)
    expect(gaps.length).toBeLessThan(120)
    expect(bot.alarms.filter((alarm) => alarm === 'offline raised')).toHaveLength(1)
  },
)
