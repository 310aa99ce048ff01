import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { BareClient } from '../support/sim-client.ts'

let simulator: Simulator
let client: BareClient

beforeEach(async () => {
  simulator = await startSimulator({ phone: 'auto', pollHoldMs: 200, control: true })
  client = new BareClient(simulator.url)
  await client.login()
})

afterEach(() => simulator.close())

const fault = (kind: string, endpoint = 'synccheck') => simulator.faults.add({ endpoint, kind })
const sendOne = () => client.send('好', simulator.userName('小王'))

/** Status and body of a raw answer, byte for byte; rejects like the socket does. */
function fetchRaw(path: string): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const call = request(`${simulator.url}${path}`, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }))
      response.on('error', reject)
    })
    call.on('error', reject)
    call.end()
  })
}

describe('faults that answer', () => {
  test.each([
    ['status:503', 503, ''],
    ['html200', 200, '<html>'],
    ['empty200', 200, ''],
    ['raw:window.synccheck={', 200, 'window.synccheck={'],
    ['ret:1102', 200, 'retcode:"1102",selector:"0"'],
    ['redirect:https://example.invalid/', 302, ''],
    ['delay:5', 200, 'retcode:"1102"'],
  ])('%s', async (kind, status, text) => {
    fault(kind)
    const answer = await fetchRaw('/cgi-bin/mmwebwx-bin/synccheck')
    expect([answer.status, answer.body.toString().includes(text)]).toEqual([status, true])
  })

  test.each([
    ['jslogin', '/jslogin', 'window.QRLogin.code = 7;'],
    ['login', '/cgi-bin/mmwebwx-bin/login', 'window.code=7;'],
    ['webwxnewloginpage', '/cgi-bin/mmwebwx-bin/webwxnewloginpage', '<ret>7</ret>'],
    ['webwxpushloginurl', '/cgi-bin/mmwebwx-bin/webwxpushloginurl', '"ret": "7"'],
    ['webwxsync', '/cgi-bin/mmwebwx-bin/webwxsync', '"Ret": 7'],
  ])('ret:7 in the shape of %s', async (endpoint, path, text) => {
    fault('ret:7', endpoint)
    expect((await fetchRaw(path)).body.toString()).toContain(text)
  })

  test('status with Retry-After', async () => {
    fault('status:429/7')
    const answer = await client.get('/cgi-bin/mmwebwx-bin/synccheck')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])
  })

  test('set_cookie adds a cookie to a good answer', async () => {
    fault('set_cookie:odd=1; Domain=example.invalid')
    expect(await client.check()).toContain('retcode:"0"')
    expect(client.cookies.get('odd')).toBe('1')
  })

  test('huge sends as many megabytes', async () => {
    fault('huge:3')
    expect((await fetchRaw('/cgi-bin/mmwebwx-bin/synccheck')).body).toHaveLength(3 * 1024 * 1024)
  })

  test('trickle sends the whole body slowly', async () => {
    fault('trickle:2000')
    expect(await client.check()).toBe('window.synccheck={retcode:"0",selector:"0"}')
  })

  test('throttle lets the burst through and answers 1205 after it', async () => {
    fault('throttle:2/0.001', 'webwxsendmsg')
    const rets = []
    for (let round = 0; round < 3; round++) rets.push((await sendOne()).BaseResponse)
    expect(rets).toMatchObject([{ Ret: 0 }, { Ret: 0 }, { Ret: 1205, ErrMsg: '操作太频繁，请稍后再试。' }])
    expect(simulator.sends).toHaveLength(2)
  })
})

describe('faults that break off', () => {
  test.each([
    ['reset_before_read', 0],
    ['reset_after_accept', 1],
    ['truncate:10', 1],
    ['bad_gzip', 1],
    ['wrong_length', 1],
  ])('%s, with %i sends taken', async (kind, taken) => {
    fault(kind, 'webwxsendmsg')
    await expect(sendOne()).rejects.toThrow()
    expect(simulator.sends).toHaveLength(taken)
  })

  test.each([
    ['hang_before_headers', 0],
    ['hang_after_accept', 1],
    ['hang_mid_body', 1],
  ])('%s goes on when released, with %i sends taken before', async (kind, taken) => {
    const hanging = fault(kind, 'webwxsendmsg')
    const answer = sendOne()
    await simulator.waitFor((entry) => entry.kind === 'request' && entry.endpoint === 'webwxsendmsg')
    expect(simulator.sends).toHaveLength(taken)
    hanging.release()
    expect(await answer).toMatchObject({ BaseResponse: { Ret: 0 } })
  })

  test('close ends hanging answers and held polls at once', async () => {
    fault('hang_before_headers', 'webwxsendmsg')
    const answers = [sendOne(), client.check()].map((answer) =>
      answer.then(
        () => 'answered',
        () => 'cut',
      ),
    )
    await simulator.waitFor((entry) => entry.kind === 'request' && entry.endpoint === 'webwxsendmsg')
    await simulator.waitFor((entry) => entry.kind === 'request' && entry.endpoint === 'synccheck')
    await simulator.close()
    expect(await Promise.all(answers)).toEqual(['cut', 'cut'])
  })
})

test('a flood runs until it is stopped', async () => {
  const flood = simulator.flood(1000)
  let texts = 0
  await simulator.waitFor((entry) => entry.kind === 'happened' && ++texts === 3)
  await flood.stop()
  const before = simulator.journal.seq
  expect((await client.sync()).AddMsgList.length).toBeGreaterThan(0)
  expect(simulator.journal.since(before).some((entry) => entry.kind === 'happened')).toBe(false)
})

describe('the journal', () => {
  test('holds requests, answers, connections and what shaped them', async () => {
    fault('status:500')
    await client.check()
    await sendOne()
    const entries = simulator.journal.since()
    const poll = entries.find((entry) => entry.kind === 'request' && entry.endpoint === 'synccheck')
    expect(poll).toMatchObject({ method: 'GET', host: '127.0.0.1', query: { uin: '1000000001' } })
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: 'answer',
        endpoint: 'synccheck',
        request: poll?.seq,
        status: 500,
        fault: 'status',
      }),
    )
    const connected = entries.filter((entry) => entry.kind === 'connected')
    expect(simulator.connections).toBe(connected.length)
  })

  test('names the messages of a sync answer', async () => {
    const ids = simulator.backlog(2)
    await client.sync()
    const entry = await simulator.waitFor((one) => one.kind === 'answer' && one.endpoint === 'webwxsync')
    expect(entry).toMatchObject({ ret: 0, delivered: ids })
  })
})

describe('the control calls', () => {
  const call = async (name: string, args?: unknown[], headers: Record<string, string> = {}) => {
    const url = `${simulator.url}/__sim/${name}`
    const answer = await fetch(
      url,
      args === undefined
        ? { headers }
        : {
            method: 'POST',
            body: JSON.stringify(args),
            headers: { 'content-type': 'application/json', ...headers },
          },
    )
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  test('show the state and bring messages', async () => {
    const { body } = await call('deliver', [{ kind: 'text', from: '小王', text: '在吗' }])
    expect((await client.sync()).AddMsgList).toMatchObject([{ MsgId: body.result, Content: '在吗' }])
    expect((await call('state')).body).toMatchObject({ generation: 1, isLoggedIn: true, violations: [] })
    await call('kick', [1101])
    expect((await call('state')).body).toMatchObject({ isLoggedIn: false })
  })

  test('drive the phone and wait for entries', async () => {
    const since = simulator.journal.seq
    const waiting = call(`wait?kind=phone&what=say&since=${since}`)
    await call('phone.say', ['三点', '小王'])
    expect((await waiting).body).toMatchObject({ kind: 'phone', what: 'say' })
    expect((await call('wait?kind=nothing&ms=1')).body).toBeNull()
    expect((await call(`journal?since=${since}`)).body.seq).toBe(simulator.journal.seq)
  })

  test('put faults in force and release them', async () => {
    const { body } = await call('faults.add', [{ endpoint: 'synccheck', kind: 'ret:1100' }])
    expect(await client.check()).toContain('1100')
    await call('faults.release', [body.result])
    expect(await client.check()).toContain('retcode:"0"')
  })

  test('say what is wrong with a call', async () => {
    expect(await call('close', [])).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('no act') },
    })
    expect(await call('deliver', [{ kind: 'text', from: '张伟', text: '' }])).toMatchObject({ status: 400 })
    expect(await call('deliver', [{ kind: 'text', from: '无名氏', text: '' }])).toMatchObject({ status: 400 })
    expect(await call('kick', [1101], { 'content-type': 'text/plain' })).toMatchObject({ status: 400 })
  })

  test('are not reachable under a foreign host name', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'evil.example' }
      const got = request(`${simulator.url}/__sim/state`, { headers }, (response) =>
        resolve(response.resume().statusCode),
      )
      got.on('error', reject).end()
    })
    expect(status).toBe(421)
  })
})
