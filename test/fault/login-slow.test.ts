import { afterEach, expect, test } from '@jest/globals'
import { begin, endAll, HOUR, MINUTE, type Played } from './clockwork.ts'

afterEach(endAll)

const MANUAL = { simulator: { phone: 'manual', codeLifeMs: HOUR } } as const
/** A held poll comes back after 25 seconds; the first of a code may come back at once. */
const POLLS_IN_4_MIN = 12

const count = ({ simulator }: Played, endpoint: string) =>
  simulator.journal.since().filter((note) => note.kind === 'request' && note.endpoint === endpoint).length

test('F55: a scan after four minutes, and four more until it is confirmed: one code, held polls, the state told', async () => {
  const played = await begin(MANUAL)
  const { clock, simulator, bot } = played
  expect(await clock.until(() => bot.state === 'awaiting-scan')).toBe(true)
  await clock.pass(4 * MINUTE)
  const waited = count(played, 'login')
  expect(waited).toBeLessThanOrEqual(POLLS_IN_4_MIN)
  expect((await bot.status()).state).toBe('awaiting-scan')

  await simulator.phone.scan()
  expect(await clock.until(() => bot.state === 'awaiting-confirm', MINUTE)).toBe(true)
  await clock.pass(4 * MINUTE)
  expect(count(played, 'login') - waited).toBeLessThanOrEqual(POLLS_IN_4_MIN + 1)
  expect(await bot.status()).toMatchObject({
    state: 'awaiting-confirm',
    nextStep: { zh: expect.stringContaining('登录') },
  })
  expect(count(played, 'jslogin')).toBe(1)

  await simulator.phone.confirm()
  expect(await clock.until(() => bot.state === 'online', MINUTE)).toBe(true)
})

test('F56: a code that expires ten times is drawn anew each time, spaced, then one in ten minutes', async () => {
  const played = await begin({
    ...MANUAL,
    simulator: { phone: 'manual', codeLifeMs: 5 * MINUTE },
  })
  const { clock, simulator, bot } = played
  const drawn = () => count(played, 'jslogin')
  expect(await clock.until(() => drawn() === 10 && bot.state === 'awaiting-scan', 3 * HOUR)).toBe(true)
  const times = simulator.journal
    .since()
    .flatMap((note) => (note.kind === 'request' && note.endpoint === 'jslogin' ? [note.at] : []))
  expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThan(10 * MINUTE)
  for (let index = 3; index < times.length; index++)
    expect((times[index] ?? 0) - (times[index - 3] ?? 0)).toBeGreaterThanOrEqual(10 * MINUTE)

  await clock.pass(HOUR)
  expect(drawn() - 10).toBeLessThanOrEqual(6)
  expect(drawn() - 10).toBeGreaterThanOrEqual(5)
  expect(bot.log).toContain('二维码换得太快')
  const status = await bot.status()
  expect(['awaiting-scan', 'signed-out']).toContain(status.state)
  await bot.control.refreshQr()
  expect(await clock.until(() => bot.state === 'awaiting-scan', MINUTE)).toBe(true)
  await simulator.phone.scan()
  await simulator.phone.confirm()
  expect(await clock.until(() => bot.state === 'online', 2 * MINUTE)).toBe(true)
})
