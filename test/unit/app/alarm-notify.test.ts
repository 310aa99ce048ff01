import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Post } from '../../../src/app/alarm-post.ts'
import { MAX_ANSWER_BYTES, ping, postNotice } from '../../../src/outbox/effectors/notify.ts'
import type { ChannelFormat, Notice } from '../../../src/outbox/effectors/notify-formats.ts'
import { silentLogger } from '../../../src/support/log.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { Hook } from '../../support/hook.ts'
import { LeapClock } from '../../support/leap-clock.ts'

const NOTICE: Notice = {
  about: 'offline',
  state: 'raised',
  title: 'wxreply 连不上微信',
  text: '已有 2m 没有收到微信的回应',
  at: '2030-03-05T02:00:00.000Z',
}
const never = new AbortController().signal

let hook: Hook
beforeEach(async () => {
  hook = await Hook.open()
})
afterEach(() => hook.close())

const to = (format: ChannelFormat, path = '/key') => ({ webhook: { expose: () => hook.url + path }, format })
const post = (format: ChannelFormat) => postNotice(to(format), NOTICE, never)

describe('the words of each service', () => {
  test.each([
    ['bark', { title: NOTICE.title, body: NOTICE.text, group: 'wxreply' }],
    ['serverchan', { title: NOTICE.title, desp: NOTICE.text }],
    ['wecom', { msgtype: 'text', text: { content: `${NOTICE.title}\n${NOTICE.text}` } }],
    ['json', { source: 'wxreply', ...NOTICE }],
  ] as const)('%s', async (format, body) => {
    expect(await post(format)).toEqual({ kind: 'delivered' })
    expect(JSON.parse(hook.calls[0]?.body ?? '')).toEqual(body)
    expect(hook.calls[0]?.path).toBe('/key')
  })

  test('ntfy: plain text, the title in the address', async () => {
    expect(await post('ntfy')).toEqual({ kind: 'delivered' })
    expect(hook.calls[0]?.body).toBe(NOTICE.text)
    expect(hook.calls[0]?.query.get('title')).toBe(NOTICE.title)
  })

  test.each([
    ['wecom', '{"errcode":93000,"errmsg":"invalid webhook url"}'],
    ['serverchan', '{"code":40001,"message":"bad pushkey"}'],
    ['bark', '{"code":400,"message":"failed to get device token"}'],
  ] as const)('%s that says no with status 200 is a no, and is not asked again', async (format, body) => {
    hook.answer = () => ({ body })
    expect(await post(format)).toEqual({ kind: 'failed', problem: 'refused', mayRetry: false })
  })
})

describe('limits of a call', () => {
  test('a redirect is not followed', async () => {
    hook.answer = () => ({ status: 302, headers: { Location: `${hook.url}/elsewhere` } })
    expect(await post('json')).toEqual({ kind: 'failed', problem: 'http-302', mayRetry: false })
    expect(hook.calls).toHaveLength(1)
  })

  test('an answer above the limit is cut off', async () => {
    hook.answer = () => ({ body: 'x'.repeat(MAX_ANSWER_BYTES + 1) })
    expect(await post('json')).toMatchObject({ kind: 'failed' })
  })

  test('no failure names the address', async () => {
    const gone = { webhook: { expose: () => 'http://127.0.0.1:1/canary' }, format: 'json' } as const
    expect(JSON.stringify(await postNotice(gone, NOTICE, never))).not.toContain('canary')
    expect(await ping({ expose: () => 'http://127.0.0.1:1/canary' }, never)).toEqual({
      kind: 'failed',
      problem: 'ECONNREFUSED',
      mayRetry: true,
    })
  })
})

describe('a channel', () => {
  test('tries again with growing waits until it works, and tells the newest word only', async () => {
    hook.answer = (nth) => ({ status: nth < 4 ? 503 : 200 })
    const clock = new LeapClock()
    const done: string[] = []
    const end = new AbortController()
    const channel = new Post(
      { name: '手机', ...to('json') },
      {
        clock,
        random: seededRandom('post'),
        log: silentLogger,
        onDone: (outcome) => void done.push(outcome),
      },
    )
    const running = channel.run(end.signal)
    channel.add(NOTICE)
    await hook.waitFor(() => hook.calls.length === 1)
    channel.add({ ...NOTICE, state: 'cleared' })
    await clock.until(() => done.length === 1)
    end.abort()
    await running
    expect(hook.calls.map(({ body }) => /"state":"(\w+)"/.exec(body)?.[1])).toEqual([
      'raised',
      'cleared',
      'cleared',
      'cleared',
    ])
    expect(done).toEqual(['delivered'])
  })

  test('gives up after an hour of attempts', async () => {
    hook.answer = () => ({ status: 500 })
    const clock = new LeapClock()
    const done: string[] = []
    const end = new AbortController()
    const channel = new Post(
      { name: '手机', ...to('json') },
      {
        clock,
        random: seededRandom('post'),
        log: silentLogger,
        onDone: (outcome) => void done.push(outcome),
      },
    )
    const running = channel.run(end.signal)
    channel.add(NOTICE)
    await clock.until(() => done.length === 1, 10 * 3_600_000)
    end.abort()
    await running
    expect(done).toEqual(['given-up'])
    expect(hook.calls).toHaveLength(15)
  })
})
