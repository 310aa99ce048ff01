import { plan } from '../actions/plan.ts'
import type { Config } from '../config/config.ts'
import type { Decision, TraceEntry } from '../domain/decision.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { localTime } from '../domain/local-time.ts'
import { explainAll } from '../engine/explain.ts'
import { MemoryFacts } from '../engine/memory-facts.ts'
import { readRulesFolder } from '../rules/folder.ts'
import { eventOf, instantOf } from '../rules/testing/scene.ts'
import { systemClock } from '../support/clock.ts'
import { planSettingsOf, policyOf } from './judge.ts'
import { buildRules } from './rules-runtime.ts'

/** One made-up message. */
export interface RehearseOptions {
  readonly text: string
  /** null: somebody without a name of note. */
  readonly from: string | null
  /** null: in private. */
  readonly room: string | null
  readonly isMention: boolean
  /** Local `YYYY-MM-DD HH:MM`; null: now. */
  readonly at: string | null
}

/** What the rules on disk would do about it; null decision when they have mistakes. */
export interface Rehearsal {
  readonly diagnostics: readonly Diagnostic[]
  readonly decision: Decision | null
  readonly replies: readonly string[]
  /** Every rule in order with its first failing condition. */
  readonly rules: readonly TraceEntry[]
  readonly nearest: TraceEntry | null
}

/** Decides one message offline with the product's own engine, on an empty memory; nothing is sent or stored. */
export async function rehearse(config: Config, options: RehearseOptions): Promise<Rehearsal> {
  const now = options.at === null ? systemClock.now() : instantOf(options.at, config.timezone)
  const { year, month, day } = localTime(config.timezone, now)
  const today = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const { rules, diagnostics } = await buildRules(await readRulesFolder(config.rules.path), {
    timezone: config.timezone,
    today,
    now,
    testPolicy: null,
  })
  if (rules === null) return { diagnostics, decision: null, replies: [], rules: [], nearest: null }
  const scene = {
    name: 'try',
    place: { file: 'try', line: 1, column: 1 },
    at: null,
    room: options.room,
    from: options.from,
    mention: options.isMention ? ('me' as const) : ('none' as const),
    kind: 'text',
    turns: [],
  }
  const event = eventOf(scene, options.text, now, 1)
  const facts = new MemoryFacts()
  const policy = policyOf(config)
  const found = explainAll({ ruleset: rules.ruleset, event, facts, policy, now })
  const settings = planSettingsOf(config, policy, '我')
  const { runs } = plan({ book: rules.book, decision: found.decision, event, facts, policy: settings, now })
  const replies = runs.flatMap((run) =>
    run.steps.flatMap(({ effect }) => (effect.kind === 'reply' ? [effect.text] : [])),
  )
  return { diagnostics, ...found, replies }
}
