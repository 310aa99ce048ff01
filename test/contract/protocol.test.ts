import { afterEach, describe, expect, test } from '@jest/globals'
import { asId } from '../../src/domain/ids.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { Disk, Rig, type RigOptions } from '../fixtures/protocol/harness.ts'

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

const text = (simulator: Simulator, from: string, words: string, room?: string) =>
  simulator.deliver({ kind: 'text', from, text: words, ...(room === undefined ? {} : { in: room }) })

describe('a login', () => {
  test('goes from the code over the phone to online, without a mistake', async () => {
    const simulator = await server({ phone: 'manual' })
    const one = rig(simulator)
    const code = await one.state('awaiting-scan')
    expect(code.qrText).toMatch(/^https:\/\/login\.weixin\.qq\.com\/l\/.{8,}$/)
    expect(code.nth).toBe(1)
    await simulator.phone.scan()
    await one.state('awaiting-confirm')
    await simulator.phone.confirm()
    const online = await one.state('online')
    expect(online.nick).toBe('果果小店🤖')
    expect(one.changes.map((change) => change.to.kind)).toEqual([
      'awaiting-scan',
      'awaiting-confirm',
      'starting',
      'online',
    ])
    text(simulator, '小王', '在吗')
    await one.event('message.received')
    expect(simulator.violations).toEqual([])
  })

  test('draws a new code when the old one runs out, and at once when asked', async () => {
    const simulator = await server({ phone: 'manual' })
    const one = rig(simulator)
    const first = await one.state('awaiting-scan')
    await simulator.phone.expireQr()
    await one.until(() => one.client.connection.kind === 'awaiting-scan' && one.client.connection.nth === 2)
    one.client.refreshQr()
    const third = await one.until(() =>
      one.client.connection.kind === 'awaiting-scan' && one.client.connection.nth === 3
        ? one.client.connection
        : null,
    )
    expect(third.qrText).not.toBe(first.qrText)
  })

  test('of a barred account says so in the words of the server and stops', async () => {
    const simulator = await server({ barred: true })
    const one = rig(simulator)
    const refused = await one.state('refused')
    expect(refused.code).toBe(1203)
    expect(refused.message).not.toBe('')
    expect(simulator.generation).toBe(0)
  })

  test('by another account is undone', async () => {
    const disk = new Disk()
    disk.expected = 'a-somebody-else'
    const simulator = await server()
    const one = rig(simulator, { disk })
    const refused = await one.state('refused')
    expect(refused.code).toBe(0)
    expect(disk.session).toBeNull()
  })

  test('in desktop mode shows its two headers', async () => {
    const simulator = await server({ webForbidden: true })
    const one = rig(simulator, {
      options: { mode: 'desktop', desktop: { clientVersion: '2.0.0', extspam: 'c3ludGhldGlj' } },
    })
    await one.state('online')
    expect(simulator.violations).toEqual([])
  })
})

describe('messages', () => {
  test('come decoded, with stable keys and our mention taken out', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    simulator.deliver({ kind: 'text', from: '卡罗尔', in: '老客户群', text: '几点开门？', mention: ['self'] })
    const event = await one.event('message.received')
    expect(event.chat).toMatchObject({ kind: 'group', name: '老客户群' })
    expect(event.sender).toMatchObject({ nick: '卡罗尔', display: '卡卡', relation: 'stranger' })
    expect(event.content).toMatchObject({
      kind: 'text',
      text: '几点开门？',
      mentions: { self: true, others: false },
    })
  })

  test('of the owner on the phone are told apart from others', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    simulator.phone.say('三点', '小王')
    const event = await one.event('owner.spoke')
    expect(event.content.text).toBe('三点')
    expect(event.chat.name).toBe('小王')
  })

  test('that are repeated come once', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    const id = text(simulator, '小王', '第一')
    await one.event('message.received')
    simulator.duplicate(id)
    text(simulator, '小王', '第二')
    await one.event('message.received', (event) => event.content.text === '第二')
    expect(one.events.filter((event) => event.messageId === id)).toHaveLength(1)
  })

  test('are fetched again when the reader left before asking for more', async () => {
    const simulator = await server()
    const one = new Rig({ url: simulator.url })
    const seen: string[] = []
    const stop = new AbortController()
    const batches = one.client.batches(stop.signal)
    let sent = false
    while (seen.length === 0) {
      const { value } = await batches.next()
      if (!sent) text(simulator, '小王', '别丢了')
      sent = true
      for (const event of value?.events ?? [])
        if (event.kind === 'message.received') seen.push(event.messageId)
    }
    await batches.return?.()
    for await (const batch of one.client.batches(stop.signal)) {
      const again = batch.events.find((event) => event.messageId === seen[0])
      if (again !== undefined) break
    }
    stop.abort()
    expect(seen).toHaveLength(1)
  })
})

describe('sending', () => {
  test('arrives once under its own id, and the echo is marked', async () => {
    const simulator = await server({ echoOwn: true })
    const one = rig(simulator)
    await one.state('online')
    const outcome = await one.client.send(
      { chat: one.client.roster.owner, text: '你好 <b>\n再见😄', clientMsgId: asId('17000000000000427') },
      one.signal,
    )
    expect(outcome).toMatchObject({ kind: 'sent' })
    expect(simulator.sends).toMatchObject([
      { clientMsgId: '17000000000000427', text: '你好 <b>\n再见😄', to: 'filehelper' },
    ])
    const echo = await one.event('owner.spoke')
    expect(echo.content.details.isEcho).toBe(1)
  })

  test.each([
    ['ret:1205', { kind: 'throttled', ret: 1205 }],
    ['ret:1204', { kind: 'refused', isUnwritable: true }],
    ['ret:1101', { kind: 'session-gone', ret: 1101 }],
    ['ret:-1', { kind: 'refused', isUnwritable: false }],
    ['status:502', { kind: 'uncertain' }],
    ['status:429', { kind: 'throttled' }],
    ['html200', { kind: 'uncertain' }],
    ['empty200', { kind: 'uncertain' }],
    ['truncate:20', { kind: 'uncertain' }],
    ['reset_after_accept', { kind: 'uncertain' }],
    ['bad_gzip', { kind: 'uncertain' }],
    ['huge:20', { kind: 'uncertain', problem: 'too-large' }],
  ])('with %s ends as %j', async (kind, expected) => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    simulator.faults.add({ endpoint: 'webwxsendmsg', kind, when: { times: 1 } })
    const outgoing = {
      chat: one.client.roster.owner,
      text: '一',
      clientMsgId: asId<never>('17000000000000001'),
    }
    expect(await one.client.send(outgoing, one.signal)).toMatchObject(expected)
    // Whatever it was, the session goes on and the next one arrives.
    const again = await one.client.send({ ...outgoing, clientMsgId: asId('17000000000000002') }, one.signal)
    expect(again.kind).toBe('sent')
  })

  test('to nobody we know is refused here', async () => {
    const simulator = await server()
    const one = rig(simulator)
    await one.state('online')
    text(simulator, '小王', '在吗')
    await one.event('message.received')
    await one.client.send(
      { chat: asId('p-nobody'), text: '一', clientMsgId: asId('17000000000000001') },
      one.signal,
    )
    expect(simulator.sends).toEqual([])
  })

  test('before any login keeps the reply for later', async () => {
    const simulator = await server({ phone: 'manual' })
    const one = rig(simulator)
    await one.state('awaiting-scan')
    const outcome = await one.client.send(
      { chat: asId('filehelper'), text: '一', clientMsgId: asId('1') },
      one.signal,
    )
    expect(outcome).toEqual({ kind: 'session-gone', ret: 0 })
  })
})

test('a hundred requests use at most four connections', async () => {
  const simulator = await server({ pollHoldMs: 100 })
  const one = rig(simulator)
  await one.state('online')
  for (let nth = 0; nth < 100; nth++) {
    const outgoing = {
      chat: one.client.roster.owner,
      text: `第${nth}条`,
      clientMsgId: asId<never>(`1700000000${1000 + nth}`),
    }
    expect((await one.client.send(outgoing, one.signal)).kind).toBe('sent')
  }
  expect(simulator.connections).toBeLessThanOrEqual(4)
})
