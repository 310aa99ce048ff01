import { afterEach, describe, expect, test } from '@jest/globals'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { BareClient } from '../support/sim-client.ts'

let simulator: Simulator

afterEach(() => simulator.close())

async function start(options: SimulatorOptions = {}): Promise<BareClient> {
  simulator = await startSimulator({ phone: 'auto', pollHoldMs: 200, ...options })
  return new BareClient(simulator.url)
}

async function online(options: SimulatorOptions = {}): Promise<BareClient> {
  const client = await start(options)
  await client.login()
  return client
}

const ret = (answer: Record<string, unknown>) => (answer.BaseResponse as { Ret: number }).Ret
const contents = (list: readonly Record<string, unknown>[]) => list.map((entry) => entry.Content)
const retcode = (text: string) => /retcode:"(\d+)",selector:"(\d+)"/.exec(text)?.slice(1).join(' ')

describe('the login code', () => {
  test('is not scanned, scanned, then confirmed', async () => {
    const client = await start({ phone: 'manual' })
    const uuid = await client.uuid()
    expect(await client.poll(uuid, '1')).toBe('window.code=408;')
    const held = client.poll(uuid, '0')
    await simulator.waitFor((entry) => entry.kind === 'request' && entry.query.tip === '0')
    await simulator.phone.scan()
    expect(await held).toMatch(/^window\.code=201;window\.userAvatar = 'data:img\/jpg;base64,/)
    expect(await client.poll(uuid, '0')).toBe('window.code=408;')
    const second = client.poll(uuid, '0')
    await simulator.phone.confirm()
    expect(await second).toMatch(
      /^window\.code=200;\nwindow\.redirect_uri="http:\/\/127\.0\.0\.1:\d+\/cgi-bin/,
    )
    expect(simulator.violations).toEqual([])
  })

  test('says 201 again and again to tip 1, and blames it', async () => {
    const client = await start({ phone: 'manual' })
    const uuid = await client.uuid()
    await simulator.phone.scan()
    for (let round = 0; round < 3; round++) expect(await client.poll(uuid, '1')).toContain('window.code=201;')
    expect(simulator.violations).toEqual([
      'login: tip is 1, but poll 2 of a code has tip 0',
      'login: tip is 1, but poll 3 of a code has tip 0',
    ])
  })

  test('ends with 202 when cancelled, with 400 when run out or unknown', async () => {
    const client = await start({ phone: 'manual' })
    const first = await client.uuid()
    await simulator.phone.scan()
    await simulator.phone.cancel()
    expect(await client.poll(first, '1')).toBe('window.code=202;')
    const second = await client.uuid()
    await simulator.phone.expireQr()
    expect(await client.poll(second, '1')).toBe('window.code=400;')
    expect(await client.poll('nobody', '1')).toBe('window.code=400;')
  })

  test('has a picture when somebody draws it', async () => {
    const client = await start({ phone: 'manual', drawQr: (text) => Promise.resolve(Buffer.from(text)) })
    const uuid = await client.uuid()
    const text = await (await client.get(`/qrcode/${encodeURIComponent(uuid)}`)).text()
    expect(text).toBe(`https://login.weixin.qq.com/l/${uuid}`)
    expect(await (await client.get('/qrcode/nobody')).text()).toBe('')
  })
})

describe('the ticket', () => {
  test('comes under 301 without Location, with old-style cookies', async () => {
    const client = await start()
    const uuid = await client.uuid()
    const target = new URL(/redirect_uri="([^"]+)"/.exec(await client.poll(uuid, '1'))?.[1] ?? '')
    const query = { ...Object.fromEntries(target.searchParams), fun: 'new', version: 'v2' }
    const answer = await client.get(target.pathname, query)
    expect(answer.status).toBe(301)
    expect(answer.headers.get('location')).toBeNull()
    const names = answer.headers.getSetCookie().map((line) => line.split('=')[0])
    expect(names).toEqual(
      expect.arrayContaining(['wxuin', 'wxsid', 'webwx_data_ticket', 'webwxuvid', 'webwx_auth_ticket']),
    )
    expect(answer.headers.getSetCookie()[0]).toMatch(/Expires=\w{3}, \d\d-\w{3}-\d{4} \d\d:\d\d:\d\d GMT$/)
  })

  test('works a few times and then leads to a page', async () => {
    const client = await start({ ticketStatus: 200 })
    const uuid = await client.uuid()
    const target = /redirect_uri="([^"]+)"/.exec(await client.poll(uuid, '1'))?.[1] ?? ''
    for (let round = 0; round < 3; round++) expect(await client.exchange(target)).toContain('<ret>0</ret>')
    expect(await client.exchange(target)).toContain('<html>')
    expect(simulator.generation).toBe(3)
  })

  test.each([
    ['a barred account', { barred: true }, { 'client-version': '2.0.0', extspam: 'x' }, '1203'],
    ['a web-forbidden account', { webForbidden: true }, { 'client-version': '2.0.0' }, '1203'],
    [
      'a web-forbidden account in desktop mode',
      { webForbidden: true },
      { 'client-version': '2', extspam: 'x' },
      '0',
    ],
  ])('of %s', async (_name, options, headers, wanted) => {
    const client = await start(options)
    const uuid = await client.uuid()
    const target = /redirect_uri="([^"]+)"/.exec(await client.poll(uuid, '1'))?.[1] ?? ''
    expect(await client.exchange(target, headers)).toContain(`<ret>${wanted}</ret>`)
  })
})

describe('a session', () => {
  test('has its own pseudonyms, of both lengths, and ends the one before', async () => {
    const first = await online()
    const before = ['小王', '李姐', '老客户群', 'weixin'].map((who) => simulator.userName(who))
    const second = new BareClient(simulator.url)
    await second.login()
    const after = ['小王', '李姐', '老客户群', 'weixin'].map((who) => simulator.userName(who))
    expect(after[3]).toBe('weixin')
    expect(after.slice(0, 3).every((name, index) => name !== before[index])).toBe(true)
    const lengths = [...simulator.world.persons.keys()].map((id) => simulator.userName(id).length)
    expect(lengths).toEqual(expect.arrayContaining([33, 65]))
    expect(retcode(await first.check())).toBe('1101 0')
    expect((await first.sync(false)).SyncKey.Count).toBe(0)
  })

  test('starts with recent chats, rooms without members and another skey', async () => {
    const client = await start()
    await client.finishLogin(await client.uuid())
    const ticketSkey = client.ticket.skey
    const init = await client.init()
    const list = init.ContactList as Record<string, unknown>[]
    expect(init.SKey).not.toBe(ticketSkey)
    expect(list.map((entry) => entry.NickName)).toEqual(expect.arrayContaining(['文件传输助手', '楼下邻居']))
    expect(list.flatMap((entry) => entry.MemberList)).toEqual([])
    expect((init.SyncKey as { Count: number }).Count).toBe(4)
  })

  test('is refused by cookies, skey and sid, each with its own code', async () => {
    const client = await online()
    expect(retcode(await client.check({ sid: 'wrong' }))).toBe('1100 0')
    expect(retcode(await client.check({ skey: 'wrong' }))).toBe('1101 0')
    const saved = client.cookies
    client.cookies = new Map()
    expect(retcode(await client.check())).toBe('1102 0')
    expect(ret(await client.call('webwxinit', {}))).toBe(1102)
    client.cookies = saved
    expect(retcode(await client.check())).toBe('0 0')
  })

  test('tells the phone, which lists its chats with real ids in the same order', async () => {
    const client = await online()
    const notify = {
      Code: 3,
      FromUserName: client.self,
      ToUserName: client.self,
      ClientMsgId: 1_700_000_000_000,
    }
    expect(ret(await client.call('webwxstatusnotify', notify))).toBe(0)
    expect(retcode(await client.check())).toBe('0 7')
    const [entry] = (await client.sync()).AddMsgList
    const real = /&lt;username&gt;(.*?)&lt;/.exec(String(entry?.Content))?.[1]?.split(',') ?? []
    expect(real).toContain('wxid_xiaowang001')
    expect(String(entry?.StatusNotifyUserName).split(',')).toEqual(real.map((id) => simulator.userName(id)))
    expect(simulator.violations).toEqual([])
  })

  test('comes back by push login while the phone trusts the browser', async () => {
    const client = await online()
    simulator.kick(1101)
    const push = (uin: number) => client.get('/cgi-bin/mmwebwx-bin/webwxpushloginurl', { uin: String(uin) })
    expect(await (await push(5)).json()).toEqual({ ret: '1', msg: 'args error' })
    const { uuid } = (await (await push(client.ticket.uin)).json()) as { uuid: string }
    expect(await client.finishLogin(uuid)).toContain('<ret>0</ret>')
    simulator.antispam(true)
    expect(await (await push(client.ticket.uin)).json()).toMatchObject({ ret: '2' })
    simulator.antispam(false)
    simulator.phone.revoke()
    expect(await (await push(client.ticket.uin)).json()).toMatchObject({ ret: '3' })
  })

  test('ends by logout, which expires its cookies', async () => {
    const client = await online()
    const sid = client.cookies.get('wxsid') ?? ''
    const answer = await client.raw('webwxlogout', '')
    expect([answer.status, client.cookies.get('wxsid')]).toEqual([301, ''])
    client.cookies.set('wxsid', sid).set('wxuin', String(client.ticket.uin))
    expect(retcode(await client.check())).toBe('1100 0')
  })
})

describe('contacts', () => {
  test('come by pages that end at 0 and hold saved rooms only', async () => {
    const client = await online({ contactPageSize: 7 })
    const found: Record<string, unknown>[] = []
    let seq = 0
    do {
      const query = { seq: String(seq), skey: client.ticket.skey, r: '1' }
      const page = (await (await client.get('/cgi-bin/mmwebwx-bin/webwxgetcontact', query)).json()) as {
        MemberList: Record<string, unknown>[]
        MemberCount: number
        Seq: number
      }
      expect(page.MemberList).toHaveLength(page.MemberCount)
      expect(page.MemberCount).toBeLessThanOrEqual(7)
      found.push(...page.MemberList)
      seq = page.Seq
    } while (seq !== 0)
    const names = found.map((entry) => entry.NickName)
    expect(new Set(found.map((entry) => entry.UserName)).size).toBe(found.length)
    expect(names.filter((name) => name === '张伟')).toHaveLength(2)
    expect(names).toEqual(
      expect.arrayContaining(['陈阿姨 &amp; 小宝', '阿林<span class="emoji emoji1f604"></span>', '老客户群']),
    )
    expect(names).not.toContain('楼下邻居')
    expect(names).not.toContain('丁丁')
  })

  test('come in detail for rooms and their members, 50 at most', async () => {
    const client = await online()
    const batch = (list: unknown[]) => client.call('webwxbatchgetcontact', { Count: list.length, List: list })
    const roomName = simulator.userName('老客户群')
    const [room] = (await batch([{ UserName: roomName, EncryChatRoomId: '' }])).ContactList as {
      MemberList: { NickName: string; DisplayName: string }[]
      EncryChatRoomId: string
    }[]
    expect(room?.MemberList.map((member) => member.DisplayName || member.NickName)).toEqual([
      '小助手',
      '李姐（2栋）',
      '小王',
      '卡卡',
      '张伟',
    ])
    const member = { UserName: simulator.userName('卡罗尔'), EncryChatRoomId: room?.EncryChatRoomId }
    expect((await batch([member])).ContactList).toMatchObject([{ NickName: '卡罗尔', DisplayName: '卡卡' }])
    expect(ret(await batch(Array.from({ length: 51 }, () => ({ UserName: roomName }))))).toBe(1)
    expect(ret(await batch([{ UserName: roomName }, { UserName: '@0123' }]))).toBe(1)
    expect(simulator.violations).toHaveLength(2)
  })
})

describe('the poll', () => {
  test('is released by news, and says what kind of news', async () => {
    const client = await online({ pollHoldMs: 60_000 })
    const held = client.check()
    await simulator.waitFor((entry) => entry.kind === 'request' && entry.endpoint === 'synccheck')
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    expect(retcode(await held)).toBe('0 2')
    await client.sync()
    simulator.editContact('小王', { remark: '王老板' })
    expect(retcode(await client.check())).toBe('0 4')
  })

  test('is released by the end of the session', async () => {
    const client = await online({ pollHoldMs: 60_000 })
    const held = client.check()
    await simulator.waitFor((entry) => entry.kind === 'request' && entry.endpoint === 'synccheck')
    simulator.phone.logout()
    expect(retcode(await held)).toBe('1100 0')
  })

  test('can be stuck, silent or strange', async () => {
    const client = await online()
    simulator.stuckSelector(7)
    expect(retcode(await client.check())).toBe('0 7')
    simulator.stuckSelector(null)
    simulator.backlog(1)
    simulator.silentSelector(true)
    expect(retcode(await client.check())).toBe('0 0')
    simulator.silentSelector(false)
    simulator.newsSelector(99)
    expect(retcode(await client.check())).toBe('0 99')
  })
})

describe('webwxsync', () => {
  test('delivers again until a newer key is presented', async () => {
    const client = await online()
    const ids = simulator.backlog(3)
    const first = await client.sync(false)
    const again = await client.sync()
    expect(first.AddMsgList.map((entry) => entry.MsgId)).toEqual(ids)
    expect(again.AddMsgList).toEqual(first.AddMsgList)
    expect((await client.sync()).AddMsgList).toEqual([])
    expect(simulator.violations).toEqual([])
  })

  test('pages with ContinueFlag', async () => {
    const client = await online({ syncPageSize: 4 })
    simulator.backlog(10)
    const pages = [await client.sync(), await client.sync(), await client.sync()]
    expect(pages.map((page) => [page.AddMsgList.length, page.ContinueFlag])).toEqual([
      [4, 1],
      [4, 1],
      [2, 0],
    ])
  })

  test('can repeat, reverse, go back and renew', async () => {
    const client = await online()
    const [, second] = simulator.backlog(2)
    simulator.reorder()
    expect(contents((await client.sync()).AddMsgList)).toEqual(['第2条', '第1条'])
    simulator.duplicate(second)
    expect((await client.sync()).AddMsgList).toMatchObject([{ MsgId: second }])
    simulator.backlog(2)
    simulator.regressKey(1)
    await client.sync()
    simulator.renew('skey')
    simulator.renew('cookie')
    const cookie = client.cookies.get('webwx_data_ticket')
    const renewed = await client.sync()
    expect(contents(renewed.AddMsgList)).toEqual(['第2条'])
    expect(renewed.SKey).toMatch(/^@crypt_/)
    expect(client.cookies.get('webwx_data_ticket')).not.toBe(cookie)
  })

  test.each([
    ['current', 0],
    ['replay', 2],
  ] as const)('after a second init in mode %s holds %i old messages', async (initMode, count) => {
    const client = await online({ initMode })
    simulator.backlog(2)
    await client.sync()
    await client.init()
    expect((await client.sync()).AddMsgList).toHaveLength(count)
  })

  test('keeps its key empty in errors, and refuses an empty key', async () => {
    const client = await online()
    client.syncKey = { Count: 0, List: [] }
    const answer = await client.sync(false)
    expect([answer.BaseResponse.Ret, answer.SyncKey]).toEqual([1, { Count: 0, List: [] }])
    expect(simulator.violations).toEqual(['webwxsync: presents an empty or foreign SyncKey'])
  })

  test('brings changes of people and rooms', async () => {
    const client = await online()
    simulator.joinRoom('老客户群', '丁丁', '李姐')
    simulator.renameRoom('老客户群', '新客户群', '李姐')
    simulator.deleteContact('Bob')
    simulator.befriend({ nickName: '新朋友' })
    const answer = await client.sync()
    expect(contents(answer.AddMsgList)).toEqual([
      '"李姐（2栋）"邀请"丁丁"加入了群聊',
      '"李姐（2栋）"修改群名为“新客户群”',
      '你已添加了新朋友，现在可以开始聊天了。',
    ])
    expect(answer.ModContactList).toMatchObject([
      { NickName: '新客户群', MemberCount: 6 },
      { NickName: '新朋友', ContactFlag: 3 },
    ])
    expect(answer.DelContactList).toEqual([{ UserName: simulator.userName('供应商-Bob'), ContactFlag: 0 }])
  })

  test('tells who was removed, and of the loss of a room', async () => {
    const client = await online()
    simulator.removeFromRoom('水果团购群🍎', '阿飞')
    simulator.leaveRoom('老客户群', '小王')
    simulator.removeFromRoom('老客户群', 'self')
    const answer = await client.sync()
    expect(contents(answer.AddMsgList)).toEqual(['你将"飞哥"移出了群聊', '你被"李姐（2栋）"移出群聊'])
    expect(answer.DelContactList).toMatchObject([{ UserName: simulator.userName('老客户群') }])
    expect(ret(await client.send('还在吗', simulator.userName('老客户群')))).toBe(1204)
  })
})
