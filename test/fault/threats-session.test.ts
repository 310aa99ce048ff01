import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sealWith } from '../../src/store/store.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { Stage } from './stage.ts'

const STACK = /\n\s+at |\\n\s+at /

let stage: Stage

beforeEach(async () => {
  const settings = FAST_SETTINGS.replace('{listen: off}', '{listen: "127.0.0.1:0"}')
  stage = await Stage.open({}, { settings })
})

afterEach(async () => {
  await stage.close()
})

const data = (...parts: string[]) => stage.shop.path('data', ...parts)
const session = () => stage.shop.read('data/session.json')
const modeOf = (path: string) => statSync(path).mode & 0o777
const withUmask = (mask: number) => ['--import', `data:text/javascript,process.umask(${mask})`]

/** Paths below the data folder with the bits that group and others have on them. */
function tooOpen(): string[] {
  const paths = readdirSync(data(), { recursive: true, encoding: 'utf8' })
  expect(paths.length).toBeGreaterThan(6)
  return paths.filter((path) => (modeOf(data(path)) & 0o077) !== 0)
}

function filesHolding(words: readonly string[]): string[] {
  return readdirSync(data(), { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(data(path)).isFile())
    .filter((path) => {
      const bytes = readFileSync(join(data(), path))
      return words.some((word) => bytes.includes(word))
    })
}

describe('T1: the data folder', () => {
  test.each([0o022, 0o000])('T1: umask %s: 0700, and no file in it is for anybody else', async (mask) => {
    mkdirSync(data(), { mode: 0o777 & ~mask })
    chmodSync(data(), 0o777 & ~mask)
    const bot = stage.shop.run({ nodeArgs: withUmask(mask) })
    await bot.waitForText(/"to":"awaiting-scan"/)
    await bot.waitForText(/"to":"online"/)
    await stage.ask('多少钱')
    expect(modeOf(data())).toBe(0o700)
    expect(tooOpen()).toEqual([])
    expect(readdirSync(data())).toEqual(
      expect.arrayContaining(['session.json', 'store.db', 'http-token', 'control.sock']),
    )
    await bot.stop()
    expect(tooOpen()).toEqual([])
  })

  test('T1: a session that others could read is closed, set aside and never used', async () => {
    await (await stage.online()).stop()
    chmodSync(data('session.json'), 0o644)
    const bot = await stage.online()
    expect(bot.stdout).toContain('登录文件不可信')
    expect(stage.requests('jslogin')).toHaveLength(2)
    expect(tooOpen()).toEqual([])
  })
})

describe('T2: a key for the session', () => {
  const KEY = 'the key of the shop, from a file'
  const NEW_KEY = 'another key, from another file'

  function secretsOf(text: string): string[] {
    const opened = sealWith({ expose: () => KEY }).read(text)
    if (opened.kind !== 'open') throw new Error(opened.kind)
    const saved = opened.value as { skey: string; sid: string; cookies: { key: string; value: string }[] }
    // The second in which the page was loaded is the second of whatever came right after it.
    const cookies = saved.cookies.filter(({ key }) => key !== 'wxloadtime').map(({ value }) => value)
    return [saved.skey, saved.sid, ...cookies].filter((one) => one.length > 4)
  }

  test('T2: nothing of the login is readable on the volume; a wrong key is one sentence; keys can be changed', async () => {
    stage.shop.write('key', KEY)
    const env = { WXREPLY_DATA_KEY_FILE: stage.shop.path('key') }
    await (await stage.online({ env })).stop()
    const secrets = secretsOf(session())
    expect(secrets.length).toBeGreaterThan(4)
    expect(filesHolding([...secrets, KEY])).toEqual([])

    const before = session()
    for (const wrong of [{}, { WXREPLY_DATA_KEY: NEW_KEY }]) {
      const { code, stdout, stderr } = await stage.shop.run({ env: wrong }).finished
      expect(code).toBe(78)
      expect(stdout).toMatch(/session\.json .*(没有设置密钥|密钥不对)/)
      expect(stdout + stderr).not.toMatch(STACK)
      expect(stdout + stderr).not.toContain(NEW_KEY)
      expect(session()).toBe(before)
    }

    const both = { WXREPLY_DATA_KEY: NEW_KEY, WXREPLY_DATA_OLD_KEY_FILE: stage.shop.path('key') }
    await (await stage.online({ env: both })).stop()
    await stage.online({ env: { WXREPLY_DATA_KEY: NEW_KEY } })
    expect(await stage.ask('多少钱')).toContain('苹果')
    expect(stage.requests('jslogin')).toHaveLength(1)
  })

  test('T2: a key that could be guessed is refused', async () => {
    const { code, stderr } = await stage.shop.run({ env: { WXREPLY_DATA_KEY: 'hunter2' } }).finished
    expect([code, stderr]).toEqual([78, expect.stringContaining('密钥太短')])
    expect(stderr).not.toContain('hunter2')
  })
})
