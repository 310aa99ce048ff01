import type { Core } from './core.ts'
import type { Session } from './session.ts'

/** One request, read completely. */
export interface Exchange {
  readonly method: string
  /** Host header without port, lower case. */
  readonly host: string
  readonly path: string
  /** The last word of the path; what faults and the journal call this call. */
  readonly endpoint: string
  readonly query: URLSearchParams
  readonly headers: ReadonlyMap<string, string>
  /** Every value sent under a cookie name. */
  readonly cookies: ReadonlyMap<string, readonly string[]>
  readonly body: Uint8Array
  /** Journal number of the request. */
  readonly request: number
  /** Fires when the peer is gone or the simulator ends. */
  readonly signal: AbortSignal
  /** Runs `then` once the answer is written or the peer gone. */
  done(then: () => void): void
}

/** One answer, ready to be written. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Uint8Array
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** For the journal only. */
  readonly ret?: number
  readonly selector?: number
  readonly delivered?: readonly string[]
}

/** Answers one call. */
export type Handler = (core: Core, exchange: Exchange) => Answer | Promise<Answer>

/** Answers one call of a session that was already recognised. */
export type SessionHandler = (core: Core, exchange: Exchange, session: Session) => Answer | Promise<Answer>

/** How a call says no: its own shape with this code. */
export type Refusal = (ret: number) => Answer

/** JSON as the server writes it: indented by one space, under a text type, long ids as bare numbers. */
export function json(value: Readonly<Record<string, unknown>>, more: Partial<Answer> = {}): Answer {
  const text = JSON.stringify(value, null, 1).replace(/"NewMsgId": "(\d+)"/g, '"NewMsgId": $1')
  return { status: 200, type: 'text/plain', body: text, ret: retOf(value), ...more }
}

/** JavaScript text of the login and poll endpoints. */
export function script(text: string, more: Partial<Answer> = {}): Answer {
  return { status: 200, type: 'text/javascript', body: text, ...more }
}

/** A page where another kind of answer was expected. */
export function html(title: string, status = 200): Answer {
  return {
    status,
    type: 'text/html',
    body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body></body></html>`,
  }
}

/** Binary content; an empty body is how the server says that there is none. */
export function binary(type: string, body: Uint8Array): Answer {
  return { status: 200, type, body }
}

/** The head of every JSON answer. 1205 is the only code that comes with a sentence. */
export function baseResponse(ret: number): { BaseResponse: { Ret: number; ErrMsg: string } } {
  return { BaseResponse: { Ret: ret, ErrMsg: ret === 1205 ? '操作太频繁，请稍后再试。' : '' } }
}

function retOf(value: Readonly<Record<string, unknown>>): number {
  const base = value.BaseResponse
  return typeof base === 'object' && base !== null && 'Ret' in base ? Number(base.Ret) : 0
}
