import { z } from 'zod'
import { baseResponse, int, list, syncKey, text } from './base.ts'

const profile = z.object({
  BitFlag: int,
  NickName: z.object({ Buff: text }).catch({ Buff: '' }),
})

const body = baseResponse.extend({
  AddMsgCount: int,
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

/**
 * The answer of webwxsync. The messages are read one by one, so that a bad one does not spoil the others. Messages that
 * are announced while none is there make it unreadable: its keys would lead past them.
 */
export const syncAnswer = body.refine((answer) => answer.AddMsgCount <= 0 || answer.AddMsgList.length > 0, {
  path: ['AddMsgList'],
})
export type SyncAnswer = z.infer<typeof syncAnswer>
