import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { BareClient } from '../support/sim-client.ts'

let simulator: Simulator
let client: BareClient

beforeAll(async () => {
  simulator = await startSimulator({ phone: 'auto', pollHoldMs: 200 })
  client = new BareClient(simulator.url)
  await client.login()
})

afterAll(() => simulator.close())

type Delivery = Parameters<Simulator['deliver']>[0]

/** Delivers and fetches one message. */
async function seen(delivery: Delivery): Promise<Record<string, unknown>> {
  simulator.deliver(delivery)
  const [entry] = (await client.sync()).AddMsgList
  return entry ?? {}
}

const from = '小王'
const room = '老客户群'

/** What each kind looks like on the wire, after the transcripts of the reference. */
const KINDS: readonly [string, Delivery, Record<string, unknown>][] = [
  [
    'text',
    { kind: 'text', from, text: '1 < 2\n😄[微笑]' },
    {
      MsgType: 1,
      Content: '1 &lt; 2<br/><span class="emoji emoji1f604"></span>[微笑]',
      Status: 3,
      ImgStatus: 1,
    },
  ],
  [
    'image',
    { kind: 'image', from },
    { MsgType: 3, ImgStatus: 2, Content: expect.stringMatching(/^&lt;msg&gt;&lt;img length="/) },
  ],
  [
    'voice',
    { kind: 'voice', from, ms: 900 },
    { MsgType: 34, VoiceLength: 900, Content: expect.stringContaining('&lt;voicemsg ') },
  ],
  ['video', { kind: 'video', from }, { MsgType: 43, PlayLength: 4 }],
  [
    'emoticon',
    { kind: 'emoticon', from },
    { MsgType: 47, Content: expect.stringContaining('&lt;emoji fromusername = "wxid_') },
  ],
  [
    'link',
    { kind: 'link', from, title: 'A & B', url: 'http://e.invalid/a?x=1&y=2' },
    {
      MsgType: 49,
      AppMsgType: 5,
      FileName: 'A &amp; B',
      Url: 'http://e.invalid/a?x=1&amp;y=2',
      Content: expect.stringContaining('&lt;title&gt;A &amp;amp; B&lt;/title&gt;<br/>'),
    },
  ],
  [
    'location',
    { kind: 'location', from, label: '虚构路1号', x: 0, y: 0 },
    {
      MsgType: 1,
      SubMsgType: 48,
      Url: 'http://apis.map.qq.com/uri/v1/geocoder?coord=0.000000,0.000000',
      Content: expect.stringMatching(
        /^虚构路1号:<br\/>\/cgi-bin\/mmwebwx-bin\/webwxgetpubliclinkimg\?.*pictype=location$/,
      ),
      OriContent: expect.stringContaining('label="虚构路1号"'),
    },
  ],
  [
    'card',
    { kind: 'card', from, of: 'Bob' },
    { MsgType: 42, RecommendInfo: expect.objectContaining({ NickName: 'Bob', Alias: 'bob_fruit' }) },
  ],
  [
    'transfer',
    { kind: 'transfer', from, yuan: '0.01' },
    {
      MsgType: 49,
      AppMsgType: 2000,
      FileName: '微信转账',
      Content: expect.stringContaining('&lt;![CDATA[收到转账0.01元。'),
    },
  ],
  [
    'quote as text',
    { kind: 'quote', from, text: '能改四点吗', quoted: { name: '果果小店', text: '三点' } },
    {
      MsgType: 1,
      Content: '「果果小店：三点」<br/>- - - - - - - - - - - - - - -<br/>能改四点吗',
    },
  ],
  [
    'quote as app',
    {
      kind: 'quote',
      from,
      text: '能改四点吗',
      form: 'app',
      quoted: { name: '果果小店', text: '三点', msgId: '42' },
    },
    {
      MsgType: 49,
      AppMsgType: 57,
      Content: expect.stringContaining('&lt;svrid&gt;42&lt;/svrid&gt;'),
    },
  ],
  [
    'system',
    { kind: 'system', from, text: '"小王" 拍了拍我' },
    { MsgType: 10_000, Content: '"小王" 拍了拍我' },
  ],
  ['red packet', { kind: 'red-packet', from }, { MsgType: 10_000, Content: '收到红包，请在手机上查看' }],
  [
    'recall',
    { kind: 'recall', from, msgId: '4200000000000000001' },
    {
      MsgType: 10_002,
      Content: expect.stringContaining('&lt;msgid&gt;4200000000000000001&lt;/msgid&gt;'),
    },
  ],
  ['unknown', { kind: 'unknown', from, msgType: 9876, fields: { Extra: 1 } }, { MsgType: 9876, Extra: 1 }],
]

describe('a delivered message', () => {
  test.each(KINDS)('%s', async (_name, delivery, wanted) => {
    const entry = await seen(delivery)
    expect(entry).toMatchObject({
      ...wanted,
      FromUserName: simulator.userName(from),
      ToUserName: client.self,
    })
    expect(Object.keys(entry)).toEqual(
      expect.arrayContaining(['MsgId', 'NewMsgId', 'AppInfo', 'RecommendInfo', 'EncryFileName']),
    )
  })

  test('in a room stands under the room, with its sender before the content', async () => {
    const entry = await seen({
      kind: 'text',
      from: '卡罗尔',
      in: room,
      mention: ['self', 'all'],
      text: '几点？',
    })
    expect(entry.FromUserName).toBe(simulator.userName(room))
    expect(entry.Content).toBe(`${simulator.userName('卡罗尔')}:<br/>@小助手\u2005@所有人\u2005几点？`)
  })

  test('of the system in a room has no sender', async () => {
    expect(await seen({ kind: 'red-packet', from, in: room })).toMatchObject({
      FromUserName: simulator.userName(room),
      Content: '收到红包，请在手机上查看',
    })
  })

  test('can have an id and a time of its own', async () => {
    const entry = await seen({ kind: 'text', from, text: 'x', msgId: '7', at: 1_600_000_000_500 })
    expect(entry).toMatchObject({ MsgId: '7', CreateTime: 1_600_000_000 })
  })

  test('typed on the phone comes from self, and a chat opened there names its real id', async () => {
    simulator.phone.say('三点', room)
    simulator.deliver({ kind: 'status-notify', code: 2, chats: [from] })
    expect((await client.sync()).AddMsgList).toMatchObject([
      { FromUserName: client.self, ToUserName: simulator.userName(room), Content: '三点' },
      {
        MsgType: 51,
        StatusNotifyCode: 2,
        StatusNotifyUserName: simulator.userName(from),
        Content:
          "&lt;msg&gt;<br/>&lt;op id='2'&gt;<br/>&lt;username&gt;wxid_xiaowang001&lt;/username&gt;<br/>&lt;/op&gt;<br/>&lt;/msg&gt;",
      },
    ])
  })

  test('has its long id as a bare number too', async () => {
    simulator.deliver({ kind: 'text', from, text: '"NewMsgId": "5"' })
    const raw = await client.raw('webwxsync', {
      BaseRequest: client.baseRequest(),
      SyncKey: client.syncKey,
      rr: 1,
    })
    const text = await raw.text()
    const id = /"MsgId": "(\d+)"/.exec(text)?.[1]
    expect(text).toContain(`"NewMsgId": ${id},`)
  })
})
