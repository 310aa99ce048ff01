import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { asId, type ChatKey } from '../../src/domain/ids.ts'
import { openStore } from '../../src/store/store.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLogger } from '../../src/support/log.ts'
import type { Child } from '../support/child.ts'
import { ACCOUNT, decide, freshDir, message, SetClock } from '../unit/store/fixtures.ts'
import { Stage, TOLD_ONLINE } from './stage.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures/stores/', import.meta.url))

describe('with a daemon', () => {
  let stage: Stage

  beforeEach(async () => {
    stage = await Stage.open()
  })

  afterEach(async () => {
    await stage.close()
  })

  const data = (...parts: string[]) => stage.shop.path('data', ...parts)
  const texts = () => stage.simulator.sends.map((send) => send.text)

  /** A number is said, answered, and the answer booked. */
  async function answered(bot: Child, number: number): Promise<void> {
    const before = bot.stdout.length
    expect(await stage.ask(`编号${number}`)).toBe(`收到${number}`)
    await bot.waitFor(() => bot.stdout.slice(before).includes('"to":"sent"'))
  }

  /** The same after records were lost: what came in the second of the start is not answered, so this comes in the next one. */
  async function answeredAfterLoss(bot: Child, number: number): Promise<void> {
    const before = bot.stdout.length
    stage.simulator.deliver({ kind: 'text', from: '小王', text: `编号${number}`, at: Date.now() + 1000 })
    await stage.simulator.waitFor((note) => note.kind === 'sent' && note.text === `收到${number}`)
    await bot.waitFor(() => bot.stdout.slice(before).includes('"to":"sent"'))
  }

  test('F7: killed at each change of the data folder during a first start, the next start goes on', async () => {
    for (const nth of [1, 3, 5, 8, 12]) {
      rmSync(data(), { recursive: true, force: true })
      mkdirSync(data(), { mode: 0o700 })
      let changes = 0
      const bot = stage.shop.run()
      const watcher = watch(data(), () => {
        if (++changes === nth) bot.process.kill('SIGKILL')
      })
      await Promise.race([bot.finished, bot.waitForText(TOLD_ONLINE).catch(() => {})])
      watcher.close()
      await bot.stop('SIGKILL')
      const next = await stage.online()
      expect(next.output).not.toMatch(/数据损坏|internal error/)
      await next.stop('SIGKILL')
    }
    await stage.online()
    expect(await stage.ask('编号1')).toBe('收到1')
  }, 180_000)

  test.each<readonly [string, (path: string) => void]>([
    ['cut short', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['with bytes flipped', (path) => writeFileSync(path, flipped(readFileSync(path)))],
  ])(
    'F19: a store %s while stopped: set aside, newest backup back, nothing said twice',
    async (_name, damage) => {
      const first = await stage.online()
      await answered(first, 1)
      await first.stop()
      const store = openStore({ dir: data(), clock: systemClock, log: silentLogger })
      const backup = await store.backup()
      store.close()
      const second = await stage.online()
      await answered(second, 2)
      await second.stop()
      damage(data('store.db'))
      const bot = await stage.online()
      expect(bot.stdout).toContain(`恢复了备份 ${backup}`)
      expect(readdirSync(data()).some((name) => name.startsWith('store.db.damaged-'))).toBe(true)
      await answeredAfterLoss(bot, 3)
      expect(texts()).toEqual(['收到1', '收到2', '收到3'])
      expect(stage.requests('jslogin')).toHaveLength(1)
    },
  )

  test('F19: bytes flipped under a running daemon: it ends or goes on, the next start sets it right', async () => {
    const running = await stage.online()
    await answered(running, 1)
    writeFileSync(data('store.db'), flipped(readFileSync(data('store.db'))))
    stage.simulator.deliver({ kind: 'text', from: '小王', text: '编号2' })
    const end = await Promise.race([
      running.finished,
      stage.simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到2'),
    ])
    // A success that is not on disk when the kill comes may be said again, as the promise says.
    const booked = running.waitForText(/"to":"sent".*"to":"sent"/s).then(
      () => true,
      () => false,
    )
    if ('code' in end || !(await booked)) {
      const { code, stdout } = await running.finished
      expect(code).toBe(70)
      expect(stdout).toContain('恢复最新的备份')
    }
    await running.stop('SIGKILL')
    const bot = await stage.online()
    expect(bot.stdout).toContain('数据损坏，已另存为')
    await answeredAfterLoss(bot, 3)
    expect(texts()).toEqual([...new Set(texts())])
  })

  test('F20: the journal deleted after a kill: told, checked, nothing said twice', async () => {
    const first = await stage.online()
    await answered(first, 1)
    await first.stop('SIGKILL')
    for (const part of ['store.db-wal', 'store.db-shm']) rmSync(data(part))
    const bot = await stage.online()
    expect(bot.stdout).toContain('日志文件丢了')
    await answeredAfterLoss(bot, 2)
    expect(texts()).toEqual(['收到1', '收到2'])
    expect(stage.requests('jslogin')).toHaveLength(1)
  })

  test('F23: a store of a newer program is refused and names the image to use', async () => {
    await (await stage.online()).stop()
    const db = new DatabaseSync(data('store.db'))
    db.exec("PRAGMA user_version = 999; UPDATE meta SET value = '9.8.7' WHERE key = 'version'")
    db.close()
    const before = readFileSync(data('store.db'))
    const { code, stdout } = await stage.shop.run().finished
    expect(code).toBe(73)
    expect(stdout).toContain('wxreply:9.8.7')
    expect(readFileSync(data('store.db')).equals(before)).toBe(true)
    expect(existsSync(data('store.db-wal'))).toBe(false)
  })
})

/** Every page but the first is turned over, so that what names the file still looks right. */
function flipped(bytes: Buffer): Buffer {
  const PAGE = 4096
  return Buffer.from(bytes.map((byte, index) => (index > PAGE && index % 7 === 0 ? byte ^ 0xff : byte)))
}

describe('without a daemon', () => {
  let place: ReturnType<typeof freshDir>

  beforeEach(() => {
    place = freshDir()
  })

  afterEach(() => {
    place.remove()
  })

  const open = (dir: string) => openStore({ dir, clock: new SetClock(), log: silentLogger })

  test('F9: whatever a power loss leaves of the journal behind the last commit, what was committed is there', () => {
    const MESSAGES = 6
    const store = open(place.dir)
    const wal = join(place.dir, 'store.db-wal')
    const sizes: number[] = []
    for (let n = 1; n <= MESSAGES; n++) {
      decide(store, message(n))
      sizes.push(statSync(wal).size)
    }
    for (const [index, size] of sizes.entries()) {
      const next = sizes[index + 1] ?? size
      for (const cut of new Set([size, size + 1, size + 24, Math.floor((size + next) / 2), next - 1])) {
        if (cut < size) continue
        const dir = `${place.dir}-${index}-${cut}`
        mkdirSync(dir, { mode: 0o700 })
        copyFileSync(join(place.dir, 'store.db'), join(dir, 'store.db'))
        copyFileSync(wal, join(dir, 'store.db-wal'))
        truncateSync(join(dir, 'store.db-wal'), cut)
        const after = open(dir)
        const kept = Array.from({ length: MESSAGES }, (_, n) => after.inbox.find(message(n + 1).id) !== null)
        after.close()
        expect(kept.slice(0, index + 1)).not.toContain(false)
        expect(kept.slice(index + 2)).not.toContain(true)
      }
    }
    store.close()
  })

  const layouts = readdirSync(FIXTURES).filter((name) => /^layout-\d+\.db\.gz$/.test(name))

  test.each(layouts)('F24: %s of a release: what waited waits, what was said is not said again', (name) => {
    mkdirSync(place.dir, { mode: 0o700 })
    writeFileSync(join(place.dir, 'store.db'), gunzipSync(readFileSync(join(FIXTURES, name))), {
      mode: 0o600,
    })
    const store = open(place.dir)
    try {
      const ids = [1, 2, 3, 4].map((n) => message(n, { chat: `chat-${n}` }).id)
      expect(ids.filter((id) => store.inbox.find(id) === null)).toEqual([])
      expect(store.inbox.unhandled(ACCOUNT, 10).map(({ id }) => id)).toEqual([ids[3]])
      expect(store.inbox.cursor(ACCOUNT)).toMatchObject({ generation: 1, value: '4' })
      expect(Object.fromEntries(store.outbox.counts(ACCOUNT))).toMatchObject({
        sent: 1,
        ready: 1,
        sending: 1,
      })
      expect(store.outbox.recoverSending(ACCOUNT, 0)).toBe(1)
      expect(store.outbox.head(ACCOUNT, asId<ChatKey>('chat-2'))?.delivery.kind).toBe('ready')
      expect(store.outbox.lastClientMsgId()).toBe('19000000000000003')
      expect(store.schedules.lastMark(ACCOUNT, '早安')).not.toBeNull()
      expect(store.meta.get('account')).toBe(ACCOUNT)
    } finally {
      store.close()
    }
  })

  test('F24: there is a store of every layout that a release wrote', () => {
    expect(layouts).toContain('layout-1.db.gz')
  })
})
