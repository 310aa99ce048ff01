import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeMessage } from '../../src/protocol/decode.ts'
import { readMentions } from '../../src/protocol/mention.ts'
import { decodeText } from '../../src/protocol/text.ts'
import { readContacts } from '../../src/protocol/wire/contact.ts'
import { readXml } from '../../src/protocol/wire/xml.ts'
import { ALICE, CAROL, context, message, ROOM, roster, SELF } from '../fixtures/protocol/wire.ts'

const KINDS = new Set(
  'message.received owner.spoke message.recalled friend.requested room.member-joined chat.noticed other.received message.undecodable'.split(
    ' ',
  ),
)
const names = fc.constantFrom(
  SELF,
  ALICE,
  ROOM,
  '',
  'filehelper',
  'fmessage',
  '__proto__',
  '@unknown',
  '@@unknown',
)
const types = fc.constantFrom(1, 3, 34, 37, 42, 43, 47, 48, 49, 50, 51, 62, 9999, 10000, 10002, 77, '1', null)
const markup = fc.constantFrom(
  '&lt;',
  '&gt;',
  '&amp;',
  '<br/>',
  '<span class="emoji emoji',
  '"></span>',
  `${CAROL}:<br/>`,
  '「',
  '」',
  '：',
  '\n- - - - - - - - - - - - - - -\n',
  '@',
  '小助手',
  '\u2005',
  '&lt;msg&gt;',
  '&lt;/msg&gt;',
  '&lt;appmsg&gt;',
  '&lt;type&gt;57&lt;/type&gt;',
  '&lt;![CDATA[',
  ']]&gt;',
  '&lt;!DOCTYPE',
  '邀请',
  '加入了群聊',
  '&#x1f604;',
  '\u0000',
)
const content = fc
  .array(fc.oneof(markup, fc.string({ maxLength: 8 })), { maxLength: 30 })
  .map((parts) => parts.join(''))

test('decoding anything gives an event and never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (entry) => {
      const event = decodeMessage(entry, context())
      expect(KINDS.has(event.kind)).toBe(true)
      expect(JSON.parse(JSON.stringify(event))).toEqual(event)
    }),
    { numRuns: 500 },
  )
})

test('decoding nearly right messages gives an event and never throws', () => {
  const people = roster({})
  const fields = fc.record(
    {
      FromUserName: names,
      ToUserName: names,
      MsgType: types,
      Content: content,
      MsgId: fc.string(),
      AppMsgType: fc.oneof(fc.nat(), fc.jsonValue()),
      RecommendInfo: fc.jsonValue(),
      CreateTime: fc.oneof(fc.integer(), fc.jsonValue()),
      OriContent: content,
      StatusNotifyUserName: content,
      SubMsgType: fc.constantFrom(0, 48),
    },
    { requiredKeys: ['MsgType', 'Content'] },
  )
  fc.assert(
    fc.property(fields, (changed) => {
      const event = decodeMessage(message(changed), context(people))
      expect(KINDS.has(event.kind)).toBe(true)
      if (event.kind === 'message.undecodable') expect(event.problem).not.toMatch(/in type/)
    }),
    { numRuns: 2000 },
  )
})

test('contacts of any shape are read or left out', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (entries) => {
      for (const contact of readContacts(entries)) expect(contact.UserName).not.toBe('')
    }),
  )
})

test('what a person typed comes back as they typed it', () => {
  const encode = (text: string) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
      .replaceAll('\n', '<br/>')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeText(encode(text))).toBe(text)
    }),
  )
})

test('our own mention is found among any others, and only taken out', () => {
  const name = fc.string({ minLength: 1, maxLength: 6 }).filter((one) => !/[@\s\u2005\u00a0]/.test(one))
  fc.assert(
    fc.property(name, fc.array(name), content, (own, others, rest) => {
      const read = readMentions(`@${own}\u2005${rest}`, { own: [own], others })
      expect(read.mentions.self).toBe(true)
      expect(read.text.length).toBeLessThanOrEqual(rest.length)
    }),
  )
})

test('reading XML of any text never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        content.map((text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>')),
        fc.string(),
      ),
      (xml) => void readXml(xml),
    ),
  )
})
