import type { IncomingMessage, ServerResponse } from 'node:http'
import { isRecord } from './checks.ts'
import type { Entry } from './journal.ts'
import type { Simulator } from './server.ts'

/** Where the control calls live. */
export const CONTROL_PATH = '/__sim/'

/** Host names (without port) under which the control calls may be reached, so that no web page can rebind to them. */
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** How long `wait` waits when not told otherwise. */
const WAIT_MS = 30_000

type Json = Record<string, unknown>

/** Ends after so many milliseconds, or rejects when aborted. */
type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/**
 * Drives a simulator by HTTP: `GET state`, `GET journal?since=`, `GET wait?kind=&since=&ms=`, and POST with a JSON
 * array of arguments to `phone.<act>`, `faults.<act>` or any other act of {@link Simulator}. True when the request was
 * meant for it.
 */
export function controlDoor(
  simulator: Simulator,
  sleep: Sleep,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://simulator.invalid')
    if (!url.pathname.startsWith(CONTROL_PATH)) return false
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    if (!LOOPBACK.has(host)) {
      write(response, 421, { error: 'only by a loopback name' })
      return true
    }
    const name = url.pathname.slice(CONTROL_PATH.length)
    perform(simulator, { name, url, request, sleep }).then(
      (value) => write(response, 200, value),
      (error: unknown) =>
        write(response, 400, { error: error instanceof Error ? error.message : String(error) }),
    )
    return true
  }
}

interface Call {
  readonly name: string
  readonly url: URL
  readonly request: IncomingMessage
  readonly sleep: Sleep
}

async function perform(simulator: Simulator, call: Call): Promise<unknown> {
  if (call.request.method === 'GET') return look(simulator, call)
  if (call.request.method !== 'POST') throw new Error('use GET to look and POST to act')
  if (!/^application\/json\b/.test(call.request.headers['content-type'] ?? '')) {
    throw new Error('send a JSON array of arguments as application/json')
  }
  return act(simulator, call.name, await argumentsOf(call.request))
}

async function look(simulator: Simulator, { name, url, sleep }: Call): Promise<unknown> {
  const since = Number(url.searchParams.get('since') ?? '0')
  switch (name) {
    case 'state':
      return stateOf(simulator)
    case 'journal':
      return { seq: simulator.journal.seq, entries: simulator.journal.since(since) }
    case 'wait':
      return waitFor(simulator, url, { since, sleep })
    default:
      throw new Error(`there is nothing to see under "${name}"`)
  }
}

function stateOf(simulator: Simulator): Json {
  return {
    url: simulator.url,
    generation: simulator.generation,
    isLoggedIn: simulator.isLoggedIn,
    connections: simulator.connections,
    sends: simulator.sends,
    violations: simulator.violations,
    faults: simulator.faults.list().map(({ id, endpoint, name, argument, hits }) => ({
      id,
      endpoint,
      name,
      argument,
      hits,
    })),
    persons: [...simulator.world.persons.values()].map(({ id, kind, nickName, remark }) => ({
      id,
      kind,
      nickName,
      remark,
    })),
    rooms: [...simulator.world.rooms.values()].map(({ id, topic, joined }) => ({ id, topic, joined })),
  }
}

/** Waits for the first entry of `kind` (and `endpoint`, `text`, if given) after `since`; null when the time is up. */
async function waitFor(
  simulator: Simulator,
  url: URL,
  { since, sleep }: { since: number; sleep: Sleep },
): Promise<Entry | null> {
  const wanted = [...url.searchParams].filter(([name]) => name !== 'since' && name !== 'ms')
  const matches = (entry: Entry) => {
    const fields: Json = { ...entry }
    return wanted.every(([name, value]) => String(fields[name]) === value)
  }
  const end = new AbortController()
  const timer = sleep(Number(url.searchParams.get('ms') ?? WAIT_MS), end.signal).then(
    () => end.abort(),
    // Aborted because the entry came first.
    () => undefined,
  )
  const found = await simulator.waitFor(matches, { since, signal: end.signal }).catch(() => null)
  end.abort()
  await timer
  return found
}

async function argumentsOf(request: IncomingMessage): Promise<readonly unknown[]> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8') || '[]')
  return Array.isArray(value) ? value : [value]
}

/** The acts that take plain data, and so can be called from outside. */
const ACTS = new Set([
  'deliver',
  'backlog',
  'duplicate',
  'reorder',
  'regressKey',
  'stuckSelector',
  'newsSelector',
  'silentSelector',
  'renew',
  'antispam',
  'kick',
  'befriend',
  'editContact',
  'deleteContact',
  'setReception',
  'createRoom',
  'joinRoom',
  'leaveRoom',
  'removeFromRoom',
  'renameRoom',
  'nameInRoom',
  'userName',
  'phone.scan',
  'phone.confirm',
  'phone.cancel',
  'phone.expireQr',
  'phone.say',
  'phone.logout',
  'phone.revoke',
  'faults.add',
  'faults.release',
])

async function act(simulator: Simulator, name: string, args: readonly unknown[]): Promise<unknown> {
  if (!ACTS.has(name)) throw new Error(`there is no act "${name}"; known: ${[...ACTS].join(', ')}`)
  const [room = '', word] = name.split('.')
  const owner: object = word === undefined ? simulator : Reflect.get(simulator, room)
  const method: (...rest: readonly unknown[]) => unknown = Reflect.get(owner, word ?? room)
  const result = await method.apply(owner, [...args])
  // A fault carries functions; outside it is known by its number.
  if (name === 'faults.add' && isRecord(result)) return { result: result.id }
  return { result: result ?? null }
}

function write(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(body)
}
