import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { asId } from '../../src/domain/ids.ts'
import { Rig, type RigOptions } from '../fixtures/protocol/harness.ts'
import * as page from '../fixtures/protocol/page-bodies.ts'
import { PageServer, type Seen } from '../fixtures/protocol/page-server.ts'
import { ALICE, ROOM, SELF } from '../fixtures/protocol/wire.ts'

let server: PageServer
const rigs: Rig[] = []

beforeEach(async () => {
  server = page.script(await PageServer.open())
})

afterEach(async () => {
  const stopping = rigs.splice(0).map((one) => one.stop())
  await Promise.all(stopping)
  await server.close()
})

function rig(options: Partial<RigOptions> = {}): Rig {
  const made = new Rig({ url: server.url, ...options })
  rigs.push(made)
  return made.start()
}

/** A client that read its contacts and holds a poll. */
async function settled(options: Partial<RigOptions> = {}): Promise<Rig> {
  const one = rig(options)
  await one.state('online')
  await until(() => one.client.roster.isSettled)
  return one
}

/** Looks again and again: not everything tells when it is done. */
async function until<T>(probe: () => T | undefined | null | false): Promise<T> {
  for (;;) {
    const value = probe()
    if (value !== undefined && value !== null && value !== false) return value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The first request to an endpoint, now or soon. */
function request(endpoint: string, nth = 0): Promise<Seen> {
  return until(() => server.to(endpoint)[nth])
}

const pairs = (seen: Seen) => Object.fromEntries(seen.query)
const json = (seen: Seen) => JSON.parse(seen.body)
const identity = (Skey: string) => ({
  Uin: 4000000001,
  Sid: page.SID,
  Skey,
  DeviceID: expect.stringMatching(/^e\d{15}$/),
})
const REFERER = 'https://wx.qq.com/?&lang=zh_CN'

describe('a login is asked for as the page asks', () => {
  test('the code and its polls', async () => {
    await settled()
    const [jslogin] = server.to('jslogin')
    expect(pairs(jslogin as Seen)).toEqual({
      appid: 'wx782c26e4c19acffb',
      redirect_uri: 'https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage',
      fun: 'new',
      lang: 'zh_CN',
      _: expect.stringMatching(/^\d{13}$/),
    })
    expect(jslogin?.headers).toMatchObject({
      referer: REFERER,
      'accept-language': 'zh-CN,zh;q=0.9',
      'user-agent': expect.stringMatching(/^Mozilla\/5\.0 .* Chrome\/\d+/),
    })
    const polls = server.to('login')
    expect(polls.map((poll) => poll.query.get('tip'))).toEqual(['1', '0', '0'])
    expect(polls[0]?.search).toContain('uuid=gZ1-A_%2F%2BdEfg%3D%3D&')
    expect(pairs(polls[0] as Seen)).toMatchObject({
      loginicon: 'true',
      uuid: page.UUID,
      r: expect.stringMatching(/^-?\d{1,10}$/),
    })
    const counters = polls.map((poll) => Number(poll.query.get('_')))
    expect(counters.map((counter) => counter - (counters[0] ?? 0))).toEqual([0, 1, 2])
    const browsers = new Set(server.seen.map((seen) => seen.headers['user-agent']))
    expect(browsers.size).toBe(1)
  })

  test('the tickets, then everything else with them', async () => {
    await settled()
    const ticket = await request('webwxnewloginpage')
    expect(pairs(ticket)).toEqual({
      ticket: 'ASyntheticTicket@qrticket_0',
      uuid: '4aSynthX0w==',
      lang: 'zh_CN',
      scan: '1700000000',
      fun: 'new',
      version: 'v2',
    })
    expect(ticket.headers).toMatchObject({ referer: `${server.url}/?&lang=zh_CN` })
    expect(ticket.headers['client-version']).toBeUndefined()
    const init = await request('webwxinit')
    expect(init.search).toContain('pass_ticket=SynthPassTicket%2BBBBB%2FCC%3D')
    expect(pairs(init)).toEqual({
      r: expect.stringMatching(/^-?\d{1,10}$/),
      lang: 'zh_CN',
      pass_ticket: page.PASS_TICKET,
    })
    expect(json(init)).toEqual({ BaseRequest: identity(page.FIRST_SKEY) })
    expect(init.headers['content-type']).toBe('application/json;charset=UTF-8')
    expect(init.headers.cookie).toContain('webwx_data_ticket=SynthDataTicket')
    const notify = await request('webwxstatusnotify')
    expect(json(notify)).toEqual({
      BaseRequest: identity(page.SKEY),
      Code: 3,
      FromUserName: SELF,
      ToUserName: SELF,
      ClientMsgId: expect.any(Number),
    })
  })

  test('the address book in pages, the members of rooms at once', async () => {
    await settled()
    expect((await request('webwxgetcontact', 1)).query.get('seq')).toBe('600')
    const [first, second, third] = server.to('webwxgetcontact')
    expect(third).toBeUndefined()
    expect(first?.search).toContain('skey=%40crypt_0a0b0c0d_61e4c9764b8f5e2cf4cce5d08e10febd')
    expect(pairs(first as Seen)).toMatchObject({ seq: '0', r: expect.stringMatching(/^\d{13}$/) })
    expect(second?.method).toBe('GET')
    const batch = await request('webwxbatchgetcontact')
    expect(pairs(batch)).toEqual({
      type: 'ex',
      r: expect.stringMatching(/^\d{13}$/),
      lang: 'zh_CN',
      pass_ticket: page.PASS_TICKET,
    })
    expect(json(batch)).toEqual({
      BaseRequest: identity(page.SKEY),
      Count: 1,
      List: [{ UserName: ROOM, EncryChatRoomId: '' }],
    })
  })

  test('the desktop names itself once, and adds nothing that is there already', async () => {
    server.on('login', `window.code=200;window.redirect_uri="${page.REDIRECT}&mod=desktop&fun=new";`)
    await settled({
      options: { mode: 'desktop', desktop: { clientVersion: '2.0.0', extspam: 'c3ludGhldGlj' } },
    })
    const ticket = await request('webwxnewloginpage')
    for (const [name, value] of [
      ['mod', 'desktop'],
      ['fun', 'new'],
      ['version', 'v2'],
    ] as const) {
      expect(ticket.query.getAll(name)).toEqual([value])
    }
    expect(ticket.headers).toMatchObject({ 'client-version': '2.0.0', extspam: 'c3ludGhldGlj' })
    expect((await request('jslogin')).query.get('redirect_uri')).toMatch(/webwxnewloginpage\?mod=desktop$/)
    const others = server.seen.filter((seen) => seen !== ticket)
    expect(others.every((seen) => seen.headers.extspam === undefined)).toBe(true)
  })

  test('a first poll that was lost is not the first one any more', async () => {
    server.on('login', { status: 502, body: '' }, 'window.code=408;', server.held('window.code=408;'))
    rig()
    await request('login', 2)
    expect(server.to('login').map((poll) => poll.query.get('tip'))).toEqual(['1', '0', '0'])
  })

  test('tickets without names are completed from the cookies', async () => {
    const bare = page.TICKET_XML.replace(/<wxsid>.*<\/wxuin>/, '')
    server.on('webwxnewloginpage', { status: 200, headers: { 'Set-Cookie': page.COOKIES }, body: bare })
    await settled()
    expect(json(await request('webwxinit'))).toEqual({ BaseRequest: identity(page.FIRST_SKEY) })
  })

  test('tickets that are elsewhere are fetched there', async () => {
    const there = 'https://wx8.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=b&amp;uuid=c'
    const elsewhere = `<error><ret>301</ret><message></message><redirecturl>${there}</redirecturl></error>`
    server.on('webwxnewloginpage', elsewhere, {
      headers: { 'Set-Cookie': page.COOKIES },
      body: page.TICKET_XML,
    })
    const one = await settled()
    expect(pairs(await request('webwxnewloginpage', 1))).toEqual({
      ticket: 'b',
      uuid: 'c',
      fun: 'new',
      version: 'v2',
    })
    expect(one.disk.session).toMatchObject({ host: 'wx8.qq.com' })
  })

  test('a barred account reads the words of the server, and nothing is asked again', async () => {
    const words =
      '为了你的帐号安全，此微信号已不允许登录网页微信。你可以使用Windows微信或Mac微信在电脑端登录。'
    server.on('webwxnewloginpage', `<error><ret>1203</ret><message><![CDATA[${words}]]></message></error>`)
    const one = rig()
    expect(await one.state('refused')).toMatchObject({ code: 1203, message: words })
    expect(server.to('jslogin')).toHaveLength(1)
    expect(server.to('webwxnewloginpage')).toHaveLength(1)
  })
})

describe('the stream', () => {
  const text = (Content: string, more: object = {}) => ({
    MsgId: '4200000000000000001',
    FromUserName: ALICE,
    ToUserName: SELF,
    MsgType: 1,
    Content,
    CreateTime: Math.round(Date.now() / 1000),
    ...more,
  })

  test('is polled with one key and read with the other', async () => {
    server.on('synccheck', 'window.synccheck={retcode:"0",selector:"7"}', server.held(''))
    server.on('webwxsync', page.sync({ AddMsgCount: 0, SyncKey: page.key(7, 8), SyncCheckKey: page.key(9) }))
    await settled()
    const poll = await request('synccheck')
    expect(poll.search).toContain('synckey=1_700000001%7C2_700000017%7C3_700000009%7C1000_1699996400')
    expect(poll.search).toContain('sid=SynTheTicSid%2F0%2B1&')
    expect(Object.keys(pairs(poll)).sort()).toEqual(
      ['_', 'deviceid', 'r', 'sid', 'skey', 'synckey', 'uin'].sort(),
    )
    expect(pairs(poll)).toMatchObject({
      uin: '4000000001',
      skey: page.SKEY,
      r: expect.stringMatching(/^\d{13}$/),
    })
    expect(poll.headers.cookie).toContain('wxuin=4000000001')
    const sync = await request('webwxsync')
    expect(json(sync)).toEqual({
      BaseRequest: identity(page.SKEY),
      SyncKey: page.INIT.SyncKey,
      rr: expect.any(Number),
    })
    expect(pairs(sync)).toEqual({
      sid: page.SID,
      skey: page.SKEY,
      lang: 'zh_CN',
      pass_ticket: page.PASS_TICKET,
    })
    expect((await request('synccheck', 1)).query.get('synckey')).toBe('1_9')
    const devices = server.seen.map(
      (seen) => seen.query.get('deviceid') ?? (seen.body === '' ? '' : json(seen).BaseRequest?.DeviceID),
    )
    const given = devices.filter((device) => device !== '' && device !== undefined)
    expect(new Set(given).size).toBe(given.length)
  })

  test('takes a new skey, keeps the key of an empty one, goes on while there is more', async () => {
    server.on('synccheck', 'window.synccheck={retcode:0,selector:4}', server.held(''))
    server.on(
      'webwxsync',
      page.sync({ AddMsgList: [text('一')], SyncKey: page.key(5), SKey: '@crypt_2', ContinueFlag: 1 }),
      page.sync({
        AddMsgList: [text('二', { MsgId: '4200000000000000002' })],
        SyncKey: page.key(),
        SyncCheckKey: page.key(),
      }),
    )
    const one = await settled()
    await one.event('message.received', (event) => event.content.text === '二')
    const poll = await request('synccheck', 1)
    expect(poll.query.get('skey')).toBe('@crypt_2')
    expect(poll.query.get('synckey')).toBe('1_5')
    expect(json(await request('webwxsync', 1))).toMatchObject({ SyncKey: page.key(5) })
    expect(server.seen.filter((seen) => seen.endpoint === 'synccheck')).toHaveLength(2)
  })
})

describe('contacts', () => {
  const room = (nth: number) => `@@${String(nth).padStart(64, '0')}`
  const asked = (seen: Seen): string[] => json(seen).List.map((item: { UserName: string }) => item.UserName)
  const known = (UserName: string) => ({
    UserName,
    NickName: `群${UserName.slice(-3)}`,
    MemberList: page.MEMBERS,
  })
  const answerAll = (seen: Seen) => page.good({ ContactList: asked(seen).map(known) })
  const notify = (names: readonly string[]) => ({
    MsgId: '3100000000000000002',
    FromUserName: SELF,
    ToUserName: SELF,
    MsgType: 51,
    Content: `&lt;msg&gt;<br/>&lt;op id='4'&gt;<br/>&lt;username&gt;filehelper&lt;/username&gt;<br/>&lt;/op&gt;<br/>&lt;/msg&gt;`,
    StatusNotifyCode: 4,
    StatusNotifyUserName: names.join(','),
  })

  test('that only the recent chats name are looked up, those of the phone too', async () => {
    server.on('webwxinit', page.good({ ...page.INIT, ChatSet: `filehelper,${room(1)},${ALICE},` }))
    server.on('webwxbatchgetcontact', answerAll)
    server.on('synccheck', 'window.synccheck={retcode:"0",selector:"2"}', server.held(''))
    server.on(
      'webwxsync',
      page.sync({ AddMsgList: [notify([room(2), ALICE, 'fmessage'])], SyncKey: page.key(1) }),
    )
    const one = await settled()
    await until(
      () => one.client.roster.find('群002').length === 1 && one.client.roster.find('群001').length === 1,
    )
    const names = server.to('webwxbatchgetcontact').flatMap(asked)
    expect(names.sort()).toEqual([ROOM, room(1), room(2)].sort())
  })

  test('of an address book that never comes are those that the phone names', async () => {
    server.on('webwxgetcontact', { status: 500, body: '' })
    server.on('webwxbatchgetcontact', answerAll)
    server.on('synccheck', 'window.synccheck={retcode:"0",selector:"2"}', server.held(''))
    server.on('webwxsync', page.sync({ AddMsgList: [notify([room(2)])], SyncKey: page.key(1) }))
    const one = rig()
    await until(() => one.client.roster.find('群002').length === 1)
  })

  test('are asked for fifty at a time, rooms first, and a bad name costs only itself', async () => {
    const bad = room(7)
    const people = Array.from({ length: 8 }, (_, nth) => `@${String(nth).padStart(32, 'a')}`)
    const rooms = Array.from({ length: 52 }, (_, nth) => room(nth))
    server.on('webwxinit', page.good({ ...page.INIT, ChatSet: [...people, ...rooms].join(',') }))
    server.on('webwxbatchgetcontact', (seen) =>
      asked(seen).includes(bad) ? page.refused(1) : answerAll(seen),
    )
    const one = await settled()
    await until(() => one.client.roster.find('群051').length === 1)
    await until(() =>
      rooms.every((name) => name === bad || one.client.roster.find(known(name).NickName).length === 1),
    )
    const batches = server.to('webwxbatchgetcontact').map(asked)
    const withBad = batches.filter((names) => names.includes(bad)).map((names) => names.length)
    expect(withBad).toEqual([50, 10, 5, 1])
    const firstOfAll = batches.find((names) => names.length === 50)
    expect(firstOfAll?.every((name) => name.startsWith('@@'))).toBe(true)
  })

  test('that the server could not be asked about are asked for again', async () => {
    server.on('webwxbatchgetcontact', { status: 502, body: '' }, '<html></html>', answerAll)
    const one = await settled()
    await until(() => one.client.roster.rooms().some((entry) => entry.memberCount === 2))
    expect(server.to('webwxbatchgetcontact').map(asked)).toEqual([[ROOM], [ROOM], [ROOM]])
  })

  test('in pages that go round end', async () => {
    const pages = [600, 700, 600, 700].map((Seq) => page.good({ MemberList: [], Seq }))
    server.on('webwxgetcontact', ...pages)
    await settled()
    expect(server.to('webwxgetcontact').map((seen) => seen.query.get('seq'))).toEqual(['0', '600', '700'])
  })

  test('of the address book are friends unless it says something else', async () => {
    const listed = [
      { UserName: '@5a', NickName: '没写' },
      { UserName: '@5b', NickName: '不是', ContactFlag: 2 },
      { UserName: '@5c', NickName: '公众号', VerifyFlag: 24 },
    ]
    server.on('webwxgetcontact', page.good({ MemberList: listed, Seq: 0 }))
    const { client } = await settled()
    const relations = listed.map(({ NickName }) => client.roster.find(NickName)[0]?.relation)
    expect(relations).toEqual(['friend', undefined, 'official'])
  })

  test('stay friends when a change does not say what they are', async () => {
    const change = { UserName: ALICE, RemarkName: '客户-爱丽丝' }
    server.on('synccheck', server.held('window.synccheck={retcode:"0",selector:"4"}'), server.held(''))
    server.on('webwxsync', page.sync({ ModContactList: [change], SyncKey: page.key(1) }))
    const one = await settled()
    server.release()
    const [entry] = await until(() => {
      const found = one.client.roster.find('客户-爱丽丝')
      return found.length === 1 && found
    })
    expect(entry).toMatchObject({ relation: 'friend', remark: '客户-爱丽丝' })
  })
})

test('a text goes out plain, under one id, in UTF-8', async () => {
  server.on('webwxsendmsg', page.good({ MsgID: '4200000000000000018', LocalID: '17000003000000427' }))
  const one = await settled()
  const words = '您好，四点可以 <会议室A> & "b"\n请准时😄'
  const outcome = await one.client.send(
    { chat: one.chat('爱丽丝'), text: words, clientMsgId: asId('17000003000000427') },
    one.signal,
  )
  expect(outcome).toEqual({ kind: 'sent', messageId: '4200000000000000018' })
  const sent = await request('webwxsendmsg')
  expect(json(sent)).toEqual({
    BaseRequest: identity(page.SKEY),
    Msg: {
      Type: 1,
      Content: words,
      FromUserName: SELF,
      ToUserName: ALICE,
      LocalID: '17000003000000427',
      ClientMsgId: '17000003000000427',
    },
    Scene: 0,
  })
  expect(sent.body).toContain('您好，四点可以 <会议室A> & ')
  expect(sent.body).not.toMatch(/\\u/)
  expect(pairs(sent)).toEqual({ lang: 'zh_CN', pass_ticket: page.PASS_TICKET })
})

test('a session that is over asks the phone with the cookies of the browser', async () => {
  server.on('synccheck', 'window.synccheck={retcode:"1100"}', server.held(''))
  server.on('webwxpushloginurl', '{"ret":"0","msg":"all ok","uuid":"gbSynthY1A=="}')
  const one = rig()
  await until(() => one.client.generation === 2)
  const push = await request('webwxpushloginurl')
  expect(pairs(push)).toEqual({ uin: '4000000001' })
  expect(push.headers.cookie?.split('; ')).toEqual(
    expect.arrayContaining([
      'webwxuvid=05b1e9eb',
      'webwx_auth_ticket=CIsBEsynthetic',
      'login_frequency=2',
      'last_wxuin=4000000001',
      'wxloadtime=1700000000_expired',
      'wxuin=4000000001',
      'MM_WX_NOTIFY_STATE=1',
      'MM_WX_SOUND_STATE=1',
    ]),
  )
  expect((await request('login', 3)).query.get('tip')).toBe('1')
  expect(server.to('jslogin')).toHaveLength(1)
  const after = server.to('webwxinit').at(-1)
  expect(after?.headers.cookie).toContain('wxloadtime=1700000000;')
})

describe('while a poll is held and says nothing', () => {
  const quiet = () => page.sync({ SyncKey: page.INIT.SyncKey, SyncCheckKey: page.INIT.SyncKey })

  test('a reopened session is known to live: replies that wait need not wait for the poll', async () => {
    const first = await settled()
    await first.stop()
    server.on('webwxsync', quiet())
    const second = rig({ disk: first.disk })
    await second.state('online')
    await until(() => server.to('synccheck').length === 2)
    expect(
      server.seen.filter(({ endpoint }) => /^(synccheck|webwxsync)$/.test(endpoint)).map(endpointOf),
    ).toEqual(['synccheck', 'webwxsync', 'synccheck'])
  })

  test('a reopened session that is told no polls all the same', async () => {
    const first = await settled()
    await first.stop()
    server.on('webwxsync', page.refused(-1))
    const second = rig({ disk: first.disk })
    await until(() => server.to('synccheck').length === 2)
    server.release()
    await second.state('online')
    expect(server.to('webwxsync')).toHaveLength(1)
  })

  test('a connection that failed is known to be back', async () => {
    const held = server.held('window.synccheck={retcode:"0",selector:"0"}')
    server.on('synccheck', CUT, held).on('webwxsync', quiet())
    const one = rig()
    await one.state('backing-off')
    await one.state('online')
    await until(() => server.to('synccheck').length === 2)
  })

  test('polls that fail alone are not covered up again and again', async () => {
    server.on('synccheck', CUT).on('webwxsync', quiet())
    const one = rig()
    await one.state('backing-off')
    await until(() => server.to('synccheck').length === 5)
    expect(server.to('webwxsync')).toHaveLength(1)
    expect(one.client.connection.kind).toBe('backing-off')
  })
})

const CUT = { body: '', isCut: true }
const endpointOf = (seen: Seen) => seen.endpoint
