import { z } from 'zod'
import { defineAction, textSchema } from './action.ts'

/** `log`: a line in the log. */
export const log = defineAction({
  key: 'log',
  schema: z
    .union([
      textSchema,
      z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).optional(), text: textSchema }),
    ])
    .describe('写一行日志：{level: info, text: …}。A line in the log.'),
  compile(params, context) {
    const { level = 'info' as const, text } = typeof params === 'string' ? { text: params } : params
    const template = context.template(text)
    if (template === null) return null
    return {
      plan(planner) {
        const line = planner.render(template)
        if (line !== null) planner.log(level, line)
        return 'go'
      },
    }
  },
})
