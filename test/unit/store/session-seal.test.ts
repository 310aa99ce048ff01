import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sessionFile } from '../../../src/store/session-file.ts'
import { sealWith } from '../../../src/store/session-seal.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLogger } from '../../../src/support/log.ts'

let dir: string

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'wxr-seal-')), 'data')
  mkdirSync(dir, { mode: 0o700 })
})

afterEach(() => {
  rmSync(join(dir, '..'), { recursive: true, force: true })
})

const keyOf = (text: string) => ({ expose: () => text })
const KEY = keyOf('correct horse battery')
const OTHER = keyOf('another horse battery')
const SESSION = { skey: '@crypt_canary', cookies: [{ key: 'wxsid', value: 'canary-sid' }] }

const path = () => join(dir, 'session.json')
const bytes = () => readFileSync(path(), 'utf8')
const fileWith = (...keys: Parameters<typeof sealWith>) =>
  sessionFile(dir, systemClock, silentLogger, sealWith(...keys))

describe('T2: the session under a key', () => {
  test('is not readable in its file, and read back with the key', () => {
    fileWith(KEY).save(SESSION)
    for (const word of ['canary', 'skey', 'wxsid', KEY.expose()]) expect(bytes()).not.toContain(word)
    expect(fileWith(KEY).load()).toEqual(SESSION)
  })

  test('is written differently each time', () => {
    const file = fileWith(KEY)
    file.save(SESSION)
    const before = JSON.parse(bytes())
    file.save(SESSION)
    const after = JSON.parse(bytes())
    expect([after.iv === before.iv, after.data === before.data]).toEqual([false, false])
  })

  test('without the key, or with another: a clean error, and the file stays for the right one', () => {
    fileWith(KEY).save(SESSION)
    expect(() => fileWith(null).load()).toThrow(expect.objectContaining({ code: 'no-key' }))
    expect(() => fileWith(OTHER).load()).toThrow(expect.objectContaining({ code: 'wrong-key' }))
    expect(fileWith(KEY).load()).toEqual(SESSION)
  })

  test('one that was plain is encrypted as soon as it is read with a key', () => {
    fileWith(null).save(SESSION)
    expect(bytes()).toContain('canary-sid')
    expect(fileWith(KEY).load()).toEqual(SESSION)
    expect(bytes()).not.toContain('canary')
  })

  test('the key can be changed: read with the old one, written with the new one', () => {
    fileWith(KEY).save(SESSION)
    expect(fileWith(OTHER, [KEY]).load()).toEqual(SESSION)
    expect(fileWith(OTHER).load()).toEqual(SESSION)
    expect(() => fileWith(KEY).load()).toThrow(expect.objectContaining({ code: 'wrong-key' }))
  })

  test('and taken away again', () => {
    fileWith(KEY).save(SESSION)
    expect(fileWith(null, [KEY]).load()).toEqual(SESSION)
    expect(JSON.parse(bytes())).toEqual(SESSION)
  })

  test.each(['salt', 'iv', 'tag', 'data'])('a changed %s is noticed', (field) => {
    fileWith(KEY).save(SESSION)
    const sealed = JSON.parse(bytes())
    const first = sealed[field][0] === 'A' ? 'B' : 'A'
    writeFileSync(path(), JSON.stringify({ ...sealed, [field]: first + sealed[field].slice(1) }))
    expect(() => fileWith(KEY).load()).toThrow(expect.objectContaining({ code: 'wrong-key' }))
  })

  test.each([{ iv: '' }, { tag: 'AAAA' }, { salt: '' }, { data: '' }, { iv: 'A'.repeat(200_000) }])(
    'hostile fields are only a wrong key: %j',
    (change) => {
      fileWith(KEY).save(SESSION)
      writeFileSync(path(), JSON.stringify({ ...JSON.parse(bytes()), ...change }))
      expect(() => fileWith(KEY).load()).toThrow(expect.objectContaining({ code: 'wrong-key' }))
    },
  )
})
