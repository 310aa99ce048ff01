import type { Instant } from '../domain/ids.ts'
import type { Phrase } from './phrases.ts'

/** What a person should know of without looking. */
export const ALARM_KINDS = [
  /** Logged in, but nothing has been heard from the server for too long. */
  'offline',
  /** The server goes on announcing news that it does not have. */
  'stuck',
  /** The server ended the session. */
  'logged-out',
  /** The server refuses the account. */
  'refused',
  /** A code waits for a scan. */
  'qr',
  /** "Too often": nothing is sent for a while. */
  'frozen',
  /** Frozen too often in a day: nothing is sent until a person resumes. */
  'suspended',
  /** The data folder refuses writes. */
  'store',
  /** The page, the numbers and the health answers are not there: their address could not be had. */
  'web',
  /** The rules on disk have mistakes; older ones run. */
  'reload-failed',
  /** A chat was silenced because the other side looked like a bot. */
  'loop-broken',
] as const

export type AlarmKind = (typeof ALARM_KINDS)[number]

/** One kind of alarm: how it is, and what was last told of it. */
export interface AlarmState {
  readonly isOn: boolean
  readonly since: Instant
  readonly detail: Phrase
  /** What people believe. */
  readonly isTold: boolean
  readonly toldDetail: Phrase
  /** When a person was last told of a beginning; null for never. */
  readonly toldAt: Instant | null
  /** Happenings since then (only of kinds that have no end). */
  readonly happenings: number
  /** How often the same alarm was told again, each time after a longer while. */
  readonly repeats: number
}

/** Something to tell. */
export interface AlarmChange {
  readonly kind: AlarmKind
  readonly state: 'raised' | 'cleared' | 'happened'
  readonly at: Instant
  readonly since: Instant
  readonly detail: Phrase
  /** How many happenings it stands for. */
  readonly times: number
}

const NO_WORDS: Phrase = { zh: '', en: '' }

export const QUIET: AlarmState = {
  isOn: false,
  since: 0,
  detail: NO_WORDS,
  isTold: false,
  toldDetail: NO_WORDS,
  toldAt: null,
  happenings: 0,
  repeats: 0,
}

/** A beginning of one kind is told at most this often, however it flickers; its end is told at once. */
export const ALARM_GAP_MS = 10 * 60_000
const MAX_REPEATS = 5

/** The state after a look: null means it does not hold. */
export function observe(state: AlarmState, detail: Phrase | null, now: Instant): AlarmState {
  if (detail === null) return state.isOn ? { ...state, isOn: false } : state
  return { ...state, isOn: true, since: state.isOn ? state.since : now, detail }
}

/** The state after something happened that has no end of its own. */
export function happen(state: AlarmState, detail: Phrase, now: Instant): AlarmState {
  return {
    ...state,
    since: state.happenings > 0 ? state.since : now,
    detail,
    happenings: state.happenings + 1,
  }
}

/** When something may be told next; null when there is nothing to tell. A wall clock set back opens the gap. */
export function dueAt(state: AlarmState, kind: AlarmKind, now: Instant): Instant | null {
  if (state.isTold && !state.isOn) return now
  const hasNews = state.happenings > 0 || (state.isOn && !state.isTold) || isNewCode(state, kind)
  if (!hasNews) return null
  const gapMs = ALARM_GAP_MS * 2 ** Math.min(MAX_REPEATS, isNewCode(state, kind) ? state.repeats : 0)
  return state.toldAt === null || state.toldAt > now ? now : state.toldAt + gapMs
}

/** Tells what is due: the new state and the change; null when nothing is. */
export function tell(
  state: AlarmState,
  kind: AlarmKind,
  now: Instant,
): { readonly state: AlarmState; readonly change: AlarmChange } | null {
  const due = dueAt(state, kind, now)
  if (due === null || due > now) return null
  const { since, detail, happenings } = state
  const base = { kind, at: now, since, detail, times: Math.max(1, happenings) }
  if (state.isTold && !state.isOn) {
    return { state: { ...state, isTold: false, repeats: 0 }, change: { ...base, state: 'cleared' } }
  }
  const repeats = state.isTold ? state.repeats + 1 : 0
  const told: AlarmState = {
    ...state,
    toldAt: now,
    toldDetail: detail,
    isTold: state.isOn,
    happenings: 0,
    repeats,
  }
  return { state: told, change: { ...base, state: happenings > 0 ? 'happened' : 'raised' } }
}

/** A login code runs out, so the new one is worth telling again. */
function isNewCode({ isOn, isTold, detail, toldDetail }: AlarmState, kind: AlarmKind): boolean {
  return kind === 'qr' && isOn && isTold && detail.zh !== toldDetail.zh
}
