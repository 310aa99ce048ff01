import type { Config, NotifyChannel } from './config.ts'
import type { Settings } from './schema.ts'

/** Where relative paths start and where a holiday file may lie unnamed. */
export interface Surroundings {
  absolute(path: string): string
  /** The holiday file to use; null for none. */
  readonly holidayFile: string | null
}

/** Checked settings under their written names -> the names and units of the program. */
export function lower(settings: Settings, around: Surroundings): Config {
  return {
    version: 1,
    timezone: settings.timezone,
    language: settings.language,
    owner: settings.owner.remark === undefined ? null : { remark: settings.owner.remark },
    data: {
      path: around.absolute(settings.data.path),
      key: settings.data.key ?? null,
      oldKey: settings.data.old_key ?? null,
    },
    rules: { path: around.absolute(settings.rules.path), testGate: settings.rules.test_gate },
    reload: {
      watch: settings.reload.watch,
      pollMs: settings.reload.poll,
      settleMs: settings.reload.settle,
    },
    ...connection(settings),
    ...silence(settings),
    commands: settings.commands,
    holidays: { file: around.holidayFile },
    state: { keepMs: settings.state.keep, maxKeysPerContact: settings.state.max_keys_per_contact },
    ...surroundings(settings),
  }
}

function connection(settings: Settings): Pick<Config, 'login' | 'sync' | 'send'> {
  const { login, sync, send } = settings
  const { qr, bases, desktop } = login
  return {
    login: {
      mode: login.mode,
      account: login.account,
      qr: {
        style: qr.style,
        stream: qr.stream,
        png: qr.png,
        url: qr.url,
        maxFast: qr.max_fast,
        slowEveryMs: qr.slow_every,
      },
      restore: login.restore,
      bases: {
        login: bases.login ?? null,
        api: bases.api ?? null,
        file: bases.file ?? null,
        push: bases.push ?? null,
        qr: bases.qr ?? null,
      },
      desktop: { clientVersion: desktop.client_version ?? null, extspam: desktop.extspam ?? null },
    },
    sync: {
      stallAfterMs: sync.stall_after,
      backoff: {
        firstMs: sync.backoff.first,
        factor: sync.backoff.factor,
        maxMs: sync.backoff.max,
        jitter: sync.backoff.jitter,
      },
    },
    send: {
      minGapMs: send.min_gap,
      typing: send.typing && {
        baseMs: send.typing.base,
        perCharMs: send.typing.per_char,
        maxMs: send.typing.max,
        jitter: send.typing.jitter,
      },
      replyTtlMs: send.reply_ttl,
      onUncertain: send.on_uncertain,
    },
  }
}

type SilenceKeys = 'safety' | 'takeover' | 'stopWords' | 'mergeMs' | 'limits' | 'quietHours'

function silence(settings: Settings): Pick<Config, SilenceKeys> {
  const { safety, takeover, limits } = settings
  const breaker = safety.loop_breaker
  return {
    safety: {
      maxAgeMs: safety.max_age,
      replyToOfficial: safety.reply_to_official,
      replyToSelf: safety.reply_to_self,
      loopBreaker: breaker && {
        sameReply: rate(breaker.same_reply),
        fastTurns: breaker.fast_turns && {
          fasterThanMs: breaker.fast_turns.faster_than,
          max: breaker.fast_turns.max,
        },
        onTrip: { muteMs: breaker.then.mute, notify: breaker.then.notify },
      },
    },
    takeover: takeover && {
      onOwnerMessageMs: takeover.on_owner_message,
      handoverWords: takeover.handover_words,
      resumeWords: takeover.resume_words,
    },
    stopWords: settings.stop_words,
    mergeMs: settings.merge,
    limits: {
      all: rate(limits.all),
      chat: rate(limits.chat),
      day: limits.day,
      acceptFriend: rate(limits.accept_friend),
    },
    quietHours: settings.quiet_hours,
  }
}

function rate(written: { max: number; in: number } | null) {
  return written && { max: written.max, inMs: written.in }
}

type SurroundingKeys = 'http' | 'llm' | 'notify' | 'heartbeat' | 'server' | 'log' | 'privacy'

function surroundings(settings: Settings): Pick<Config, SurroundingKeys> {
  const { http, llm, notify, heartbeat, server } = settings
  const channels: NotifyChannel[] = Object.entries(notify.channels).map(([name, channel]) => ({
    name,
    ...channel,
  }))
  return {
    http: { allow: http.allow, timeoutMs: http.timeout, proxy: http.proxy ?? null },
    llm:
      llm.url === undefined || llm.model === undefined
        ? null
        : {
            url: llm.url,
            key: llm.key ?? null,
            model: llm.model,
            budget: llm.budget && {
              calls: llm.budget.calls,
              tokens: llm.budget.tokens,
              inMs: llm.budget.in,
            },
          },
    notify: {
      channels,
      on: {
        loggedOut: notify.on.logged_out,
        refused: notify.on.refused,
        reloadFailed: notify.on.reload_failed,
        loopBroken: notify.on.loop_broken,
        qr: notify.on.qr,
        blocked: notify.on.blocked,
      },
    },
    heartbeat: { url: heartbeat.url ?? null, everyMs: heartbeat.every },
    server: { listen: server.listen, token: server.token ?? null },
    log: settings.log,
    privacy: { tracesMs: settings.privacy.traces, redact: settings.privacy.redact },
  }
}
