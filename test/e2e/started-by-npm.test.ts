import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { Shop } from '../support/shop.ts'

let simulator: Simulator
let shop: Shop

beforeEach(async () => {
  simulator = await startSimulator({ phone: 'auto', pollHoldMs: 2000 })
  shop = new Shop({ url: simulator.url })
})

afterEach(async () => {
  await shop.close()
  await simulator.close()
})

/** A shell that waits for its command instead of turning into it, as the one of an npm script does. */
const SHELL = ['sh', '-c', '"$@"; true', 'sh']

/** As npm does: takes its own name and starts a shell. */
const NPM = [
  process.execPath,
  '-e',
  "process.title = 'npm run'; require('child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit' })",
  '--',
]

describe('a program that npm started', () => {
  test.each([
    ['the shell of the script', SHELL],
    ['npm itself, whose shell lives on', [...NPM, ...SHELL]],
  ])('ends in order when a signal took %s', async (_who, wrap) => {
    const bot = shop.run({ wrap, env: { npm_lifecycle_event: 'start' } })
    await bot.waitForText(/"to":"online"/)
    bot.process.kill('SIGKILL')
    // Resolves only when nobody holds its output any more.
    const { stdout } = await bot.finished
    expect(stdout).toContain('"event":"stopping"')
    expect(
      simulator.journal
        .since(0)
        .some((entry) => entry.kind === 'request' && entry.endpoint === 'webwxlogout'),
    ).toBe(false)
  })

  test('ends in order when a signal comes from the group and once more from npm', async () => {
    simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'delay:2000' })
    const bot = shop.run({ env: { npm_lifecycle_event: 'start' } })
    await bot.waitForText(/"to":"online"/)
    const since = simulator.journal.seq
    simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
    await simulator.waitFor((entry) => entry.kind === 'request' && entry.endpoint === 'webwxsendmsg', {
      since,
    })
    bot.process.kill('SIGTERM')
    await bot.waitForText(/"event":"stopping"/)
    bot.process.kill('SIGTERM')
    expect((await bot.finished).code).toBe(0)
  })
})
