/** Chinese spellings of the everyday keys; accepted wherever the English key is. */
export const KEY_ALIASES: ReadonlyMap<string, string> = new Map([
  ['规则', 'rules'],
  ['名称', 'name'],
  ['当', 'when'],
  ['回复', 'reply'],
  ['群', 'room'],
  ['好友', 'from'],
  ['时间', 'time'],
  ['冷却', 'cooldown'],
  ['停用', 'disabled'],
  ['优先级', 'priority'],
  ['兜底', 'fallback'],
  ['快捷', 'quick'],
])

/** Keys of a rule file. */
export const FILE_KEYS = [
  'version',
  'quick',
  'rules',
  'flows',
  'schedules',
  'lists',
  'vars',
  'templates',
  'times',
  'conditions',
  'defaults',
  'include',
  'tests',
] as const

/** Keys of a rule. */
export const RULE_KEYS = [
  'name',
  'id',
  'when',
  'reply',
  'do',
  'priority',
  'continue',
  'guard',
  'fallback',
  'cooldown',
  'limit',
  'chance',
  'enabled',
  'disabled',
  'from_date',
  'until',
  'mode',
  'late',
  'observe',
  'interrupts_flow',
  'ignore_quiet',
  'once',
  'note',
  'tags',
  'on_error',
] as const

/** Keys that join conditions. */
export const JOIN_KEYS = ['all', 'any', 'not', 'raw'] as const

const TEST_KEYS = ['say', 'expect', 'talk', 'table', 'wait', 'at', 'http'] as const
const COMMON_KEYS = [
  'text',
  'exact',
  'starts',
  'ends',
  'regex',
  'chat',
  'kind',
  'mention',
  'send',
  'to',
  'cron',
] as const

/** Words that are keys in most files; used only to recognise a key that was typed wrongly, never to accept one. */
export const FAMILIAR_KEYS: ReadonlySet<string> = new Set([
  ...FILE_KEYS,
  ...RULE_KEYS,
  ...JOIN_KEYS,
  ...TEST_KEYS,
  ...COMMON_KEYS,
  ...KEY_ALIASES.keys(),
  ...KEY_ALIASES.values(),
])

/** The English spelling of a key. */
export function canonicalKey(key: string): string {
  return KEY_ALIASES.get(key) ?? key
}

/** The keys of a level and their Chinese spellings, for "did you mean". */
export function spellings(keys: Iterable<string>): string[] {
  const known = new Set(keys)
  return [...known, ...[...KEY_ALIASES].filter(([, key]) => known.has(key)).map(([alias]) => alias)]
}
