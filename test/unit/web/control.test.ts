import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Clock, nextTurn } from '../../../src/support/clock.ts'
import { createLogger } from '../../../src/support/log.ts'
import { type ControlServer, startControl } from '../../../src/web/control.ts'
import { connectControl } from '../../../src/web/control-client.ts'
import { controlAddress } from '../../../src/web/control-protocol.ts'
import { DONE, PlayedDaemon, STATUS } from './daemon.ts'

let dataDir: string
let lines: string[]
const servers: ControlServer[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'wxr-control-'))
  lines = []
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  await rm(dataDir, { recursive: true, force: true })
})

function parts(daemon: PlayedDaemon, dir = dataDir) {
  const log = createLogger('debug', { write: (line: string) => void lines.push(line) })
  return { dataDir: dir, views: daemon.views, commands: daemon.commands, log }
}

async function start(dir = dataDir) {
  const daemon = new PlayedDaemon()
  const started = await startControl(parts(daemon, dir))
  if (started.kind !== 'listening') throw new Error(started.message.en)
  servers.push(started.server)
  return { daemon, client: connectControl(dir), address: started.server.address }
}

/** Sends bytes and collects what comes until the connection ends. */
function exchange(address: string, bytes: string, isEnding = false): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(address, () => (isEnding ? socket.end(bytes) : socket.write(bytes)))
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
    })
    socket.on('error', (error) =>
      'code' in error && error.code === 'ECONNREFUSED' ? reject(error) : resolve(text),
    )
    socket.on('close', () => resolve(text))
  })
}

describe('questions', () => {
  test('every view comes through unchanged', async () => {
    const { daemon, client } = await start()
    const answer = (result: unknown) => ({ kind: 'answer', result })
    expect(await client.health()).toEqual(answer({ isOk: true, reasons: [] }))
    expect(await client.readiness()).toEqual(
      answer({ isOk: false, reasons: ['connection is awaiting-scan'] }),
    )
    expect(await client.status()).toEqual(answer(STATUS))
    expect(await client.qr()).toEqual(answer(daemon.qr))
    expect(await client.contacts({ find: '小' })).toMatchObject({ result: [{ name: '小王' }] })
    expect(await client.rooms()).toMatchObject({ result: [{ name: '老客户群', members: 12 }] })
    expect(await client.held()).toMatchObject({ result: [{ step: 's1', reason: 'uncertain' }] })
    expect(await client.explain({ event: 'e1' })).toEqual(answer('规则“问价”命中“多少钱”'))
    expect(await client.explain({ event: 'e2' })).toEqual(answer(null))
    daemon.qr = null
    expect(await client.qr()).toEqual(answer(null))
  })

  test('every order reaches the daemon', async () => {
    const { daemon, client } = await start()
    expect(await client.reload()).toEqual({ kind: 'answer', result: DONE })
    await client.pause({ chat: '小王', forMs: 1000 })
    await client.pause({ chat: null, forMs: null })
    await client.resume({ chat: null })
    await client.refreshQr()
    await client.forget({ who: '小王' })
    await client.logout()
    expect(daemon.orders).toEqual([
      { reload: true },
      { pause: { chat: '小王', forMs: 1000 } },
      { pause: { chat: null, forMs: null } },
      { resume: { chat: null } },
      { refreshQr: true },
      { forget: { who: '小王' } },
      { logout: true },
    ])
  })

  test('many at once are all answered', async () => {
    const { client } = await start()
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.status()))
    expect(answers.every((answer) => answer.kind === 'answer')).toBe(true)
  })

  test('a failure inside is refused without its text and logged', async () => {
    const { daemon, client } = await start()
    daemon.outcome = new Error('canary-detail')
    const answer = await client.reload()
    expect(answer).toMatchObject({ kind: 'refused', code: 'internal' })
    expect(JSON.stringify(answer)).not.toContain('canary')
    expect(lines.join('')).toContain('canary-detail')
  })
})

describe('hostile talk', () => {
  test.each([
    'hello\n',
    '{}\n',
    '{"method":"status"}x\n',
    '{"method":"destroy","params":{}}\n',
    '{"method":"pause","params":{"chat":1,"forMs":null}}\n',
    '{"method":"pause","params":{"chat":null,"forMs":-1}}\n',
    '{"method":"status","params":{"extra":1}}\n',
    '{"method":"status","params":{},"more":1}\n',
    '{"method":"__proto__"}\n',
    '[]\n',
    '\n',
  ])('%j is refused', async (line) => {
    const { daemon, address, client } = await start()
    expect(JSON.parse(await exchange(address, line))).toMatchObject({
      ok: false,
      error: { code: 'bad-request' },
    })
    expect(daemon.orders).toEqual([])
    expect((await client.health()).kind).toBe('answer')
  })

  test('an endless question and a half one are cut off', async () => {
    const { address, client } = await start()
    expect(await exchange(address, 'x'.repeat(70_000))).toBe('')
    expect(await exchange(address, '{"method":', true)).toBe('')
    expect((await client.health()).kind).toBe('answer')
  })
})

test('a question that never comes is not waited for', async () => {
  const slept: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: () => new Promise((resolve) => slept.push(resolve)),
  }
  const started = await startControl({ ...parts(new PlayedDaemon()), clock })
  if (started.kind !== 'listening') throw new Error(started.message.en)
  servers.push(started.server)
  const socket = connect(started.server.address)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => undefined)
  socket.resume()
  socket.write('{"method":')
  while (slept.length === 0) await nextTurn()
  for (const wake of slept) wake()
  await closed
  expect((await connectControl(dataDir).health()).kind).toBe('answer')
})

describe('the socket', () => {
  test('is private from its first instant and gone after closing', async () => {
    const { address } = await start()
    expect((await stat(address)).mode & 0o777).toBe(0o600)
    expect(await readdir(dataDir)).toEqual(['control.sock'])
    await servers.pop()?.close()
    expect(await readdir(dataDir)).toEqual([])
  })

  test('nobody there is said as such', async () => {
    const answer = await connectControl(dataDir).status()
    expect(answer.kind).toBe('unreachable')
    if (answer.kind === 'unreachable') expect(answer.message.zh).toContain('没有在运行')
  })

  test('a file left behind by a killed daemon is replaced', async () => {
    await writeFile(join(dataDir, 'control.sock'), '')
    const { client } = await start()
    expect((await client.status()).kind).toBe('answer')
  })

  test('a daemon that answers is not pushed aside', async () => {
    const { client } = await start()
    const second = await startControl(parts(new PlayedDaemon()))
    expect(second).toMatchObject({ kind: 'failed', code: 'taken' })
    expect((await client.status()).kind).toBe('answer')
  })

  test('a folder name too long for a socket gets a private stand-in', async () => {
    const long = join(dataDir, 'x'.repeat(120))
    const address = controlAddress(long)
    expect(Buffer.byteLength(address)).toBeLessThanOrEqual(104)
    const { client } = await start(long)
    expect((await client.status()).kind).toBe('answer')
    expect((await stat(address)).mode & 0o777).toBe(0o600)
    expect((await stat(join(address, '..'))).mode & 0o777).toBe(0o700)
    await servers.pop()?.close()
    await rm(join(address, '..'), { recursive: true })
  })

  test('a folder that cannot be written is told with its path', async () => {
    const file = join(dataDir, 'file')
    await writeFile(file, '')
    const started = await startControl(parts(new PlayedDaemon(), join(file, 'data')))
    expect(started.kind).toBe('failed')
    if (started.kind === 'failed') expect(started.message.zh).toContain(file)
  })
})
