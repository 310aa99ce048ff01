import { type BaseRequest, baseResponse, text } from './base.ts'

/** The body of webwxsendmsg for a text. */
export interface SendTextRequest {
  readonly BaseRequest: BaseRequest
  readonly Msg: {
    readonly Type: 1
    readonly Content: string
    readonly FromUserName: string
    readonly ToUserName: string
    readonly LocalID: string
    readonly ClientMsgId: string
  }
  readonly Scene: 0
}

/** The answer of every send. */
export const sendAnswer = baseResponse.extend({ MsgID: text, LocalID: text })
