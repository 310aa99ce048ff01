import { z } from 'zod'
import { baseResponse, int, list, syncKey, text } from './base.ts'

const profile = z.object({
  BitFlag: int,
  NickName: z.object({ Buff: text }).catch({ Buff: '' }),
})

/** The answer of webwxsync. The messages are read one by one, so that a bad one does not spoil the others. */
export const syncAnswer = baseResponse.extend({
  AddMsgList: list,
  ModContactList: list,
  DelContactList: list,
  ModChatRoomMemberList: list,
  Profile: profile.nullish().catch(null),
  ContinueFlag: int,
  SyncKey: syncKey.nullish().catch(null),
  SyncCheckKey: syncKey.nullish().catch(null),
  SKey: text,
})
export type SyncAnswer = z.infer<typeof syncAnswer>
