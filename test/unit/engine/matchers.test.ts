import { describe, expect, test } from '@jest/globals'
import { messageCountKey } from '../../../src/domain/fact-keys.ts'
import { compileRuleset } from '../../../src/engine/compile.ts'
import { MemoryFacts } from '../../../src/engine/memory-facts.ts'
import { ask, compiled, folder, inRoom, message, NOON, named, person, rule, verdict } from './world.ts'

/** Whether a rule with this `when` acts for the message. */
function holds(
  condition: Record<string, unknown>,
  event: Parameters<typeof ask>[1],
  more: Parameters<typeof ask>[2] = {},
): boolean {
  return verdict(ask(compiled([rule('r', condition)]), event, more)) === 'r'
}

describe('conditions on the text', () => {
  test.each<[Record<string, unknown>, string, boolean]>([
    [{ text: '价格' }, '请问價格多少', true],
    [{ text: 'abc' }, 'ＡＢＣ！', true],
    [{ text: '价格' }, '价 格', false],
    [{ text: '价格' }, '价\u200b格', true],
    [{ text: 'a b' }, 'A　 B', true],
    [{ text: '1' }, '10 元的有吗', false],
    [{ text: '1' }, ' １。', true],
    [{ text: '10' }, '10 元', false],
    [{ text: '好' }, '好！', true],
    [{ text: '好' }, '你好', false],
    [{ text: '👍' }, '👍👍', false],
    [{ text: '微笑' }, '[微笑]', false],
    [{ text: '[微笑]' }, '你好[微笑]', true],
    [{ text: '价格' }, '[价格]', true],
    [{ text: '价格' }, '价\n格', false],
    [{ exact: '在吗' }, ' 在吗？？', true],
    [{ exact: '在吗？' }, '在嗎', true],
    [{ exact: '在吗' }, '老板在吗', false],
    [{ starts: '快递' }, '快遞到哪了', true],
    [{ starts: '快递' }, '查快递', false],
    [{ ends: '多少钱' }, '这个多少錢？', true],
    [{ ends: '多少钱' }, '多少钱一斤', false],
    [{ contains_all: ['苹果', '钱'] }, '多少钱一斤苹果', true],
    [{ contains_all: ['苹果', '香蕉'] }, '苹果', false],
    [{ word: 'hi' }, 'this', false],
    [{ word: 'hi' }, '你好hi啊', true],
    [{ word: '价格' }, '问价格呢', true],
    [{ fuzzy: { text: '营业时间', distance: 1 } }, '营业是间？', true],
    [{ fuzzy: { text: '营业时间', distance: 1 } }, '营业', false],
    [{ length: '<= 4' }, '你好👨\u200d👩\u200d👧', true],
    [{ length: '1-2' }, '你好吗', false],
    [{ text: 'ABC', raw: true }, 'abc', false],
    [{ text: 'ABC', raw: true }, 'xABC', true],
    [
      { text: ['一二三', '四五六', '七八九', '甲乙', '丙丁', '戊己', '庚辛', '壬癸', '子丑'] },
      '有庚辛吗',
      true,
    ],
  ])('%j on %j: %p', (condition, text, expected) => {
    expect(holds(condition, message(text))).toBe(expected)
  })

  test('`matched` is the leftmost, then longest hit, in the customer’s own characters', () => {
    const decision = ask(
      compiled([rule('r', { text: ['多少', '多少钱', '价格'] })]),
      message('這個多少錢，价格'),
    )
    expect(decision.kind === 'act' && decision.acts[0]?.matched).toBe('多少錢')
  })

  test('`matched` belongs to the outermost text, captures to the first branch that holds, never to `not`', () => {
    const condition = {
      text: '上海',
      all: [{ text: '包邮' }],
      any: [{ regex: '(?<a>x)(?<b>y)?' }, { regex: '(?<a>z)' }],
      not: { regex: '(?<c>q)' },
    }
    const decision = ask(compiled([rule('r', condition)]), message('包邮到上海z x'))
    const act = decision.kind === 'act' ? decision.acts[0] : undefined
    expect(act?.matched).toBe('上海')
    expect(act?.captures).toMatchObject({ a: 'x', b: '' })
    expect(act?.captures).not.toHaveProperty('c')
  })
})

describe('regular expressions', () => {
  test.each<[string, string, Record<string, string> | null]>([
    ['^(\\d+)号$', '１２号', { '0': '１２号', '1': '１２' }],
    ['寄(?<城市>.+?)(?<重量>\\d+)公斤', '寄上海3公斤', { 城市: '上海', 重量: '3' }],
    ['[A-Z]{2}\\d', 'sf1', { '0': 'sf1' }],
    ['單號', '单号', { '0': '单号' }],
    ['a\\sb', 'a\u3000b', { '0': 'a\u3000b' }],
    ['\\p{Script=Han}+', 'ab价格', { '0': '价格' }],
    ['\\p{Han}x', '价x', { '0': '价x' }],
    ['a.b', 'a\nb', null],
    ['(?:快递|单号)\\s*(?<单号>[A-Za-z0-9]{8,20})', '快递 SF12345678', { 单号: 'SF12345678' }],
    ['价\\-格', '价-格', { '0': '价-格' }],
  ])('%s on %j', (pattern, text, captures) => {
    const decision = ask(compiled([rule('r', { regex: pattern })]), message(text))
    if (captures === null) expect(verdict(decision)).toBe('-')
    else expect(decision.kind === 'act' ? decision.acts[0]?.captures : {}).toMatchObject(captures)
  })

  test.each([
    ['(?=a)b', 'E211'],
    ['(?<!a)b', 'E211'],
    ['(a)\\1', 'E211'],
    ['a{1001}', 'E212'],
    ['(a{100}){11}', 'E212'],
    ['(a', 'E210'],
    ['a{200}', 'W210'],
    ['.+', 'W211'],
  ])('%s is reported as %s', (pattern, code) => {
    const { problems } = compileRuleset(folder([rule('r', { regex: pattern })]), {
      timezone: 'Asia/Shanghai',
    })
    expect(problems.map((problem) => problem.code)).toContain(code)
  })

  test('a pattern built to blow up is only a pattern', () => {
    const patterns = [
      '(a+)+$',
      '^(a|aa)+$',
      '(.*a){12}$',
      '(?:a?){50}a{50}$',
      '((.{1,30}){1,30})y',
      '\\w{1000}!',
    ]
    const ruleset = compiled(patterns.map((regex, index) => rule(`r${index}`, { regex })))
    const decision = ask(ruleset, message(`${'a'.repeat(16_000)}!`))
    expect(['act', 'no-match']).toContain(decision.kind)
  })

  test('what exceeds the allowance of one message is left out, and the trace says so', () => {
    const patterns = Array.from({ length: 40 }, (_, index) =>
      rule(`r${index}`, { regex: `\\w{0,900}[${index % 10}-9]` }),
    )
    const decision = ask(compiled(patterns), message('a'.repeat(4000)))
    const actual = decision.trace.tried.map((entry) =>
      entry.outcome.kind === 'failed' ? entry.outcome.failure.actual : '',
    )
    expect(actual.some((text) => text.includes('正则用时到顶'))).toBe(true)
  })
})

describe('who and where', () => {
  const boss = person({ remark: '老板', name: '老板', nick: '阿明', alias: 'ming' })

  test.each<[unknown, boolean]>([
    ['老板', true],
    ['阿明', true],
    ['ming', true],
    ['老*', true],
    ['*明', true],
    [{ remark: '阿明' }, false],
    [{ nick: '阿明' }, true],
    [{ not: '老板' }, false],
    [['小王', '老板'], true],
    ['list:vip', true],
    [{ not: 'list:vip' }, false],
  ])('from %j', (from, expected) => {
    const ruleset = compiled([rule('r', { from, text: '在吗' })], {
      lists: named({ vip: ['王姐', { remark: '老板' }] }),
    })
    expect(verdict(ask(ruleset, message('在吗', { sender: boss })))).toBe(expected ? 'r' : '-')
  })

  test('an ambiguous sender passes a guard’s selector and no other', () => {
    const twin = person({ name: '老板', nick: '老板', isAmbiguous: true })
    const other = message('在吗', { sender: twin })
    expect(holds({ from: '老板', text: '在吗' }, other)).toBe(false)
    expect(verdict(ask(compiled([rule('g', { from: '老板' }, { section: 'guard' })]), other))).toBe('g')
    expect(holds({ from: { not: '老板' }, text: '在吗' }, other)).toBe(false)
  })

  test('T33: a name that a friend bears too is nobody; the remark, a pattern and an exclusion still hold', () => {
    const thief = message('在吗', { sender: person({ name: '老板', nick: '老板', sharedNames: ['老板'] }) })
    for (const from of ['老板', { nick: '老板' }, ['王姐', '老板']]) {
      expect(holds({ from, text: '在吗' }, thief)).toBe(false)
    }
    expect(holds({ from: '老*', text: '在吗' }, thief)).toBe(true)
    expect(holds({ from: { not: '老板' }, text: '在吗' }, thief)).toBe(false)
    expect(verdict(ask(compiled([rule('g', { from: '老板' }, { section: 'guard' })]), thief))).toBe('g')
    const boss = person({ name: '老板', remark: '老板', nick: '张三', sharedNames: ['张三'] })
    expect(holds({ from: '老板', text: '在吗' }, message('在吗', { sender: boss }))).toBe(true)
  })

  test('a rule without chat, room or mention is for private chats', () => {
    expect(holds({ text: '价格' }, inRoom('价格', { mentionsSelf: true }))).toBe(false)
    expect(holds({ text: '价格', chat: 'group' }, inRoom('价格', { mentionsSelf: true }))).toBe(true)
    expect(holds({ any: [{ text: '价格', room: '老客户群' }] }, inRoom('价格'))).toBe(true)
  })

  test('rooms are silent until a rule names them or we are mentioned', () => {
    expect(holds({ text: '价格', chat: 'group' }, inRoom('价格'))).toBe(false)
    expect(
      holds({ text: '价格', chat: 'group' }, inRoom('价格'), { policy: { replyInUnnamedRooms: true } }),
    ).toBe(true)
    expect(holds({ text: '价格', room: '*客户*' }, inRoom('价格'))).toBe(true)
    expect(holds({ text: '价格', room: '团购' }, inRoom('价格'))).toBe(false)
    expect(holds({ text: '价格', mention: 'me' }, inRoom('价格'))).toBe(false)
    expect(holds({ text: '价格', mention: 'none' }, inRoom('价格'))).toBe(true)
  })

  test('without a text condition anything people send counts, system notices do not', () => {
    expect(holds({ from: '小王' }, message('', { content: { kind: 'image' } }))).toBe(true)
    expect(holds({ from: '小王' }, message('', { content: { kind: 'transfer' } }))).toBe(false)
    expect(holds({ text: '价格' }, message('价格', { content: { kind: 'link' } }))).toBe(false)
  })
})

describe('time and day', () => {
  const at = (text: string) => Date.parse(`${text}+08:00`)

  test.each<[unknown, string, boolean]>([
    ['09:00-18:00', '2026-11-23T09:00', true],
    ['09:00-18:00', '2026-11-23T18:00', false],
    ['22:00-06:00', '2026-11-24T05:59', true],
    ['每周一 22:00-06:00', '2026-11-24T05:59', true],
    ['每周一 22:00-06:00', '2026-11-23T05:59', false],
    ['每天 08:00-24:00', '2026-11-23T23:59', true],
    ['每个工作日 08:00-21:00', '2026-11-22T10:00', false],
    ['每周一、三、五', '2026-11-25T10:00', true],
    ['周一至周五', '2026-11-28T10:00', false],
    ['周末', '2026-11-28T10:00', true],
    [{ days: ['周一'], hours: '9:00-12:00', tz: 'Asia/Tokyo' }, '2026-11-23T08:30', true],
    [{ hours: '08:00-21:00', except: 'holiday' }, '2026-10-01T10:00', false],
    ['营业时间', '2026-11-23T10:00', true],
    [{ not: '营业时间' }, '2026-11-23T23:00', true],
  ])('time %j at %s: %p', (time, now, expected) => {
    const ruleset = compiled(
      [rule('r', { text: '在', time })].map((one) => one),
      { times: named({ 营业时间: '每天 08:00-21:00' }) },
    )
    expect(verdict(ask(ruleset, message('在', { at: at(now) }), { now: at(now) }))).toBe(expected ? 'r' : '-')
  })

  test.each<[string, string, boolean]>([
    ['workday', '2026-11-23', true],
    ['holiday', '2026-10-01', true],
    ['weekend', '2026-11-28', true],
    ['weekend', '2026-11-23', false],
    ['last_of_month', '2026-11-30', true],
    ['last_of_month', '2026-11-29', false],
  ])('day %s on %s: %p', (day, date, expected) => {
    const now = at(`${date}T12:00`)
    expect(holds({ text: '在', day }, message('在', { at: now }), { now })).toBe(expected)
  })

  test('an operator’s own holidays go first, make-up days included', () => {
    const holidays = [{ date: '2026-11-23', name: '店休', isOffDay: true }]
    const { ruleset } = compileRuleset(folder([rule('r', { text: '在', day: 'workday' })]), {
      timezone: 'Asia/Shanghai',
      holidays,
    })
    expect(verdict(ask(ruleset, message('在')))).toBe('-')
  })
})

describe('what was before', () => {
  const who = person()
  const chat = message('x').chat.key

  test('first contact, silence, replies and the owner’s words', () => {
    const facts = new MemoryFacts()
    expect(holds({ text: '在', first_contact: true }, message('在'), { facts })).toBe(true)
    expect(holds({ text: '在', silence: '> 2h' }, message('在'), { facts })).toBe(true)
    facts.noteEvent(message('早', { at: NOON - 3_600_000 }))
    expect(holds({ text: '在', first_contact: true }, message('在'), { facts })).toBe(false)
    expect(holds({ text: '在', first_contact: '30m' }, message('在'), { facts })).toBe(true)
    expect(holds({ text: '在', silence: '> 2h' }, message('在'), { facts })).toBe(false)
    expect(holds({ text: '在', replied_recently: '10m' }, message('在'), { facts })).toBe(false)
    facts.noteReply(chat, '好', NOON - 60_000)
    expect(holds({ text: '在', replied_recently: '10m' }, message('在'), { facts })).toBe(true)
    expect(holds({ text: '在', owner_active: '30m' }, message('在'), { facts })).toBe(false)
  })

  test('remembered values compare as numbers, texts or truth', () => {
    const facts = new MemoryFacts()
    facts.apply([
      { kind: 'remember', scope: 'contact', owner: who.key, name: '积分', value: '150', until: null },
      { kind: 'remember', scope: 'global', owner: '', name: '促销', value: 'true', until: NOON - 1 },
    ])
    expect(holds({ text: '在', state: { 积分: '>= 100' } }, message('在'), { facts })).toBe(true)
    expect(holds({ text: '在', state: { 积分: 150 } }, message('在'), { facts })).toBe(true)
    expect(holds({ text: '在', state: { 促销: true } }, message('在'), { facts })).toBe(false)
    expect(holds({ text: '在', state: { 促销: false } }, message('在'), { facts })).toBe(true)
    expect(holds({ text: '在', if: '{{积分}} > 100' }, message('在'), { facts })).toBe(true)
    expect(holds({ text: '在', if: '{{sender.name}} == 小王' }, message('在'), { facts })).toBe(true)
  })

  test('count includes the message that is asked about', () => {
    const facts = new MemoryFacts()
    const key = messageCountKey('contact', { chat, contact: who.key })
    const flood = { text: '在', count: { of: 'messages', per: 'contact', in: '1m', is: '>= 3' } }
    facts.apply([{ kind: 'count', key, at: NOON - 5000, keepMs: 60_000 }])
    expect(holds(flood, message('在'), { facts })).toBe(false)
    facts.apply([{ kind: 'count', key, at: NOON - 1000, keepMs: 60_000 }])
    expect(holds(flood, message('在'), { facts })).toBe(true)
    expect(holds(flood, message('在', { at: NOON + 70_000 }), { facts, now: NOON + 70_000 })).toBe(false)
  })

  test('named conditions, and a circle of them', () => {
    const conditions = named({
      老客户: {
        op: 'test' as const,
        key: 'from',
        value: '小王',
        place: { file: 'x', line: 1, column: 1 },
        raw: false,
      },
    })
    const ruleset = compiled([rule('r', { text: '在', is: '老客户' })], { conditions })
    expect(verdict(ask(ruleset, message('在')))).toBe('r')
    const circle = named({
      a: { op: 'test' as const, key: 'is', value: 'a', place: { file: 'x', line: 1, column: 1 }, raw: false },
    })
    const { problems } = compileRuleset(folder([], { conditions: circle }), { timezone: 'Asia/Shanghai' })
    expect(problems.map((problem) => problem.code)).toContain('E207')
  })
})

test.each<[Record<string, unknown>, string]>([
  [{ text: 'list:没有' }, 'E203'],
  [{ time: '营业' }, 'E204'],
  [{ time: '25:00-26:00' }, 'E220'],
  [{ time: { hours: '9:00-10:00', tz: 'Asia/Nowhere' } }, 'E221'],
  [{ is: '没有' }, 'E205'],
  [{ flow: '没有' }, 'E206'],
  [{ first_contact: '30' }, 'E222'],
  [{ length: 'many' }, 'E223'],
  [{ if: '积分' }, 'E224'],
  [{ txet: 'a' }, 'E200'],
  [{ text: 5 }, 'E201'],
  [{ text: '\u200b' }, 'E202'],
])('%j is reported as %s', (condition, code) => {
  const { problems, ruleset } = compileRuleset(folder([rule('r', condition)]), { timezone: 'Asia/Shanghai' })
  expect(problems.map((problem) => problem.code)).toEqual([code])
  expect(ruleset.rules).toHaveLength(0)
})
