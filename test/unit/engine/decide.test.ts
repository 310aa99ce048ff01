import { describe, expect, test } from '@jest/globals'
import { cooldownKey, limitKey } from '../../../src/domain/fact-keys.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import type { CooldownSpec, FlowSpec } from '../../../src/domain/spec.ts'
import { arrivalWrites } from '../../../src/engine/arrivals.ts'
import { explainAll } from '../../../src/engine/explain.ts'
import { MemoryFacts } from '../../../src/engine/memory-facts.ts'
import { ask, compiled, inRoom, message, NOON, named, PLACE, person, rule, verdict, when } from './world.ts'

const HOUR = 3_600_000

/** What a refusing cooldown or limit does. */
function whenRefused(next: CooldownSpec['then']): Pick<CooldownSpec, 'then'> {
  // biome-ignore lint/suspicious/noThenProperty: the key of the rule format; nobody awaits it.
  return { then: next }
}

describe('order', () => {
  const text = { text: '价格' }

  test.each([
    ['file order', [rule('a', text), rule('b', text)], 'a'],
    ['priority', [rule('a', text), rule('b', text, { priority: 1 })], 'b'],
    ['guards first', [rule('a', text, { priority: 9 }), rule('g', text, { section: 'guard' })], 'g'],
    ['fallback last', [rule('f', null, { section: 'fallback', priority: 9 }), rule('a', text)], 'a'],
    ['fallback alone', [rule('f', null, { section: 'fallback' }), rule('a', { text: '地址' })], 'f'],
    ['continue', [rule('a', text, { continues: true }), rule('b', text), rule('c', text)], 'a+b'],
    [
      'no fallback after an act',
      [rule('a', text, { continues: true }), rule('f', null, { section: 'fallback' })],
      'a',
    ],
    ['observe takes nothing', [rule('a', text, { observe: true }), rule('b', text)], 'b'],
    ['disabled', [rule('a', text, { isEnabled: false }), rule('b', text)], 'b'],
    ['no chance', [rule('a', text, { chance: 0 }), rule('b', text)], 'b'],
    ['ended', [rule('a', text, { untilDate: '2026-11-22' }), rule('b', text)], 'b'],
    ['last day', [rule('a', text, { untilDate: '2026-11-23' }), rule('b', text)], 'a'],
    ['not begun', [rule('a', text, { fromDate: '2026-11-24' })], '-'],
    [
      'a guard that ignores',
      [
        rule('g', text, { section: 'guard', actions: [{ kind: 'ignore', params: null, place: PLACE }] }),
        rule('a', text),
      ],
      '!guard',
    ],
  ])('%s', (_, rules, expected) => {
    expect(verdict(ask(compiled(rules), message('价格')))).toBe(expected)
  })
})

describe('built-in safety', () => {
  const ruleset = compiled([rule('a', { text: '价格' })])
  const sentBy = (relation: 'stranger' | 'official' | 'special' | 'self') =>
    message('价格', { sender: person({ relation }) })

  test.each([
    ['stranger', sentBy('stranger'), {}, '!not-a-friend'],
    ['stranger allowed', sentBy('stranger'), { replyToStrangers: true }, 'a'],
    ['official', sentBy('official'), {}, '!official-account'],
    ['special', sentBy('special'), { replyToOfficial: true }, '!system-message'],
    ['self', sentBy('self'), {}, '!own-message'],
    ['too old', message('价格', { at: NOON - 11 * 60_000 }), {}, '!too-old'],
    ['old is allowed', message('价格', { at: NOON - 24 * HOUR }), { maxAgeMs: null }, 'a'],
    ['quiet', message('价格'), { quietHours: { fromMinute: 11 * 60, toMinute: 13 * 60 } }, '!quiet-hours'],
    ['quiet over midnight', message('价格'), { quietHours: { fromMinute: 23 * 60, toMinute: 7 * 60 } }, 'a'],
    ['stop word', message('td。'), {}, '@stop'],
    ['stop word in a sentence', message('我要退订'), {}, '-'],
    ['hand-over word', message('转人工'), {}, '@handover'],
    ['hand-over word in a room', inRoom('人工'), {}, '-'],
    ['hand-over word in a room for us', inRoom('人工', { mentionsSelf: true }), {}, '@handover'],
  ])('%s', (_, event, policy, expected) => {
    expect(verdict(ask(ruleset, event, { policy }))).toBe(expected)
  })

  test('mute, takeover, pause', () => {
    const facts = new MemoryFacts()
    const { chat } = message('')
    facts.apply([{ kind: 'mute', chat: chat.key, until: NOON + 1, reason: 'takeover' }])
    expect(verdict(ask(ruleset, message('价格'), { facts }))).toBe('!takeover')
    expect(verdict(ask(ruleset, message('价格', { at: NOON + 1 }), { facts, now: NOON + 1 }))).toBe('a')
    facts.pause('')
    expect(verdict(ask(ruleset, message('价格'), { facts }))).toBe('!paused')
  })

  test('late lifts the age of one rule, ignore_quiet its silence', () => {
    const rules = compiled([
      rule('a', { text: '价格' }),
      rule('b', { text: '价格' }, { late: { maxAgeMs: HOUR }, ignoreQuiet: true }),
    ])
    const old = message('价格', { at: NOON - HOUR })
    expect(verdict(ask(rules, old))).toBe('b')
    expect(
      verdict(ask(rules, message('价格'), { policy: { quietHours: { fromMinute: 0, toMinute: 1440 } } })),
    ).toBe('b')
  })

  test('a chat that answers within seconds again and again trips the breaker after five replies', () => {
    const facts = new MemoryFacts()
    const { chat } = message('')
    const outcomes: string[] = []
    for (let turn = 0; turn < 7; turn++) {
      const at = NOON + turn * 2000
      const event = message('价格', { at, receivedAt: at })
      const said = verdict(ask(ruleset, event, { facts, now: at }))
      outcomes.push(said)
      facts.apply(arrivalWrites({ ruleset, event, facts, policy: DEFAULT_POLICY, now: at }))
      facts.noteEvent(event)
      if (said === 'a') facts.noteReply(chat.key, `第 ${turn} 句`, at)
    }
    expect(outcomes.indexOf('@loop')).toBe(5)
  })

  test('the owner’s words silence the chat, the resume word lifts it, a longer silence stays', () => {
    const facts = new MemoryFacts()
    const spoke = (text: string) => {
      const { sender: _, ...rest } = message(text)
      return arrivalWrites({
        ruleset,
        event: { ...rest, kind: 'owner.spoke' },
        facts,
        policy: DEFAULT_POLICY,
        now: NOON,
      })
    }
    expect(spoke('在的')).toMatchObject([{ kind: 'mute', reason: 'takeover', until: NOON + HOUR / 2 }])
    expect(spoke('机器人继续')).toMatchObject([{ kind: 'unmute' }])
    facts.apply([{ kind: 'mute', chat: message('').chat.key, until: NOON + 99 * HOUR, reason: 'stop-words' }])
    expect(spoke('在的')).toEqual([])
  })
})

describe('cooldown and limit', () => {
  const owner = { rule: rule('a', null).id, chat: message('').chat.key, contact: person().key }
  const cooling = (next: 'silent' | 'next' | { reply: string }) =>
    compiled([
      rule(
        'a',
        { text: '价格' },
        { cooldown: { per: 'chat', forMs: HOUR, ...whenRefused(next), place: PLACE } },
      ),
      rule('b', { text: '价格' }),
      rule('f', null, { section: 'fallback' }),
    ])
  const cooled = () => {
    const facts = new MemoryFacts()
    facts.apply([{ kind: 'cooldown', key: cooldownKey('chat', owner), until: NOON + 1000 }])
    return facts
  }

  test('refuses silently, goes on, or says something', () => {
    expect(verdict(ask(cooling('silent'), message('价格'), { facts: cooled() }))).toBe('!cooldown')
    expect(verdict(ask(cooling('next'), message('价格'), { facts: cooled() }))).toBe('b')
    const said = ask(cooling({ reply: '稍等' }), message('价格'), { facts: cooled() })
    expect(said.kind === 'act' && said.acts[0]).toMatchObject({ rule: 'a', refusal: '稍等' })
    expect(
      verdict(
        ask(cooling('silent'), message('价格', { at: NOON + 1000 }), { facts: cooled(), now: NOON + 1000 }),
      ),
    ).toBe('a')
  })

  test('a limit refuses when its window is full', () => {
    const facts = new MemoryFacts()
    const ruleset = compiled([
      rule(
        'a',
        { text: '价格' },
        { limits: [{ per: 'contact', max: 2, inMs: HOUR, ...whenRefused('silent'), place: PLACE }] },
      ),
    ])
    const hit = (at: number) =>
      facts.apply([{ kind: 'count', key: limitKey('contact', owner), at, keepMs: HOUR }])
    hit(NOON - 1000)
    expect(verdict(ask(ruleset, message('价格'), { facts }))).toBe('a')
    hit(NOON - 500)
    expect(verdict(ask(ruleset, message('价格'), { facts }))).toBe('!limit')
  })

  test('a fallback answers once an hour unless it says otherwise', () => {
    const facts = new MemoryFacts()
    const ruleset = compiled([rule('f', null, { section: 'fallback' })])
    facts.apply([
      { kind: 'cooldown', key: cooldownKey('chat', { ...owner, rule: rule('f', null).id }), until: NOON + 1 },
    ])
    expect(verdict(ask(ruleset, message('?'), { facts }))).toBe('!cooldown')
  })
})

describe('explain', () => {
  test('shows every rule with its first failing condition and the nearest miss', () => {
    const ruleset = compiled([
      rule('群价', { text: '价格', chat: 'group' }),
      rule('问价', { text: ['营业时间', '价格表'] }),
    ])
    const { rules, nearest } = explainAll({
      ruleset,
      event: message('营业到几点，时间呢'),
      facts: new MemoryFacts(),
      policy: DEFAULT_POLICY,
      now: NOON,
    })
    expect(rules.map((entry) => entry.outcome.kind)).toEqual(['failed', 'failed'])
    expect(rules[0]?.outcome).toMatchObject({
      failure: { condition: 'chat', expected: 'chat=group', actual: 'chat=private' },
    })
    expect(rules[1]?.outcome).toMatchObject({ failure: { condition: 'text', nearest: '营业时间' } })
    expect(nearest?.name).toBe('问价')
  })
})

describe('flows', () => {
  const step = {
    place: PLACE,
    choices: [],
    retry: null,
    retries: null,
    onGiveUp: [],
    accept: { kind: 'any' as const },
  }
  const flow: FlowSpec = {
    name: '订餐',
    place: PLACE,
    start: when({ text: ['订餐', '点餐'] }),
    timeoutMs: 600_000,
    cancel: ['取消'],
    onCancel: [],
    onTimeout: [],
    maxSteps: 30,
    steps: [
      {
        ...step,
        id: '菜',
        ask: '吃什么',
        choices: [
          { key: '1', value: '牛肉面', goto: null },
          { key: '2', value: '小馄饨', goto: null },
        ],
        retries: 2,
      },
      { ...step, id: '份数', ask: '几份', accept: { kind: 'number', min: 1, max: 20 } },
      { ...step, id: '时间', ask: '几点', accept: { kind: 'regex', pattern: '(?<时>\\d{1,2})[点:时]' } },
      {
        ...step,
        id: '确认',
        ask: '对吗',
        choices: [
          { key: '对', value: 'go', goto: null },
          { key: '不对', value: '不对', goto: '菜' },
        ],
      },
    ],
    done: [],
  }
  const ruleset = compiled(
    [rule('a', { text: '价格' }), rule('急', { text: '急事' }, { interruptsFlow: true })],
    { flows: named({ 订餐: flow }) },
  )

  /** Says these in order and returns the moves. */
  function talk(...said: readonly string[]) {
    const facts = new MemoryFacts()
    return said.map((text) => {
      const event = message(text)
      const decision = ask(ruleset, event, { facts })
      const turn = decision.kind === 'act' ? decision.acts[0]?.flow : undefined
      if (turn === undefined) return verdict(decision)
      const state = turn.state === null ? null : JSON.stringify(turn.state)
      facts.apply([{ kind: 'flow', chat: event.chat.key, contact: event.sender.key, state }])
      return `${turn.move} ${turn.step} ${Object.values(turn.values).join(',')}`.trim()
    })
  }

  test('are walked through, branch, and end', () => {
    expect(talk('我要订餐', '１', '21', '2', '12点', '不对', '小馄饨', '3', '9点', '对。')).toEqual([
      'ask 菜',
      'ask 份数 牛肉面',
      'retry 份数 牛肉面',
      'ask 时间 牛肉面,2',
      'ask 确认 牛肉面,2,12,12点',
      'ask 菜 牛肉面,2,12,12点,不对',
      'ask 份数 小馄饨,2,12,12点,不对',
      'ask 时间 小馄饨,3,12,12点,不对',
      'ask 确认 小馄饨,3,9,9点,不对',
      'done 确认 小馄饨,3,9,9点,不对',
    ])
  })

  test('forgive twice, are cancelled by a word, and are interrupted only by rules that may', () => {
    expect(talk('订餐', '9', '9', '9')).toEqual(['ask 菜', 'retry 菜', 'retry 菜', 'give-up 菜'])
    expect(talk('订餐', '取消', '价格')).toEqual(['ask 菜', 'cancel 菜', 'a'])
    expect(talk('订餐', '价格', '急事')).toEqual(['ask 菜', 'retry 菜', '急'])
  })

  test('run out', () => {
    const facts = new MemoryFacts()
    const event = message('价格', { at: NOON + 700_000 })
    const state = {
      flow: '订餐',
      step: '菜',
      version: 'v1',
      wrong: 0,
      steps: 1,
      expiresAt: NOON + 600_000,
      values: {},
    }
    facts.apply([
      { kind: 'flow', chat: event.chat.key, contact: event.sender.key, state: JSON.stringify(state) },
    ])
    expect(verdict(ask(ruleset, event, { facts, now: NOON + 700_000 }))).toBe('a')
  })
})
