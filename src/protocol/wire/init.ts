import { z } from 'zod'
import { baseResponse, int, list, syncKey, text } from './base.ts'

const self = z.object({ Uin: int, UserName: text, NickName: text })

/** The answer of webwxinit. In an error answer everything but the envelope may be missing. */
export const initAnswer = baseResponse.extend({
  ContactList: list,
  SyncKey: syncKey.nullish().catch(null),
  User: self.nullish().catch(null),
  /** The recent chats, also those that the list of contacts leaves out. */
  ChatSet: text,
  SKey: text,
  SystemTime: int,
})
export type InitAnswer = z.infer<typeof initAnswer>
