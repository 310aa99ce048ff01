import type { Mode } from '../test/fault/chaos-stand.ts'

const INIT = ['current', 'replay'] as const
const SEND = ['naive', 'dedupe'] as const
const POLICY = ['resend', 'hold'] as const

/** One word of a closed list, or all of it for `all`. Throws a sentence for anything else. */
function choose<T extends string>(
  name: string,
  given: string | undefined,
  words: readonly T[],
): readonly T[] {
  if (given === undefined) return words.slice(0, 1)
  if (given === 'all') return words
  const found = words.find((word) => word === given)
  if (found === undefined) throw new Error(`--${name} takes ${words.join(', ')} or all, not "${given}"`)
  return [found]
}

/** Every combination that the options ask for; without options the first of each. */
export function modesOf(options: {
  readonly init?: string | undefined
  readonly send?: string | undefined
  readonly policy?: string | undefined
}): Mode[] {
  return choose('policy', options.policy, POLICY).flatMap((policy) =>
    choose('send', options.send, SEND).flatMap((send) =>
      choose('init', options.init, INIT).map((init) => ({ init, send, policy })),
    ),
  )
}

/** The mode in three words. */
export function nameOf({ init, send, policy }: Mode): string {
  return `init ${init}, send ${send}, on_uncertain ${policy}`
}

/** A whole number from an option. Throws a sentence for anything else. */
export function countOf(name: string, given: string | undefined, fallback: number): number {
  const value = given === undefined ? fallback : Number(given)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1`)
  return value
}
