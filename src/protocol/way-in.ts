import { DecodeError } from '../domain/errors.ts'
import { type LoginTools, loginByQr } from './login.ts'
import { countingUnreadable } from './meter.ts'
import { loginByPush } from './resume.ts'
import { exchangeTicket, isUsedUp, isWorthAnother, type Ticket } from './ticket.ts'
import type { SavedSession } from './wire/saved.ts'

/** What the phone said yes to, and later the tickets, can be used again for about so long. */
const GOOD_MS = 240_000
/** A page instead of tickets usually means that they are used up; once or twice it may be an accident of the server. */
const MAX_PAGES = 3

/** A login that the phone confirmed: where its tickets are to be had. */
interface Confirmed {
  readonly address: string
  readonly until: number
  /** Answers so far that were no tickets. */
  pages: number
}

/** The way from nothing to the tickets of a session. Remembers how far it came: no failure of the network costs a second scan. */
export class WayIn {
  /** Whether the phone of a saved session may be asked; that is done once. */
  mayPush = true
  readonly #tools: LoginTools
  #confirmed: Confirmed | null = null
  #ticket: { readonly ticket: Ticket; readonly until: number } | null = null

  constructor(tools: LoginTools) {
    this.#tools = tools
  }

  /** True while there are tickets that were not opened yet. */
  get isUnderWay(): boolean {
    return this.#ticket !== null && !this.#isOver(this.#ticket.until)
  }

  /** Everything of this login is used, refused or no longer wanted. */
  forget(): void {
    this.#confirmed = null
    this.#ticket = null
  }

  /** Tickets, from as far as the last try came. Throws what went wrong; the next call goes on from there. */
  async ticket(saved: SavedSession | null, signal: AbortSignal): Promise<Ticket> {
    if (!this.isUnderWay) this.#ticket = null
    this.#ticket ??= await this.#login(saved, signal)
    return this.#ticket.ticket
  }

  #isOver(until: number): boolean {
    return this.#tools.clock.monotonic() > until
  }

  async #login(saved: SavedSession | null, signal: AbortSignal): Promise<{ ticket: Ticket; until: number }> {
    if (this.#confirmed === null || this.#isOver(this.#confirmed.until)) this.#confirmed = null
    const confirmed = this.#confirmed ?? (await this.#confirm(saved, signal))
    this.#confirmed = confirmed
    try {
      return await this.#exchange(confirmed.address, signal)
    } catch (error) {
      const isAccident = error instanceof DecodeError && ++confirmed.pages < MAX_PAGES
      if (!isWorthAnother(error) && !isAccident) this.#confirmed = null
      if (!isUsedUp(error)) throw error
      this.#tools.log.warn({}, 'the ticket was used up, asking for another code')
      return await this.#exchange(await this.#scanned(signal), signal)
    }
  }

  async #confirm(saved: SavedSession | null, signal: AbortSignal): Promise<Confirmed> {
    const address = (await this.#pushed(saved, signal)) ?? (await this.#scanned(signal))
    return { address, until: this.#tools.clock.monotonic() + GOOD_MS, pages: 0 }
  }

  async #exchange(address: string, signal: AbortSignal): Promise<{ ticket: Ticket; until: number }> {
    const { link, clock, meter } = this.#tools
    if (link.state.kind !== 'starting') link.move({ kind: 'begin' }, 'confirmed on the phone')
    const ticket = await countingUnreadable(meter, () => exchangeTicket(this.#tools, address, signal))
    this.#confirmed = null
    return { ticket, until: clock.monotonic() + GOOD_MS }
  }

  /** A saved session is worth one push login. */
  async #pushed(saved: SavedSession | null, signal: AbortSignal): Promise<string | null> {
    const hasDevice = saved?.cookies.some((cookie) => cookie.key === 'webwx_auth_ticket') ?? false
    if (saved === null || !hasDevice || !this.mayPush) return null
    this.mayPush = false
    return await loginByPush(this.#tools, saved, signal)
  }

  async #scanned(signal: AbortSignal): Promise<string> {
    const { link, http } = this.#tools
    if (link.state.kind === 'starting') link.move({ kind: 'reset' }, 'logging in anew')
    http.importCookies([])
    return await loginByQr(this.#tools, signal)
  }
}
