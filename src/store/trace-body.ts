import type { ConditionFailure, Trace, TraceEntry, TraceOutcome } from '../domain/decision.ts'
import { asId } from '../domain/ids.ts'

/** What the row of the event says about its trace. */
export type TraceColumns = {
  readonly id: string
  readonly rules_version: string | null
  readonly handled_at: number | null
}

/** A trace that was kept, with the columns of its event. */
export type TraceRow = TraceColumns & { readonly body: string }

/** What `toTrace` needs of `traces t` joined with `inbox i`. */
export const TRACE_COLUMNS = 'i.id, i.rules_version, i.handled_at, t.body'

/** Positions in the list of words: the same name, text or file stands once. */
type Packed =
  | ['m', rule: number, name: number, place: number, matched: number, captures: Record<string, string>]
  | ['f', rule: number, name: number, place: number, ...failure: number[]]
  | ['s', rule: number, name: number, place: number, reason: number, detail: number]

interface Body {
  readonly at?: number
  readonly safety?: Trace['safety']
  readonly words: readonly string[]
  readonly tried: readonly Packed[]
}

/** The trace without what the event's row says; words that come again stand once. */
export function traceBody(trace: Trace, handledAt: number): string {
  const words = new Words()
  const tried = trace.tried.map((entry) => pack(entry, words))
  const body: Body = {
    ...(trace.decidedAt === handledAt ? {} : { at: trace.decidedAt }),
    ...(trace.safety === null ? {} : { safety: trace.safety }),
    words: words.list,
    tried,
  }
  return JSON.stringify(body)
}

/** The trace of a row; null when the disk has spoilt it. */
export function toTrace(row: TraceRow): Trace | null {
  let stored: Body | Trace
  try {
    stored = JSON.parse(row.body) as Body | Trace
  } catch {
    return null
  }
  if (!('words' in stored)) return stored
  const { at, safety, words, tried } = stored
  return {
    event: asId(row.id),
    rulesVersion: row.rules_version ?? '',
    decidedAt: at ?? row.handled_at ?? 0,
    safety: safety ?? null,
    tried: tried.map((entry) => unpack(entry, words)),
  }
}

class Words {
  readonly list: string[] = []
  readonly #known = new Map<string, number>()

  at(word: string): number {
    const known = this.#known.get(word)
    if (known !== undefined) return known
    this.#known.set(word, this.list.length)
    return this.list.push(word) - 1
  }
}

function pack({ rule, name, place, outcome }: TraceEntry, words: Words): Packed {
  const head = [words.at(rule), words.at(name), words.at(placeText(place))] as const
  switch (outcome.kind) {
    case 'matched':
      return ['m', ...head, words.at(outcome.matched), { ...outcome.captures }]
    case 'suppressed':
      return ['s', ...head, words.at(outcome.reason), words.at(outcome.detail)]
    case 'failed': {
      const { condition, expected, actual, place: where, nearest } = outcome.failure
      const parts = [
        condition,
        expected,
        actual,
        placeText(where),
        ...(nearest === undefined ? [] : [nearest]),
      ]
      return ['f', ...head, ...parts.map((part) => words.at(part))]
    }
  }
}

function unpack(packed: Packed, words: readonly string[]): TraceEntry {
  const word = (at: number | undefined) => (at === undefined ? '' : (words[at] ?? ''))
  const [, rule, name, place] = packed
  const head = { rule: asId<TraceEntry['rule']>(word(rule)), name: word(name), place: toPlace(word(place)) }
  return { ...head, outcome: outcomeOf(packed, word) }
}

function outcomeOf(packed: Packed, word: (at: number | undefined) => string): TraceOutcome {
  switch (packed[0]) {
    case 'm':
      return { kind: 'matched', matched: word(packed[4]), captures: packed[5] }
    case 's': {
      const reason = word(packed[4]) as Extract<TraceOutcome, { kind: 'suppressed' }>['reason']
      return { kind: 'suppressed', reason, detail: word(packed[5]) }
    }
    case 'f': {
      const [condition, expected, actual, place, nearest] = packed.slice(4) as number[]
      const failure: ConditionFailure = {
        condition: word(condition),
        expected: word(expected),
        actual: word(actual),
        place: toPlace(word(place)),
        ...(nearest === undefined ? {} : { nearest: word(nearest) }),
      }
      return { kind: 'failed', failure }
    }
  }
}

function placeText({ file, line, column }: TraceEntry['place']): string {
  return `${file}:${line}:${column}`
}

function toPlace(text: string): TraceEntry['place'] {
  const [, file = '', line, column] = /^(.*):(\d+):(\d+)$/s.exec(text) ?? []
  return { file, line: Number(line ?? 0), column: Number(column ?? 0) }
}
