import { z } from 'zod'
import { int, text } from './base.ts'

const recommendInfo = z.object({
  UserName: text,
  NickName: text,
  Alias: text,
  Content: text,
  Ticket: text,
  Province: text,
  City: text,
  Sex: int,
  Scene: int,
  VerifyFlag: int,
  AttrStatus: int,
})

/** An app names itself only by this id. */
const NO_RECOMMENDATION = recommendInfo.parse({})

/** One entry of AddMsgList. Only who, what and when must be there; every other field may be missing. */
export const wireMessage = z.object({
  MsgId: text,
  FromUserName: text,
  ToUserName: text,
  MsgType: z.coerce.number().int(),
  Content: text,
  CreateTime: int,
  VoiceLength: int,
  PlayLength: int,
  FileName: text,
  FileSize: text,
  Url: text,
  AppMsgType: int,
  SubMsgType: int,
  StatusNotifyCode: int,
  StatusNotifyUserName: text,
  HasProductId: int,
  OriContent: text,
  Ticket: text,
  RecommendInfo: recommendInfo.catch(NO_RECOMMENDATION),
})
export type WireMessage = z.infer<typeof wireMessage>
