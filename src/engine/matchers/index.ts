import { z } from 'zod'
import { chat } from './chat.ts'
import { containsAll } from './contains-all.ts'
import { count } from './count.ts'
import { day } from './day.ts'
import { ends } from './ends.ts'
import { exact } from './exact.ts'
import { firstContact } from './first-contact.ts'
import { flow } from './flow.ts'
import { friendNote } from './friend-note.ts'
import { from } from './from.ts'
import { fuzzy } from './fuzzy.ts'
import { ifMatcher } from './if.ts'
import { is } from './is.ts'
import { kind } from './kind.ts'
import { length } from './length.ts'
import type { MatcherKind } from './matcher.ts'
import { mention } from './mention.ts'
import { ownerActive } from './owner-active.ts'
import { regex } from './regex.ts'
import { repliedRecently } from './replied-recently.ts'
import { room } from './room.ts'
import { silence } from './silence.ts'
import { starts } from './starts.ts'
import { state } from './state.ts'
import { text } from './text.ts'
import { time } from './time.ts'
import { word } from './word.ts'

const ALL: readonly MatcherKind[] = [
  text,
  exact,
  starts,
  ends,
  containsAll,
  word,
  fuzzy,
  regex,
  length,
  kind,
  chat,
  from,
  room,
  mention,
  time,
  day,
  firstContact,
  silence,
  state,
  flow,
  repliedRecently,
  ownerActive,
  friendNote,
  count,
  is,
  ifMatcher,
]

/** Every condition key a `when` may use. `raw` is not among them: it is a flag of the `when` (`ConditionSpec.raw`). */
export const matcherCatalogue: ReadonlyMap<string, MatcherKind> = new Map(
  ALL.map((entry) => [entry.key, entry]),
)

/** The flag `raw` beside the conditions of one `when`. */
export const rawSchema = z
  .boolean()
  .describe(
    'true：用原文比较，不做大小写、全半角、繁简的统一。Compare with the original text, without folding.',
  )

export type { MatcherKind } from './matcher.ts'
