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

function isLocation(message: WireMessage): boolean {
  return (
    message.MsgType === LOCATION_TYPE ||
    message.SubMsgType === LOCATION_TYPE ||
    message.Content.includes(LOCATION_LINK)
  )
}

function locationContent(content: string, message: WireMessage): Content {
  const root = readXml(decodeXmlContent(message.OriContent))
  const read = (name: string) =>
    root === null ? '' : decodeEntities(xmlText(root, 'msg', 'location', name) ?? '')
  const cut = content.indexOf(':<br/>')
  const label = decodeText(cut === -1 ? '' : content.slice(0, cut)) || read('@label')
  const details: Record<string, string | number> = { label }
  const [latitude, longitude] = [Number.parseFloat(read('@x')), Number.parseFloat(read('@y'))]
  if (Number.isFinite(latitude) && Number.isFinite(longitude)) Object.assign(details, { latitude, longitude })
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

function cardContent(message: WireMessage): Content {
  const name = decodeName(message.RecommendInfo.NickName)
  const alias = message.RecommendInfo.Alias
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
      if (isLocation(message)) return locationContent(content, message)
      if (message.AppMsgType === RED_PACKET_APP) return plain('red_packet', decodeText(content), {})
      return textContent(content, names)
    case 42:
      return cardContent(message)
    case 49:
      return appContent(content, message, names)
    default:
      return null
  }
}
