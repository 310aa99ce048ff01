import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Delivery } from '../../src/simulator/server.ts'
import type { Child } from '../support/child.ts'
import { Stage } from './stage.ts'

const RULES = `
rules:
  - name: 回声
    when: {starts: 回声}
    reply: "听到: {{text}}"
  - name: 名字
    when: 我是谁
    reply: "你是 {{sender.name}}"
  - name: 群里
    when: {text: 价格, chat: group, mention: me}
    reply: 群价目表
  - name: 私聊
    when: {text: 价格, chat: private}
    reply: 价目表
  - name: 收尾
    when: {exact: 到此为止}
    reply: 收到，到此为止
`

const PAYLOADS = [
  '{{secret}} {{sender.name}} {{ 7 | times: 6 }}',
  '{% for i in (1..1000000000) %}x{% endfor %}',
  '{{ text }}{{text}}{{',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is the attack.
  '${process.exit(3)} `id` $(id)',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '"><svg/onload=1>&quot;&lt;b&gt;&amp;amp;&#x41;',
  '\u001b[2J\u001b[31m红\u001b]0;title\u0007',
  'a\u202egnp.exe\u2066\u200b\ufeff',
  "'; DROP TABLE inbox; --",
  '<br/>typed<br/>',
  '🤖👨‍👩‍👧‍👦 \ud83c\udf4e',
  '__proto__ constructor toString',
] as const

let stage: Stage
let bot: Child

beforeAll(async () => {
  const world = {
    self: { id: 'wxid_self', uin: 1_000_000_009, nickName: '小助手' },
    friends: [
      { id: 'wxid_wang', nickName: '小王' },
      { id: 'wxid_proto', nickName: '__proto__' },
      { id: 'wxid_ctor', nickName: 'constructor' },
      { id: 'wxid_evil', nickName: '{{text}}<b>\u001b[31m\u202eevil' },
      { id: 'wxid_blank', nickName: ' ' },
      { id: 'wxid_long', nickName: '长'.repeat(2000) },
      { id: 'wxid_helper2', nickName: '小助手2' },
    ],
    officials: [{ id: 'gh_news', nickName: '新闻' }],
    strangers: [{ id: 'wxid_stranger', nickName: '陌生人' }],
    rooms: [
      { id: '1@chatroom', topic: '客户群', members: ['wxid_wang', 'wxid_helper2', 'wxid_stranger'] },
      { id: '2@chatroom', topic: '', members: ['wxid_wang', 'wxid_stranger'] },
    ],
  }
  stage = await Stage.open({ world, pollHoldMs: 2000 }, { rules: RULES })
  bot = await stage.online()
})

afterAll(async () => {
  await stage.close()
})

/**
 * What is sent to anybody because of these messages: a last message that is answered shows that all before it were
 * decided, since events are decided one after another.
 */
async function answersTo(...deliveries: readonly Delivery[]): Promise<string[]> {
  const before = stage.simulator.sends.length
  for (const delivery of deliveries) stage.simulator.deliver(delivery)
  await stage.ask('到此为止', 'wxid_blank')
  const sends = stage.simulator.sends.slice(before)
  return sends.filter((send) => send.text !== '收到，到此为止').map((send) => send.text)
}

const text = (from: string, words: string, more: object = {}): Delivery => ({
  kind: 'text',
  from,
  text: words,
  ...more,
})

describe('texts are data', () => {
  test.each(PAYLOADS)('T21: %j comes back as it was, without what only terminals obey', async (payload) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is tested.
    const said = payload.replaceAll(/[\u0000-\u001f]/g, '').replace(/\ufeff$/, '')
    expect(await answersTo(text('小王', `回声${payload}`))).toEqual([`听到: 回声${said}`])
  })

  test('what was typed as a tag is not a line break', async () => {
    expect(await answersTo(text('小王', '回声<br/>\n第二行'))).toEqual(['听到: 回声<br/>\n第二行'])
  })

  test('50 kB are decided in time, and what goes out is bounded', async () => {
    const { simulator } = stage
    const before = simulator.sends.length
    simulator.deliver(text('小王', `回声${'啊'.repeat(17_000)}`))
    await simulator.waitFor(() => simulator.sends.length >= before + 4)
    expect(await answersTo()).toEqual([])
    const parts = simulator.sends.slice(before, before + 4).map((send) => send.text)
    expect(parts[0]?.startsWith('听到: 回声啊')).toBe(true)
    expect(parts.map((part) => part.length)).toEqual([1000, 1000, 1000, 1000])
    expect(await answersTo(text('小王', 'x'.repeat(50_000)))).toEqual([])
  })

  test.each([
    ['wxid_proto', '你是 __proto__'],
    ['wxid_ctor', '你是 constructor'],
  ])('T25: names are data: %s', async (from, reply) => {
    expect(await answersTo(text(from, '我是谁'))).toEqual([reply])
  })

  test('T16, T21: a name is neither a template nor a control sequence', async () => {
    const [reply = ''] = await answersTo(text('wxid_evil', '我是谁'))
    expect(reply).toContain('{{text}}<b>')
    expect(reply).not.toContain('我是谁')
  })

  test('T16: nothing that was said can steer a terminal or forge a line of the log', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is tested.
    expect(bot.stdout).not.toMatch(/[\u001b\u202e\u2066\u0007]/)
    for (const line of bot.stdout.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
  })
})

describe('who is not answered', () => {
  test.each<readonly [string, Delivery]>([
    ['an official account', text('gh_news', '价格')],
    ['a stranger', text('wxid_stranger', '价格')],
    ['the system', { kind: 'system', from: '小王', text: '价格' }],
    ['the WeChat team', text('weixin', '价格')],
    ['an unknown type', { kind: 'unknown', from: '小王', msgType: 9999, content: '价格' }],
    ['a red packet', { kind: 'red-packet', from: '小王' }],
    ['a message of yesterday', text('小王', '价格', { at: Date.now() - 86_400_000 })],
    ['a room without a mention', text('小王', '价格', { in: '客户群' })],
    ['a room with a mention of everybody', text('小王', '价格', { in: '客户群', mention: ['all'] })],
    [
      'a mention of somebody whose name begins like ours',
      text('小王', '价格', { in: '客户群', mention: ['wxid_helper2'] }),
    ],
    ['a mention typed by hand of a longer name', text('小王', '@小助手2 价格', { in: '客户群' })],
    ['an @ in the middle of a word', text('小王', 'a@小助手b 价格', { in: '客户群' })],
    ['a room that no rule names', text('小王', '我是谁', { in: '客户群' })],
    ['a room without a name', text('小王', '我是谁', { in: '2@chatroom' })],
    [
      'a mention inside a quote only',
      {
        kind: 'quote',
        from: '小王',
        in: '客户群',
        text: '价格',
        quoted: { name: '小助手', text: '@小助手\u2005价格' },
      },
    ],
    [
      'a word inside a quote only',
      { kind: 'quote', from: '小王', text: '好的', quoted: { name: '小助手', text: '价格' } },
    ],
    [
      'a contact whose name we cannot know',
      { kind: 'unknown', from: '小王', msgType: 1, fields: { FromUserName: '@nobody', Content: '价格' } },
    ],
    [
      'a message without a sender',
      { kind: 'unknown', from: '小王', msgType: 1, fields: { FromUserName: '', Content: '价格' } },
    ],
  ])('%s', async (_name, delivery) => {
    expect(await answersTo(delivery)).toEqual([])
  })

  test('a recalled message is not answered again', async () => {
    expect(await answersTo(text('小王', '价格', { msgId: '7000000000000000001' }))).toEqual(['价目表'])
    const recall: Delivery = { kind: 'recall', msgId: '7000000000000000001', from: '小王' }
    expect(await answersTo(recall)).toEqual([])
  })

  test('our name, mentioned, is answered; also typed by hand at the end', async () => {
    expect(await answersTo(text('小王', '价格', { in: '客户群', mention: ['self'] }))).toEqual(['群价目表'])
    expect(await answersTo(text('小王', '价格 @小助手', { in: '客户群' }))).toEqual(['群价目表'])
  })

  test('a room message by a stranger who mentions us is answered in the room, never in private', async () => {
    const before = stage.simulator.sends.length
    expect(await answersTo(text('wxid_stranger', '价格', { in: '客户群', mention: ['self'] }))).toEqual([
      '群价目表',
    ])
    expect(stage.simulator.sends[before]?.chat).toBe('1@chatroom')
  })
})

describe('the same message', () => {
  test('three times in one answer, and again later, is answered once', async () => {
    const one = text('小王', '价格', { msgId: '7000000000000000002' })
    expect(await answersTo(one, one, one)).toEqual(['价目表'])
    expect(await answersTo(one)).toEqual([])
  })
})

describe('the owner on the phone', () => {
  test('own texts are never answered, in no chat, and stop the bot where they are', async () => {
    const { simulator } = stage
    const before = simulator.sends.length
    simulator.phone.say('价格', 'filehelper')
    simulator.phone.say('价格', '客户群')
    simulator.phone.say('价格', 'wxid_long')
    expect(await answersTo(text('wxid_long', '价格'))).toEqual([])
    expect(simulator.sends.slice(before).map((send) => send.chat)).toEqual(['wxid_blank'])
    expect(await answersTo(text('小王', '价格'))).toEqual(['价目表'])
  })
})

test('after a restart nothing of all this is answered again', async () => {
  const before = stage.simulator.sends.length
  await bot.stop()
  stage.simulator.duplicate('7000000000000000002')
  bot = await stage.online()
  expect(await answersTo(text('wxid_long', '价格'))).toEqual([])
  expect(stage.simulator.sends.slice(before).map((send) => send.text)).toEqual(['收到，到此为止'])
  // The only thing held against us is that we asked who the made-up sender was.
  expect(new Set(stage.simulator.violations)).toEqual(
    new Set(['webwxbatchgetcontact: asks for a UserName that this login never had']),
  )
  expect(bot.output).not.toMatch(/internal error|poison|unexpected failure/)
})
