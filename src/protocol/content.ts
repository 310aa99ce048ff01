import type { Content, MessageKind } from '../domain/event.ts'
import { readAppMessage } from './appmsg.ts'
import { type MentionNames, NO_MENTIONS, readMentions } from './mention.ts'
import { readQuote } from './quote.ts'
import { decodeEntities, decodeName, decodeText, decodeXmlContent } from './text.ts'
import type { WireMessage } from './wire/message.ts'
import { readXml, xmlText } from './wire/xml.ts'

type Details = Content['details']

const LOCATION_TYPE = 48
const LOCATION_LINK = 'pictype=location'
/** The form of very old apps: nothing but a link. */
const OLD_LOCATION = /^http:\/\/weixin\.qq\.com\/cgi-bin\/redirectforward\?args=\S*$/
const RED_PACKET_APP = 2001

/** MsgTypes with nothing to read but their kind and a few numbers. */
const MEDIA: ReadonlyMap<number, MessageKind> = new Map([
  [3, 'image'],
  [34, 'voice'],
  [43, 'video'],
  [47, 'emoticon'],
  [62, 'video'],
])

function plain(kind: MessageKind, fullText: string, details: Details): Content {
  return { kind, text: '', fullText, quoted: null, mentions: NO_MENTIONS, details }
}

function words(
  fullText: string,
  quoted: Content['quoted'],
  reply: string,
  names: MentionNames | null,
  details: Details = {},
): Content {
  // Mentions are looked for in rooms only, and never inside what was quoted.
  const read = names === null ? { mentions: NO_MENTIONS, text: reply.trim() } : readMentions(reply, names)
  return { kind: 'text', text: read.text, fullText, quoted, mentions: read.mentions, details }
}

function textContent(content: string, names: MentionNames | null): Content {
  const fullText = decodeText(content)
  const quote = readQuote(fullText)
  if (quote === null) return words(fullText, null, fullText, names)
  return words(fullText, { name: quote.name, text: quote.text }, quote.reply, names)
}

/** Only places have an address beside the words of a text. */
function isLocation(message: WireMessage, content: string): boolean {
  return (
    message.MsgType === LOCATION_TYPE ||
    message.SubMsgType === LOCATION_TYPE ||
    message.Url !== '' ||
    content.includes(LOCATION_LINK) ||
    OLD_LOCATION.test(content)
  )
}

/** Latitude and longitude, from the XML or from the link to a map. */
function coordinates(x: string, y: string, url: string): { latitude: number; longitude: number } | null {
  const link = /[?&]coord=(-?\d{1,3}(?:\.\d{1,12})?),(-?\d{1,3}(?:\.\d{1,12})?)/.exec(url)
  const latitude = Number.parseFloat(x || (link?.[1] ?? ''))
  const longitude = Number.parseFloat(y || (link?.[2] ?? ''))
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? { latitude, longitude } : null
}

function locationContent(content: string, message: WireMessage): Content {
  const root = readXml(decodeXmlContent(message.OriContent))
  const read = (name: string) =>
    root === null ? '' : decodeEntities(xmlText(root, 'msg', 'location', name) ?? '')
  const cut = content.indexOf(':<br/>')
  const label = decodeText(cut === -1 ? '' : content.slice(0, cut)) || read('@label')
  const details: Record<string, string | number> = { label }
  Object.assign(details, coordinates(read('@x'), read('@y'), decodeEntities(message.Url)))
  if (read('@poiname') !== '') details.poiName = read('@poiname')
  if (message.Url !== '') details.url = decodeEntities(message.Url)
  return plain('location', label, details)
}

function mediaDetails(content: string, message: WireMessage): Details {
  if (message.MsgType === 34) return { durationMs: message.VoiceLength }
  if (message.MsgType === 43 || message.MsgType === 62) return { durationMs: message.PlayLength * 1000 }
  const md5 = message.MsgType === 47 ? /md5\s*=\s*"([0-9a-f]{32})"/.exec(decodeXmlContent(content)) : null
  return md5 === null ? {} : { md5: md5[1] ?? '' }
}

function cardContent(content: string, message: WireMessage): Content {
  const { RecommendInfo: info } = message
  const root = info.NickName === '' ? readXml(decodeXmlContent(content)) : null
  const read = (name: string) => (root === null ? '' : (xmlText(root, 'msg', name) ?? ''))
  const name = decodeName(info.NickName || read('@nickname'))
  const alias = info.Alias || read('@alias')
  return plain('card', name, { cardName: name, ...(alias === '' ? {} : { cardAlias: alias }) })
}

function appContent(content: string, message: WireMessage, names: MentionNames | null): Content {
  const app = readAppMessage(content, message)
  if (app.kind !== 'text') return plain(app.kind, app.title, app.details)
  return words(app.text, app.quoted, app.text, names, app.details)
}

/**
 * What a person sent, from a message whose sender prefix is cut already; null for types that are no human content.
 * `names` are those of the room, null in private chats.
 */
export function readContent(
  message: WireMessage,
  content: string,
  names: MentionNames | null,
): Content | null {
  const media = MEDIA.get(message.MsgType)
  if (media !== undefined) return plain(media, '', mediaDetails(content, message))
  switch (message.MsgType) {
    case 1:
    case LOCATION_TYPE:
      if (isLocation(message, content)) return locationContent(content, message)
      if (message.AppMsgType === RED_PACKET_APP) return plain('red_packet', decodeText(content), {})
      return textContent(content, names)
    case 42:
      return cardContent(content, message)
    case 49:
      return appContent(content, message, names)
    default:
      return null
  }
}
