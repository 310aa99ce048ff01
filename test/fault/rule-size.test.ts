import { afterEach, describe, expect, test } from '@jest/globals'
import { diagnosticsOf } from '../support/rule-text.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { CATASTROPHES } from './catastrophic.ts'
import { endAll, endLater } from './clockwork.ts'
import { Stage } from './stage.ts'

afterEach(endAll)

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const ASK = 'rules:\n  - {name: 问价, when: {exact: 多少钱}, reply: 八元}\n'

async function open(rules: string): Promise<Stage> {
  const stage = await Stage.open({}, { rules, settings: `${FAST_SETTINGS}rules: {test_gate: off}\n` })
  endLater(() => stage.close())
  return stage
}

describe('F72: rules that are valid but catastrophic', () => {
  /** The spec's cut; the whole message, with its template and its trace, is decided within it. */
  const LIMIT_MS = 50

  test('F72: sixty classic ones over 50 kB: refused with a place, or decided in time, and the loop never blocked', async () => {
    expect(CATASTROPHES).toHaveLength(60)
    const taken: (typeof CATASTROPHES)[number][] = []
    for (const one of CATASTROPHES) {
      const errors = (
        await diagnosticsOf(`rules:\n  - {name: r, when: {regex: ${quoted(one.pattern)}}, reply: x}\n`)
      ).filter(({ severity }) => severity === 'error')
      if (errors.length === 0) taken.push(one)
      else expect(errors[0]).toMatchObject({ place: { line: 2 } })
    }
    expect(taken.length).toBeGreaterThan(50)
    const rules = taken.map(
      ({ pattern }, nth) =>
        `  - {name: r${nth}, when: {all: [{regex: ${quoted(pattern)}}, {text: 绝不}]}, reply: x}\n`,
    )
    const stage = await open(`${ASK}${rules.join('')}`)
    await stage.online()
    const { simulator } = stage
    const texts = [...new Set(taken.map(({ evil }) => evil))]
    expect(await stage.ask('多少钱')).toBe('八元')
    const began = performance.now()
    expect(await stage.ask('多少钱')).toBe('八元')
    const usual = performance.now() - began
    for (const text of texts) {
      const times: number[] = []
      for (let round = 0; round < 3; round++) {
        simulator.deliver({ kind: 'text', from: '李姐', text })
        const start = performance.now()
        expect(await stage.ask('多少钱')).toBe('八元')
        times.push(performance.now() - start - usual)
      }
      // All sixty are asked about each of them, the noise of a round trip included.
      expect(Math.min(...times) / taken.length).toBeLessThan(LIMIT_MS)
    }
  })
})

describe('F73: far too much of everything', () => {
  test('F73: ten thousand rules are loaded and reloaded while messages are answered', async () => {
    const many = (price: number) =>
      `${ASK}${Array.from({ length: 10_000 }, (_, i) => `  - {name: 第${i}, when: [货号${i}甲, 型号${i}乙], reply: ${i}号 ${price} 元}\n`).join('')}`
    const stage = await open(many(8))
    await stage.online()
    expect(await stage.ask('有货号9999甲吗')).toBe('9999号 8 元')
    stage.shop.write('rules/10-shop.yml', many(9))
    const reloading = stage.command('reload')
    expect(await stage.ask('多少钱')).toBe('八元')
    expect((await reloading).code).toBe(0)
    expect(await stage.ask('有货号9999甲吗')).toBe('9999号 9 元')
  })

  test.each([
    ['plain text', '字'.repeat(330_000)],
    ['placeholders', '{{text}}'.repeat(120_000)],
    ['tags', '{% if text %}{{ text }}{% endif %}'.repeat(30_000)],
  ])(
    'F73: a template of a megabyte, %s: refused with a place, or its output is bounded',
    async (_name, template) => {
      const rules = `${ASK}  - name: 大\n    when: 全部\n    reply: "${template}"\n`
      const errors = (await diagnosticsOf(rules)).filter(({ severity }) => severity === 'error')
      for (const { place } of errors) expect(place.line).toBeGreaterThanOrEqual(1)
      const stage = await open(errors.length > 0 ? ASK : rules)
      if (errors.length > 0) stage.shop.write('rules/20-big.yml', rules.replace('问价', '又问'))
      const bot = await stage.online()
      if (errors.length > 0) await bot.waitForText(/没有可用的规则/)
      else expect((await stage.ask('全部')).length).toBeLessThanOrEqual(4000)
      expect(bot.process.exitCode).toBeNull()
    },
  )

  test.each([
    ['a loop of a thousand million', '{% for i in (1..1000000000) %}x{% endfor %}'],
    [
      'loops in loops',
      '{% for a in (1..999) %}{% for b in (1..999) %}{% for c in (1..999) %}x{% endfor %}{% endfor %}{% endfor %}',
    ],
    [
      'a text that doubles',
      "{% assign s = 'xxxxxxxx' %}{% for i in (1..60) %}{% assign s = s | replace: 'x', 'xx' %}{% endfor %}{{ s }}",
    ],
    [
      'a text that is split and joined',
      "{% assign s = text %}{% for i in (1..90) %}{% assign s = s | split: '' | join: '啊啊啊啊' %}{% endfor %}{{ s }}",
    ],
  ])('F73: %s is cut, said, and holds nobody up', async (_name, template) => {
    const stage = await open(`${ASK}  - name: 圈\n    when: 开始\n    reply: ${JSON.stringify(template)}\n`)
    const bot = await stage.online()
    if (/没有可用的规则/.test(bot.stdout)) {
      expect(bot.stdout).toMatch(/10-shop\.yml:\d+/)
      return
    }
    stage.simulator.deliver({ kind: 'text', from: '小王', text: '开始' })
    expect(await stage.ask('多少钱', '李姐')).toBe('八元')
    await bot.waitForText(/"event":"rule-note"|已回复 小王/)
    for (const { text } of stage.simulator.sends) expect(text.length).toBeLessThanOrEqual(4000)
  })
})
