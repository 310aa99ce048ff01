import type { Core } from './core.ts'
import type { Answer, Refusal } from './exchange.ts'
import { html } from './exchange.ts'
import type { Fault } from './faults.ts'
import { TokenBucket } from './token-bucket.ts'
import { either, type WireOut } from './wire-out.ts'

/** What a fault works with. */
export interface Scene {
  readonly core: Core
  readonly out: WireOut
  /** Fires when the peer is gone. */
  readonly signal: AbortSignal
  /** How this endpoint says no. */
  readonly refuse: Refusal
  /** Lets the endpoint do its work. */
  readonly act: () => Promise<Answer>
}

const buckets = new WeakMap<Fault, TokenBucket>()

/** Answers under a fault. Returns what the journal should know; null when the connection was cut without an answer. */
export async function strike(fault: Fault, scene: Scene): Promise<Answer | null> {
  const { out, core, refuse } = scene
  const { argument } = fault
  switch (fault.name) {
    case 'ok':
      return write(scene, await scene.act())
    case 'status':
      return write(scene, statusPage(argument))
    case 'html200':
      return write(scene, html('系统繁忙'))
    case 'empty200':
      return write(scene, { status: 200, type: 'text/plain', body: '' })
    case 'raw':
      return write(scene, { status: 200, type: 'text/plain', body: argument })
    case 'ret':
      return write(scene, refuse(Number(argument)))
    case 'redirect':
      return write(scene, { status: 302, type: 'text/plain', body: '', headers: { Location: argument } })
    case 'throttle':
      return write(scene, isThrottled(core, fault) ? refuse(1205) : await scene.act())
    case 'reset_before_read':
      out.reset()
      return null
    case 'reset_after_accept':
      await scene.act()
      out.reset()
      return null
    case 'hang_before_headers':
      await either(fault.released, scene.signal)
      return scene.signal.aborted ? null : write(scene, await scene.act())
    case 'huge':
      await out.huge(Number(argument))
      return { status: 200, type: 'text/plain', body: '' }
    default:
      return strikeAfter(fault, scene, await scene.act())
  }
}

/** The faults of an answer whose work is done. */
async function strikeAfter(fault: Fault, scene: Scene, answer: Answer): Promise<Answer | null> {
  const { out, core, signal } = scene
  switch (fault.name) {
    case 'hang_after_accept':
      await either(fault.released, signal)
      return signal.aborted ? null : write(scene, answer)
    case 'hang_mid_body':
      await out.halves(answer, fault.released)
      return answer
    case 'delay':
      await core.settings.clock.sleep(Number(fault.argument), signal)
      return write(scene, answer)
    case 'trickle':
      await out.trickle(answer, Number(fault.argument))
      return answer
    case 'truncate':
      await out.truncate(answer, Number(fault.argument))
      return answer
    case 'bad_gzip':
      out.send(answer, { 'Content-Encoding': 'gzip' })
      return answer
    case 'wrong_length':
      out.wrongLength(answer)
      return answer
    case 'set_cookie':
      out.send({ ...answer, headers: { ...answer.headers, 'Set-Cookie': fault.argument } })
      return answer
    default:
      throw new Error(`fault ${fault.name} is not one of an answer`)
  }
}

/** `503` or `503/7`: the number behind the slash becomes Retry-After. */
function statusPage(argument: string): Answer {
  const [status, retryAfter] = argument.split('/')
  const page = html('', Number(status))
  return retryAfter === undefined ? page : { ...page, headers: { 'Retry-After': retryAfter } }
}

function write(scene: Scene, answer: Answer): Answer {
  scene.out.send(answer)
  return answer
}

function isThrottled(core: Core, fault: Fault): boolean {
  const [burst, perSecond] = fault.argument.split('/').map(Number)
  const bucket = buckets.get(fault) ?? new TokenBucket(burst ?? 1, perSecond ?? 1)
  buckets.set(fault, bucket)
  return !bucket.take(core.settings.clock.monotonic())
}
