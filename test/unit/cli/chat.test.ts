import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readChatLine } from '../../../src/cli/programs/chat-line.ts'
import { type RanCli, runWxreply } from '../../support/run-cli.ts'
import { Shown } from '../../support/shown.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wxr-chat-'))
  await mkdir(join(dir, 'rules'))
  await writeFile(join(dir, 'rules/a.yml'), RULES)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const RULES = `rules:
  - {name: 问价, when: 价格, reply: 8 元, cooldown: 10m}
  - {name: 群里, when: {text: 团购, room: 老客户群, mention: me}, reply: "@{{sender.name}} 有"}
  - {name: 慢, when: 慢, do: [{reply: 一}, {wait: 3s}, {reply: 二}, {notify: 有人找}]}
  - {name: 图片, when: {kind: image}, reply: 好图}
  - {name: 夜里, fallback: true, when: {time: "22:00-06:00"}, reply: 已打烊, cooldown: 1s}
  - {name: 不理, when: 广告, do: [{remember: {看过: 1}}]}
flows:
  订餐:
    start: 订餐
    timeout: 10m
    on_timeout: 先取消啦
    steps: [{id: 菜, ask: 吃什么}]
    done: [{reply: 收到 {{菜}}}]
`.replace('收到 {{菜}}', '"收到 {{菜}}"')

function chat(
  stdin: readonly string[] | AsyncIterable<string>,
  more: readonly string[] = [],
  shown = new Shown(),
  signal = new AbortController().signal,
): Promise<RanCli> {
  const onOutput = (out: string) => shown.add(out)
  return runWxreply(['chat', '--at', '2027-01-05 12:00', ...more], { cwd: dir, stdin, signal, onOutput })
}

describe('chat', () => {
  test.each([
    ['a line is what a customer says', ['价格'], ['机器人: 8 元']],
    [
      'silence is explained by the rule that came close',
      ['团购'],
      [/不回: 没有规则命中。近：规则 .+没命中，因为 .+，规则要求 /],
    ],
    [
      'a cooldown is named, and time can pass',
      ['价格', '价格', '/wait 11m', '价格'],
      ['机器人: 8 元', /规则“问价”冷却中/, '现在是 2027-01-05 12:11', '机器人: 8 元'],
    ],
    [
      'rooms, mentions, people',
      ['/room 老客户群', '/as 李姐', '@我 团购', '/private', '@我 团购'],
      ['机器人: @李姐 有', /不回/],
    ],
    [
      'pauses, and what others read',
      ['慢'],
      ['机器人: 一', '  （停 3s）', '机器人: 二', '机器人 → 店主: 有人找'],
    ],
    [
      'the clock can be set, forwards only',
      ['/at 23:30', '在吗', '/at 02:00', '/at 2027-01-05 10:00'],
      ['现在是 2027-01-05 23:30', '机器人: 已打烊', '现在是 2027-01-06 02:00', /时间不能倒退/],
    ],
    [
      'a flow that nobody answers',
      ['订餐', '/wait 11m', '面'],
      ['机器人: 吃什么', '机器人: 先取消啦', /现在是/, /不回/],
    ],
    ['pictures', ['/send image'], ['机器人: 好图']],
    ['a message that is taken without a reply', ['广告'], ['  （收下了，不回）']],
    ['everything can be forgotten', ['价格', '/new', '价格'], ['机器人: 8 元', /忘掉/, '机器人: 8 元']],
    [
      'why',
      ['/why', '价格', '/why'],
      [/还没有消息/, '机器人: 8 元', /规则“问价” \(rules\/a\.yml:2\) 命中“价格”/],
    ],
    ['/quit ends it', ['/quit', '价格'], []],
    [
      'what cannot be understood is said',
      ['/wait', '/at 25:00', '/send x', '/foo', '/room'],
      [/要写多久/, /要写时间/, /可以发: text、/, /没有 \/foo/, /群名呢/],
    ],
    [
      'Chinese commands',
      ['/等 11m', '/我是 李姐', '/群 老客户群', '@我 团购'],
      [/现在是/, '机器人: @李姐 有'],
    ],
  ])('%s', async (_, lines, expected) => {
    const { code, out } = await chat(lines)
    expect(code).toBe(0)
    const shown = out.split('\n').slice(0, -1)
    expect(shown).toHaveLength(expected.length)
    for (const [index, want] of expected.entries()) {
      if (typeof want === 'string') expect(shown[index]).toBe(want)
      else expect(shown[index]).toMatch(want)
    }
  })

  test('/why all shows every rule', async () => {
    const { out } = await chat(['天气', '/why all'])
    for (const name of ['问价', '群里', '慢', '图片', '夜里', '不理']) expect(out).toContain(`规则“${name}”`)
  })

  test('starts as somebody in a room, and speaks English', async () => {
    const { out } = await chat(['@me 团购', '天气'], ['--from', '李姐', '--room', '老客户群', '--lang', 'en'])
    expect(out).toMatch(/^bot: @李姐 有\n {2}\(no reply: no rule matches/)
  })

  test('reads the rules again on demand, and keeps the old ones when they broke', async () => {
    const shown = new Shown()
    const typed = (async function* () {
      yield '价格'
      await shown.until(/8 元/)
      await writeFile(join(dir, 'rules/a.yml'), RULES.replace('8 元', '9 元'))
      yield '/reload'
      yield '价格'
      await shown.until(/9 元/)
      await writeFile(join(dir, 'rules/a.yml'), 'rules: [{when: 价格}]\n')
      yield '/reload'
      yield '/wait 11m'
      yield '价格'
    })()
    const { out, err } = await chat(typed, [], shown)
    expect(out.match(/机器人: . 元/g)).toEqual(['机器人: 8 元', '机器人: 9 元', '机器人: 9 元'])
    expect(err).toContain('E403')
  })

  test('rules with mistakes are 1, a wrong time is 2', async () => {
    expect((await runWxreply(['chat', '--at', 'soon'], { cwd: dir })).code).toBe(2)
    await writeFile(join(dir, 'rules/a.yml'), 'rules: [{when: 价格}]\n')
    const { code, err } = await chat(['价格'])
    expect(code).toBe(1)
    expect(err).toContain('E403')
  })

  test('a signal ends it while it waits for a line', async () => {
    const aborter = new AbortController()
    const shown = new Shown()
    const typed = (async function* () {
      yield '价格'
      await shown.until(/8 元/)
      aborter.abort()
      await new Promise<never>(() => {})
    })()
    expect((await chat(typed, [], shown, aborter.signal)).code).toBe(0)
  })
})

test.each([
  ['', { kind: 'nothing' }],
  ['  价格 ', { kind: 'say', text: '价格', mentionsSelf: false }],
  ['＠机器人 价格', { kind: 'say', text: '价格', mentionsSelf: true }],
  ['@小王 价格', { kind: 'say', text: '@小王 价格', mentionsSelf: false }],
  ['/at 2027-01-05 9:05', { kind: 'at', clock: { date: '2027-01-05', minuteOfDay: 545 } }],
  ['/send join 小李', { kind: 'say', text: '小李', sort: 'join' }],
  ['/as', { kind: 'as', from: null }],
  ['/why 全部', { kind: 'why', isWhole: true }],
])('the line %j', (line, order) => {
  expect(readChatLine(line)).toMatchObject(order)
})
