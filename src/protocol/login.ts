import { TransportError } from '../domain/errors.ts'
import { isAbort } from '../support/abort.ts'
import { backoffMs } from '../support/backoff.ts'
import type { Logger } from '../support/log.ts'
import type { ApiTools } from './api.ts'
import { FIRST_API_HOST, firstHosts, type HostSet } from './hosts.ts'
import type { Link } from './link.ts'
import { countingUnreadable } from './meter.ts'
import { type Nudge, sleepUnlessNudged, underAny } from './nudge.ts'
import type { QrPacer } from './qr-pacer.ts'
import { Trouble } from './trouble.ts'
import { unreadable } from './wire/json.ts'
import { readJslogin, readLoginPoll } from './wire/snippet.ts'

export interface LoginTools extends ApiTools {
  readonly link: Link
  readonly log: Logger
  readonly pacer: QrPacer
  /** Rings when a person asks for a new code. */
  readonly refresh: Nudge
}

/** How the life of one code ended. */
type CodeEnd =
  | { readonly kind: 'confirmed'; readonly redirectUri: string }
  | { readonly kind: 'expired' }
  /** Cancelled on the phone, or the login server failed: a new code, after a while. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'refresh' }

const APP_ID = 'wx782c26e4c19acffb'
/** The page on which a login begins, whatever host it leads to. */
const FIRST_PAGE = `https://${FIRST_API_HOST}/?&lang=zh_CN`
/** Why a connection went back to `signed-out`: too many codes in too short a time, the next one comes later. */
export const CODES_ARE_PACED = 'codes are paced'
/** A held poll that comes back sooner was not held: the next one waits, so that no answer makes a fast loop. */
const QUICK_MS = 1000
const SPACING_MS = 500
const MAX_SPACING_MS = 2000

async function askForCode(tools: LoginTools, hosts: HostSet, signal: AbortSignal): Promise<string> {
  const { options, clock, http } = tools
  const suffix = options.mode === 'desktop' ? '?mod=desktop' : ''
  const answer = await http.call(
    {
      name: 'jslogin',
      url: `${hosts.login}/jslogin`,
      query: {
        appid: APP_ID,
        redirect_uri: `https://${FIRST_API_HOST}/cgi-bin/mmwebwx-bin/webwxnewloginpage${suffix}`,
        fun: 'new',
        lang: 'zh_CN',
        _: clock.now(),
      },
      headers: { Referer: FIRST_PAGE },
      pool: 'main',
      deadlineMs: options.deadlines.otherMs,
    },
    signal,
  )
  const read = readJslogin(answer.text)
  if (read === null || read.code !== 200 || read.uuid === '') {
    throw unreadable('jslogin', 'no login code in the answer', answer.text)
  }
  return read.uuid
}

/** Watches one code until it is confirmed or dead. Failures of the network keep the code: it may still be scanned. */
export class CodeWatch {
  readonly #tools: LoginTools
  readonly #hosts: HostSet
  readonly #uuid: string
  #tip: 0 | 1 = 1
  #isPending: boolean
  #trouble: Trouble
  #quick = 0
  #counter: number

  constructor(tools: LoginTools, hosts: HostSet, uuid: string, isPush: boolean) {
    this.#tools = tools
    this.#hosts = hosts
    this.#uuid = uuid
    this.#isPending = isPush
    this.#trouble = new Trouble(tools.random, tools.options.backoff)
    this.#counter = tools.clock.now()
  }

  async run(signal: AbortSignal): Promise<CodeEnd> {
    for (;;) {
      // A pending scan is never torn away: the code stays until it is confirmed, cancelled or dead.
      if (this.#tools.refresh.signal.aborted && !this.#isPending) return { kind: 'refresh' }
      const end = await this.#step(signal)
      if (end !== null) return end
    }
  }

  async #step(signal: AbortSignal): Promise<CodeEnd | null> {
    const started = this.#tools.clock.monotonic()
    try {
      const answer = await countingUnreadable(this.#tools.meter, () => this.#poll(signal))
      this.#trouble = new Trouble(this.#tools.random, this.#tools.options.backoff)
      const end = this.#read(answer)
      if (end === null) await this.#space(this.#tools.clock.monotonic() - started, signal)
      return end
    } catch (error) {
      signal.throwIfAborted()
      if (isAbort(error)) return null
      // Only the first poll that the server may have seen has the mark of a first one.
      if (!(error instanceof TransportError) || error.mayHaveBeenSent) this.#tip = 0
      const { waitMs, attempt } = this.#trouble.next(error, this.#tools.clock.monotonic())
      this.#tools.log.debug({ failures: attempt }, 'login poll failed')
      await this.#pause(waitMs, signal)
      return null
    }
  }

  async #poll(signal: AbortSignal): Promise<{ code: number; redirectUri: string }> {
    const { http, clock, options, refresh } = this.#tools
    const call = {
      name: 'login',
      url: `${this.#hosts.login}/cgi-bin/mmwebwx-bin/login`,
      query: {
        loginicon: 'true',
        uuid: this.#uuid,
        tip: this.#tip,
        r: ~clock.now(),
        _: this.#counter++,
      },
      headers: { Referer: FIRST_PAGE },
      pool: 'push' as const,
      deadlineMs: options.deadlines.pollMs,
    }
    const sources = this.#isPending ? [signal] : [signal, refresh.signal]
    const answer = await underAny(sources, (either) => http.call(call, either))
    const read = readLoginPoll(answer.text)
    if (read === null) throw unreadable('login', 'not a known form', answer.text)
    this.#tip = 0
    return read
  }

  #read(answer: { code: number; redirectUri: string }): CodeEnd | null {
    switch (answer.code) {
      case 408:
        return null
      case 201:
        this.#scanned()
        return null
      case 200:
        return answer.redirectUri === ''
          ? { kind: 'failed' }
          : { kind: 'confirmed', redirectUri: answer.redirectUri }
      case 400:
        return { kind: 'expired' }
      default:
        return { kind: 'failed' }
    }
  }

  #scanned(): void {
    this.#tools.pacer.scanned()
    if (this.#tools.link.state.kind === 'awaiting-scan') {
      this.#tools.link.move({ kind: 'scanned' }, 'code scanned')
    }
    this.#isPending = true
    // Asked for before the scan came: it must not tear the pending one away, nor cut every wait short.
    this.#tools.refresh.take()
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { clock, refresh } = this.#tools
    return this.#isPending ? clock.sleep(ms, signal) : sleepUnlessNudged(clock, ms, refresh, signal)
  }

  async #space(tookMs: number, signal: AbortSignal): Promise<void> {
    this.#quick = tookMs < QUICK_MS ? this.#quick + 1 : 0
    if (this.#quick < 2) return
    const ms = Math.min(MAX_SPACING_MS, SPACING_MS * (this.#quick - 1))
    await this.#pause(ms, signal)
  }
}

/**
 * Shows codes until one is confirmed; returns the redirect_uri. A new code is drawn when the old one is dead, paced, and
 * at once when a person asks. Throws what jslogin threw.
 */
export async function loginByQr(tools: LoginTools, signal: AbortSignal): Promise<string> {
  const hosts = firstHosts(tools.options.bases)
  let failures = 0
  for (;;) {
    const pauseMs = tools.pacer.waitMs(tools.clock.now())
    // A dead code on display would be scanned in vain.
    if (pauseMs > 0) tools.link.move({ kind: 'reset' }, CODES_ARE_PACED)
    await sleepUnlessNudged(tools.clock, pauseMs, tools.refresh, signal)
    if (tools.refresh.take()) tools.pacer.hurry()
    const uuid = await countingUnreadable(tools.meter, () => askForCode(tools, hosts, signal))
    const code = {
      qrText: `${hosts.qr}/l/${uuid}`,
      qrImageUrl: `${hosts.qr}/qrcode/${encodeURIComponent(uuid)}`,
      nth: tools.pacer.drawn(tools.clock.now()),
    }
    tools.link.move({ kind: 'code', ...code }, 'new code')
    const end = await new CodeWatch(tools, hosts, uuid, false).run(signal)
    if (end.kind === 'confirmed') return end.redirectUri
    tools.meter.onLogin(end.kind === 'refresh' ? 'replaced' : end.kind)
    failures = end.kind === 'failed' ? failures + 1 : 0
    if (failures > 0) {
      const ms = backoffMs(failures, tools.random, tools.options.backoff)
      await sleepUnlessNudged(tools.clock, ms, tools.refresh, signal)
    }
  }
}
