import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Child } from '../support/child.ts'
import { Stage } from './stage.ts'

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open({ echoOwn: true })
})

afterEach(async () => {
  await stage.close()
})

interface SavedCookie {
  readonly key: string
  readonly value: string
}

/** Where the secrets of a login may lie: nowhere else may one byte of them be found. */
const MAY_HOLD = /^session\.json/

/** Everything that opens an account: from the session file, the cookies in it, and the codes of all logins. */
function secretsOf(stage: Stage): string[] {
  const saved = JSON.parse(stage.shop.read('data/session.json')) as Record<string, unknown> & {
    cookies: readonly SavedCookie[]
  }
  const fields = ['skey', 'sid', 'uin', 'passTicket'].map((name) => String(saved[name]))
  const cookies = saved.cookies
    .filter(({ key }) => /^(wxsid|wxuin|webwx)/.test(key))
    .map(({ value }) => value)
  const all = [...new Set([...fields, ...cookies])]
  return [...all, ...all.map((secret) => encodeURIComponent(secret))]
}

/** The codes of logins that are over; one that may still be scanned is meant to be seen. */
function codesOf(stage: Stage): string[] {
  const polls = stage
    .requests('login')
    .map((note) => (note.kind === 'request' ? (note.query.uuid ?? '') : ''))
  return [...new Set(polls)].flatMap((uuid) => [uuid, encodeURIComponent(uuid)])
}

function filesHolding(stage: Stage, secrets: readonly string[]): string[] {
  const root = stage.shop.path('data')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(root, name)).isFile(),
  )
  expect(files).toContain('store.db')
  return files
    .filter((name) => !MAY_HOLD.test(name))
    .filter((name) => {
      const bytes = readFileSync(join(root, name))
      return secrets.some((secret) => bytes.includes(secret))
    })
}

async function use(bot: Child): Promise<void> {
  await stage.ask('多少钱')
  stage.simulator.renew('skey')
  await stage.ask('寄上海3公斤')
  stage.simulator.renew('cookie')
  for (const [endpoint, kind] of [
    ['webwxsync', 'status:502'],
    ['webwxsendmsg', 'reset_after_accept'],
    ['synccheck', 'redirect:https://evil.example/'],
    ['synccheck', 'html200'],
  ] as const) {
    stage.simulator.faults.add({ endpoint, kind, when: { times: 1 } })
    await stage.ask('营业时间', '李姐')
  }
  for (const words of [['status'], ['rooms'], ['contacts', 'find', '王'], ['held'], ['config', 'show']]) {
    const { stdout, stderr } = await stage.command(...words)
    printed += stdout + stderr
  }
  bot.process.kill('SIGUSR2')
  await bot.waitForText(/"event":"status"/)
}

let printed = ''

test('T7, T17: nothing that opens the account is printed or stored outside the session file', async () => {
  printed = ''
  const bot = await stage.online()
  await use(bot)
  const early = secretsOf(stage)
  await bot.stop()
  const again = await stage.online()
  await stage.ask('多少钱')
  stage.simulator.kick(1101)
  await stage.nextRequest('webwxpushloginurl', 0)
  await again.waitFor(
    (output) => (output.match(/"event":"connection","from":"[a-z-]+","to":"online"/g)?.length ?? 0) > 1,
  )
  await stage.ask('多少钱')

  const secrets = [...new Set([...early, ...secretsOf(stage)])].filter((secret) => secret.length > 4)
  expect(secrets.length).toBeGreaterThan(6)
  const logs = bot.stdout + again.stdout
  const shown = logs + bot.stderr + again.stderr + printed
  expect(secrets.filter((secret) => shown.includes(secret))).toEqual([])
  expect(codesOf(stage).filter((code) => logs.includes(code) || printed.includes(code))).toEqual([])
  expect(filesHolding(stage, [...secrets, ...codesOf(stage)])).toEqual([])
})

test('T17: message texts are not in the log unless asked for', async () => {
  const bot = await stage.online()
  await stage.ask('多少钱，我的卡号是 6222020200112233445 请查收')
  expect(bot.output).not.toContain('6222020200112233445')
})
