import { assertNever } from '../support/assert-never.ts'
import * as bodies from './bodies.ts'
import { appBody, fileBody, linkXml, quoteXml, transferXml } from './bodies-app.ts'
import type { Core } from './core.ts'
import { type Body, incoming, notice, statusNotify } from './drafts.ts'
import type { Draft } from './feed.ts'
import { friendRequest } from './friend-request.ts'
import type { Delivery, Stands } from './messages.ts'
import { picture } from './picture.ts'
import { contentOfText } from './text.ts'

/** Puts one message into the account's history and wakes the polls. Returns its MsgId. */
export function deliver(core: Core, delivery: Delivery): string {
  const draft = draftOf(core, delivery)
  core.feed.append({ kind: 'message', draft })
  core.journal.add({ kind: 'happened', what: delivery.kind, msgId: draft.msgId, chat: draft.from })
  return draft.msgId
}

/** The message as it will be read by every session. */
function draftOf(core: Core, delivery: Delivery): Draft {
  switch (delivery.kind) {
    case 'system':
      return notice(
        core,
        core.world.resolve(delivery.from),
        contentOfText(delivery.text).replaceAll('&quot;', '"'),
      )
    case 'recall':
      return recall(core, delivery)
    case 'friend-request':
      return friendRequest(core, delivery)
    case 'status-notify':
      return statusNotify(
        core,
        delivery.code ?? 4,
        delivery.chats.map((chat) => core.world.resolve(chat)),
      )
    case 'red-packet':
      return { ...stand(core, delivery, bodies.redPacket()), ...noSender(core, delivery) }
    default:
      return stand(core, delivery, bodyOf(core, delivery))
  }
}

type Spoken = Exclude<
  Delivery,
  { kind: 'system' | 'recall' | 'friend-request' | 'status-notify' | 'red-packet' }
>

function bodyOf(core: Core, delivery: Spoken): Body {
  switch (delivery.kind) {
    case 'text':
      return bodies.text(mentions(core, delivery) + contentOfText(delivery.text))
    case 'image':
      return bodies.image()
    case 'video':
      return bodies.video()
    case 'emoticon':
      return bodies.emoticon(core.world.resolve(delivery.from))
    case 'voice':
      return bodies.voice(core.world.resolve(delivery.from), delivery.ms ?? 1580)
    case 'location':
      return bodies.location(delivery)
    case 'card':
      return bodies.card(core.world.person(delivery.of))
    case 'file':
      return fileBody(core, delivery.name, delivery.bytes ?? Buffer.from(`${delivery.name}\n`))
    case 'link':
      return appBody(5, delivery.title, linkXml(delivery), delivery.url)
    case 'transfer':
      return appBody(2000, '微信转账', transferXml(core, delivery))
    case 'quote':
      return quote(core, delivery)
    case 'unknown':
      return bodies.unknown(delivery.msgType, delivery.content ?? '', delivery.fields ?? {})
    default:
      return assertNever(delivery)
  }
}

/** Sets a body into its chat; media also become downloadable under the message id. */
function stand(core: Core, delivery: Stands & { kind: Delivery['kind'] }, body: Body): Draft {
  const from = core.world.resolve(delivery.from)
  const room = delivery.in === undefined ? undefined : core.world.room(delivery.in).id
  const draft = incoming(
    core,
    {
      from,
      ...(room === undefined ? {} : { room }),
      ...(delivery.msgId === undefined ? {} : { msgId: delivery.msgId }),
      ...(delivery.at === undefined ? {} : { at: delivery.at }),
    },
    body,
  )
  if (['image', 'video', 'voice', 'emoticon'].includes(delivery.kind)) {
    const bytes =
      'bytes' in delivery && delivery.bytes instanceof Uint8Array ? delivery.bytes : picture(draft.msgId)
    core.media.set(draft.msgId, bytes)
  }
  return draft
}

/** Notices stand in the chat without a sender. */
function noSender(core: Core, delivery: Stands): Partial<Draft> {
  return notice(core, core.world.resolve(delivery.in ?? delivery.from), bodies.RED_PACKET_TEXT)
}

function mentions(core: Core, delivery: Stands & { mention?: readonly string[] }): string {
  const room = delivery.in === undefined ? undefined : core.world.room(delivery.in)
  const names = (delivery.mention ?? []).map((who) =>
    who === 'all' ? '所有人' : core.world.shownName(core.world.resolve(who), room),
  )
  // The name travels as real characters here, though the member list has its emoji as spans.
  return names.map((name) => `@${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}\u2005`).join('')
}

function quote(core: Core, delivery: Extract<Delivery, { kind: 'quote' }>): Body {
  const { quoted, text } = delivery
  if (delivery.form === 'app') return appBody(57, text, quoteXml(core, delivery))
  const head = `「${contentOfText(`${quoted.name}：${quoted.text}`)}」`
  return bodies.text(`${head}<br/>- - - - - - - - - - - - - - -<br/>${contentOfText(text)}`)
}

function recall(core: Core, delivery: Extract<Delivery, { kind: 'recall' }>): Draft {
  const from = core.world.resolve(delivery.from)
  const room = delivery.in === undefined ? undefined : core.world.room(delivery.in)
  const shownName = core.world.shownName(from, room)
  const body = bodies.recall(delivery.msgId, room?.id ?? from, shownName)
  return incoming(core, room === undefined ? { from } : { from, room: room.id }, body)
}
