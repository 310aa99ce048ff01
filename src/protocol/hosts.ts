import type { Bases } from './ports.ts'

/** The five roles as base URLs (origin, no trailing slash). */
export interface HostSet {
  readonly login: string
  readonly api: string
  readonly file: string
  readonly push: string
  readonly qr: string
}

/** Tested in this order, as a part of the host name (protocol README §3). */
const REAL_HOSTS = ['wx2.qq.com', 'wx8.qq.com', 'qq.com', 'web2.wechat.com', 'wechat.com'] as const
const REAL_HOST_OF: Readonly<Record<(typeof REAL_HOSTS)[number], string>> = {
  'wx2.qq.com': 'wx2.qq.com',
  'wx8.qq.com': 'wx8.qq.com',
  'qq.com': 'wx.qq.com',
  'web2.wechat.com': 'web2.wechat.com',
  'wechat.com': 'web.wechat.com',
}

const FIRST_LOGIN = 'https://login.weixin.qq.com'
/** The host of the redirect_uri parameter and of everything before a login named its own. */
export const FIRST_API_HOST = 'wx.qq.com'

/** All real hosts we ever talk to; a redirect to any other is refused. */
const ALLOWED: ReadonlySet<string> = new Set([
  'login.weixin.qq.com',
  'webpush.weixin.qq.com',
  ...Object.values(REAL_HOST_OF).flatMap((host) => [
    host,
    `login.${host}`,
    `file.${host}`,
    `webpush.${host}`,
  ]),
])

function trim(base: string): string {
  return base.replace(/\/+$/, '')
}

/** The hosts that belong to the host of redirect_uri; bases set by the operator win one by one. */
export function hostSet(redirectHost: string, bases: Bases): HostSet {
  const row = REAL_HOSTS.find((part) => redirectHost.includes(part))
  const host = row === undefined ? redirectHost : REAL_HOST_OF[row]
  const real = row !== undefined
  return {
    login: trim(bases.login ?? (real ? `https://login.${host}` : FIRST_LOGIN)),
    api: trim(bases.api ?? `https://${host}`),
    file: trim(bases.file ?? `https://file.${real ? host : FIRST_API_HOST}`),
    push: trim(bases.push ?? `https://webpush.${real ? host : 'weixin.qq.com'}`),
    qr: trim(bases.qr ?? FIRST_LOGIN),
  }
}

/** The address of the page that would make our requests, for Referer. */
export function pageOf({ api }: Pick<HostSet, 'api'>, mode: 'web' | 'desktop'): string {
  return `${api}/?&lang=zh_CN${mode === 'desktop' ? '&target=t' : ''}`
}

/** The hosts before any redirect_uri is known. */
export function firstHosts(bases: Bases): HostSet {
  return { ...hostSet(FIRST_API_HOST, bases), login: trim(bases.login ?? FIRST_LOGIN) }
}

function parsed(url: string): URL | null {
  try {
    return new URL(url)
  } catch {
    return null
  }
}

/** The origins the operator named, e.g. `http://127.0.0.1:8080`. */
export function operatorOrigins(bases: Bases): ReadonlySet<string> {
  const urls = [bases.login, bases.api, bases.file, bases.push, bases.qr]
  return new Set(urls.flatMap((base) => (base === undefined ? [] : (parsed(base)?.origin ?? []))))
}

/** True for an https URL of a real host on the default port, and for whatever the operator named. */
export function isAllowedUrl(url: string, bases: Bases): boolean {
  const target = parsed(url)
  if (target === null || target.username !== '' || target.password !== '') return false
  if (operatorOrigins(bases).has(target.origin)) return true
  return target.protocol === 'https:' && target.port === '' && ALLOWED.has(target.hostname)
}

/** True for the real hosts that a login can lead to. */
export function isApiHost(host: string): boolean {
  return Object.values(REAL_HOST_OF).includes(host)
}

/** True when `host` (with its port, if any) may be the API host of a session. */
export function isAllowedHost(host: string, bases: Bases): boolean {
  return isAllowedUrl(`https://${host}`, bases) || isAllowedUrl(`http://${host}`, bases)
}

/**
 * Where a redirect_uri is fetched: itself, or its path on the operator's API base. Null when the host is not on the
 * list: nothing is sent there.
 */
export function redirectTarget(redirectUri: string, bases: Bases): { url: string; host: string } | null {
  const target = parsed(redirectUri)
  if (target === null || !isAllowedUrl(redirectUri, bases)) return null
  const url = bases.api === undefined ? target.href : `${trim(bases.api)}${target.pathname}${target.search}`
  return { url, host: target.host }
}
