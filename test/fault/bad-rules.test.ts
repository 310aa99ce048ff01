import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Stage } from './stage.ts'

const STACK = /\n\s+at |\\n\s+at /

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(async () => {
  await stage.close()
})

const GOOD = 'rules:\n  - name: 问价\n    when: 多少钱\n    reply: 好规则\n'

/** Every way a rules folder can be wrong, and where its message must point. */
const BROKEN: readonly (readonly [name: string, place: RegExp, spoil: (stage: Stage) => void])[] = [
  ['broken YAML', /10-shop\.yml:1:\d+/, (on) => on.shop.write('rules/10-shop.yml', 'rules: [')],
  ['a tab', /10-shop\.yml:2:\d+/, (on) => on.shop.write('rules/10-shop.yml', 'rules:\n\t- name: a\n')],
  [
    'an unknown key',
    /10-shop\.yml:4:5.*(reply|repyl)/,
    (on) => on.shop.write('rules/10-shop.yml', 'rules:\n  - name: a\n    when: b\n    repyl: c\n'),
  ],
  [
    'a bad regex',
    /10-shop\.yml:3:\d+/,
    (on) =>
      on.shop.write('rules/10-shop.yml', 'rules:\n  - name: a\n    when: {regex: "(?<x"}\n    reply: c\n'),
  ],
  [
    'a bad template',
    /10-shop\.yml:4:\d+/,
    (on) =>
      on.shop.write('rules/10-shop.yml', 'rules:\n  - name: a\n    when: b\n    reply: "{{ x | nosuch }}"\n'),
  ],
  [
    'a binary file',
    /10-shop\.yml/,
    (on) => on.shop.write('rules/10-shop.yml', new Uint8Array([0, 1, 2, 255, 254, 0])),
  ],
  [
    'an alias bomb',
    /10-shop\.yml/,
    (on) =>
      on.shop.write(
        'rules/10-shop.yml',
        `a: &a [${'x,'.repeat(50)}]\n${[...'bcdefghij'].map((key, at) => `${key}: &${key} [${`*${'abcdefghij'[at]},`.repeat(40)}]`).join('\n')}\n`,
      ),
  ],
  [
    'a link out of the folder',
    /secret\.yml/,
    (on) => {
      on.shop.write('elsewhere/deep/secret.yml', 'rules: []')
      symlinkSync('/etc/hostname', on.shop.path('rules/secret.yml'))
    },
  ],
  ['a link to itself', /loop\.yml/, (on) => symlinkSync('loop.yml', on.shop.path('rules/loop.yml'))],
  ['no folder', /rules/, (on) => rmSync(on.shop.path('rules'), { recursive: true })],
  [
    'a file in its place',
    /rules/,
    (on) => {
      rmSync(on.shop.path('rules'), { recursive: true })
      writeFileSync(on.shop.path('rules'), 'x')
    },
  ],
  [
    'a folder in place of a file',
    /./,
    (on) => {
      on.shop.write('rules/10-shop.yml', 'rules: [')
      mkdirSync(on.shop.path('rules/20.yml'))
    },
  ],
]

describe('F69: rules that cannot run never end the daemon', () => {
  test.each(BROKEN)('F69: %s: the last good ones answer', async (_name, place, spoil) => {
    stage.shop.write('rules/10-shop.yml', GOOD)
    const first = await stage.online()
    expect(await stage.ask('多少钱')).toBe('好规则')
    await first.stop()
    spoil(stage)
    const bot = await stage.online()
    await bot.waitForText(/上一次的好规则/)
    expect(bot.stdout).toMatch(place)
    expect(bot.stdout).not.toMatch(STACK)
    expect(await stage.ask('多少钱')).toBe('好规则')
    expect(stage.simulator.generation).toBe(1)
  })

  test.each(BROKEN.slice(0, 3))(
    'F69: %s at the first start: logged in, silent, and mended by reload',
    async (_name, place, spoil) => {
      spoil(stage)
      const bot = await stage.online()
      await bot.waitForText(/没有可用的规则/)
      expect(bot.stdout).toMatch(place)
      stage.simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
      await bot.waitForText(/未命中/)
      stage.shop.write('rules/10-shop.yml', GOOD)
      expect((await stage.command('reload')).code).toBe(0)
      expect(await stage.ask('多少钱')).toBe('好规则')
      const { stdout } = await stage.command('check')
      expect(stdout).not.toMatch(STACK)
    },
  )

  test('F69: all mistakes of all files at once', async () => {
    stage.shop.write(
      'rules/10-shop.yml',
      'rules:\n  - name: a\n    wehn: b\n    reply: c\n  - name: d\n    when: {regex: "("}\n    reply: e\n',
    )
    stage.shop.write('rules/20-more.yml', 'ruls: []\n')
    const { code, stdout, stderr } = await stage.command('check')
    expect(code).toBe(1)
    for (const place of [/10-shop\.yml:3:5/, /10-shop\.yml:6:\d+/, /20-more\.yml:1:1/])
      expect(stdout + stderr).toMatch(place)
  })

  test('F71: an empty folder is no mistake at a start', async () => {
    rmSync(stage.shop.path('rules/10-shop.yml'))
    const bot = await stage.online()
    expect(bot.stdout).toContain('0 条规则')
    expect(bot.stdout).toContain('一条规则也没有，什么都不会回')
  })
})
