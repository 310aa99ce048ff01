import { recommendInfo } from './bodies.ts'
import type { Core } from './core.ts'
import { incoming } from './drafts.ts'
import type { Draft } from './feed.ts'
import type { Requester } from './messages.ts'
import { contentOfText, contentOfXml, xmlText } from './text.ts'
import { hex } from './tokens.ts'

/** MsgType 37 from `fmessage`; remembers the ticket so that the request can be accepted once. */
export function friendRequest(core: Core, request: Requester): Draft {
  const person = core.world.person(request.from)
  const ticket = `v2_${hex(core.settings.random, 64)}@stranger`
  const stranger = `v1_${hex(core.settings.random, 64)}@stranger`
  core.requests.push({ from: person.id, ticket, accepted: false })
  const xml =
    `<msg fromusername="${stranger}" encryptusername="${stranger}" fromnickname="${xmlText(person.nickName)}" ` +
    `content="${xmlText(request.text)}" shortpy="" imagestatus="3" scene="14" country="" province="" city="" sign="" ` +
    `percard="1" sex="${person.sex}" alias="" weibo="" albumflag="0" albumstyle="0" snsflag="1" ` +
    `ticket="${ticket}" opcode="2" googlecontact="" qrticket="" chatroomusername="" sourceusername="" sourcenickname="">` +
    '<brandlist count="0" ver="0"></brandlist></msg>'
  const body = {
    msgType: 37,
    content: () => contentOfXml(xml),
    more: (nameOf: (id: string) => string) => ({
      RecommendInfo: {
        ...recommendInfo(person, nameOf(person.id)),
        Content: contentOfText(request.text),
        Scene: 14,
        Ticket: ticket,
        OpCode: 2,
      },
      Ticket: ticket,
    }),
  }
  return incoming(core, { from: 'fmessage' }, body)
}
