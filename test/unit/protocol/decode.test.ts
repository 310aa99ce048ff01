import { describe, expect, test } from '@jest/globals'
import { decodeMessage, realIdsIn } from '../../../src/protocol/decode.ts'
import {
  ALICE,
  BOB,
  CAROL,
  context,
  message,
  NOW,
  OFFICIAL,
  ROOM,
  roster,
  SELF,
  STRANGER,
} from '../../fixtures/protocol/wire.ts'

const decode = (fields: Record<string, unknown>) => decodeMessage(message(fields), context())
const inRoom = (content: string, sender = CAROL) => ({
  FromUserName: ROOM,
  Content: `${sender}:<br/>${content}`,
})

describe('text', () => {
  test('is decoded in the right order', () => {
    const event = decode({
      Content:
        '你好，请问 1 &lt; 2 吗？<br/>谢谢&amp;再见<span class="emoji emoji1f604"></span>[微笑] &lt;br/&gt;',
    })
    expect(event).toMatchObject({
      kind: 'message.received',
      at: 1_700_000_100_000,
      receivedAt: NOW,
      messageId: '4200000000000000001',
      chat: { kind: 'private', name: '客户-爱丽丝', otherNames: ['爱丽丝'] },
      sender: { name: '客户-爱丽丝', nick: '爱丽丝', relation: 'friend', display: '' },
      content: { kind: 'text', text: '你好，请问 1 < 2 吗？\n谢谢&再见😄[微笑] <br/>' },
    })
  })

  test.each([
    [
      'a mention by display name',
      '@小助手\u2005今天几点开会？',
      '今天几点开会？',
      { self: true, all: false, others: false },
    ],
    ['a mention with a space', '@小助手 在吗', '在吗', { self: true, all: false, others: false }],
    [
      'a mention with a no-break space',
      '@小助手\u00a0在吗',
      '在吗',
      { self: true, all: false, others: false },
    ],
    ['a mention at the end', '在吗 @小助手', '在吗', { self: true, all: false, others: false }],
    [
      'a longer name that begins like ours',
      '@小助手二号\u2005在吗',
      '@小助手二号\u2005在吗',
      { self: false, all: false, others: true },
    ],
    [
      'a longer name with a space',
      '@小助手 二号\u2005在吗',
      '@小助手 二号\u2005在吗',
      { self: false, all: false, others: true },
    ],
    [
      'our nick where a display name is set',
      '@机器人甲🤖 在吗',
      '@机器人甲🤖 在吗',
      { self: false, all: false, others: false },
    ],
    ['everyone', '@所有人 开会', '开会', { self: false, all: true, others: false }],
    [
      'somebody else',
      '@卡卡\u2005@爱丽丝\u2005看',
      '@卡卡\u2005@爱丽丝\u2005看',
      { self: false, all: false, others: true },
    ],
    ['an address', '写给 a@b.com', '写给 a@b.com', { self: false, all: false, others: false }],
  ])('in a room with %s', (_name, content, text, mentions) => {
    const event = decode(inRoom(content))
    expect(event).toMatchObject({
      kind: 'message.received',
      chat: { kind: 'group', name: '合成测试群' },
      sender: { nick: '卡罗尔', display: '卡卡', relation: 'stranger' },
      content: { text, mentions },
    })
  })

  test('keeps what follows a second sender-like mark', () => {
    expect(decode(inRoom('a:<br/>b'))).toMatchObject({ content: { text: 'a:\nb' } })
  })

  test('of a sender with a real id', () => {
    expect(decode(inRoom('在', 'wxid_synthcarol012'))).toMatchObject({
      kind: 'message.received',
      content: { text: '在' },
    })
  })

  test('in a private chat has no sender to cut', () => {
    expect(decode({ Content: 'abc:<br/>d' })).toMatchObject({ content: { text: 'abc:\nd' } })
  })
})

describe('quotes', () => {
  const line = '- - - - - - - - - - - - - - -'
  test.each([
    ['corner brackets', `「机器人甲：三点」<br/>${line}<br/>能改四点吗`, '机器人甲', '三点', '能改四点吗'],
    ['straight quotes', `&quot;Bot: three&quot;<br/>${line}<br/>four?`, 'Bot', 'three', 'four?'],
    ['an English colon in brackets', `「Bob: three」<br/>${line}<br/>four`, 'Bob', 'three', 'four'],
    [
      'a closing mark inside',
      `「甲：他说「好」<br/>然后」<br/>${line}<br/>行`,
      '甲',
      '他说「好」\n然后',
      '行',
    ],
  ])('with %s', (_name, content, name, quoted, text) => {
    const event = decode({ Content: content })
    expect(event).toMatchObject({ content: { kind: 'text', text, quoted: { name, text: quoted } } })
  })

  test('hide the mentions inside them', () => {
    const event = decode(inRoom(`「卡卡：@小助手\u2005几点」<br/>${line}<br/>三点`))
    expect(event).toMatchObject({ content: { text: '三点', mentions: { self: false } } })
  })

  test('of a picture as app messages quote no XML', () => {
    const xml =
      '<msg><appmsg><title>这个多少钱</title><type>57</type><refermsg><type>3</type><displayname>小助手</displayname><content>&lt;msg&gt;&lt;img length="1" /&gt;&lt;/msg&gt;</content></refermsg></appmsg></msg>'
    const Content = xml.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    expect(decode({ MsgType: 49, AppMsgType: 57, Content })).toMatchObject({
      content: { kind: 'text', text: '这个多少钱', quoted: { name: '小助手', text: '' } },
    })
  })

  test('as app messages', () => {
    const xml =
      '<msg><appmsg><title>能改四点吗</title><type>57</type><refermsg><displayname>小助手</displayname><content>三点</content></refermsg></appmsg></msg>'
    const event = decode({
      MsgType: 49,
      AppMsgType: 57,
      Content: xml.replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    })
    expect(event).toMatchObject({
      content: { kind: 'text', text: '能改四点吗', quoted: { name: '小助手', text: '三点' } },
    })
  })
})

test.each([
  ['an image', { MsgType: 3 }, { kind: 'image', text: '' }],
  ['a voice', { MsgType: 34, VoiceLength: 1580 }, { kind: 'voice', details: { durationMs: 1580 } }],
  ['a video', { MsgType: 43, PlayLength: 12 }, { kind: 'video', details: { durationMs: 12_000 } }],
  ['an emoticon of the store', { MsgType: 47, HasProductId: 1 }, { kind: 'emoticon', details: {} }],
  [
    'a card',
    { MsgType: 42, RecommendInfo: { NickName: '丁', Alias: 'ding' } },
    { kind: 'card', details: { cardName: '丁', cardAlias: 'ding' } },
  ],
  [
    'a link',
    { MsgType: 49, AppMsgType: 5, FileName: 'A &amp; B', Url: 'http://example.invalid/a?x=1&amp;y=2' },
    { kind: 'link', details: { title: 'A & B', url: 'http://example.invalid/a?x=1&y=2' } },
  ],
  [
    'a file',
    { MsgType: 49, AppMsgType: 6, FileName: '报价.pdf', FileSize: '20480' },
    { kind: 'file', details: { fileName: '报价.pdf', sizeBytes: 20480 } },
  ],
  ['a transfer', { MsgType: 49, AppMsgType: 2000, FileName: '微信转账' }, { kind: 'transfer' }],
  [
    'an app we do not know',
    { MsgType: 49, AppMsgType: 33, FileName: '小程序' },
    { kind: 'app', fullText: '小程序' },
  ],
  [
    'the inner type of an app message',
    {
      MsgType: 49,
      AppMsgType: 0,
      Content:
        '&lt;msg&gt;<br/>&lt;appmsg&gt;&lt;type&gt;5&lt;/type&gt;&lt;title&gt;A &amp;amp; B&lt;/title&gt;&lt;/appmsg&gt;&lt;/msg&gt;',
    },
    { kind: 'link', details: { title: 'A & B' } },
  ],
  [
    'a location',
    {
      SubMsgType: 48,
      Content: '虚构路1号:<br/>/cgi-bin/x?msgid=1&amp;pictype=location',
      OriContent:
        '<?xml version="1.0"?>\n<msg>\n\t<location x="22.5" y="114.1" label="虚构路1号" poiname="[位置]" />\n</msg>',
    },
    { kind: 'location', text: '', details: { label: '虚构路1号', latitude: 22.5, longitude: 114.1 } },
  ],
])('%s', (_name, fields, content) => {
  expect(decode(fields)).toMatchObject({ kind: 'message.received', content })
})

describe('places', () => {
  const map = 'http://apis.map.qq.com/uri/v1/geocoder?coord=22.5,-114.25'
  test.each([
    ['by the address of a map', { Content: '虚构路1号', Url: map }, { latitude: 22.5, longitude: -114.25 }],
    [
      'in a room',
      inRoom('虚构路1号:<br/>/cgi-bin/x?url=xxx&amp;msgid=1&amp;pictype=location'),
      { label: '虚构路1号' },
    ],
    ['of an old app', { Content: 'http://weixin.qq.com/cgi-bin/redirectforward?args=abc' }, {}],
  ])('%s', (_name, fields, details) => {
    expect(decode(fields)).toMatchObject({ content: { kind: 'location', text: '', details } })
  })

  test('that a person only talks about are words', () => {
    expect(
      decode({ Content: '看 http://weixin.qq.com/cgi-bin/redirectforward?args=abc 这里' }),
    ).toMatchObject({
      content: { kind: 'text' },
    })
  })
})

test('a card that only its XML describes', () => {
  const Content =
    '&lt;msg bigheadimgurl="" username="v1_0@stranger" nickname="丁" alias="ding" certflag="0" /&gt;'
  expect(decode({ MsgType: 42, Content })).toMatchObject({
    content: { kind: 'card', details: { cardName: '丁', cardAlias: 'ding' } },
  })
})

describe('own messages', () => {
  test('that a room hands back under our name are ours', () => {
    expect(decode(inRoom('三点', SELF))).toMatchObject({
      kind: 'owner.spoke',
      chat: { name: '合成测试群' },
      content: { text: '三点' },
    })
  })

  test.each([
    ['from the phone to a friend', { FromUserName: SELF, ToUserName: ALICE }, '客户-爱丽丝', 'private'],
    ['from the phone to a room', { FromUserName: SELF, ToUserName: ROOM }, '合成测试群', 'group'],
    ['without a sender', { FromUserName: '', ToUserName: ALICE }, '客户-爱丽丝', 'private'],
    ['to the file helper', { FromUserName: SELF, ToUserName: 'filehelper' }, '', 'filehelper'],
  ])('%s', (_name, fields, name, kind) => {
    const event = decode({ ...fields, Content: '三点' })
    expect(event).toMatchObject({ kind: 'owner.spoke', chat: { name, kind }, content: { text: '三点' } })
  })

  test('sent by this session are marked', () => {
    const event = decode({ FromUserName: SELF, ToUserName: ALICE, MsgId: '4200000000000000099' })
    expect(event).toMatchObject({ kind: 'owner.spoke', content: { details: { isEcho: 1 } } })
  })
})

test.each([
  ['你已添加了丁，现在可以开始聊天了。', 'friend-added'],
  ['丁刚刚把你添加到通讯录，现在可以开始聊天了。', 'friend-added'],
  ['You have added X as your WeChat contact. Start chatting!', 'friend-added'],
  ['收到红包，请在手机上查看', 'red-packet'],
  ['"卡罗尔"修改群名为“新群名”', 'room-renamed'],
  ['你将"丁"移出了群聊', 'room-member-removed'],
  ['你被"爱丽丝"移出群聊', 'self-removed'],
  ['"卡罗尔" 拍了拍我', 'pat'],
  [
    '爱丽丝开启了朋友验证，你还不是他（她）朋友。&lt;a href="weixin://findfriend/verifycontact"&gt;发送朋友验证&lt;/a&gt;',
    'not-friend',
  ],
  ['消息已发出，但被对方拒收了。', 'rejected'],
  ['操作过于频繁，可稍后再试。', 'rate-limited'],
  ['"X"邀请你加入了群聊，群聊参与人还有：A、B、C', 'other'],
  ['X邀请你加入了群聊，群聊参与人还有：A、B、C', 'other'],
  ['以上是打招呼的内容', 'other'],
])('the notice %s', (content, topic) => {
  const event = decode({ MsgType: 10000, FromUserName: ROOM, Content: content })
  expect(event).toMatchObject({ kind: 'chat.noticed', topic })
  expect('text' in event && event.text).not.toContain('<a')
})

test.each([
  ['"爱丽丝"邀请"丁"加入了群聊', ['丁'], '爱丽丝'],
  ['“爱丽丝”邀请“丁、戊”加入了群聊', ['丁', '戊'], '爱丽丝'],
  ['你邀请"丁"加入了群聊', ['丁'], '机器人甲🤖'],
  ['"丁"通过扫描"爱丽丝"分享的二维码加入群聊', ['丁'], '爱丽丝'],
  ['"丁"通过扫描你分享的二维码加入群聊', ['丁'], '机器人甲🤖'],
  ['爱丽丝邀请丁加入了群聊', ['丁'], '爱丽丝'],
  ['爱丽丝邀请丁、戊加入了群聊', ['丁', '戊'], '爱丽丝'],
  ['你邀请"丁"、"戊"加入了群聊', ['丁', '戊'], '机器人甲🤖'],
  ['"A"B"邀请"C"D"加入了群聊', ['C"D'], 'A"B'],
  ['丁通过扫描爱丽丝分享的二维码加入群聊', ['丁'], '爱丽丝'],
])('the joining %s', (content, joined, invitedBy) => {
  const event = decode({ MsgType: 10000, FromUserName: ROOM, Content: content })
  expect(event).toMatchObject({ kind: 'room.member-joined', joined, invitedBy, chat: { name: '合成测试群' } })
})

describe('revokes', () => {
  const xml = (id: string, words: string) =>
    `&lt;sysmsg type="revokemsg"&gt;&lt;revokemsg&gt;&lt;session&gt;wxid_x&lt;/session&gt;&lt;msgid&gt;${id}&lt;/msgid&gt;&lt;replacemsg&gt;&lt;![CDATA[${words}]]&gt;&lt;/replacemsg&gt;&lt;/revokemsg&gt;&lt;/sysmsg&gt;`

  test('of a friend', () => {
    expect(
      decode({ MsgType: 10002, Content: xml('4835386562261263795', '"爱丽丝" 撤回了一条消息') }),
    ).toMatchObject({
      kind: 'message.recalled',
      recalledMessageId: '4835386562261263795',
      sender: { nick: '爱丽丝' },
      text: '"爱丽丝" 撤回了一条消息',
    })
  })

  test('in a room name the sender', () => {
    expect(decode({ MsgType: 10002, ...inRoom(xml('1', 'x')) })).toMatchObject({
      sender: { display: '卡卡' },
    })
  })

  test('of our own are told by their words', () => {
    expect(decode({ MsgType: 10002, Content: xml('1', '你撤回了一条消息') })).toMatchObject({ sender: null })
  })

  test('other system XML is kept for the record', () => {
    const event = decode({ MsgType: 10002, Content: '&lt;sysmsg type="pat"&gt;&lt;/sysmsg&gt;' })
    expect(event).toMatchObject({ kind: 'other.received', type: '10002' })
  })
})

test('a friend request carries what accepting needs', () => {
  const info = {
    UserName: STRANGER,
    NickName: '丁',
    Content: '我是群聊"合成测试群"的丁',
    Ticket: 'v2_000@stranger',
  }
  expect(decode({ MsgType: 37, FromUserName: 'fmessage', RecommendInfo: info })).toMatchObject({
    kind: 'friend.requested',
    greeting: '我是群聊"合成测试群"的丁',
    sender: { nick: '丁', name: '丁', relation: 'stranger' },
    handle: { userName: STRANGER, ticket: 'v2_000@stranger', generation: 1 },
  })
})

describe('status notify', () => {
  const content = (ids: string) =>
    `&lt;msg&gt;<br/>&lt;op id='4'&gt;<br/>&lt;username&gt;${ids}&lt;/username&gt;<br/>&lt;/op&gt;<br/>&lt;/msg&gt;`
  const entry = (ids: string) =>
    message({
      MsgType: 51,
      FromUserName: SELF,
      StatusNotifyUserName: `filehelper,${ROOM},${ALICE}`,
      Content: content(ids),
    })

  test('pairs the two lists', () => {
    const ids = realIdsIn(entry('filehelper,1@chatroom,wxid_alice'))
    expect([ids.get(ROOM), ids.get(ALICE)]).toEqual(['1@chatroom', 'wxid_alice'])
  })

  test('pairs nothing when their lengths differ', () => {
    expect(realIdsIn(entry('filehelper,1@chatroom')).size).toBe(0)
  })

  test('is no message', () => {
    expect(decodeMessage(entry('a,b,c'), context())).toMatchObject({
      kind: 'other.received',
      type: 'status-notify',
    })
  })
})

test('an official account is told apart by bit 8', () => {
  expect(decode({ FromUserName: OFFICIAL })).toMatchObject({
    chat: { kind: 'official' },
    sender: { relation: 'official' },
  })
  expect(decode({ FromUserName: 'weixin' })).toMatchObject({
    chat: { kind: 'system' },
    sender: { relation: 'special' },
  })
})

test('an unknown type is kept with its number', () => {
  expect(decode({ MsgType: 4242 })).toMatchObject({ kind: 'other.received', type: '4242' })
})

test.each([[null], [42], ['x'], [{}], [{ MsgType: 'one' }], [[]]])('%j is quarantined', (entry) => {
  expect(decodeMessage(entry, context())).toMatchObject({ kind: 'message.undecodable', receivedAt: NOW })
})

test('the same message has the same id every time, another one another', () => {
  const ids = [message({}), message({}), message({ MsgId: '' }), message({ MsgId: '', Content: 'x' })].map(
    (entry) => decodeMessage(entry, context()).id,
  )
  expect(ids[0]).toBe(ids[1])
  expect(new Set(ids).size).toBe(3)
})

test('T25: names that are words of the language are harmless', () => {
  const names = ['__proto__', 'constructor', 'toString']
  const people = roster({
    contacts: names.map((name) => ({ UserName: name, NickName: name, ContactFlag: 1 })),
  })
  for (const name of names) {
    const event = decodeMessage(message({ FromUserName: name, Content: '<msg>' }), context(people))
    expect(event).toMatchObject({ kind: 'message.received', sender: { nick: name, relation: 'friend' } })
  }
  expect(Object.hasOwn(Object.prototype, 'nick')).toBe(false)
})

test('T24: a document type in the content is not opened', () => {
  const bomb =
    '&lt;!DOCTYPE a [&lt;!ENTITY x "y"&gt;]&gt;&lt;msg&gt;&lt;appmsg&gt;&lt;type&gt;5&lt;/type&gt;&lt;title&gt;&amp;x;&lt;/title&gt;&lt;/appmsg&gt;&lt;/msg&gt;'
  expect(decode({ MsgType: 49, AppMsgType: 0, Content: bomb, FromUserName: BOB })).toMatchObject({
    content: { kind: 'app' },
  })
})

describe('a clock that is off', () => {
  const skewMs = 3_600_000

  test('changes when a message happened by that clock, and not what it is called', () => {
    const right = decodeMessage(message({ Content: 'hi' }), context())
    const off = decodeMessage(message({ Content: 'hi' }), { ...context(), skewMs })
    expect(off).toEqual({ ...right, at: right.at + skewMs })
  })

  test('nor that of one that cannot be read', () => {
    const broken = message({ Content: 'hi', MsgType: {} })
    const right = decodeMessage(broken, context())
    expect(right.kind).toBe('message.undecodable')
    expect(decodeMessage(broken, { ...context(), skewMs })).toEqual({ ...right, at: right.at + skewMs })
  })
})
