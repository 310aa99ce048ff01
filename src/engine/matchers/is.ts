import { z } from 'zod'
import { evaluate } from '../condition.ts'
import { facetsOf, triggersOf, unionOf } from '../index/triggers.ts'
import { defineMatcher, HELD } from './matcher.ts'

const name = z.string().min(1)

/** `is`: a named condition of `conditions:` holds, or does not. */
export const is = defineMatcher({
  key: 'is',
  schema: z
    .union([name, z.array(name).min(1), z.strictObject({ not: z.union([name, z.array(name).min(1)]) })])
    .describe('conditions: 里定义的条件的名字。A condition defined under conditions:.'),
  textual: false,
  compile(value, context) {
    const isNot = typeof value === 'object' && 'not' in value
    const names = [isNot ? value.not : value].flat()
    const conditions = names.map((one) => context.condition(one)).filter((one) => one !== null)
    if (conditions.length !== names.length) return null
    const triggers = isNot ? null : unionOf(conditions.map(triggersOf))
    const facets = isNot ? null : unionOf(conditions.map(facetsOf))
    return {
      ...(triggers === null ? {} : { triggers }),
      ...(facets === null ? {} : { facets }),
      expected: `${isNot ? '不是 ' : ''}${names.join('、')}`,
      test(subject) {
        for (const condition of conditions) {
          const hit = evaluate(condition, subject)
          if (hit !== null) return isNot ? null : hit
        }
        return isNot ? HELD : null
      },
      actual: (subject) => {
        const held = names.filter((_, index) => {
          const condition = conditions[index]
          return condition !== undefined && evaluate(condition, subject) !== null
        })
        return held.length === 0 ? '都不符合' : `符合 ${held.join('、')}`
      },
    }
  },
})
