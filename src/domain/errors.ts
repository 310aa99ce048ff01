/** What a caller should do about a failure; decided once, where the answer was read. */
export type Retry = 'never' | 'backoff' | { readonly afterMs: number }

export interface FailureOptions {
  readonly code: string
  readonly retry: Retry
  readonly cause?: unknown
  /** Structured facts for logs; never secrets or message text. */
  readonly context?: Readonly<Record<string, string | number | boolean>>
}

/** Base of the typed families: callers read `code` and `retry`, never the message text. */
export abstract class Failure extends Error {
  readonly code: string
  readonly retry: Retry
  readonly context: Readonly<Record<string, string | number | boolean>>

  constructor(message: string, options: FailureOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = options.code
    this.retry = options.retry
    this.context = options.context ?? {}
  }
}

/** No trustworthy answer: DNS, TLS, reset, timeout, 5xx. `mayHaveBeenSent` is false only when no byte of the request left us. */
export class TransportError extends Failure {
  readonly mayHaveBeenSent: boolean

  constructor(
    message: string,
    options: Omit<FailureOptions, 'retry'> & { mayHaveBeenSent: boolean; afterMs?: number },
  ) {
    super(message, {
      ...options,
      retry: options.afterMs === undefined ? 'backoff' : { afterMs: options.afterMs },
    })
    this.mayHaveBeenSent = options.mayHaveBeenSent
  }
}

/** An answer with a non-zero ret. */
export class ServerRefusal extends Failure {
  readonly ret: number
  /** The server's own sentence, '' if it gave none. */
  readonly serverMessage: string

  constructor(message: string, options: FailureOptions & { ret: number; serverMessage?: string }) {
    super(message, options)
    this.ret = options.ret
    this.serverMessage = options.serverMessage ?? ''
  }
}

/** Logged out, kicked, cookie invalid: the session is over. */
export class SessionExpired extends ServerRefusal {}

/** Too frequent: slow down. */
export class Throttled extends ServerRefusal {}

/** Account or environment refused at login; trying again makes it worse. */
export class LoginRejected extends ServerRefusal {}

/** An answer of an unexpected shape. `sample` is redacted. */
export class DecodeError extends Failure {
  readonly endpoint: string
  readonly sample: string

  constructor(
    message: string,
    options: { endpoint: string; sample: string; cause?: unknown; code?: string },
  ) {
    super(message, {
      code: options.code ?? 'decode',
      retry: 'backoff',
      cause: options.cause,
      context: { endpoint: options.endpoint },
    })
    this.endpoint = options.endpoint
    this.sample = options.sample
  }
}

export type StoreErrorCode =
  | 'locked'
  | 'corrupt'
  | 'newer-version'
  | 'disk-full'
  | 'read-only'
  | 'not-writable'
  | 'io'
  /** The session is encrypted and no key is given, or another one. */
  | 'no-key'
  | 'wrong-key'

/** The store cannot be trusted or reached: stop accepting. */
export class StoreError extends Failure {
  declare readonly code: StoreErrorCode

  constructor(
    message: string,
    options: { code: StoreErrorCode; cause?: unknown; context?: FailureOptions['context'] },
  ) {
    super(message, { ...options, retry: 'never' } as FailureOptions)
  }
}

/** Our own bug: crash, the supervisor restarts. */
export class InvariantError extends Failure {
  constructor(message: string, context?: FailureOptions['context']) {
    super(message, { code: 'invariant', retry: 'never', ...(context === undefined ? {} : { context }) })
  }
}
