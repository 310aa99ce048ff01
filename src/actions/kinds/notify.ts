import { z } from 'zod'
import { defineAction, textSchema } from './action.ts'

/** `notify`: tells the owner. Other channels are not carried out by this version. */
export const notify = defineAction({
  key: 'notify',
  schema: z
    .union([textSchema, z.strictObject({ to: z.string().min(1).optional(), text: textSchema })])
    .describe('通知店主：{to: owner, text: …}。Tell the owner.'),
  compile(params, context) {
    const { to = 'owner', text } = typeof params === 'string' ? { text: params } : params
    const template = context.template(text)
    if (template === null) return null
    if (to !== 'owner') {
      context.problem('W250', { key: `notify: {to: ${to}}` })
      return null
    }
    return {
      plan(planner) {
        const rendered = planner.render(template)
        if (rendered !== null) planner.send('owner', rendered)
        return 'go'
      },
    }
  },
})
