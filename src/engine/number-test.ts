import { holds, splitComparison } from '../domain/comparison.ts'

const RANGE = /^\s*(\d+)\s*[-~]\s*(\d+)\s*$/

/** Reads `5`, `>= 5` or `1-10` (both ends included) as a test of whole numbers; null when it is none of them. */
export function parseNumberTest(text: string): ((value: number) => boolean) | null {
  const range = RANGE.exec(text)
  if (range !== null) {
    const [low, high] = [Number(range[1]), Number(range[2])]
    return low <= high ? (value) => value >= low && value <= high : null
  }
  const { operator, operand } = splitComparison(text) ?? { operator: '==' as const, operand: text }
  if (!/^\s*\d+\s*$/.test(operand)) return null
  const wanted = Number(operand)
  return (value) => holds(operator, value, wanted)
}
