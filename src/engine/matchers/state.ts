import { z } from 'zod'
import { compareLoosely, splitComparison } from '../../domain/comparison.ts'
import { defineMatcher, HELD } from './matcher.ts'

const wanted = z.union([z.string(), z.number(), z.boolean()])

/** `state`: remembered values, looked up for the person, then the chat, then everywhere. A missing value is `false`, empty and 0. */
export const state = defineMatcher({
  key: 'state',
  schema: z
    .record(z.string().min(1), wanted)
    .describe('记住的值，如 {要过价目表: true}、{积分: ">= 100"}。Remembered values.'),
  textual: false,
  compile(value) {
    const tests = Object.entries(value).map(([name, want]) => ({ name, holds: compileTest(want) }))
    return {
      expected: Object.entries(value)
        .map(([name, want]) => `${name} ${String(want)}`)
        .join('，'),
      test: (subject) => (tests.every((one) => one.holds(subject.remembered(one.name))) ? HELD : null),
      actual: (subject) =>
        tests.map((one) => `${one.name}=${subject.remembered(one.name) ?? '没有'}`).join('，'),
    }
  },
})

function compileTest(want: string | number | boolean): (value: string | null) => boolean {
  if (typeof want === 'boolean') return (value) => isTruthy(value) === want
  const comparison = typeof want === 'string' ? splitComparison(want) : null
  const { operator, operand } = comparison ?? { operator: '==' as const, operand: String(want) }
  const isOrder = operator !== '==' && operator !== '!='
  return (value) => compareLoosely(operator, value ?? (isOrder ? '0' : ''), operand)
}

function isTruthy(value: string | null): boolean {
  return value !== null && value !== '' && value !== 'false' && value !== '0'
}
