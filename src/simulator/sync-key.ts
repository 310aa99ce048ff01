/** The version vector as it stands in JSON bodies. */
export interface SyncKey {
  readonly Count: number
  readonly List: readonly { readonly Key: number; readonly Val: number }[]
}

/** What every error answer carries in place of keys; a client must never keep it. */
export const EMPTY_KEY: SyncKey = { Count: 0, List: [] }

/** The pair that carries the position in the feed; the others are scenery, as far as anyone knows. */
const POSITION_KEY = 2
const POSITION_BASE = 700_000_000

/** The key of webwxinit: four pairs. `position` is the number of the last change it covers. */
export function initKey(position: number, loginSeconds: number): SyncKey {
  return key([
    [1, 700_000_001],
    [POSITION_KEY, POSITION_BASE + position],
    [3, 700_000_009],
    [1000, loginSeconds - 3600],
  ])
}

/** The key of webwxsync: it has grown. */
export function syncKey(position: number, loginSeconds: number): SyncKey {
  return key([
    [1, 700_000_001],
    [POSITION_KEY, POSITION_BASE + position],
    [3, 700_000_009],
    [11, 699_999_990],
    [201, loginSeconds + 1],
    [1000, loginSeconds - 3600],
    [1001, loginSeconds - 3500],
  ])
}

/** The key for synccheck: one pair more than its sibling, so that a client that confuses the two is seen. */
export function checkKey(position: number, loginSeconds: number): SyncKey {
  const pairs = syncKey(position, loginSeconds).List.map((pair): [number, number] => [pair.Key, pair.Val])
  return key([...pairs, [1005, loginSeconds - 3400]])
}

/** `1_700000001|2_700000017`: the form of a query. */
export function formatKey(value: SyncKey): string {
  return value.List.map((pair) => `${pair.Key}_${pair.Val}`).join('|')
}

/** The position inside a key from a query; null when it is none of ours. */
export function positionOfText(text: string): number | null {
  const pair = text.split('|').find((part) => part.startsWith(`${POSITION_KEY}_`))
  return pair === undefined ? null : fromValue(Number(pair.slice(2)))
}

/** The position inside a key from a body; null when it is none of ours. */
export function positionOfBody(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('List' in value) || !Array.isArray(value.List))
    return null
  for (const pair of value.List as unknown[]) {
    if (typeof pair !== 'object' || pair === null || !('Key' in pair) || !('Val' in pair)) return null
    if (pair.Key === POSITION_KEY) return fromValue(Number(pair.Val))
  }
  return null
}

/** The form of a key from a body that can be compared with {@link formatKey}; '' for anything else. */
export function textOfBody(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('List' in value) || !Array.isArray(value.List))
    return ''
  return (value.List as { Key?: unknown; Val?: unknown }[])
    .map((pair) => `${pair?.Key}_${pair?.Val}`)
    .join('|')
}

function key(pairs: readonly (readonly [number, number])[]): SyncKey {
  return { Count: pairs.length, List: pairs.map(([Key, Val]) => ({ Key, Val })) }
}

function fromValue(value: number): number | null {
  const position = value - POSITION_BASE
  return Number.isSafeInteger(position) && position >= 0 ? position : null
}
