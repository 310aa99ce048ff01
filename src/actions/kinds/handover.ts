import { z } from 'zod'
import { defineAction, durationSchema, textSchema } from './action.ts'
import { optionalDuration } from './memory.ts'

/** Said to the customer unless the rule says something else. */
export const HANDOVER_TEXT = '已通知店主，请稍等。'
const DEFAULT_FOR = '2h'
const OWNER_TEXT = '{{sender.name}} 需要人工：{{text}}'

/** `handover`: tells the customer and the owner, then leaves the chat to the owner for a while. */
export const handover = defineAction({
  key: 'handover',
  schema: z
    .union([
      z.null(),
      z.literal(true),
      durationSchema,
      z.strictObject({
        for: durationSchema.optional(),
        notify: z.string().min(1).optional(),
        text: textSchema.optional(),
      }),
    ])
    .optional()
    .describe('转人工：{for: 2h, notify: owner, text: …}。Hand the chat over to the owner.'),
  compile(params, context) {
    const written = typeof params === 'string' ? { for: params } : params
    const form = typeof written === 'object' && written !== null ? written : {}
    const forMs = optionalDuration(form.for ?? DEFAULT_FOR, context)
    const text = context.template(form.text ?? HANDOVER_TEXT)
    const note = context.template(OWNER_TEXT)
    if (forMs == null || text === null || note === null) return null
    return {
      plan(planner) {
        const said = planner.render(text)
        if (said !== null) planner.reply(said)
        const told = planner.render(note)
        if (told !== null) planner.send('owner', told)
        planner.mute(forMs, 'takeover')
        return 'go'
      },
    }
  },
})
