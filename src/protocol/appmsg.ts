import type { MessageKind } from '../domain/event.ts'
import { decodeEntities, decodeName, decodeXmlContent } from './text.ts'
import type { WireMessage } from './wire/message.ts'
import { readXml, type XmlNode, xmlNode, xmlText } from './wire/xml.ts'

/** What an app message (MsgType 49) says, by its inner type. */
export interface AppMessage {
  readonly kind: MessageKind
  /** The words of a text or quote; '' for everything else. */
  readonly text: string
  readonly title: string
  readonly quoted: { readonly name: string; readonly text: string } | null
  readonly details: Readonly<Record<string, string | number>>
}

const KIND_OF_TYPE: ReadonlyMap<number, MessageKind> = new Map([
  [1, 'text'],
  [2, 'image'],
  [3, 'link'],
  [4, 'link'],
  [5, 'link'],
  [6, 'file'],
  [7, 'link'],
  [8, 'emoticon'],
  [57, 'text'],
  [2000, 'transfer'],
  [2001, 'red_packet'],
])
const QUOTE_TYPE = 57

function field(app: XmlNode | null, ...path: string[]): string {
  return app === null ? '' : decodeEntities(xmlText(app, ...path) ?? '')
}

function digits(value: string): number | null {
  return /^\d{1,15}$/.test(value) ? Number(value) : null
}

/** The inner type when the XML can be read, else the server's: it is 0 for types the web server does not know. */
function typeOf(app: XmlNode | null, message: WireMessage): number {
  return digits(app === null ? '' : (xmlText(app, 'type') ?? '')) ?? message.AppMsgType
}

function detailsOf(app: XmlNode | null, message: WireMessage, type: number) {
  const details: Record<string, string | number> = { appType: type }
  const url = field(app, 'url') || decodeEntities(message.Url)
  const size = digits(message.FileSize) ?? digits(field(app, 'appattach', 'totallen'))
  const extra: Record<string, string> = {
    title: field(app, 'title') || decodeName(message.FileName),
    description: field(app, 'des'),
    url,
    source: field(app, 'sourcedisplayname'),
    fileName: type === 6 ? decodeName(message.FileName) || field(app, 'title') : '',
    amount: field(app, 'wcpayinfo', 'feedesc'),
    memo: field(app, 'wcpayinfo', 'pay_memo'),
    transferState: field(app, 'wcpayinfo', 'paysubtype'),
  }
  for (const [name, value] of Object.entries(extra)) if (value !== '') details[name] = value
  if (type === 6 && size !== null) details.sizeBytes = size
  return details
}

function quotedOf(app: XmlNode | null): AppMessage['quoted'] {
  if (app === null || xmlNode(app, 'refermsg') === null) return null
  const content = field(app, 'refermsg', 'content')
  // What is no text is quoted as its XML, which nobody wrote or reads.
  const isText = ['', '1'].includes(field(app, 'refermsg', 'type')) || !content.trimStart().startsWith('<')
  return { name: field(app, 'refermsg', 'displayname'), text: isText ? content : '' }
}

/** Reads an app message whose sender prefix is cut already. Never fails: what cannot be read is kind `app`. */
export function readAppMessage(content: string, message: WireMessage): AppMessage {
  const root = readXml(decodeXmlContent(content))
  const app = root === null ? null : (xmlNode(root, 'msg', 'appmsg') ?? xmlNode(root, 'appmsg'))
  const type = typeOf(app, message)
  const kind = KIND_OF_TYPE.get(type) ?? 'app'
  const details = detailsOf(app, message, type)
  const title = String(details.title ?? '')
  const quoted = type === QUOTE_TYPE ? quotedOf(app) : null
  return { kind, text: kind === 'text' ? title : '', title, quoted, details }
}
