import { z } from 'zod'
import { defineAction, textSchema } from './action.ts'
import { type Recipient, recipientSchema } from './recipient.ts'

/** `send`: text to somebody else, or to the owner. */
export const send = defineAction({
  key: 'send',
  schema: z
    .strictObject({ to: recipientSchema, text: textSchema })
    .describe('发给别人：{to: owner | 名字 | {room: 群名}, text: …}。Text to somebody else.'),
  compile(params, context) {
    const template = context.template(params.text)
    if (template === null) return null
    const to: Recipient = params.to
    return {
      plan(planner) {
        const text = planner.render(template)
        if (text !== null) planner.send(to, text)
        return 'go'
      },
    }
  },
})
