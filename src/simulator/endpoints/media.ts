import { blame } from '../checks.ts'
import type { Answer, Exchange, Handler, SessionHandler } from '../exchange.ts'
import { binary, html } from '../exchange.ts'
import { picture } from '../picture.ts'

const NOTHING = new Uint8Array()

/** The QR picture of a login code (a PNG), if somebody lent a pen; empty for codes nobody made. */
export const qrPicture: Handler = async (core, exchange) => {
  const draw = core.settings.drawQr
  if (draw === null) return html('', 404)
  const uuid = decodeURIComponent(exchange.path.slice('/qrcode/'.length))
  if (!core.codes.has(uuid)) return binary('image/png', NOTHING)
  return binary('image/png', await draw(`https://login.weixin.qq.com/l/${uuid}`))
}

/** Picture, thumbnail or emoticon of a message; empty for ids without one. */
export const messageImage: SessionHandler = (core, exchange) =>
  binary('image/png', core.media.get(messageId(exchange)) ?? NOTHING)

/** Voice of a message. */
export const messageVoice: SessionHandler = (core, exchange) =>
  binary('audio/mp3', core.media.get(messageId(exchange)) ?? NOTHING)

/** Video of a message: empty without a Range header, as on the real server. */
export const messageVideo: SessionHandler = (core, exchange): Answer => {
  const bytes = core.media.get(messageId(exchange)) ?? NOTHING
  if (!exchange.headers.has('range')) {
    blame(core, exchange, 'Range is missing, so the answer is empty')
    return binary('video/mp4', NOTHING)
  }
  const range = `bytes 0-${Math.max(0, bytes.length - 1)}/${bytes.length}`
  return { ...binary('video/mp4', bytes), status: 206, headers: { 'Content-Range': range } }
}

/** A file by its MediaId; needs the data ticket in the query. */
export const file: SessionHandler = (core, exchange, session) => {
  const ticket = exchange.query.get('webwx_data_ticket') ?? ''
  if (!session.dataTickets.includes(ticket)) {
    blame(core, exchange, 'the query lacks the right webwx_data_ticket')
    return binary('application/octet-stream', NOTHING)
  }
  const bytes = core.media.get(exchange.query.get('mediaid') ?? '')
  return binary('application/octet-stream', bytes ?? NOTHING)
}

/** The picture of a person or room: one colour per id, stable over logins. */
export const avatar: SessionHandler = (_core, exchange, session) => {
  const id = session.names.idOf(exchange.query.get('username') ?? '')
  return binary('image/png', id === null ? NOTHING : picture(id))
}

/** `MsgID` in some calls, `msgid` in others: the server takes either. */
function messageId(exchange: Exchange): string {
  const found = [...exchange.query].find(([name]) => name.toLowerCase() === 'msgid')
  return found?.[1] ?? ''
}
