import { StoreError } from '../domain/errors.ts'
import { asId } from '../domain/ids.ts'
import { recordedTest } from '../rules/testing/record.ts'
import { type KeptEvent, readKeptEvent, readKeptEvents } from '../store/kept.ts'
import type { Phrase } from './phrases.ts'

/** More events than this are not looked back at. */
const MAX_EVENTS = 200_000

/** What a data folder keeps, or why it cannot be read. */
export type Kept<T> =
  | { readonly kind: 'kept'; readonly value: T }
  | { readonly kind: 'refused'; readonly words: Phrase }

/** The kept events, oldest first; the daemon may be running. */
export function keptEvents(dataDir: string): Kept<readonly KeptEvent[]> {
  return reading(dataDir, () => readKeptEvents(dataDir, MAX_EVENTS))
}

/** The text of a test that says what happened with one event. */
export function recordEvent(dataDir: string, id: string, timezone: string): Kept<string> {
  const found = reading(dataDir, () => readKeptEvent(dataDir, asId(id)))
  if (found.kind === 'refused') return found
  const { kept, trace } = found.value
  const acted = kept.decision === 'act'
  const name = trace?.tried.find((entry) => entry.rule === kept.rule)?.name ?? kept.ruleName
  const text = recordedTest({
    event: kept.event,
    timezone,
    rule: acted ? name || kept.rule : null,
    reason: kept.reason,
    replies: kept.replies,
  })
  if (text !== null) return { kind: 'kept', value: text }
  return refused('这件事不是消息，写不成测试', 'this was no message; no test can be made of it')
}

function reading<T>(dataDir: string, read: () => T | null): Kept<T> {
  try {
    const value = read()
    if (value !== null) return { kind: 'kept', value }
    return refused(
      `${dataDir} 里没有这些记录（或已过期；数据目录用 --data 指定）`,
      `nothing is kept in ${dataDir} (any more; --data names another folder)`,
    )
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return refused(
      `读不了数据目录 ${dataDir} (${error.code})；请用运行机器人的用户来执行`,
      `the data folder ${dataDir} cannot be read (${error.code}); run this as the user the bot runs as`,
    )
  }
}

function refused(zh: string, en: string): { readonly kind: 'refused'; readonly words: Phrase } {
  return { kind: 'refused', words: { zh, en } }
}
