import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { DecodeError, SessionExpired, Throttled } from '../../../src/domain/errors.ts'
import { advance, formatKey, readSaved } from '../../../src/protocol/session.ts'
import { decodeName } from '../../../src/protocol/text.ts'
import { baseResponse } from '../../../src/protocol/wire/base.ts'
import { readJson } from '../../../src/protocol/wire/json.ts'
import { readTicket } from '../../../src/protocol/wire/login.ts'
import { refusalOf } from '../../../src/protocol/wire/ret.ts'
import { readJslogin, readLoginPoll, readSynccheck } from '../../../src/protocol/wire/snippet.ts'
import { syncAnswer } from '../../../src/protocol/wire/sync.ts'
import { readXml, xmlText } from '../../../src/protocol/wire/xml.ts'

describe('script answers', () => {
  test.each([
    ['window.QRLogin.code = 200; window.QRLogin.uuid = "4aSynthX0w==";', { code: 200, uuid: '4aSynthX0w==' }],
    ['window.QRLogin.code=400;', { code: 400, uuid: '' }],
    ['window.QRLogin.uuid="a-b_/+==";window.QRLogin.code=200', { code: 200, uuid: 'a-b_/+==' }],
    [
      '\n window.QRLogin.code\t=  200 ;\nwindow.QRLogin.uuid=\'a==\' ;window.QRLogin.error = "";\n',
      { code: 200, uuid: 'a==' },
    ],
    ['window.QRLogin.code = 200; window.QRLogin.uuid = "a"; process.exit()', null],
    ['evil();window.QRLogin.code = 200; window.QRLogin.uuid = "a";', null],
    ['<html></html>', null],
    ['', null],
  ])('jslogin %j', (body, expected) => expect(readJslogin(body)).toEqual(expected))

  test.each([
    ['window.code=408;', { code: 408, redirectUri: '' }],
    ["window.code=201;window.userAvatar = 'data:img/jpg;base64,/9j/4AAQ==';", { code: 201, redirectUri: '' }],
    ["window.userAvatar = 'data:img/jpg;base64,x'; window.code = 201;", { code: 201, redirectUri: '' }],
    [
      'window.code=200;\nwindow.redirect_uri="https://wx2.qq.com/a?ticket=b@c&scan=1";',
      { code: 200, redirectUri: 'https://wx2.qq.com/a?ticket=b@c&scan=1' },
    ],
    [
      ' window.redirect_uri = "https://wx2.qq.com/a?b"  ;\r\n window.code = 200 ',
      { code: 200, redirectUri: 'https://wx2.qq.com/a?b' },
    ],
    [
      `window.code=201;window.userAvatar='data:img/jpg;base64,${'/9j='.repeat(34_000)}';`,
      { code: 201, redirectUri: '' },
    ],
    ['window.code=0;', { code: 0, redirectUri: '' }],
    ['window.code=200;window.redirect_uri="https://a"+alert(1);', null],
    ['window.code=200;alert(1)', null],
    ['408', null],
  ])('login %j', (body, expected) => expect(readLoginPoll(body)).toEqual(expected))

  test.each([
    ['window.synccheck={retcode:"0",selector:"2"}', { retcode: 0, selector: 2 }],
    ['window.synccheck = { selector : "7" , retcode : "1101" } ;', { retcode: 1101, selector: 7 }],
    ['window.synccheck={retcode:0,selector:2}', { retcode: 0, selector: 2 }],
    ["window.synccheck={'retcode':'0','selector':'2'}", { retcode: 0, selector: 2 }],
    ['window.synccheck={retcode:"1101"}', { retcode: 1101, selector: 0 }],
    ['window.synccheck={retcode:"0\',selector:"2"}', null],
    ['window.synccheck={retcode:"0"}', null],
    ['window.synccheck={retcode:"0",selector:"2"};alert(1)', null],
    ['window.synccheck={retcode:"0",selector:{}}', null],
  ])('synccheck %j', (body, expected) => expect(readSynccheck(body)).toEqual(expected))

  test('that are too long are not looked at', () => {
    const spaces = ' '.repeat(600_000)
    expect(readLoginPoll(`window.code=201;${spaces}`)).toBeNull()
    expect(readSynccheck(`window.synccheck={${spaces}retcode:"0",selector:"2"}`)).toBeNull()
    expect(readJslogin(`window.QRLogin.code = 200;${spaces}`)).toBeNull()
  })
})

describe('a verdict', () => {
  const verdict = (ret: unknown) =>
    readJson('x', baseResponse, JSON.stringify({ BaseResponse: { Ret: ret } }))

  test.each([0, '0', -14, '1101'])('%j counts', (ret) =>
    expect(verdict(ret).BaseResponse.Ret).toBe(Number(ret)),
  )

  test.each([null, '', ' ', [], [0], {}, true, false, 0.5, 'ok'])('%j is none, least of all a yes', (ret) =>
    expect(() => verdict(ret)).toThrow(DecodeError),
  )
})

describe('webwxsync', () => {
  const envelope = { BaseResponse: { Ret: 0, ErrMsg: '' }, SyncKey: { Count: 1, List: [{ Key: 1, Val: 2 }] } }
  const read = (more: object) => readJson('webwxsync', syncAnswer, JSON.stringify({ ...envelope, ...more }))

  test.each([{ AddMsgList: null }, { AddMsgList: [] }, {}])('announced messages without any: %j', (more) =>
    expect(() => read({ AddMsgCount: 1, ...more })).toThrow(DecodeError),
  )

  test('the list counts where there is one', () => {
    expect(read({ AddMsgCount: 7, AddMsgList: [{}] }).AddMsgList).toHaveLength(1)
    expect(read({ AddMsgCount: 0, AddMsgList: null }).AddMsgList).toEqual([])
  })
})

describe('the ticket', () => {
  const xml = (ret: string, more = '') => `<error><ret>${ret}</ret><message>OK</message>${more}</error>`

  test('is read, with its pass ticket decoded once', () => {
    const body = xml(
      '0',
      '<skey>@crypt_1</skey><wxsid>a/b</wxsid><wxuin>1000000001</wxuin><pass_ticket>a%2Bb%253D</pass_ticket>',
    )
    expect(readTicket(body)).toMatchObject({
      ret: 0,
      skey: '@crypt_1',
      sid: 'a/b',
      uin: '1000000001',
      passTicket: 'a+b%3D',
    })
  })

  test.each([
    ['<html>'],
    [''],
    [`<!DOCTYPE x>${xml('0')}`],
    [`<error><ret>0</ret><!-- x --></error>`],
    [xml('zero')],
    [`<error><ret>0</ret>${' '.repeat(70_000)}`],
  ])('is not found in %.30j', (body) => expect(readTicket(body)).toBeNull())

  test('may hide its words in CDATA or entities', () => {
    expect(
      readTicket('<error><ret>1203</ret><message><![CDATA[当前登录<环境>异常]]></message></error>'),
    ).toMatchObject({
      message: '当前登录<环境>异常',
    })
    expect(
      readTicket(
        '<error><ret>1203</ret><message>A &amp; B</message><redirecturl>https://a/?b&amp;c</redirecturl></error>',
      ),
    ).toMatchObject({ message: 'A & B', redirectUrl: 'https://a/?b&c' })
  })

  test('of a refused account has the words of the server', () => {
    expect(readTicket('<error><ret>1203</ret><message>不允许登录</message></error>')).toMatchObject({
      ret: 1203,
      message: '不允许登录',
    })
  })
})

describe('XML', () => {
  test('T24: entities stay what they are', () => {
    const root = readXml('<msg><a b="1">&x;&amp;</a></msg>')
    expect(root === null ? null : xmlText(root, 'msg', 'a')).toBe('&x;&amp;')
    expect(root === null ? null : xmlText(root, 'msg', 'a', '@b')).toBe('1')
  })

  test.each([
    ['<!DOCTYPE a><a/>'],
    ['<a><!ENTITY x "y"></a>'],
    ['<a><!-- x --></a>'],
    [`<a>${'x'.repeat(300_000)}</a>`],
  ])('T24: %.30j is refused', (xml) => expect(readXml(xml)).toBeNull())

  test('T24, T25: deep nesting and odd names do no harm', () => {
    expect(() => readXml('<a>'.repeat(5000))).not.toThrow()
    const root = readXml('<msg><__proto__><x>1</x></__proto__><constructor>2</constructor></msg>')
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    expect(root === null ? null : xmlText(root, 'msg', 'toString')).toBeNull()
  })
})

describe('JSON', () => {
  const schema = z.object({ a: z.object({ b: z.number() }) })
  test.each([
    ['<html>secret</html>'],
    [''],
    ['{"a":{"b":"secret"}}'],
    ['{"a":{"b":1}'],
    ['['.repeat(100_000)],
    ['null'],
  ])('%.20j is an error without its text', (body) => {
    const read = () => readJson('webwxsync', schema, body)
    expect(read).toThrow(DecodeError)
    expect(read).not.toThrow(/secret/)
  })
})

test('stray control characters spoil neither an answer nor the names beside them', () => {
  const schema = z.object({ names: z.array(z.string()) })
  const body = '{"names":\r\n ["a\u0001b","c\n\td","e\\nf"]}\u0000\u0000'
  expect(readJson('webwxsync', schema, body)).toEqual({ names: ['a b', 'c  d', 'e\nf'] })
})

test('a message id that came as a number keeps its digits; what people write stays as it is', () => {
  const schema = z.object({ MsgId: z.string(), MsgID: z.string(), Content: z.string() })
  const Content = 'a {"MsgId":4200000000000000001,"MsgID": 4200000000000000002}'
  const body = `{"MsgId" : 4200000000000000001, "Content":${JSON.stringify(Content)},"MsgID":4200000000000000002}`
  expect(readJson('webwxsync', schema, body)).toEqual({
    MsgId: '4200000000000000001',
    MsgID: '4200000000000000002',
    Content,
  })
})

describe('ret', () => {
  test.each([
    [1100, SessionExpired],
    [1101, SessionExpired],
    [1102, SessionExpired],
    [-14, SessionExpired],
    [1205, Throttled],
  ])('%d', (ret, type) => expect(refusalOf('x', ret, '')).toBeInstanceOf(type))

  test('words may say "too often" under any code', () => {
    expect(refusalOf('x', -1, '操作太频繁，请稍后再试。')).toBeInstanceOf(Throttled)
    expect(refusalOf('x', -1, '')).not.toBeInstanceOf(Throttled)
    expect(refusalOf('x', 0, '操作太频繁')).toBeNull()
  })
})

describe('keys of the stream', () => {
  const key = (value: number) => ({ Count: 1, List: [{ Key: 1, Val: value }] })
  const empty = { Count: 0, List: [] }
  const old = { sync: key(1), check: key(2) }
  test.each([
    ['both', key(3), key(4), { sync: key(3), check: key(4) }],
    ['no check key', key(3), null, { sync: key(3), check: key(3) }],
    ['an empty check key', key(3), empty, { sync: key(3), check: key(3) }],
    ['empty keys', empty, empty, old],
    ['no keys', null, undefined, old],
    ['a check key alone', null, key(4), { sync: key(1), check: key(4) }],
  ])('with %s', (_name, sync, check, expected) => expect(advance(old, sync, check)).toEqual(expected))

  test('are written as pairs', () => {
    expect(
      formatKey({
        Count: 2,
        List: [
          { Key: 1, Val: 7 },
          { Key: 1000, Val: 8 },
        ],
      }),
    ).toBe('1_7|1000_8')
  })
})

test.each([
  ['Bob<span class="emoji emoji1f604"></span>', 'Bob😄'],
  ['<span class="emoji emoji1f450"></span', '👐'],
  ['<span class="emoji emoji2320e3"></span>', '#⃣'],
  ['<span class="emoji emoji1f1e81f1f3"></span>', '🇨🇳'],
  ['<span class="emoji emojia9"></span>', '©'],
  ['<span class="emoji emoji1f63c"></span>', '😁'],
  ['<span class="emoji emojid800"></span>', '□'],
  ['<span class="emoji emoji1234567"></span>', '□'],
  [' a&amp;lt;b ', 'a&lt;b'],
])('the name %j', (encoded, name) => expect(decodeName(encoded)).toBe(name))

test('a saved session for a host that is not on the list is refused', () => {
  const key = { Count: 1, List: [{ Key: 1, Val: 1 }] }
  const saved = {
    version: 1,
    savedAt: 0,
    openedAt: 5,
    generation: 1,
    account: 'a',
    isAlive: true,
    host: 'wx2.qq.com',
    uin: 1,
    sid: 's',
    skey: 'k',
    passTicket: 'p',
    userName: '@a',
    nick: 'n',
    firstCursor: { sync: key, check: key },
    cookies: [],
  }
  expect(readSaved(saved, {})).toEqual(saved)
  const { openedAt: _unknown, ...older } = saved
  expect(readSaved(older, {})).toEqual({ ...saved, openedAt: null })
  expect(readSaved({ ...saved, host: 'wx2.qq.com.example.invalid' }, {})).toBeNull()
  expect(readSaved({ ...saved, more: 1 }, {})).toBeNull()
  expect(readSaved({ ...saved, cookies: Array.from({ length: 101 }, () => ({})) }, {})).toBeNull()
})
