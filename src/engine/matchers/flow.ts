import { z } from 'zod'
import { didYouMean } from '../../domain/problem.ts'
import { defineMatcher, HELD } from './matcher.ts'

const name = z.string().min(1)

/** `flow`: which flow (or `flow.step`) the sender is in here; `none` for no flow. */
export const flow = defineMatcher({
  key: 'flow',
  schema: z
    .union([name, z.array(name).min(1)])
    .describe('none 不在流程中；订餐；订餐.地址。Which flow the sender is in.'),
  textual: false,
  compile(value, context) {
    const wanted = typeof value === 'string' ? [value] : value
    for (const one of wanted) {
      const [flowName = one] = one.split('.', 1)
      if (one === 'none' || context.hasFlow(flowName)) continue
      context.problem('E206', { name: flowName }, didYouMean(flowName, context.flowNames))
      return null
    }
    return {
      expected: `flow=${wanted.join('、')}`,
      test(subject) {
        const active = subject.flow()
        const isOne = wanted.some((one) =>
          active === null ? one === 'none' : one === active.flow || one === `${active.flow}.${active.step}`,
        )
        return isOne ? HELD : null
      },
      actual(subject) {
        const active = subject.flow()
        return `flow=${active === null ? 'none' : `${active.flow}.${active.step}`}`
      },
    }
  },
})
