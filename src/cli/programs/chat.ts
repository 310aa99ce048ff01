import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { policyOf } from '../../app/judge.ts'
import type { Config } from '../../config/config.ts'
import { formatDiagnostics } from '../../rules/format.ts'
import { Session, type SessionRules } from '../../rules/testing/session.ts'
import { systemClock } from '../../support/clock.ts'
import { type Call, textOption } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { buildTarget, targetsOf } from '../rules-target.ts'
import { loadSettings, reportSettings, sayTo } from '../settings.ts'
import { ChatTalk } from './chat-talk.ts'
import { momentOption } from './moment.ts'

/** Carries out `chat`: lines from stdin until they end, `/quit` or a signal. */
export async function runChat(call: Call): Promise<ExitCode> {
  const settings = loadSettings(call)
  reportSettings(settings, call.io)
  const { config } = settings
  if (config === null) return EXIT.badSettings
  const startAt = momentOption(call.options, 'at', config.timezone) ?? systemClock.now()
  const rules = await rulesOf(call, config)
  if (rules === null) return EXIT.failed
  const policy = policyOf(config)
  const talk = new ChatTalk({
    language: config.language,
    timezone: config.timezone,
    from: textOption(call.options, 'from'),
    room: textOption(call.options, 'room'),
    say: (text) => sayTo(call.io.stdout, text),
    begin: (from, at) => new Session(from, { policy, startAt: at, explains: true }),
    reload: () => rulesOf(call, config),
    rules,
    startAt,
  })
  await converse(call, talk)
  return EXIT.ok
}

async function rulesOf(call: Call, config: Config): Promise<SessionRules | null> {
  const [target] = targetsOf([], config.rules.path, call.io.cwd)
  if (target === undefined) return null
  const { loaded, compiled } = await buildTarget(target, config.timezone)
  const { spec } = loaded
  const { ruleset, book, diagnostics } = compiled
  if (spec !== null && ruleset !== null && book !== null) return { spec, ruleset, book }
  const errors = diagnostics.filter((one) => one.severity === 'error')
  sayTo(call.io.stderr, formatDiagnostics(errors, 'text', config.language))
  return null
}

async function converse({ io }: Call, talk: ChatTalk): Promise<void> {
  const isTyped = io.stdout.isTTY === true
  if (isTyped) talk.greet()
  const lines = createInterface({ input: Readable.from(io.stdin), crlfDelay: Number.POSITIVE_INFINITY })
  const stop = () => lines.close()
  io.signal.addEventListener('abort', stop, { once: true })
  const prompt = () => {
    if (isTyped) io.stdout.write(talk.prompt)
  }
  prompt()
  for await (const line of lines) {
    if (io.signal.aborted || !(await talk.obey(line))) break
    prompt()
  }
  lines.close()
  io.signal.removeEventListener('abort', stop)
}
