import { afterEach, describe, expect, test } from '@jest/globals'
import { endAll, MINUTE, play, start } from './clockwork.ts'

afterEach(endAll)

const SETTINGS = `
send: {min_gap: 0s, typing: {base: 1m, per_char: 0s, max: 1m, jitter: 0}}
`

describe('what happened while nobody listened is heard before anything is said', () => {
  test('F68: the owner answered while the daemon was down: its own answer stays unsaid', async () => {
    const { clock, simulator, shop, bot } = await play({ settings: SETTINGS })
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    expect(await clock.until(() => bot.decided.some(({ outcome }) => outcome === 'act'))).toBe(true)
    await bot.stop()
    simulator.phone.say('在的，我来', '小王')
    await clock.jump(MINUTE)
    const again = start(shop, clock)
    expect(await clock.until(() => again.outcomes('cancelled', 'sent').length > 0)).toBe(true)
    await clock.pass(5 * MINUTE)
    expect(again.outcomes('cancelled')).toMatchObject([{ reason: 'takeover' }])
    expect(simulator.sends).toEqual([])
  })

  test('F68: the owner answered while the network was away', async () => {
    const { clock, simulator, bot } = await play({ settings: SETTINGS })
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    expect(await clock.until(() => bot.decided.some(({ outcome }) => outcome === 'act'))).toBe(true)
    const faults = ['synccheck', 'webwxsync'].map((endpoint) =>
      simulator.faults.add({ endpoint, kind: 'reset_before_read' }),
    )
    expect(await clock.until(() => bot.state === 'backing-off')).toBe(true)
    await clock.pass(MINUTE)
    simulator.phone.say('在的，我来', '小王')
    for (const fault of faults) fault.release()
    expect(await clock.until(() => bot.outcomes('cancelled', 'sent').length > 0)).toBe(true)
    expect(bot.outcomes('cancelled')).toMatchObject([{ reason: 'takeover' }])
    expect(simulator.sends).toEqual([])
  })

  test('C10: what the server sends back as ours is not said again', async () => {
    const { clock, simulator, shop, bot } = await play({ settings: SETTINGS, simulator: { echoOwn: true } })
    const faults = [simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'hang_after_accept' })]
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    expect(await clock.until(() => bot.decided.some(({ outcome }) => outcome === 'act'))).toBe(true)
    faults.push(simulator.faults.add({ endpoint: 'webwxsync', kind: 'status:500' }))
    expect(await clock.until(() => simulator.sends.length === 1)).toBe(true)
    await bot.stop()
    const again = start(shop, clock)
    await clock.pass(5000)
    for (const fault of faults) fault.release()
    expect(await clock.until(() => again.state === 'online')).toBe(true)
    await clock.pass(5 * MINUTE)
    expect(simulator.sends).toHaveLength(1)
  })
})
