import type { ChatKey } from '../domain/ids.ts'
import type { ProtocolClient } from '../protocol/client.ts'
import type { Store } from '../store/store.ts'
import type { Bilingual, CommandOutcome, DaemonCommands } from '../web/ports.ts'
import type { AccountPin } from './account.ts'

/** What commands may change. */
export interface CommandTargets {
  readonly client: ProtocolClient
  readonly store: Store
  readonly pin: AccountPin
  /** Reads the rules again; the sentence says what came of it. */
  reload(): Promise<{ readonly isOk: boolean; readonly message: Bilingual }>
  /** Something may be sendable now. */
  wakeOutbox(): void
  now(): number
}

const LOGOUT_LIMIT_MS = 10_000
const NEW_CODE_LIMIT_MS = 20_000

const done = (zh: string, en: string): CommandOutcome => ({ kind: 'done', message: { zh, en } })
const refusedWith = (code: string, zh: string, en: string): CommandOutcome => ({
  kind: 'refused',
  code,
  message: { zh, en },
})

/** The ways to change a running daemon from outside. */
export function daemonCommands(targets: CommandTargets): DaemonCommands {
  return {
    async reload() {
      const { isOk, message } = await targets.reload()
      return isOk ? { kind: 'done', message } : { kind: 'refused', code: 'rules-invalid', message }
    },
    pause: async ({ chat, forMs }) => setPaused(targets, chat, true, forMs),
    resume: async ({ chat }) => setPaused(targets, chat, false, null),
    forget: ({ who }) => forget(targets, who),
    refreshQr: () => refreshCode(targets.client),
    async logout() {
      await targets.client.logout(AbortSignal.timeout(LOGOUT_LIMIT_MS))
      return done('已退出网页登录，下次启动要重新扫码', 'logged out; the next start needs a scan')
    },
  }
}

/** Answers when the new code is there to be shown: the old one is dead from the moment it was asked for. */
async function refreshCode(client: ProtocolClient): Promise<CommandOutcome> {
  const { connection } = client
  if (connection.kind === 'online' || connection.kind === 'starting')
    return refusedWith('logged-in', '已经登录，不需要二维码', 'logged in already, no code is needed')
  if (connection.kind === 'awaiting-confirm' && !connection.isPush)
    return refusedWith(
      'scan-pending',
      '刚有人扫了码，请先在手机上点“登录”或“取消”',
      'a scan is pending; tap "Log In" or "Cancel" on the phone first',
    )
  const fresh = nextCode(client, AbortSignal.timeout(NEW_CODE_LIMIT_MS))
  client.refreshQr()
  return (await fresh)
    ? done('已换新的二维码', 'a new code is there')
    : refusedWith('no-code', '还没有拿到新的二维码，会继续试', 'no new code yet; trying goes on')
}

/** True when a code that was not there before is shown, false when the signal fires first. */
function nextCode(client: ProtocolClient, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isThere: boolean) => {
      stop()
      signal.removeEventListener('abort', late)
      resolve(isThere)
    }
    const late = () => end(false)
    const stop = client.onConnection(({ to }) => {
      if (to.kind === 'awaiting-scan') end(true)
    })
    signal.addEventListener('abort', late, { once: true })
  })
}

async function forget(targets: CommandTargets, who: string): Promise<CommandOutcome> {
  const account = targets.pin.current()
  if (account === null) return refusedWith('not-logged-in', '还没有登录过', 'nobody has logged in yet')
  const found = findChat(targets, who)
  if (found.kind !== 'found') return noSuchChat(found.kind, who)
  const rows = await targets.store.forget(account, found.key)
  targets.wakeOutbox()
  return done(
    `已删掉“${who}”的 ${rows} 条记录，备份也换了新的`,
    `removed ${rows} records of "${who}"; the backups were replaced`,
  )
}

function noSuchChat(found: 'unknown' | 'several', name: string): CommandOutcome {
  return found === 'unknown'
    ? refusedWith('unknown-chat', `没有叫“${name}”的聊天`, `no chat is called "${name}"`)
    : refusedWith('ambiguous-chat', `叫“${name}”的不止一个`, `several chats are called "${name}"`)
}

function setPaused(
  targets: CommandTargets,
  name: string | null,
  isPaused: boolean,
  forMs: number | null,
): CommandOutcome {
  const account = targets.pin.current()
  if (account === null) return refusedWith('not-logged-in', '还没有登录过', 'nobody has logged in yet')
  const found = name === null ? null : findChat(targets, name)
  if (found !== null && found.kind !== 'found') return noSuchChat(found.kind, name ?? '')
  const chat = found?.key ?? null
  const until = isPaused && forMs !== null ? targets.now() + forMs : null
  targets.store.outbox.setPaused(account, chat, isPaused, targets.now(), until)
  targets.wakeOutbox()
  return isPaused ? done('已暂停', 'paused') : done('已恢复', 'resumed')
}

type Found = { readonly kind: 'found'; readonly key: ChatKey } | { readonly kind: 'unknown' | 'several' }

function findChat(targets: CommandTargets, name: string): Found {
  const [first, ...more] = targets.client.roster.find(name)
  if (first === undefined) return { kind: 'unknown' }
  return more.length > 0 ? { kind: 'several' } : { kind: 'found', key: first.key }
}
