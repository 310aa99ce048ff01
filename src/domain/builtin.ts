import { asId, type RuleId } from './ids.ts'

/**
 * Reactions that come from the settings instead of a rule. They stand in a decision like rules, so that trace, runs and
 * counters need nothing special; no rule can have such an id.
 */
export const BUILTIN_RULES = {
  /** The customer asked us to stop: confirm once, then stay silent until the owner resumes. */
  stop: asId<RuleId>('@stop'),
  /** The customer asked for a person. */
  handover: asId<RuleId>('@handover'),
  /** The other side behaves like a bot. */
  loop: asId<RuleId>('@loop'),
} as const

/** The id under which a flow acts. */
export function flowRuleId(flow: string): RuleId {
  return asId(`@flow/${flow}`)
}

/** The id under which a flow says that its time ran out; another than the flow's, which may begin again at once. */
export function flowTimeoutId(flow: string): RuleId {
  return asId(`@flow/${flow}/timeout`)
}

/** The id under which a schedule acts. */
export function scheduleRuleId(schedule: string): RuleId {
  return asId(`@schedule/${schedule}`)
}

/** Names of the built-in rules for people. */
export const BUILTIN_NAMES: Readonly<Record<string, string>> = {
  '@stop': '停止词',
  '@handover': '转人工',
  '@loop': '防循环',
}
