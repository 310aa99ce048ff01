import type { Config } from '../config/config.ts'
import type { SendingOptions } from '../outbox/ports.ts'
import type { ProtocolOptions } from '../protocol/client.ts'

const DAY_MS = 86_400_000
/** Held polls come back after 25-27 s; a link that died silently must be noticed within 45 s. */
const POLL_DEADLINE_MS = 37_000
const OTHER_DEADLINE_MS = 15_000
const CONTACT_DEADLINE_MS = 120_000
const IDLE_SYNC_MS = 15 * 60_000
/** The largest honest answer is a page of the address book, well below this. */
const MAX_BODY_BYTES = 32 * 1024 * 1024

/** The settings as the protocol room takes them. */
export function protocolOptions(config: Config): ProtocolOptions {
  const { login } = config
  const { clientVersion, extspam } = login.desktop
  return {
    bases: {
      login: login.bases.login ?? undefined,
      api: login.bases.api ?? undefined,
      file: login.bases.file ?? undefined,
      push: login.bases.push ?? undefined,
      qr: login.bases.qr ?? undefined,
    },
    mode: login.mode,
    desktop:
      clientVersion === null || extspam === null
        ? null
        : { clientVersion: clientVersion.expose(), extspam: extspam.expose() },
    restore: login.restore,
    qr: { maxFast: login.qr.maxFast, slowEveryMs: login.qr.slowEveryMs },
    deadlines: { pollMs: POLL_DEADLINE_MS, otherMs: OTHER_DEADLINE_MS, contactMs: CONTACT_DEADLINE_MS },
    backoff: config.sync.backoff,
    idleSyncMs: IDLE_SYNC_MS,
    maxBodyBytes: MAX_BODY_BYTES,
  }
}

/** The settings as the outbox takes them; `off` is null or 0 there. */
export function sendingOptions(config: Config): SendingOptions {
  const { send, limits } = config
  return {
    minGapMs: send.minGapMs,
    typing: send.typing,
    limits: {
      all: limits.all,
      chat: limits.chat,
      day: limits.day === null ? null : { max: limits.day.max, inMs: DAY_MS },
    },
    replyTtlMs: send.replyTtlMs ?? Number.MAX_SAFE_INTEGER,
    onUncertain: send.onUncertain,
  }
}
