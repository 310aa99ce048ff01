import { z } from 'zod'
import { defineLaterAction, textSchema } from './action.ts'

/** `accept_friend`: accepts a friend request. */
export const acceptFriend = defineLaterAction(
  'accept_friend',
  z
    .union([
      z.null(),
      z.literal(true),
      z.strictObject({ remark: textSchema.optional(), welcome: textSchema.optional() }),
    ])
    .optional()
    .describe('通过好友申请：{remark: …, welcome: …}。Accept a friend request.'),
)
/** `set_remark`: writes the remark of the sender. */
export const setRemark = defineLaterAction(
  'set_remark',
  textSchema.describe('改备注名。Set the remark of the sender.'),
)
