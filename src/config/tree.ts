import type { Place } from '../domain/diagnostic.ts'

/** Plain data as written: maps without prototype, lists, text, numbers, booleans, null, secrets. */
export type Raw = unknown
export type RawMap = { [key: string]: Raw }

/** Where a value came from. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly place: Place }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'flag'; readonly name: string }

/** A key and its value where they stand. */
export interface Spot {
  readonly origin: Origin
  readonly key: Place
  readonly value: Place
  /** The line of the value, and that of the key. */
  readonly quotedLine: string
  readonly keyLine: string
  readonly span: number
  readonly keySpan: number
}

/** Merged settings before they are checked, and where each part stands. Paths are keys joined by dots. */
export interface Layered {
  readonly root: RawMap
  readonly spots: Map<string, Spot>
}

/** An empty map that has no inherited keys, so that `__proto__` is a key like any other. */
export function emptyMap(): RawMap {
  return Object.create(null) as RawMap
}

/** True for a map made by {@link emptyMap} or read from YAML. */
export function isMap(value: Raw): value is RawMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === null
  )
}

/** Puts a value at a path, replacing whatever stands there or in its way. */
export function putAt(layered: Layered, path: string, value: Raw, spot: Spot): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let map = layered.root
  for (const key of keys) {
    const next = map[key]
    const child = isMap(next) ? next : emptyMap()
    map[key] = child
    map = child
  }
  map[last] = value
  for (const known of layered.spots.keys()) {
    if (known === path || known.startsWith(`${path}.`)) layered.spots.delete(known)
  }
  layered.spots.set(path, spot)
}

/** The value at a path; undefined when nothing was written there. */
export function valueAt(root: RawMap, path: string): Raw {
  let value: Raw = root
  for (const key of path.split('.')) {
    if (!isMap(value)) return undefined
    value = value[key]
  }
  return value
}

/** What is known about a path, or about the nearest place above it. */
export function spotAt(layered: Layered, path: string): Spot | null {
  for (let known = path; known !== ''; known = known.slice(0, Math.max(0, known.lastIndexOf('.')))) {
    const spot = layered.spots.get(known)
    if (spot !== undefined) return spot
  }
  return null
}
