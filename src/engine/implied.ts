import type { Place } from '../domain/diagnostic.ts'
import type { ConditionSpec, RulesetSpec } from '../domain/spec.ts'
import { matcherCatalogue } from './matchers/index.ts'
import { DEFAULT_KINDS } from './matchers/kind.ts'

/** What a `when` leaves unsaid: private chats unless a room or mention is named, text unless another kind is. */
export function impliedConditions(
  when: ConditionSpec | null,
  place: Place,
  spec: RulesetSpec,
): readonly ConditionSpec[] {
  const keys = positiveKeys(when, spec)
  const implied: ConditionSpec[] = []
  const add = (key: string, value: unknown) => implied.push({ op: 'test', key, value, place, raw: false })
  if (!keys.has('kind')) {
    const isTextual = [...keys].some((key) => matcherCatalogue.get(key)?.textual === true)
    if (isTextual) add('kind', 'text')
    else add('kind', keys.has('friend_note') ? 'friend_request' : [...DEFAULT_KINDS])
  }
  if (!keys.has('chat') && !keys.has('room') && !keys.has('mention')) add('chat', 'private')
  return implied
}

/** True when a rule says itself in which rooms it answers, by name or by asking who is mentioned. */
export function namesRoom(when: ConditionSpec | null, spec: RulesetSpec): boolean {
  const keys = positiveKeys(when, spec)
  return keys.has('room') || keys.has('mention')
}

/** The keys that a condition asks for, also inside `any`, `all` and named conditions, but not inside `not`. */
function positiveKeys(
  when: ConditionSpec | null,
  spec: RulesetSpec,
  seen: Set<string> = new Set(),
): ReadonlySet<string> {
  const keys = new Set<string>()
  const visit = (one: ConditionSpec): void => {
    if (one.op === 'all' || one.op === 'any') one.of.forEach(visit)
    if (one.op !== 'test') return
    keys.add(one.key)
    if (one.key !== 'is') return
    for (const name of [one.value].flat()) {
      const named = typeof name === 'string' && !seen.has(name) ? spec.conditions.get(name) : undefined
      if (named === undefined) continue
      seen.add(String(name))
      visit(named.value)
    }
  }
  if (when !== null) visit(when)
  return keys
}
