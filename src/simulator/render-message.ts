import type { Draft } from './feed.ts'
import type { Session } from './session.ts'

type Json = Record<string, unknown>

/** A message entry of webwxsync with all its fields, under the pseudonyms of this session. */
export function messageEntry(draft: Draft, session: Session): Json {
  const nameOf = (id: string) => session.names.nameOf(id)
  return {
    MsgId: draft.msgId,
    FromUserName: nameOf(draft.from),
    ToUserName: nameOf(draft.to),
    MsgType: draft.msgType,
    Content: '',
    Status: 3,
    ImgStatus: 1,
    CreateTime: draft.createTime,
    VoiceLength: 0,
    PlayLength: 0,
    FileName: '',
    FileSize: '',
    MediaId: '',
    Url: '',
    AppMsgType: 0,
    StatusNotifyCode: 0,
    StatusNotifyUserName: '',
    RecommendInfo: blankRecommendInfo(),
    ForwardFlag: 0,
    AppInfo: { AppID: '', Type: 0 },
    HasProductId: 0,
    Ticket: '',
    ImgHeight: 0,
    ImgWidth: 0,
    SubMsgType: 0,
    NewMsgId: draft.msgId,
    OriContent: '',
    EncryFileName: '',
    ...draft.fields(nameOf),
  }
}

/** RecommendInfo of messages that recommend nobody. */
export function blankRecommendInfo(): Json {
  return {
    UserName: '',
    NickName: '',
    QQNum: 0,
    Province: '',
    City: '',
    Content: '',
    Signature: '',
    Alias: '',
    Scene: 0,
    VerifyFlag: 0,
    AttrStatus: 0,
    Sex: 0,
    Ticket: '',
    OpCode: 0,
  }
}
