import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Child } from '../support/child.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { Stage } from './stage.ts'

const SETTINGS = `${FAST_SETTINGS}reload: {poll: 1s, settle: 200ms}\n`
const FILE = 'rules/10-shop.yml'
const rule = (name: string, word: string, reply: string) =>
  `  - name: ${name}\n    when: ${word}\n    reply: ${reply}\n`
const version = (price: number) => `rules:\n${rule('问价', '多少钱', `${price} 元`)}`

let stage: Stage
let bot: Child

beforeEach(async () => {
  stage = await Stage.open({}, { rules: version(1), settings: SETTINGS })
  bot = await stage.online()
})
afterEach(() => stage.close())

const reloads = () => bot.stdout.match(/"outcome":"reloaded"/g)?.length ?? 0
const refusals = () => bot.stdout.match(/"outcome":"refused"/g)?.length ?? 0

/** Waits until the daemon says that it runs this many reloads more than `before`. */
async function reloaded(before: number): Promise<void> {
  await bot.waitFor(() => reloads() > before)
}

describe('saves that take their time', () => {
  test('F70: written in pieces: what is not whole is refused, the last good rules answer, the whole is taken', async () => {
    stage.shop.write(FILE, 'rules:\n  - name: 问价\n    when: 多少钱\n    reply: "2 元')
    await bot.waitFor(() => refusals() > 0)
    expect(await stage.ask('多少钱')).toBe('1 元')
    appendFileSync(stage.shop.path(FILE), '整"\n')
    await reloaded(0)
    expect(await stage.ask('多少钱')).toBe('2 元整')
  })

  test('F70: a hundred saves one after another: few reloads, the last one wins', async () => {
    for (let price = 2; price <= 101; price++) stage.shop.write(FILE, version(price))
    await bot.waitForText(/规则已重新载入/)
    expect(await stage.ask('多少钱')).toBe('101 元')
    expect(reloads()).toBeLessThan(10)
  })

  test('F70: saved at once and put back: nothing is reloaded', async () => {
    stage.shop.write(FILE, version(5))
    stage.shop.write(FILE, version(1))
    stage.shop.write('rules/20-more.yml', `rules:\n${rule('运费', '运费', '十元')}`)
    await reloaded(0)
    expect(bot.stdout).toMatch(/新增 1: 运费.*修改 0/)
    expect(await stage.ask('多少钱')).toBe('1 元')
  })
})

describe('files that are swapped', () => {
  test('F71: an editor that writes aside and renames is followed, again and again', async () => {
    for (const price of [2, 3, 4]) {
      const before = reloads()
      stage.shop.write('rules/.10-shop.yml.swp', version(price))
      renameSync(stage.shop.path('rules/.10-shop.yml.swp'), stage.shop.path(FILE))
      await reloaded(before)
      expect(await stage.ask('多少钱')).toBe(`${price} 元`)
    }
  })

  test('F71: a link inside the folder that is swapped is followed', async () => {
    stage.shop.write('rules/_v2.yml', version(2))
    stage.shop.write('rules/_v3.yml', version(3))
    rmSync(stage.shop.path(FILE))
    symlinkSync('_v2.yml', stage.shop.path(FILE))
    await reloaded(0)
    expect(await stage.ask('多少钱')).toBe('2 元')
    symlinkSync('_v3.yml', stage.shop.path('rules/_next'))
    renameSync(stage.shop.path('rules/_next'), stage.shop.path(FILE))
    await reloaded(1)
    expect(await stage.ask('多少钱')).toBe('3 元')
  })

  test('F71: a folder that is a link, swapped as mounts of configuration do', async () => {
    await bot.stop()
    for (const price of [2, 3]) stage.shop.write(`v${price}/10-shop.yml`, version(price))
    rmSync(stage.shop.path('rules'), { recursive: true })
    symlinkSync('v2', stage.shop.path('rules'))
    bot = await stage.online()
    expect(await stage.ask('多少钱')).toBe('2 元')
    symlinkSync('v3', stage.shop.path('next'))
    renameSync(stage.shop.path('next'), stage.shop.path('rules'))
    await reloaded(0)
    expect(await stage.ask('多少钱')).toBe('3 元')
  })

  test('F71: a folder that goes away and comes back: the last good rules answer, it is told, and followed again', async () => {
    renameSync(stage.shop.path('rules'), stage.shop.path('gone'))
    await bot.waitFor(() => refusals() > 0)
    expect(await stage.ask('多少钱')).toBe('1 元')
    const status = JSON.parse((await stage.command('status', '--json')).stdout) as {
      rules: { reloadError: string }
    }
    expect(status.rules.reloadError).toContain(`找不到规则文件夹 ${stage.shop.path('rules')}`)
    expect(bot.stdout).not.toContain('E509')
    mkdirSync(stage.shop.path('rules'))
    stage.shop.write(FILE, version(6))
    await reloaded(0)
    expect(await stage.ask('多少钱')).toBe('6 元')
  })

  test.each([
    ['emptied', () => stage.shop.write(FILE, '')],
    ['deleted', () => rmSync(stage.shop.path(FILE))],
    ['of blanks only', () => stage.shop.write(FILE, '\n\n')],
  ])(
    'F71: the only file %s is no wish to be silent: kept, told once, not again and again',
    async (_name, spoil) => {
      spoil()
      await bot.waitFor(() => refusals() > 0)
      expect(await stage.ask('多少钱')).toBe('1 元')
      // Two polls later at the least: a reload asked for by hand stands behind them.
      expect((await stage.command('reload')).code).toBe(1)
      expect(await stage.ask('多少钱')).toBe('1 元')
      expect(refusals()).toBe(2)
    },
  )
})

describe('reloads under load', () => {
  const ROUNDS = 12
  const BURST = 20

  test('F74: each message is decided and answered by one version, whatever is saved meanwhile', async () => {
    // Three replies of one decision, each from a rule of its own: they must agree.
    const trio = (n: number) =>
      `vars: {版本: v${n}}\nrules:\n${[1, 2, 3].map((part) => `  - {name: 第${part}, when: {starts: 问}, continue: true, reply: "{{版本}}/v${n} {{text}} ${part}"}\n`).join('')}`
    stage.shop.write(FILE, trio(0))
    await reloaded(0)
    let asked = 0
    for (let round = 1; round <= ROUNDS; round++) {
      const before = reloads()
      for (let n = 0; n < BURST; n++) {
        if (n === BURST / 2) stage.shop.write(FILE, trio(round))
        stage.simulator.deliver({
          kind: 'text',
          from: ['小王', '李姐', '老周'][n % 3] ?? '',
          text: `问${asked++}`,
        })
      }
      await reloaded(before)
    }
    await stage.simulator.waitFor(() => stage.simulator.sends.length >= asked * 3)
    const versions = new Map<string, Set<string>>()
    for (const { text } of stage.simulator.sends) {
      const [, first = '', second = '', about = ''] = /^(v\d+)\/(v\d+) (问\d+) \d$/.exec(text) ?? []
      expect([text, first]).toEqual([text, second])
      versions.set(about, (versions.get(about) ?? new Set()).add(first))
    }
    expect(versions.size).toBe(asked)
    expect([...versions].filter(([, used]) => used.size !== 1)).toEqual([])
    expect(stage.simulator.sends).toHaveLength(asked * 3)
    expect(new Set([...versions.values()].flatMap((used) => [...used])).size).toBeGreaterThan(ROUNDS / 2)
  })
})
