import type { Call } from './command.ts'
import type { DaemonAnswer, DaemonOutcome, DaemonPort } from './daemon-port.ts'
import { EXIT, type ExitCode } from './io.ts'
import { dataDirOf, type Language, languageOf, loadSettings, pick, sayTo } from './settings.ts'

/** A question on its way: the daemon that this call means, and how to speak to the person. */
export interface Asking {
  readonly daemon: DaemonPort
  readonly language: Language
  readonly timezone: string
}

/** Finds the daemon of this call's data folder; it may not be running. */
export function askingOf(call: Call): Asking {
  const loaded = loadSettings(call)
  return {
    daemon: call.programs.connect(dataDirOf(loaded, call.io)),
    language: languageOf(loaded),
    timezone: loaded.config?.timezone ?? 'Asia/Shanghai',
  }
}

/** Asks, prints why not when there is no answer, else goes on with it. */
export async function withAnswer<Result>(
  call: Call,
  asking: Asking,
  answer: Promise<DaemonAnswer<Result>>,
  use: (result: Result) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const got = await answer
  switch (got.kind) {
    case 'answer':
      return use(got.result)
    case 'refused':
      sayTo(call.io.stderr, pick(got.message, asking.language))
      return EXIT.failed
    case 'unreachable':
      sayTo(call.io.stderr, pick(got.message, asking.language))
      return EXIT.unreachable
  }
}

/** Prints what came of a command: 0 when done, 1 when refused. */
export function sayOutcome(call: Call, asking: Asking, outcome: DaemonOutcome): ExitCode {
  const isDone = outcome.kind === 'done'
  sayTo(isDone ? call.io.stdout : call.io.stderr, pick(outcome.message, asking.language))
  return isDone ? EXIT.ok : EXIT.failed
}

/** A local date and time as people write it: `2027-01-05 09:12:44`. */
export function localTime(at: number, timezone: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'medium',
    timeZone: timezone,
  }).format(new Date(at))
}

/** Gives an order and prints what came of it. */
export function ordering(
  call: Call,
  order: (asking: Asking) => Promise<DaemonAnswer<DaemonOutcome>>,
): Promise<ExitCode> {
  const asking = askingOf(call)
  return withAnswer(call, asking, order(asking), (outcome) => sayOutcome(call, asking, outcome))
}
