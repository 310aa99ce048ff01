import { describe, expect, test } from '@jest/globals'
import type { Event, MessageReceived } from '../../../src/domain/event.ts'
import { asId } from '../../../src/domain/ids.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { type MergeInput, pileUp } from '../../../src/engine/merge.ts'
import { inRoom, message, NOON, person, privateWith } from './world.ts'

const QUIET = 3000
const li = person({ key: asId('c-li'), name: '小李' })

function said(text: string, afterMs: number, more: Partial<MessageReceived> = {}): MessageReceived {
  const { content: _, ...rest } = more
  return message(text, { ...rest, receivedAt: NOON + afterMs })
}

function pile(events: readonly Event[], nowMs: number, more: Partial<MergeInput> = {}) {
  const { ready, nextAt } = pileUp({
    events,
    now: NOON + nowMs,
    quietMs: QUIET,
    policy: DEFAULT_POLICY,
    isInFlow: () => false,
    ...more,
  })
  const texts = ready.map(({ event }) => ('content' in event ? event.content.text : event.kind))
  return { ready, texts, waitMs: nextAt === null ? null : nextAt - NOON }
}

describe('texts that come close together', () => {
  const two = [said('苹果', 0), said('多少钱', 2000)]

  test('are held until the person is done, then are one', () => {
    expect(pile(two, 4999)).toMatchObject({ texts: [], waitMs: 5000 })
    const { ready, texts, waitMs } = pile(two, 5000)
    expect([texts, waitMs]).toEqual([['苹果\n多少钱'], null])
    expect(ready[0]?.event.id).toBe(two[1]?.id)
    expect(ready[0]?.absorbed).toEqual([two[0]])
  })

  test('a single one is itself', () => {
    const only = said('苹果', 0)
    expect(pile([only], QUIET).ready).toEqual([{ event: only, absorbed: [] }])
  })

  test('a pause between them divides them', () => {
    expect(pile([said('一', 0), said('二', 3001)], 4000)).toMatchObject({ texts: ['一'], waitMs: 6001 })
    expect(pile([said('一', 0), said('二', 3001)], 7000).texts).toEqual(['一', '二'])
  })

  test('people and rooms do not mix, and nobody waits for another', () => {
    const events = [
      said('甲一', 0),
      said('乙一', 100, { sender: li, chat: privateWith(li) }),
      { ...inRoom('群一'), receivedAt: NOON + 200 },
      said('甲二', 2900),
    ]
    expect(pile(events, 3200)).toMatchObject({ texts: ['乙一', '群一'], waitMs: 5900 })
    expect(pile(events, 6000).texts).toEqual(['乙一', '群一', '甲一\n甲二'])
  })

  test('a picture in between ends the text before it', () => {
    const picture = message('', { receivedAt: NOON + 500, content: { kind: 'image' } })
    const { texts, waitMs } = pile([said('一', 0), picture, said('二', 600)], 700)
    expect([texts, waitMs]).toEqual([['一', ''], 3600])
  })

  test.each(['退订', '人工', ' TD。'])('%s is heard at once, after what was said before', (word) => {
    expect(pile([said('一', 0), said(word, 100)], 100)).toMatchObject({ texts: ['一', word], waitMs: null })
  })

  test('an answer to a flow is taken at once', () => {
    expect(pile([said('1', 0)], 0, { isInFlow: () => true }).texts).toEqual(['1'])
  })

  test('who never pauses is heard after ten times the quiet', () => {
    const events = Array.from({ length: 15 }, (_, nth) => said(String(nth), nth * 2000))
    expect(pile(events, 29_999)).toMatchObject({ texts: [], waitMs: 30_000 })
    expect(pile(events, 30_000).texts).toHaveLength(1)
  })

  test('a mention in one piece counts for all', () => {
    const [first, second] = [inRoom('在吗', { mentionsSelf: true }), inRoom('价格')]
    const { ready } = pile([first, second], 10_000)
    expect(ready[0]?.event).toMatchObject({ content: { text: '在吗\n价格', mentions: { self: true } } })
  })

  test('after the clock was put back nothing waits for the time that was', () => {
    expect(pile([said('一', 3_600_000)], 0).texts).toEqual(['一'])
  })

  test('what is not from a person passes', () => {
    const { account } = message('')
    const other: Event = {
      kind: 'other.received',
      id: asId('o'),
      ...{ account, at: NOON, receivedAt: NOON, messageId: '1', type: '51' },
    }
    expect(pile([said('一', 0), other], 0)).toMatchObject({ texts: ['other.received'], waitMs: QUIET })
  })
})
