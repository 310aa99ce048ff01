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
    async refreshQr() {
      targets.client.refreshQr()
      return done('正在取新的二维码', 'asking for a new code')
    },
    async logout() {
      await targets.client.logout(AbortSignal.timeout(LOGOUT_LIMIT_MS))
      return done('已退出网页登录，下次启动要重新扫码', 'logged out; the next start needs a scan')
    },
  }
}

function setPaused(
  targets: CommandTargets,
  name: string | null,
  isPaused: boolean,
  forMs: number | null,
): CommandOutcome {
  const account = targets.pin.current()
  if (account === null) return refusedWith('not-logged-in', '还没有登录过', 'nobody has logged in yet')
  const chat = name === null ? null : findChat(targets, name)
  if (chat === 'unknown')
    return refusedWith('unknown-chat', `没有叫“${name}”的聊天`, `no chat is called "${name}"`)
  if (chat === 'several')
    return refusedWith('ambiguous-chat', `叫“${name}”的不止一个`, `several chats are called "${name}"`)
  const until = isPaused && forMs !== null ? targets.now() + forMs : null
  targets.store.outbox.setPaused(account, chat, isPaused, targets.now(), until)
  targets.wakeOutbox()
  return isPaused ? done('已暂停', 'paused') : done('已恢复', 'resumed')
}

function findChat(targets: CommandTargets, name: string): ChatKey | 'unknown' | 'several' {
  const found = targets.client.roster.find(name)
  if (found.length > 1) return 'several'
  return found[0]?.key ?? 'unknown'
}
