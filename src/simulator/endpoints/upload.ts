import { blame, bodyOf, isRecord, sameTicket } from '../checks.ts'
import type { Core } from '../core.ts'
import type { Exchange, Refusal, SessionHandler } from '../exchange.ts'
import { baseResponse, json } from '../exchange.ts'
import { type FormPart, readForm } from '../multipart.ts'
import type { Session } from '../session.ts'
import { hex, skey } from '../tokens.ts'

type Form = ReadonlyMap<string, FormPart>
type Json = Record<string, unknown>

/** webwxuploadmedia: one chunk per request, in order; the last one brings the MediaId. */
export const uploadMedia: SessionHandler = (core, exchange, session) => {
  const form = readForm(exchange.headers.get('content-type') ?? '', exchange.body)
  if (form === null) return refuseUpload(1200)
  const request = requestOf(form)
  const ret = checkUpload(core, exchange, session, { form, request })
  const file = form.get('filename')
  if (ret !== 0 || file === undefined) return refuseUpload(ret || 1)
  const key = `upload ${session.generation} ${String(request.ClientMediaId)}`
  const chunk = Number(form.get('chunk')?.value ?? '0')
  const before = chunk === 0 ? new Uint8Array() : (core.media.get(key) ?? new Uint8Array())
  const all = Buffer.concat([before, file.bytes])
  core.media.set(key, all)
  const isLast = chunk === Number(form.get('chunks')?.value ?? '1') - 1
  return answer(core, { file, all, isLast, total: Number(request.TotalLen), key })
}

export const refuseUpload: Refusal = (ret) =>
  json({
    ...baseResponse(ret),
    MediaId: '',
    StartPos: 0,
    CDNThumbImgHeight: 0,
    CDNThumbImgWidth: 0,
    EncryFileName: '',
  })

interface Stored {
  readonly file: FormPart
  readonly all: Uint8Array
  readonly isLast: boolean
  readonly total: number
  readonly key: string
}

function answer(core: Core, { file, all, isLast, total, key }: Stored) {
  if (isLast && all.length !== total) return refuseUpload(1)
  const mediaId = isLast ? `${skey(core.settings.random)}${hex(core.settings.random, 96)}` : ''
  if (isLast) {
    core.media.delete(key)
    core.media.set(mediaId, all)
  }
  return json({
    ...baseResponse(0),
    MediaId: mediaId,
    StartPos: all.length,
    CDNThumbImgHeight: isLast ? 100 : 0,
    CDNThumbImgWidth: isLast ? 75 : 0,
    EncryFileName: encodeURIComponent(file.fileName ?? '').replaceAll('.', '%2E'),
  })
}

function requestOf(form: Form): Json {
  try {
    const value: unknown = JSON.parse(form.get('uploadmediarequest')?.value ?? '')
    return isRecord(value) ? value : {}
  } catch {
    // An unreadable request is treated as one that lacks every field.
    return {}
  }
}

function checkUpload(
  core: Core,
  exchange: Exchange,
  session: Session,
  { form, request }: { form: Form; request: Json },
): number {
  const base = isRecord(request.BaseRequest) ? request.BaseRequest : {}
  if (String(base.Uin) !== String(session.owner.uin) || base.Sid !== session.sid) return 1100
  if (typeof base.Skey !== 'string' || !session.knowsSkey(base.Skey)) return 1101
  // Newer hosts refuse without these three.
  if (request.UploadType !== 2 || !request.FromUserName || !request.ToUserName) return 1
  if (!session.dataTickets.includes(form.get('webwx_data_ticket')?.value ?? '')) {
    blame(core, exchange, 'the form lacks the right webwx_data_ticket')
  }
  if (!sameTicket(form.get('pass_ticket')?.value ?? '', session.passTicket)) {
    blame(core, exchange, 'the form lacks the right pass_ticket')
  }
  if (!['pic', 'video', 'doc'].includes(form.get('mediatype')?.value ?? '')) {
    blame(core, exchange, 'mediatype is not pic, video or doc')
  }
  return 0
}

/** webwxcheckupload: the server never has the file yet, but hands out what the upload of a large one needs. */
export const checkUploadCall: SessionHandler = (core, exchange) => {
  const name = String(bodyOf(exchange)?.FileName ?? '')
  return json({
    ...baseResponse(0),
    MediaId: '',
    AESKey: hex(core.settings.random, 32),
    Signature: hex(core.settings.random, 64),
    EncryFileName: encodeURIComponent(name).replaceAll('.', '%2E'),
  })
}
