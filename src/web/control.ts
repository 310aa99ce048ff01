import { chmod, lstat, mkdir, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname, resolve } from 'node:path'
import { type Clock, systemClock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import {
  CONTROL,
  type ControlMethod,
  controlAddress,
  MAX_REQUEST_BYTES,
  ownUid,
  REQUEST_LIMIT_MS,
  requestLine,
} from './control-protocol.ts'
import { errorCode } from './error-code.ts'
import type { Bilingual, DaemonCommands, DaemonViews } from './ports.ts'

/** A listening control socket. */
export interface ControlServer {
  readonly address: string
  close(): Promise<void>
}

/** Listening, or why not. `taken`: a daemon already answers for this data folder. */
export type ControlStart =
  | { readonly kind: 'listening'; readonly server: ControlServer }
  | { readonly kind: 'failed'; readonly code: string; readonly message: Bilingual }

const MAX_CONNECTIONS = 32

/**
 * Opens the control socket of a data folder, readable and writable by its owner only. A socket file left by a killed
 * daemon is replaced; one that still answers is not touched.
 */
export async function startControl(options: {
  readonly dataDir: string
  readonly views: DaemonViews
  readonly commands: DaemonCommands
  readonly log: Logger
  /** The machine's when absent. */
  readonly clock?: Clock
}): Promise<ControlStart> {
  const address = controlAddress(options.dataDir)
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    serve(socket, options)
  })
  server.maxConnections = MAX_CONNECTIONS
  try {
    await makeRoom(address, options.dataDir)
    await listen(server, address)
  } catch (error) {
    return failure(error, address)
  }
  return {
    kind: 'listening',
    server: {
      address,
      close: () => {
        for (const socket of sockets) socket.destroy()
        return new Promise((resolve) => server.close(() => resolve()))
      },
    },
  }
}

class Taken extends Error {}
class NotOurs extends Error {}

async function makeRoom(address: string, dataDir: string): Promise<void> {
  if (process.platform === 'win32') return
  const dir = dirname(address)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  // A stand-in lies in a folder that everybody may write: somebody else could have made it first.
  const found = await lstat(dir)
  const isStandIn = dir !== resolve(dataDir)
  if (isStandIn && (!found.isDirectory() || found.uid !== ownUid())) throw new NotOurs()
  if (await answers(address)) throw new Taken()
  await rm(address, { force: true })
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

async function listen(server: Server, address: string): Promise<void> {
  // The mode must be right from the first instant: binding happens inside listen().
  const before = process.platform === 'win32' ? null : process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, resolve)
      if (before !== null) process.umask(before)
    })
  } finally {
    if (before !== null) process.umask(before)
  }
  if (process.platform !== 'win32') await chmod(address, 0o600)
}

function failure(error: unknown, address: string): ControlStart {
  if (error instanceof Taken) {
    const message = {
      zh: `已经有一个机器人在用这个数据目录 (${address})`,
      en: `a daemon already uses this data folder (${address})`,
    }
    return { kind: 'failed', code: 'taken', message }
  }
  const code = errorCode(error)
  const message = {
    zh: `控制接口打不开 (${code})，wxreply status 等命令用不了: ${address}`,
    en: `the control socket cannot be opened (${code}); wxreply status and others will not work: ${address}`,
  }
  return { kind: 'failed', code, message }
}

type Parts = Parameters<typeof startControl>[0]

function serve(socket: Socket, parts: Parts): void {
  const chunks: Buffer[] = []
  let size = 0
  let isAsked = false
  const asked = new AbortController()
  socket.on('close', () => asked.abort())
  ;(parts.clock ?? systemClock).sleep(REQUEST_LIMIT_MS, asked.signal).then(
    () => socket.destroy(),
    () => undefined,
  )
  socket.on('error', () => socket.destroy())
  socket.on('end', () => {
    if (!isAsked) socket.destroy()
  })
  socket.on('data', (chunk) => {
    if (isAsked) return
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_REQUEST_BYTES) return void socket.destroy()
    if (!chunk.includes(0x0a)) return
    isAsked = true
    asked.abort()
    const [line = ''] = Buffer.concat(chunks).toString('utf8').split('\n')
    answer(line, parts).then(
      (text) => socket.end(text),
      (error: unknown) => {
        parts.log.error({ err: error }, 'control request failed')
        socket.end(refusal('internal', { zh: '内部错误，请看日志', en: 'internal error, see the log' }))
      },
    )
  })
}

async function answer(line: string, parts: Parts): Promise<string> {
  const request = requestLine.safeParse(parseJson(line))
  const params = request.success
    ? CONTROL[request.data.method].params.safeParse(request.data.params ?? {})
    : null
  if (!request.success || params === null || !params.success) {
    return refusal('bad-request', { zh: '请求格式不对', en: 'malformed request' })
  }
  const result = await dispatch(request.data.method, params.data, parts)
  return `${JSON.stringify({ ok: true, result })}\n`
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function refusal(code: string, message: Bilingual): string {
  return `${JSON.stringify({ ok: false, error: { code, message } })}\n`
}

/** Carries out one question whose parameters have the shape that CONTROL gives for it. */
async function dispatch(method: ControlMethod, given: unknown, parts: Parts): Promise<unknown> {
  const { views, commands } = parts
  switch (method) {
    case 'health':
      return views.health()
    case 'readiness':
      return views.readiness()
    case 'status':
      return views.status()
    case 'qr':
      return views.qr()
    case 'refreshQr':
      return commands.refreshQr()
    case 'reload':
      return commands.reload()
    case 'pause':
      return commands.pause(CONTROL.pause.params.parse(given))
    case 'resume':
      return commands.resume(CONTROL.resume.params.parse(given))
    case 'forget':
      return commands.forget(CONTROL.forget.params.parse(given))
    case 'logout':
      return commands.logout()
    case 'contacts':
      return views.contacts(CONTROL.contacts.params.parse(given).find)
    case 'rooms':
      return views.rooms()
    case 'held':
      return views.held()
    case 'silences':
      return views.silences()
    case 'explain':
      return views.explain(CONTROL.explain.params.parse(given).event)
  }
}
