/** The words of the control socket: one line of JSON asks, one line answers, then the connection ends. */
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { CONNECTION_KINDS } from '../domain/connection.ts'

const bilingual = z.object({ zh: z.string(), en: z.string() })
const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), message: bilingual }),
  z.object({ kind: z.literal('refused'), code: z.string(), message: bilingual }),
])
const health = z.object({ isOk: z.boolean(), reasons: z.array(z.string()) })
const instant = z.number()

const status = z.object({
  version: z.string(),
  state: z.enum(CONNECTION_KINDS),
  since: instant,
  nick: z.string(),
  isPaused: z.boolean(),
  pausedUntil: instant.nullable(),
  startedAt: instant,
  lastSyncAt: instant.nullable(),
  queue: z.object({ ready: z.number(), held: z.number(), uncertain: z.number(), dead: z.number() }),
  rules: z.object({
    version: z.string(),
    count: z.number(),
    loadedAt: instant.nullable(),
    reloadError: z.string().nullable(),
  }),
  sending: z.object({
    frozenUntil: instant.nullable(),
    isSuspended: z.boolean(),
    brake: z.string().nullable(),
  }),
  alarms: z.array(z.object({ kind: z.string(), since: instant, text: bilingual })),
  counters: z.object({ received: z.number(), replied: z.number(), suppressed: z.number() }),
  nextStep: bilingual.nullable(),
})

const person = z.object({
  name: z.string(),
  remark: z.string(),
  nick: z.string(),
  alias: z.string(),
  relation: z.string(),
  isAmbiguous: z.boolean(),
})
const room = z.object({ name: z.string(), members: z.number(), isAmbiguous: z.boolean() })
const held = z.object({
  step: z.string(),
  chat: z.string(),
  rule: z.string(),
  reason: z.string(),
  since: instant,
})
const silence = z.object({
  chat: z.string(),
  reason: z.enum(['paused', 'takeover', 'muted', 'stop-words', 'loop-breaker']),
  until: instant.nullable(),
})
const qr = z.object({ text: z.string(), imageUrl: z.string(), nth: z.number() })

const nothing = z.strictObject({})
const chat = z.string().max(200).nullable()

/** Every question with the shape of its parameters and of its answer. */
export const CONTROL = {
  health: { params: nothing, result: health },
  readiness: { params: nothing, result: health },
  status: { params: nothing, result: status },
  qr: { params: nothing, result: qr.nullable() },
  refreshQr: { params: nothing, result: outcome },
  reload: { params: nothing, result: outcome },
  pause: { params: z.strictObject({ chat, forMs: z.number().positive().nullable() }), result: outcome },
  resume: { params: z.strictObject({ chat }), result: outcome },
  forget: { params: z.strictObject({ who: z.string().min(1).max(200) }), result: outcome },
  logout: { params: nothing, result: outcome },
  contacts: { params: z.strictObject({ find: z.string().max(200) }), result: z.array(person) },
  rooms: { params: nothing, result: z.array(room) },
  held: { params: nothing, result: z.array(held) },
  silences: { params: nothing, result: z.array(silence) },
  explain: { params: z.strictObject({ event: z.string().max(300) }), result: z.string().nullable() },
} as const

export type ControlMethod = keyof typeof CONTROL
export type ControlParams<M extends ControlMethod> = z.input<(typeof CONTROL)[M]['params']>
export type ControlResult<M extends ControlMethod> = z.output<(typeof CONTROL)[M]['result']>

/** One question as it travels. */
export const requestLine = z.strictObject({
  method: z.enum(Object.keys(CONTROL) as [ControlMethod, ...ControlMethod[]]),
  params: z.unknown(),
})

/** One answer as it travels. */
export const answerLine = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: bilingual }) }),
])

/** The longest question and the longest answer, in bytes. */
export const MAX_REQUEST_BYTES = 64 * 1024
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** How long a question may take to arrive, and an answer to come; a reload runs all rule tests first. */
export const REQUEST_LIMIT_MS = 5000
const ANSWER_LIMIT_MS = 60_000

/** Whoever asks after health takes a late answer for none. */
const HEALTH_LIMIT_MS = 3000

/** How long to wait for the answer to a question. */
export function answerLimitMs(method: ControlMethod): number {
  return method === 'health' || method === 'readiness' ? HEALTH_LIMIT_MS : ANSWER_LIMIT_MS
}

/** Names of Unix sockets are cut at 104 to 108 bytes by the systems. */
const MAX_SOCKET_PATH = 100

/** Where the daemon of a data folder listens; the same on both sides. Short stand-ins are used where a name would be cut. */
export function controlAddress(dataDir: string): string {
  const dir = resolve(dataDir)
  const hash = createHash('sha256').update(dir).digest('hex').slice(0, 24)
  if (process.platform === 'win32') return `\\\\.\\pipe\\wxreply-${hash}`
  const path = join(dir, 'control.sock')
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path
  return join(tmpdir(), `wxreply-${ownUid()}-${hash}`, 'control.sock')
}

/** The uid we run as, also one that no account of the machine bears (any uid in a container). -1 where there are none. */
export function ownUid(): number {
  return process.getuid?.() ?? -1
}
