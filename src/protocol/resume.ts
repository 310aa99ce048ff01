import { type HostSet, hostSet, pageOf } from './hosts.ts'
import { CodeWatch, type LoginTools } from './login.ts'
import { countingUnreadable } from './meter.ts'
import { underAny } from './nudge.ts'
import { readJson } from './wire/json.ts'
import { pushLoginAnswer } from './wire/login.ts'
import type { SavedCookie, SavedSession } from './wire/saved.ts'

const PATH = '/cgi-bin/mmwebwx-bin/webwxpushloginurl'
/** How long the phone may take to say yes; the official page gives up then, too. */
const CONFIRM_MS = 300_000

/** What the official page writes into the jar itself before it asks for a push login. */
function pushCookies(saved: SavedSession, hosts: HostSet): SavedCookie[] {
  const base = {
    domain: new URL(hosts.api).hostname,
    path: '/',
    secure: false,
    httpOnly: false,
    hostOnly: true,
  }
  const own = [
    { ...base, key: 'last_wxuin', value: String(saved.uin) },
    { ...base, key: 'login_frequency', value: '2' },
    { ...base, key: 'MM_WX_NOTIFY_STATE', value: '1' },
    { ...base, key: 'MM_WX_SOUND_STATE', value: '1' },
  ]
  const names = new Set(own.map((cookie) => cookie.key))
  return [...saved.cookies.filter((cookie) => !names.has(cookie.key)).map(asExpired), ...own]
}

/** The time of the last login says that it is over. */
function asExpired(cookie: SavedCookie): SavedCookie {
  return cookie.key === 'wxloadtime' && /^\d+$/.test(cookie.value)
    ? { ...cookie, value: `${cookie.value}_expired` }
    : cookie
}

async function askPhone(
  tools: LoginTools,
  saved: SavedSession,
  base: string,
  { hosts, signal }: { hosts: HostSet; signal: AbortSignal },
) {
  const mode = tools.options.mode === 'desktop' ? { mod: 'desktop' } : {}
  const answer = await tools.http.call(
    {
      name: 'webwxpushloginurl',
      url: `${base}${PATH}`,
      query: { uin: saved.uin, ...mode },
      headers: { Referer: pageOf(hosts, tools.options.mode) },
      pool: 'main',
      deadlineMs: tools.options.deadlines.otherMs,
    },
    signal,
  )
  return readJson('webwxpushloginurl', pushLoginAnswer, answer.text)
}

/** The uuid of an accepted push login, '' when neither host accepts. */
async function pushUuid(tools: LoginTools, saved: SavedSession, hosts: HostSet, signal: AbortSignal) {
  for (const base of new Set([hosts.api, hosts.login])) {
    try {
      const answer = await countingUnreadable(tools.meter, () =>
        askPhone(tools, saved, base, { hosts, signal }),
      )
      if (answer.ret === 0) return answer.uuid
      tools.log.info({ ret: answer.ret }, 'push login refused')
    } catch {
      signal.throwIfAborted()
      tools.log.info({}, 'push login failed')
    }
  }
  return ''
}

/**
 * Asks the phone of an earlier session to log in again without a scan. Returns the redirect_uri, or null when a QR code
 * is needed: refused, cancelled, not answered in time, or a person asked for a code instead.
 */
export async function loginByPush(
  tools: LoginTools,
  saved: SavedSession,
  signal: AbortSignal,
): Promise<string | null> {
  const hosts = hostSet(saved.host, tools.options.bases)
  tools.http.importCookies(pushCookies(saved, hosts))
  const uuid = await pushUuid(tools, saved, hosts, signal)
  if (uuid === '') return null
  tools.link.move({ kind: 'pushed' }, 'waiting for the phone')
  const patience = new AbortController()
  const timer = new AbortController()
  void tools.clock.sleep(CONFIRM_MS, timer.signal).then(
    () => patience.abort(),
    () => {},
  )
  try {
    const end = await underAny([signal, patience.signal, tools.refresh.signal], (any) =>
      new CodeWatch(tools, hosts, uuid, true).run(any),
    )
    return end.kind === 'confirmed' ? end.redirectUri : null
  } catch {
    signal.throwIfAborted()
    return null
  } finally {
    timer.abort()
  }
}
