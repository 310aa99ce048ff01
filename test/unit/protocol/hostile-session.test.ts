import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readSaved } from '../../../src/protocol/session.ts'
import { sessionFile } from '../../../src/store/session-file.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLogger } from '../../../src/support/log.ts'

let dir: string

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'wxr-hostile-')), 'data')
  mkdirSync(dir, { mode: 0o700 })
})

afterEach(() => {
  rmSync(join(dir, '..'), { recursive: true, force: true })
})

const KEY = { Count: 1, List: [{ Key: 1, Val: 1 }] }
const GOOD = {
  version: 1,
  savedAt: 1_700_000_000_000,
  openedAt: 1_700_000_000_000,
  generation: 1,
  account: 'a-1',
  isAlive: true,
  host: 'wx2.qq.com',
  uin: 1_000_000_001,
  sid: 'sid',
  skey: '@crypt_1',
  passTicket: 'ticket',
  userName: '@me',
  nick: '小助手',
  firstCursor: { sync: KEY, check: KEY },
  cookies: [
    {
      key: 'wxsid',
      value: 'x',
      domain: 'wx2.qq.com',
      path: '/',
      secure: true,
      httpOnly: true,
      hostOnly: true,
    },
  ],
}

const json = (change: object) => JSON.stringify({ ...GOOD, ...change })

const CORPUS: readonly (readonly [string, string | Uint8Array])[] = [
  ['a Python pickle', Buffer.from("\x80\x04\x95cos\nsystem\n(S'touch pwned'\ntR.", 'latin1')],
  ['a script', 'process.mainModule.require("child_process").execSync("touch pwned")'],
  ['a module', 'export default {uin: 1}'],
  ['a call in place of a value', '{"version":1,"uin":require("fs")}'],
  ['YAML', 'version: 1\nuin: !!js/function "function(){}"\n'],
  ['XML', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
  ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
  ['UTF-16', Buffer.from(`\ufeff${JSON.stringify(GOOD)}`, 'utf16le')],
  ['NUL bytes', Buffer.alloc(4096)],
  ['a number', '1e999'],
  ['a text', '"session"'],
  ['null', 'null'],
  ['deep lists', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['deep maps', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
  ['a million keys cut short', `{${'"a":1,'.repeat(150_000)}`],
  ['two values', `${JSON.stringify(GOOD)}${JSON.stringify(GOOD)}`],
  ['a polluting key', `{"__proto__":{"isAlive":true,"polluted":1},${JSON.stringify(GOOD).slice(1)}`],
  ['a polluting constructor', json({ constructor: { prototype: { polluted: 1 } } })],
  ['only a prototype', `{"__proto__":${JSON.stringify(GOOD)}}`],
  ['an unknown field', json({ onLoad: 'x' })],
  ['a newer version', json({ version: 2 })],
  ['a version as text', json({ version: '1' })],
  ['no cookies', json({ cookies: undefined })],
  ['cookies as a map', json({ cookies: { length: 1 } })],
  ['a thousand cookies', json({ cookies: Array(1000).fill(GOOD.cookies[0]) })],
  ['a cookie with more fields', json({ cookies: [{ ...GOOD.cookies[0], expires: 1 }] })],
  ['a huge cookie', json({ cookies: [{ ...GOOD.cookies[0], value: 'x'.repeat(100_000) }] })],
  ['a uin of text', json({ uin: '1000000001' })],
  ['a negative uin', json({ uin: -1 })],
  ['a broken uin', json({ uin: 1.5 })],
  ['a uin beyond 32 bits', json({ uin: 2 ** 40 })],
  ['a generation of zero', json({ generation: 0 })],
  ['a list for skey', json({ skey: ['@crypt'] })],
  ['a huge skey', json({ skey: 'x'.repeat(10_000) })],
  ['no cursor', json({ firstCursor: null })],
  ['a cursor of another shape', json({ firstCursor: { sync: KEY, check: { Count: 1 } } })],
  [
    'endless keys',
    json({ firstCursor: { sync: { ...KEY, List: Array(5000).fill({ Key: 1, Val: 1 }) }, check: KEY } }),
  ],
  ['another host', json({ host: 'evil.example' })],
  ['a host that ends like ours', json({ host: 'evilwx2.qq.com.example' })],
  ['a host with a user', json({ host: 'wx2.qq.com@evil.example' })],
  ['a host with a path', json({ host: 'evil.example/wx2.qq.com' })],
  ['a host with a port', json({ host: 'wx2.qq.com:8443' })],
  ['an address inside', json({ host: '169.254.169.254' })],
  ['a host of a megabyte', json({ host: 'a'.repeat(900_000) })],
  ['an empty host', json({ host: '' })],
]

describe('T3: the session file is data, checked whole', () => {
  test.each(CORPUS)('T3: %s is no session', (_name, content) => {
    writeFileSync(join(dir, 'session.json'), content, { mode: 0o600 })
    const found = sessionFile(dir, systemClock, silentLogger).load()
    expect(readSaved(found, {})).toBeNull()
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Reflect.get({}, 'isAlive')).toBeUndefined()
  })

  test('T3: an honest one is', () => {
    writeFileSync(join(dir, 'session.json'), JSON.stringify(GOOD), { mode: 0o600 })
    expect(readSaved(sessionFile(dir, systemClock, silentLogger).load(), {})).toEqual(GOOD)
  })
})
