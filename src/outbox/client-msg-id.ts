import { asId, type ClientMsgId, type Instant } from '../domain/ids.ts'
import type { Random } from '../support/random.ts'

/** Ids are 13 digits of milliseconds and 4 random ones (protocol/messages.md). */
const SUFFIXES = 10_000
const ID_DIGITS = 17

/**
 * The next id: made from the clock, but always above `last`, so that no id is given out twice when the clock stands
 * still or is set back. `last` is '' before the first one.
 */
export function nextClientMsgId(now: Instant, last: string, random: Random): ClientMsgId {
  const fresh =
    BigInt(Math.max(0, Math.trunc(now))) * BigInt(SUFFIXES) + BigInt(Math.floor(random.next() * SUFFIXES))
  const floor = last === '' ? 0n : BigInt(last) + 1n
  return asId((fresh > floor ? fresh : floor).toString().padStart(ID_DIGITS, '0'))
}
