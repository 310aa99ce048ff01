import { afterEach, describe, expect, test } from '@jest/globals'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { BareClient } from '../support/sim-client.ts'

let simulator: Simulator

afterEach(() => simulator.close())

async function online(options: SimulatorOptions = {}): Promise<BareClient> {
  simulator = await startSimulator({ phone: 'auto', pollHoldMs: 200, ...options })
  const client = new BareClient(simulator.url)
  await client.login()
  return client
}

const ret = (answer: Record<string, unknown>) => (answer.BaseResponse as { Ret: number }).Ret
const contents = (list: readonly Record<string, unknown>[]) => list.map((entry) => entry.Content)

describe('a send', () => {
  test('is taken, written down and not echoed', async () => {
    const client = await online()
    const answer = await client.send('十块\n一斤', simulator.userName('李姐'))
    expect(answer).toMatchObject({ LocalID: '17000000000000427', MsgID: expect.stringMatching(/^\d{19}$/) })
    expect(simulator.sends).toMatchObject([
      {
        chat: 'wxid_lijie000001',
        text: '十块\n一斤',
        msgId: answer.MsgID,
        hash: expect.stringMatching(/^\w{64}$/),
      },
    ])
    expect((await client.sync()).AddMsgList).toEqual([])
    expect(simulator.violations).toEqual([])
  })

  test('comes back with the same id when the server echoes', async () => {
    const client = await online({ echoOwn: true })
    const { MsgID } = await client.send('好', simulator.userName('小王'))
    expect((await client.sync()).AddMsgList).toMatchObject([{ MsgId: MsgID, FromUserName: client.self }])
  })

  test.each([
    ['dedupe', 1],
    ['naive', 2],
  ] as const)('repeated with its id counts on a %s server as %i', async (sendMode, count) => {
    const client = await online({ sendMode })
    const to = simulator.userName('小王')
    const ids = [(await client.send('好', to)).MsgID, (await client.send('好', to)).MsgID]
    expect(new Set(ids).size).toBe(count)
    expect(simulator.sends).toHaveLength(count)
  })

  test.each([
    ['a stranger', '丁丁', 1204],
    ['self under a long name', 'self', 1204],
    ['filehelper', 'filehelper', 0],
    ['an official account', '水果批发行情', 0],
    ['a room', '楼下邻居', 0],
  ])('to %s', async (_name, who, wanted) => {
    const client = await online()
    expect(ret(await client.send('你好', simulator.userName(who)))).toBe(wanted)
  })

  test('to a name of an earlier login is a system error', async () => {
    const client = await online()
    const old = simulator.userName('小王')
    await client.login()
    expect(ret(await client.send('你好', old))).toBe(-1)
  })

  test('to people who deleted, blocked or cannot be reached', async () => {
    const client = await online()
    simulator.setReception('小王', 'asks-verification')
    simulator.setReception('李姐', 'rejects')
    simulator.setReception('Bob', 'unwritable')
    const rets = []
    for (const who of ['小王', '李姐', 'Bob'])
      rets.push(ret(await client.send('你好', simulator.userName(who))))
    expect(rets).toEqual([0, 0, 1204])
    expect(contents((await client.sync()).AddMsgList)).toEqual([
      expect.stringMatching(/^小王开启了朋友验证.*&lt;a href=/),
      '消息已发出，但被对方拒收了。',
    ])
  })

  test('can be taken back for two minutes, by its own ids', async () => {
    const now = { ms: 1_700_000_000_000 }
    const clock = { now: () => now.ms, monotonic: () => now.ms, sleep: () => Promise.resolve() }
    const client = await online({ clock })
    const to = simulator.userName('小王')
    const revoke = (id: unknown, name = to) =>
      client.call('webwxrevokemsg', { SvrMsgId: id, ToUserName: name, ClientMsgId: '1' })
    const first = await client.send('一', to, '1')
    const second = await client.send('二', to, '2')
    expect(ret(await revoke(first.MsgID, simulator.userName('李姐')))).toBe(1)
    expect(ret(await revoke(first.MsgID))).toBe(0)
    expect(ret(await revoke(first.MsgID))).toBe(1)
    now.ms += 121_000
    expect(ret(await revoke(second.MsgID))).toBe(1)
    expect(simulator.journal.since().filter((entry) => entry.kind === 'revoked')).toHaveLength(1)
  })
})

describe('strict mode notes', () => {
  test.each<[string, (client: BareClient) => Promise<unknown>, string]>([
    [
      'a missing charset type',
      (client) =>
        client.raw('webwxinit', { BaseRequest: client.baseRequest() }, {}, { 'content-type': 'text/plain' }),
      'Content-Type is "text/plain"',
    ],
    [
      'escaped characters',
      (client) =>
        client.raw(
          'webwxinit',
          JSON.stringify({ BaseRequest: client.baseRequest(), x: 1 }).replace('1}', '"\\u4f60"}'),
        ),
      'escapes characters',
    ],
    [
      'a wrong pass ticket',
      (client) => client.call('webwxinit', {}, { pass_ticket: 'no' }),
      'pass_ticket is wrong',
    ],
    [
      'a bad DeviceID',
      (client) => client.call('webwxinit', { BaseRequest: { ...client.baseRequest(), DeviceID: 'e12' } }),
      'DeviceID',
    ],
    [
      'a Uin that is text',
      (client) =>
        client.call('webwxinit', {
          BaseRequest: { ...client.baseRequest(), Uin: String(client.ticket.uin) },
        }),
      'Uin of BaseRequest is not a number',
    ],
    [
      'differing ids',
      (client) =>
        client.call('webwxsendmsg', {
          Scene: 0,
          Msg: {
            Type: 1,
            Content: 'x',
            FromUserName: client.self,
            ToUserName: 'filehelper',
            LocalID: '1',
            ClientMsgId: '2',
          },
        }),
      'differ',
    ],
    ['a foreign synckey', (client) => client.check({ synckey: '1_1|2_700000000' }), 'synckey is not'],
    [
      'a cookie left out',
      (client) => {
        client.cookies.delete('webwx_data_ticket')
        return client.check()
      },
      'webwx_data_ticket',
    ],
  ])('%s', async (_name, act, wanted) => {
    const client = await online()
    await act(client)
    expect(simulator.violations).toEqual([expect.stringContaining(wanted)])
  })

  test('the skey of the ticket after webwxinit gave another', async () => {
    const client = await online()
    const uuid = await client.uuid()
    const xml = await client.finishLogin(uuid)
    await client.init()
    await client.check({ skey: /<skey>([^<]+)/.exec(xml)?.[1] ?? '' })
    expect(simulator.violations).toEqual(['synccheck: still uses an skey that was replaced'])
  })

  test('nothing about an skey that webwxsync replaced a moment ago', async () => {
    const client = await online()
    const { skey } = client.ticket
    simulator.renew('skey')
    await client.sync()
    expect(await client.check({ skey })).toContain('retcode:"0"')
    expect(simulator.violations).toEqual([])
  })

  test('two webwxsync at once', async () => {
    const client = await online()
    const fault = simulator.faults.add({ endpoint: 'webwxsync', kind: 'hang_after_accept', when: { nth: 1 } })
    const first = client.sync(false)
    await simulator.waitFor((entry) => entry.kind === 'request' && entry.endpoint === 'webwxsync')
    await client.sync(false)
    fault.release()
    await first
    expect(simulator.violations).toEqual(['webwxsync: a second webwxsync while one is under way'])
  })

  test('nothing when it is off', async () => {
    const client = await online({ strict: false })
    await client.call(
      'webwxinit',
      { BaseRequest: { ...client.baseRequest(), DeviceID: 'e12' } },
      { pass_ticket: 'x' },
    )
    expect(simulator.violations).toEqual([])
  })

  test('a pass ticket encoded twice is right', async () => {
    const client = await online()
    const answer = await client.call(
      'webwxinit',
      {},
      { pass_ticket: encodeURIComponent(client.ticket.passTicket) },
    )
    expect([ret(answer), simulator.violations]).toEqual([0, []])
  })

  test('unreadable bodies get 1200, missing BaseRequest 1', async () => {
    const client = await online()
    expect(ret((await (await client.raw('webwxinit', '{')).json()) as Record<string, unknown>)).toBe(1200)
    expect(ret((await (await client.raw('webwxinit', '{}')).json()) as Record<string, unknown>)).toBe(1)
  })
})

describe('friends', () => {
  test('a request is accepted once, with its ticket', async () => {
    const client = await online()
    simulator.deliver({ kind: 'friend-request', from: '丁丁', text: '我是"老客户群"的丁丁' })
    const [entry] = (await client.sync()).AddMsgList
    expect(entry).toMatchObject({
      FromUserName: 'fmessage',
      MsgType: 37,
      RecommendInfo: { NickName: '丁丁', Scene: 14 },
    })
    const answer = (ticket: unknown) =>
      client.call('webwxverifyuser', {
        Opcode: 3,
        VerifyUserListSize: 1,
        VerifyUserList: [{ Value: simulator.userName('丁丁'), VerifyUserTicket: ticket }],
      })
    expect(ret(await answer('v2_wrong'))).toBe(1)
    expect(ret(await answer(entry?.Ticket))).toBe(0)
    expect(ret(await answer(entry?.Ticket))).toBe(1)
    const sync = await client.sync()
    expect(contents(sync.AddMsgList)).toEqual(['你已添加了丁丁，现在可以开始聊天了。'])
    expect(sync.ModContactList).toMatchObject([{ NickName: '丁丁', ContactFlag: 3 }])
    expect(ret(await client.send('你好', simulator.userName('丁丁')))).toBe(0)
  })

  test('remarks and pins come back through sync, pins with the real id', async () => {
    const client = await online()
    const UserName = simulator.userName('小王')
    await client.call('webwxoplog', { CmdId: 2, UserName, RemarkName: '王老板' })
    await client.call('webwxoplog', { CmdId: 3, OP: 1, UserName, RemarkName: '王老板' })
    const sync = await client.sync()
    expect(sync.ModContactList).toMatchObject([{ RemarkName: '王老板', ContactFlag: 2051 }])
    expect(String(sync.AddMsgList[0]?.Content)).toContain('wxid_xiaowang001')
    expect(simulator.violations).toEqual([])
  })

  test('rooms cannot be made or changed from the web', async () => {
    const client = await online()
    expect(ret(await client.call('webwxcreatechatroom', { MemberCount: 2, MemberList: [], Topic: '' }))).toBe(
      1,
    )
    expect(ret(await client.call('webwxupdatechatroom', { NewTopic: 'x' }, { fun: 'modtopic' }))).toBe(1)
  })
})

describe('media', () => {
  test('a picture, a voice and a file can be fetched, a video with Range only', async () => {
    const client = await online()
    const bytes = Buffer.from('0123456789')
    simulator.deliver({ kind: 'image', from: '小王' })
    simulator.deliver({ kind: 'voice', from: '小王', bytes })
    simulator.deliver({ kind: 'video', from: '小王', bytes })
    simulator.deliver({ kind: 'file', from: '小王', name: '报价 & 单.pdf', bytes })
    const [image, voice, video, file] = (await client.sync()).AddMsgList
    const { skey } = client.ticket
    const get = async (name: string, query: Record<string, string>, headers: Record<string, string> = {}) =>
      Buffer.from(await (await client.get(`/cgi-bin/mmwebwx-bin/${name}`, query, headers)).arrayBuffer())
    expect(
      (await get('webwxgetmsgimg', { MsgID: String(image?.MsgId), skey })).subarray(1, 4).toString(),
    ).toBe('PNG')
    expect(await get('webwxgetvoice', { msgid: String(voice?.MsgId), skey })).toEqual(bytes)
    expect(await get('webwxgetvideo', { msgid: String(video?.MsgId), skey })).toHaveLength(0)
    expect(await get('webwxgetvideo', { msgid: String(video?.MsgId), skey }, { range: 'bytes=0-' })).toEqual(
      bytes,
    )
    expect(file).toMatchObject({ MsgType: 49, AppMsgType: 6, FileName: '报价 &amp; 单.pdf', FileSize: '10' })
    const ticket = { webwx_data_ticket: client.cookies.get('webwx_data_ticket') ?? '' }
    expect(await get('webwxgetmedia', { mediaid: String(file?.MediaId), ...ticket })).toEqual(bytes)
    expect(await get('webwxgetmsgimg', { MsgID: '1', skey })).toHaveLength(0)
  })

  test('an upload in two chunks gives an id that can be sent, and nothing else can', async () => {
    const client = await online()
    const upload = async (chunk: number, part: string) => {
      const form = new FormData()
      const request = {
        UploadType: 2,
        BaseRequest: client.baseRequest(),
        ClientMediaId: 1_700_000_000_000,
        TotalLen: 6,
        StartPos: 0,
        DataLen: 6,
        MediaType: 4,
        FromUserName: client.self,
        ToUserName: 'filehelper',
      }
      const fields = {
        chunks: '2',
        chunk: String(chunk),
        mediatype: 'pic',
        uploadmediarequest: JSON.stringify(request),
      }
      for (const [name, value] of Object.entries(fields)) form.append(name, value)
      form.append('webwx_data_ticket', client.cookies.get('webwx_data_ticket') ?? '')
      form.append('pass_ticket', decodeURIComponent(client.ticket.passTicket))
      form.append('filename', new Blob([part]), 'a.jpg')
      const cookie = [...client.cookies].map((pair) => pair.join('=')).join('; ')
      const url = `${simulator.url}/cgi-bin/mmwebwx-bin/webwxuploadmedia?f=json`
      const answer = await fetch(url, { method: 'POST', body: form, headers: { cookie } })
      return (await answer.json()) as { MediaId: string; StartPos: number }
    }
    expect(await upload(0, 'abc')).toMatchObject({ MediaId: '', StartPos: 3 })
    const { MediaId } = await upload(1, 'def')
    const send = (id: string) =>
      client.call('webwxsendmsgimg', {
        Scene: 0,
        Msg: {
          Type: 3,
          MediaId: id,
          FromUserName: client.self,
          ToUserName: 'filehelper',
          LocalID: '9',
          ClientMsgId: '9',
        },
      })
    expect(ret(await send(MediaId))).toBe(0)
    expect(ret(await send('@crypt_wrong'))).toBe(1)
    expect(simulator.sends).toMatchObject([{ type: 3, chat: 'filehelper', text: MediaId }])
    expect(simulator.violations).toEqual([])
  })
})
