import { z } from 'zod'
import { defineLaterAction, textSchema } from './action.ts'
import { recipientSchema } from './recipient.ts'

/** `forward`: hands a message on to somebody else. */
export const forward = defineLaterAction(
  'forward',
  z
    .strictObject({ to: recipientSchema, prefix: textSchema.optional() })
    .describe('转发：{to: 名字, prefix: …}。Hand the message on.'),
)
