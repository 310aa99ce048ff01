import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { Hook, type HookCall } from '../support/hook.ts'
import { Inside } from '../support/inside.ts'
import { LeapClock } from '../support/leap-clock.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'

const MINUTE = 60_000
const SECRET = 'canary-push-key-4711'
const OWNER = 'filehelper'

let hook: Hook
let clock: LeapClock
const ends: (() => Promise<void>)[] = []

beforeEach(async () => {
  hook = await Hook.open()
  clock = new LeapClock()
})

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await hook.close()
})

interface Played {
  readonly simulator: Simulator
  readonly shop: Shop
  readonly bot: Inside
}

const settings = () => `${FAST_SETTINGS}
reload: {watch: false}
notify:
  channels: {手机: {webhook: {secret: PUSH_URL}, format: json}}
  on: {logged_out: [手机, owner], refused: [手机], reload_failed: [owner], loop_broken: [owner], qr: [手机], blocked: [手机, owner]}
heartbeat: {url: {secret: BEAT_URL}, every: 1m}
`

function start(shop: Shop): Inside {
  const bot = new Inside(shop, clock, {
    PUSH_URL: `${hook.url}/push/${SECRET}`,
    BEAT_URL: `${hook.url}/beat/${SECRET}`,
  })
  clock.standStillWhile(() => bot.isSending)
  ends.push(() => bot.stop())
  return bot
}

async function play(options: SimulatorOptions = {}): Promise<Played> {
  const simulator = await startSimulator({ phone: 'auto', clock, ...options })
  ends.push(() => simulator.close())
  const shop = new Shop({ url: simulator.url, settings: settings() })
  ends.push(() => shop.close())
  return { simulator, shop, bot: start(shop) }
}

async function online(options: SimulatorOptions = {}): Promise<Played> {
  const played = await play(options)
  expect(await clock.until(() => played.bot.state === 'online')).toBe(true)
  return played
}

const pushes = (about: string): HookCall[] =>
  hook.calls.filter(({ path, body }) => path.startsWith('/push') && body.includes(`"about":"${about}"`))
const states = (about: string) => pushes(about).map(({ body }) => /"state":"(\w+)"/.exec(body)?.[1])
const beats = () => hook.calls.filter(({ path }) => path.startsWith('/beat')).length
const sentTo = (simulator: Simulator, chat: string) => simulator.sends.filter((send) => send.chat === chat)

/** Asks something and waits until it was decided. */
async function say({ simulator, bot }: Played, text = '多少钱'): Promise<void> {
  const before = bot.decided.length
  simulator.deliver({ kind: 'text', from: '小王', text })
  expect(await clock.until(() => bot.decided.length > before)).toBe(true)
}

describe('F48: logged out on the phone', () => {
  test('one push when it happens and one when it is over, a word to the owner, no secret in the log', async () => {
    const { simulator, bot } = await online()
    simulator.phone.revoke()
    simulator.phone.logout()
    expect(await clock.until(() => bot.alarms.includes('logged-out cleared'))).toBe(true)
    await clock.pass(3 * MINUTE)
    expect(bot.alarms.filter((alarm) => alarm.startsWith('logged-out'))).toEqual([
      'logged-out raised',
      'logged-out cleared',
    ])
    expect(states('logged-out').at(-1)).toBe('cleared')
    expect(sentTo(simulator, OWNER).map(({ text }) => text)).toEqual([expect.stringContaining('恢复')])
    expect(bot.log).not.toContain(SECRET)
    expect(bot.log).not.toContain('/qrcode/')
  })
})

describe('F51: refused', () => {
  test('one push, however long it lasts', async () => {
    const { bot } = await play({ barred: true })
    expect(await clock.until(() => bot.alarms.includes('refused raised'))).toBe(true)
    await clock.pass(30 * MINUTE)
    expect(states('refused')).toEqual(['raised'])
  })
})

describe('F33, outside watcher: nothing is heard any more', () => {
  test('an alarm within two minutes, heartbeats stop, and both come back', async () => {
    const { simulator, bot } = await online()
    await clock.pass(10 * MINUTE)
    expect(beats()).toBeGreaterThanOrEqual(9)
    expect(beats()).toBeLessThanOrEqual(12)
    const fault = simulator.faults.add({ endpoint: '*', kind: 'status:502' })
    expect(await clock.until(() => bot.alarms.includes('offline raised'), 3 * MINUTE)).toBe(true)
    const silent = beats()
    await clock.pass(10 * MINUTE)
    expect(beats()).toBe(silent)
    expect(states('offline')).toEqual(['raised'])
    fault.release()
    expect(await clock.until(() => bot.alarms.includes('offline cleared'))).toBe(true)
    expect(await clock.until(() => beats() > silent, 5 * MINUTE)).toBe(true)
  })
})

describe('F52: too often', () => {
  test('a frozen line keeps the reply, says so, outlives a restart and goes on', async () => {
    const played = await online()
    const { simulator, bot, shop } = played
    simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'ret:1205', when: { times: 2 } })
    await say(played)
    expect(await clock.until(() => bot.alarms.includes('frozen raised'))).toBe(true)
    const { sending, alarms } = await bot.status()
    expect(sending.frozenUntil).toBeGreaterThan(clock.now())
    expect(alarms.map(({ kind }) => kind)).toContain('frozen')
    await bot.stop()
    const again = start(shop)
    expect(await clock.until(() => again.state === 'online')).toBe(true)
    expect((await again.status()).sending.frozenUntil).toBe(sending.frozenUntil)
    expect(sentTo(simulator, 'wxid_xiaowang001')).toEqual([])
    expect(await clock.until(() => sentTo(simulator, 'wxid_xiaowang001').length > 0, 5 * MINUTE)).toBe(true)
    expect(clock.now()).toBeGreaterThanOrEqual((sending.frozenUntil ?? 0) + MINUTE)
    await clock.pass(MINUTE)
    expect((await again.status()).sending).toEqual({ frozenUntil: null, isSuspended: false, brake: null })
    expect(sentTo(simulator, 'wxid_xiaowang001')).toHaveLength(1)
  })

  test('the grey line 操作过于频繁 freezes too', async () => {
    const played = await online()
    const { simulator, bot } = played
    simulator.deliver({ kind: 'system', from: '小王', text: '操作过于频繁，请稍后再试。' })
    expect(await clock.until(() => bot.alarms.includes('frozen raised'))).toBe(true)
    await say(played)
    expect(simulator.sends).toEqual([])
    expect(await clock.until(() => bot.alarms.includes('frozen cleared'))).toBe(true)
    expect(await clock.until(() => sentTo(simulator, 'wxid_xiaowang001').length === 1)).toBe(true)
  })

  test('the second time in a day stops replies until the owner resumes', async () => {
    const played = await online()
    const { simulator, bot, shop } = played
    const freezeOnce = async () => {
      simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'ret:1205', when: { times: 1 } })
      await say(played)
    }
    await freezeOnce()
    expect(await clock.until(() => sentTo(simulator, 'wxid_xiaowang001').length === 1)).toBe(true)
    expect(bot.alarms).not.toContain('suspended raised')
    await freezeOnce()
    expect(await clock.until(() => bot.alarms.includes('suspended raised'))).toBe(true)
    await clock.pass(10 * MINUTE)
    expect(sentTo(simulator, 'wxid_xiaowang001')).toHaveLength(1)
    expect(sentTo(simulator, OWNER).some(({ text }) => text.includes('resume'))).toBe(true)
    await bot.stop()
    const again = start(shop)
    expect(await clock.until(() => again.state === 'online')).toBe(true)
    const status = await again.status()
    expect(status).toMatchObject({ isPaused: true, sending: { isSuspended: true } })
    expect(status.nextStep?.zh).toContain('wxreply resume')
    await say({ simulator, shop, bot: again })
    expect(again.decided.at(-1)?.outcome).toBe('paused')
    await again.control.resume({ chat: null })
    await clock.pass(MINUTE)
    await say({ simulator, shop, bot: again })
    expect(await clock.until(() => sentTo(simulator, 'wxid_xiaowang001').length === 2)).toBe(true)
    expect((await again.status()).sending.isSuspended).toBe(false)
  })

  test('from the address book it pauses only the address book', async () => {
    const played = await online()
    const { simulator } = played
    simulator.faults.add({ endpoint: 'webwxbatchgetcontact', kind: 'ret:1205' })
    simulator.faults.add({ endpoint: 'webwxgetcontact', kind: 'ret:1205' })
    await say(played)
    expect(await clock.until(() => simulator.sends.length === 1, MINUTE)).toBe(true)
    expect((await played.bot.status()).sending.frozenUntil).toBeNull()
  })
})

describe('F69: wrong rules', () => {
  test('the owner is told where in WeChat, and told again when they are right', async () => {
    const { simulator, shop, bot } = await online()
    const right = shop.read('rules/10-shop.yml')
    shop.write('rules/10-shop.yml', 'rules:\n  - name: x\n    whenn: 价格\n    reply: 一\n')
    await bot.control.reload()
    expect(await clock.until(() => sentTo(simulator, OWNER).length === 1, MINUTE)).toBe(true)
    expect(sentTo(simulator, OWNER)[0]?.text).toContain('10-shop.yml')
    await bot.control.reload()
    await clock.pass(30 * MINUTE)
    expect(sentTo(simulator, OWNER)).toHaveLength(1)
    shop.write('rules/10-shop.yml', right)
    await bot.control.reload()
    expect(await clock.until(() => sentTo(simulator, OWNER).length === 2, MINUTE)).toBe(true)
  })
})
