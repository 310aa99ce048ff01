import { createHash, randomInt } from 'node:crypto'

/** Randomness, handed in like time. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
}

const STEPS = 2 ** 47

/** Unpredictable; for ids, jitter and backoff. */
export const systemRandom: Random = { next: () => randomInt(STEPS) / STEPS }

/** The same sequence for the same seed, on every machine: a choice made from event + rule is made again after a crash. */
export function seededRandom(seed: string): Random {
  let counter = 0
  return {
    next() {
      const digest = createHash('sha256').update(`${seed}\u0000${counter++}`).digest()
      return digest.readUIntBE(0, 6) / 2 ** 48
    },
  }
}
