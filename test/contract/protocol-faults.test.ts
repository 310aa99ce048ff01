import { afterEach, describe, expect, test } from '@jest/globals'
import { asId } from '../../src/domain/ids.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { createLogger } from '../../src/support/log.ts'
import { Disk, fastClock, Rig, type RigOptions } from '../fixtures/protocol/harness.ts'

const rigs: Rig[] = []
const servers: Simulator[] = []

async function server(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ phone: 'auto', pollHoldMs: 500, ...options })
  servers.push(simulator)
  return simulator
}

function rig(simulator: Simulator, options: Partial<RigOptions> = {}): Rig {
  const made = new Rig({ url: simulator.url, ...options })
  rigs.push(made)
  return made.start()
}

afterEach(async () => {
  for (const one of rigs.splice(0)) await one.stop()
  for (const one of servers.splice(0)) await one.close()
})

const say = (simulator: Simulator, words: string) =>
  simulator.deliver({ kind: 'text', from: '小王', text: words })

const requests = (simulator: Simulator, endpoint: string) =>
  simulator.journal.since().filter((entry) => entry.kind === 'request' && entry.endpoint === endpoint)

describe('a fault heals by itself and loses nothing', () => {
  test.each([
    ['synccheck', 'html200'],
    ['synccheck', 'empty200'],
    ['synccheck', 'status:502'],
    ['synccheck', 'reset_before_read'],
    ['synccheck', 'raw:window.synccheck={retcode:"x"}'],
    ['synccheck', 'ret:-1'],
    ['synccheck', 'ret:1205'],
    ['webwxsync', 'html200'],
    ['webwxsync', 'truncate:40'],
    ['webwxsync', 'status:503'],
    ['webwxsync', 'ret:1205'],
    ['webwxsync', 'ret:1'],
    ['webwxsync', 'reset_after_accept'],
    ['webwxsync', 'bad_gzip'],
    ['webwxgetcontact', 'status:500'],
    ['webwxbatchgetcontact', 'ret:1'],
    ['webwxstatusnotify', 'ret:1101'],
    ['webwxinit', 'status:500'],
    ['webwxinit', 'html200'],
    ['jslogin', 'html200'],
    ['login', 'status:504'],
    ['webwxnewloginpage', 'reset_before_read'],
  ])('%s answers %s', async (endpoint, kind) => {
    const simulator = await server()
    simulator.faults.add({ endpoint, kind, when: { times: 2 } })
    const one = rig(simulator)
    await one.state('online')
    say(simulator, '还在吗')
    const event = await one.event('message.received')
    expect(event.content.text).toBe('还在吗')
    expect(simulator.generation).toBe(1)
    await one.state('online')
  })

  test('of the contacts leaves the messages alone', async () => {
    const simulator = await server()
    simulator.faults.add({ endpoint: 'webwxgetcontact', kind: 'status:500' })
    const one = rig(simulator)
    await one.state('online')
    say(simulator, '你好')
    expect((await one.event('message.received')).sender.nick).toBe('小王')
  })

  test('F45: stays below two requests a second while the selector is stuck', async () => {
    const simulator = await server()
    const clock = fastClock(50)
    const one = rig(simulator, { clock })
    await one.state('online')
    const from = clock.now()
    const before = requests(simulator, 'synccheck').length + requests(simulator, 'webwxsync').length
    simulator.stuckSelector(2)
    await simulator.waitFor(
      (entry) => entry.kind === 'request' && requests(simulator, 'synccheck').length >= before + 12,
    )
    const made = requests(simulator, 'synccheck').length + requests(simulator, 'webwxsync').length - before
    expect(made / ((clock.now() - from) / 1000)).toBeLessThan(2)
    simulator.stuckSelector(null)
    say(simulator, '醒醒')
    await one.event('message.received')
  })

  test('F37: of a server that answers garbage for long is met with few requests', async () => {
    const simulator = await server()
    const clock = fastClock(200)
    const one = rig(simulator, { clock })
    await one.state('online')
    const fault = simulator.faults.add({ endpoint: 'synccheck', kind: 'html200' })
    const from = clock.now()
    await one.until(() => one.changes.filter((change) => change.to.kind === 'backing-off').length >= 12)
    expect(fault.hits / ((clock.now() - from) / 1000)).toBeLessThan(1)
    expect(one.changes.every((change) => change.to.kind !== 'expired')).toBe(true)
    fault.release()
    say(simulator, '回来了')
    await one.event('message.received')
  })
})

describe('what the server does not say', () => {
  test('F47: is fetched now and then all the same', async () => {
    const simulator = await server()
    const one = rig(simulator, { options: { idleSyncMs: 60_000 } })
    await one.state('online')
    simulator.silentSelector(true)
    say(simulator, '没有通知')
    await one.event('message.received')
  })

  test.each([[3], [4], [6], [99]])(
    'F46: in a known way: selector %d is news like any other',
    async (selector) => {
      const simulator = await server()
      const one = rig(simulator)
      await one.state('online')
      simulator.newsSelector(selector)
      say(simulator, '你好')
      await one.event('message.received')
    },
  )

  test('F44: again: keys that go back bring nothing twice, and say so', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    say(simulator, '一')
    await one.event('message.received')
    simulator.regressKey(5)
    say(simulator, '二')
    await one.event('message.received', (event) => event.content.text === '二')
    simulator.regressKey(5)
    say(simulator, '三')
    await one.event('message.received', (event) => event.content.text === '三')
    const ids = one.events.filter((event) => event.kind === 'message.received').map((event) => event.id)
    expect(one.batches.some((batch) => batch.wentBack === true)).toBe(true)
    expect(ids).toHaveLength(3)
    expect(new Set(ids).size).toBe(3)
  })

  test('stays out of one answer: a backlog comes in pieces and in order', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    simulator.backlog(230)
    await one.until(() => one.events.filter((event) => event.kind === 'message.received').length >= 230)
    const words = one.events.flatMap((event) =>
      event.kind === 'message.received' ? [event.content.text] : [],
    )
    expect(words).toEqual(Array.from({ length: 230 }, (_, index) => `第${index + 1}条`))
    expect(Math.max(...one.batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(60)
  })
})

test('T5: a login that points to a foreign host is not followed', async () => {
  const simulator = await server()
  const body = 'window.code=200;window.redirect_uri="https://wx2.qq.com.example.invalid/x?ticket=a";'
  simulator.faults.add({ endpoint: 'login', kind: `raw:${body}`, when: { times: 1 } })
  const one = rig(simulator)
  await one.until(() =>
    one.changes.some(({ to }) => to.kind === 'backing-off' && to.problem === 'host-not-allowed'),
  )
  await one.state('online')
  expect(requests(simulator, 'webwxnewloginpage')).toHaveLength(1)
})

test('after a new login everybody is found again, and twins by what tells them apart', async () => {
  const friends = [
    { id: 'wxid_a', nickName: '小王', remark: '3栋' },
    { id: 'wxid_b', nickName: '张伟', recent: false },
    { id: 'wxid_c', nickName: '张伟', recent: false },
  ]
  const world = { self: { uin: 1_000_000_001, nickName: '店主' }, friends }
  const simulator = await server({ world })
  const one = rig(simulator)
  await one.state('online')
  for (const from of ['wxid_a', 'wxid_b', 'wxid_c']) simulator.deliver({ kind: 'text', from, text: from })
  const received = () => one.events.filter((event) => event.kind === 'message.received')
  await one.until(() => received().length === 3)
  const [wang, twin] = received()
  simulator.kick(1100)
  await one.until(() => one.client.generation === 2)
  simulator.deliver({ kind: 'text', from: 'wxid_a', text: '又是我' })
  const again = await one.event('message.received', (event) => event.content.text === '又是我')
  expect(again.sender).toMatchObject({ key: wang?.sender.key, isAmbiguous: false })
  const toTwin = { chat: twin?.chat.key ?? asId<never>(''), text: '一', clientMsgId: asId<never>('1') }
  const outcome = await one.client.send(toTwin, one.signal)
  expect(outcome.kind).toBe('sent')
  expect(simulator.sends).toMatchObject([{ chat: 'wxid_b', generation: 2 }])
})

describe('a saved session', () => {
  test('is resumed without a code, keeps its keys and misses nothing', async () => {
    const simulator = await server()
    const disk = new Disk()
    const first = rig(simulator, { disk })
    await first.state('online')
    say(simulator, '一')
    const before = await first.event('message.received')
    await first.stop()
    say(simulator, '二')
    const second = rig(simulator, { disk })
    const after = await second.event('message.received')
    expect(after.content.text).toBe('二')
    expect(after.sender.key).toBe(before.sender.key)
    expect(simulator.generation).toBe(1)
    expect(second.client.generation).toBe(1)
    expect(second.changes.map((change) => change.to.kind)).toEqual(['starting', 'online'])
    expect(simulator.violations).toEqual([])
  })

  test.each([
    ['garbage', 'nonsense'],
    ['of another version', { version: 99 }],
    ['with hostile names', JSON.parse('{"__proto__":{"version":1},"constructor":1}')],
  ])('that is %s counts as none', async (_name, content) => {
    const simulator = await server()
    const disk = new Disk()
    disk.session = content
    const one = rig(simulator, { disk })
    await one.state('online')
    expect(one.changes.map((change) => change.to.kind)).toContain('awaiting-scan')
  })

  test('that is dead is replaced by push login without a scan', async () => {
    const simulator = await server()
    const disk = new Disk()
    const first = rig(simulator, { disk })
    await first.state('online')
    say(simulator, '一')
    const before = await first.event('message.received')
    simulator.kick(1100)
    await first.until(() => first.changes.some((change) => change.to.kind === 'expired'))
    await first.until(() => first.client.generation === 2)
    expect(first.changes.map((change) => change.to.kind)).not.toContain('refused')
    expect(requests(simulator, 'webwxpushloginurl')).toHaveLength(1)
    expect(requests(simulator, 'jslogin')).toHaveLength(1)
    say(simulator, '二')
    const after = await first.event('message.received', (event) => event.content.text === '二')
    expect(after.sender.key).toBe(before.sender.key)
  })

  test('falls back to a code when the phone does not know the browser any more', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    simulator.phone.revoke()
    simulator.kick(1100)
    await one.until(() => one.client.generation === 2)
    expect(requests(simulator, 'jslogin')).toHaveLength(2)
  })
})

describe('the end of a session', () => {
  test('is checked once when it is claimed by 1101', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    simulator.faults.add({ endpoint: 'synccheck', kind: 'ret:1101', when: { times: 1 } })
    await simulator.waitFor((entry) => entry.kind === 'answer' && entry.fault !== undefined)
    say(simulator, '没事')
    await one.event('message.received')
    expect(one.changes.every((change) => change.to.kind !== 'expired')).toBe(true)
    expect(simulator.generation).toBe(1)
  })

  test('twice in ten minutes stops everything until a person asks', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    simulator.kick(1102)
    await one.until(() => one.client.generation === 2 && one.client.connection.kind === 'online')
    simulator.kick(1102)
    const refused = await one.state('refused')
    expect(refused.code).toBe(1102)
    const logins = simulator.generation
    one.client.refreshQr()
    await one.state('online')
    expect(simulator.generation).toBe(logins + 1)
  })

  test('by a claim of a side call is asked of synccheck only', async () => {
    const simulator = await server({ pollHoldMs: 20_000 })
    const one = rig(simulator, { clock: fastClock(1) })
    await one.state('online')
    simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'ret:1101', when: { times: 1 } })
    const polls = requests(simulator, 'synccheck').length
    await one.client.send({ chat: asId('filehelper'), text: '一', clientMsgId: asId('1') }, one.signal)
    await simulator.waitFor(() => requests(simulator, 'synccheck').length > polls)
    expect(one.client.connection.kind).toBe('online')
  })

  test('by the owner waits for the owner', async () => {
    const simulator = await server()
    const disk = new Disk()
    const one = rig(simulator, { disk })
    await one.state('online')
    await one.client.logout(one.signal)
    expect(one.client.connection.kind).toBe('signed-out')
    expect(disk.session).toBeNull()
    expect(requests(simulator, 'webwxlogout')).toHaveLength(1)
    one.client.refreshQr()
    await one.state('online')
    expect(one.client.generation).toBe(2)
  })

  test('is no logout when the program stops', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    await one.stop()
    expect(requests(simulator, 'webwxlogout')).toHaveLength(0)
  })
})

test('T17: no credential is ever logged', async () => {
  const lines: string[] = []
  const log = createLogger('debug', { write: (line) => void lines.push(line) })
  const simulator = await server()
  for (const [endpoint, kind] of [
    ['synccheck', 'html200'],
    ['webwxsync', 'truncate:40'],
    ['webwxsendmsg', 'reset_after_accept'],
  ] as const) {
    simulator.faults.add({ endpoint, kind, when: { times: 1 } })
  }
  const disk = new Disk()
  const one = rig(simulator, { disk, log })
  await one.state('online')
  await one.client.send({ chat: asId('filehelper'), text: '秘密', clientMsgId: asId('1') }, one.signal)
  say(simulator, '秘密')
  await one.event('message.received')
  const session = disk.session as {
    skey: string
    sid: string
    passTicket: string
    cookies: { value: string }[]
  }
  const secrets = [
    session.skey,
    session.sid,
    session.passTicket,
    ...session.cookies.map((cookie) => cookie.value),
  ]
  const written = lines.join('\n')
  expect(lines.length).toBeGreaterThan(5)
  for (const secret of [...secrets, '秘密']) {
    if (secret.length > 5 || secret === '秘密') expect(written).not.toContain(secret)
  }
})
