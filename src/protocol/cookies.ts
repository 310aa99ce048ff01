import { Cookie, CookieJar, domainMatch, MemoryCookieStore } from 'tough-cookie'
import { isApiHost, operatorOrigins } from './hosts.ts'
import type { Bases } from './ports.ts'

/** Expiry dates before this mean "delete"; later ones are ignored, whatever our clock says. */
const DELETION_BEFORE_MS = 86_400_000 * 365

/**
 * Keeps every cookie until the server deletes it: the twelve-hour dates of the session cookies end a session that the
 * server still accepts, and our clock may be wrong (protocol README §5).
 */
class LastingStore extends MemoryCookieStore {
  readonly #plainHosts: ReadonlySet<string>

  constructor(plainHosts: ReadonlySet<string>) {
    super()
    this.#plainHosts = plainHosts
  }

  override putCookie(cookie: Cookie): Promise<void>
  override putCookie(cookie: Cookie, callback: (error: Error | null) => void): void
  override putCookie(cookie: Cookie, callback?: (error: Error | null) => void): Promise<void> | void {
    const done = callback ?? (() => {})
    if (isDeletion(cookie)) return this.removeCookie(cookie.domain ?? '', cookie.path ?? '', cookie.key, done)
    const lasting = cookie.clone() ?? cookie
    lasting.expires = 'Infinity'
    lasting.maxAge = null
    // The push and file hosts lie below the host that sets these: without its cookies they know nobody.
    if (isApiHost(cookie.domain ?? '')) lasting.hostOnly = false
    // A base the operator gave as plain http could otherwise never get its own cookie back.
    if (this.#plainHosts.has(cookie.domain ?? '')) lasting.secure = false
    return super.putCookie(lasting, done)
  }

  override updateCookie(before: Cookie, after: Cookie): Promise<void>
  override updateCookie(before: Cookie, after: Cookie, callback: (error: Error | null) => void): void
  override updateCookie(
    _before: Cookie,
    after: Cookie,
    callback?: (error: Error | null) => void,
  ): Promise<void> | void {
    return this.putCookie(after, callback ?? (() => {}))
  }
}

function isDeletion(cookie: Cookie): boolean {
  if (cookie.value === '') return true
  if (typeof cookie.maxAge === 'number' && cookie.maxAge <= 0) return true
  return cookie.expires instanceof Date && cookie.expires.getTime() < DELETION_BEFORE_MS
}

function plainHttpHosts(bases: Bases): ReadonlySet<string> {
  const urls = [...operatorOrigins(bases)].map((origin) => new URL(origin))
  return new Set(urls.filter((url) => url.protocol === 'http:').map((url) => url.hostname))
}

/**
 * A base of the operator's stands for a host with another name: what it sets for that name is kept for itself alone. A
 * browser would drop it; then a server that answers as the real one does, under an address of its own, knows nobody.
 */
class HomeJar extends CookieJar {
  readonly #homes: ReadonlySet<string>

  constructor(store: LastingStore, homes: ReadonlySet<string>) {
    super(store)
    this.#homes = homes
  }

  override setCookieSync(...[cookie, url, options]: Parameters<CookieJar['setCookieSync']>) {
    return super.setCookieSync(this.#atHome(cookie, new URL(url).hostname), url, options)
  }

  #atHome(cookie: string | Cookie, host: string): string | Cookie {
    const read = this.#homes.has(host) && typeof cookie === 'string' ? Cookie.parse(cookie) : undefined
    if (read?.domain == null || domainMatch(host, read.domain) === true) return cookie
    read.domain = null
    return read
  }
}

/** An empty jar for the hosts of WeChat and the bases that the operator gave. */
export function lastingJar(bases: Bases): CookieJar {
  const homes = [...operatorOrigins(bases)].map((origin) => new URL(origin).hostname)
  return new HomeJar(new LastingStore(plainHttpHosts(bases)), new Set(homes))
}
