import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { StoreError } from '../../src/domain/errors.ts'
import { Database } from '../../src/store/database.ts'
import { openStore } from '../../src/store/store.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLogger } from '../../src/support/log.ts'
import { seededRandom } from '../../src/support/random.ts'
import { ACCOUNT, freshDir, message } from '../unit/store/fixtures.ts'
import { GROWN_VERSIONS } from './store-migrations.ts'

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url))
const ROUNDS = 25

let place: ReturnType<typeof freshDir>
let children: ChildProcess[]
beforeEach(() => {
  place = freshDir()
  children = []
})
afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child)
  place.remove()
})

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'close')
  child.kill('SIGKILL')
  await gone
}

/** Runs the child and kills it when `isTime` says so; resolves with all its lines. */
async function run(
  args: readonly string[],
  isTime: (line: string, nth: number) => boolean,
): Promise<string[]> {
  const { NODE_OPTIONS: _inherited, ...env } = process.env
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['pipe', 'pipe', 'inherit'], env })
  children.push(child)
  const gone = once(child, 'close')
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    if (isTime(line, lines.length)) child.kill('SIGKILL')
  })
  await gone
  return lines
}

const open = () => openStore({ dir: place.dir, clock: systemClock, log: silentLogger })

describe('kill -9 while accepting, deciding and sending', () => {
  test.each(['resend', 'hold'] as const)(
    'policy %s: no accepted message is lost, no reply doubles beyond one per kill',
    async (policy) => {
      const random = seededRandom(`kill ${policy}`)
      // Each kill is triggered by one of these lines, so that every commit point is hit from both sides.
      const triggers = [
        'accepting',
        'accepted',
        'deciding',
        'decided',
        'step sending',
        'sending',
        'wire',
        'step sent',
      ]
      let accepted = 0
      for (let round = 0; round < ROUNDS; round++) {
        const trigger = triggers[round % triggers.length] ?? ''
        let left = 1 + Math.floor(random.next() * 12)
        const lines = await run(
          ['live', place.dir, policy],
          (line) => line.startsWith(trigger) && --left === 0,
        )
        for (const line of lines) if (line.startsWith('accepted ')) accepted = Number(line.slice(9))
      }
      const lines = await run(['finish', place.dir, policy], () => false)
      expect(lines.at(-1)).toBe('finished')

      const store = open()
      const known = Number(store.inbox.cursor(ACCOUNT)?.value)
      const kept = Array.from({ length: known }, (_, index) =>
        message(index + 1, { chat: `chat-${(index + 1) % 4}` }),
      )
      expect(known).toBeGreaterThanOrEqual(accepted)
      expect(kept.filter(({ id }) => store.inbox.find(id) === null)).toEqual([])
      expect(store.inbox.countUnhandled(ACCOUNT)).toBe(0)
      const counts = store.outbox.counts(ACCOUNT)
      store.close()
      expect((counts.get('sent') ?? 0) + (counts.get('held') ?? 0)).toBe(known)

      const sends = readFileSync(join(place.dir, 'journal'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' '))
      const byText = Map.groupBy(sends, ([, text]) => text)
      const doubled = [...byText.values()].filter((group) => group.length > 1)
      expect(doubled.every((group) => group.length === 2 && group[0]?.[0] === group[1]?.[0])).toBe(true)
      expect(doubled.length).toBeLessThanOrEqual(policy === 'hold' ? 0 : ROUNDS)
      expect(new Set(sends.map(([id]) => id)).size).toBe(byText.size)
      const unsaid = known - byText.size
      expect(unsaid).toBeLessThanOrEqual(policy === 'hold' ? (counts.get('held') ?? 0) : 0)
      for (const chat of [0, 1, 2, 3]) {
        const order = [...byText.keys()].map(Number).filter((n) => n % 4 === chat)
        expect(order).toEqual([...order].sort((a, b) => a - b))
      }
    },
    120_000,
  )
})

describe('the lock', () => {
  test('a second process is told the holder; a killed holder leaves nothing behind', async () => {
    let refusal: unknown = null
    await run(['hold', place.dir], (line) => {
      try {
        open().close()
      } catch (error) {
        refusal = error
      }
      return line === 'held'
    })
    expect(refusal).toBeInstanceOf(StoreError)
    expect(refusal).toMatchObject({ code: 'locked', context: { pid: children[0]?.pid } })
    const store = open()
    expect(store.recoveries).toEqual([{ kind: 'unclean-stop' }])
    store.close()
  })
})

test('kill -9 while the session is written leaves the old or the new one, never less', async () => {
  const random = seededRandom('session')
  let last = 'null'
  for (let round = 0; round < ROUNDS; round++) {
    const at = 2 + Math.floor(random.next() * 30)
    const [first = ''] = await run(['session', place.dir], (_line, nth) => nth >= at)
    last = first.slice('loaded '.length)
    expect(round === 0 ? last === 'null' : /^\{"n":\d+/.test(last)).toBe(true)
  }
}, 60_000)

test('kill -9 during first start and migrations: before or after each, and the next start goes on', async () => {
  mkdirSync(place.dir, { mode: 0o700 })
  const path = join(place.dir, 'store.db')
  for (let round = 0; round <= GROWN_VERSIONS; round++) {
    let nth = 0
    const lines = await run(['migrate', place.dir], () => ++nth === 1 + (round % 3))
    if (lines.includes('finished') || !existsSync(path)) continue
    const db = new Database(path)
    const version = Number(db.pragma('user_version'))
    const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'grown%'").get()?.n
    expect([db.pragma('integrity_check'), tables]).toEqual(['ok', Math.max(0, version - 1)])
    db.close()
  }
  expect((await run(['migrate', place.dir], () => false)).at(-1)).toBe('finished')
}, 120_000)
