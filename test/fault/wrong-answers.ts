import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Child } from '../support/child.ts'
import { Numbers, withNumbers } from '../support/numbers.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import type { Wrong } from './garbage.ts'
import { rowTitle } from './rows.ts'
import { Stage, TOLD_ONLINE } from './stage.ts'

/** Waits are as short as the settings allow; `request-rate.test.ts` looks at the usual ones. */
const FIRST_WAIT_MS = 100
const SETTINGS = `${withNumbers(FAST_SETTINGS)}sync: {backoff: {first: ${FIRST_WAIT_MS}ms, max: 1s}}\n`
const PATIENCE_MS = 60_000
/** A daemon that gets no answer asks again only after its deadline; one such answer must do. */
const SILENT = /^(hang|trickle)/
const NO_FAILURE_OF_OURS =
  /unexpected failure|internal error|stopped by|程序内部出错|InvariantError|TypeError/
const WAITING = ['online', 'backing-off', 'starting', 'awaiting-scan', 'awaiting-confirm']

export interface Suite {
  readonly endpoint: string
  readonly wrongs: readonly Wrong[]
  /** While online, or on the way to the next login. */
  readonly when: 'online' | 'login'
  /** How many wrong answers in a row. */
  readonly times: number
  /** Names of answers that are no failures, and are not spaced like them. */
  readonly unspaced?: readonly string[]
}

/** One test per wrong answer at this endpoint, all on one daemon that must live through them. */
export function testWrongAnswers({ endpoint, wrongs, when, times, unspaced = [] }: Suite): void {
  let stage: Stage
  let bot: Child
  let numbers: Numbers

  beforeAll(async () => {
    stage = await Stage.open({ pollHoldMs: 600 }, { settings: SETTINGS })
    bot = await stage.online()
    numbers = await Numbers.of(bot)
  }, PATIENCE_MS)

  afterAll(async () => {
    await stage.close()
  })

  test.each(wrongs.map((wrong) => ({ ...wrong, title: `${rowTitle(endpoint, wrong.kind)}${endpoint}` })))(
    '$title: $name',
    async ({ title, name, kind, isNoAnswer }) => {
      const { simulator } = stage
      const from = bot.stdout.length
      const unread = `unreadable_total{what="${endpoint}"}`
      const before = (await numbers.value(unread)) ?? 0
      const fault = simulator.faults.add({ endpoint, kind })
      const since = simulator.journal.seq
      if (when === 'login') {
        simulator.phone.revoke()
        simulator.phone.logout()
      } else simulator.deliver({ kind: 'text', from: '李姐', text: '在吗' })
      const asked = await requests(stage, { endpoint, since, count: SILENT.test(kind) ? 1 : times })
      fault.release()
      if (when === 'login') await bot.waitFor(() => TOLD_ONLINE.test(bot.stdout.slice(from)))
      expect(await stage.ask('多少钱')).toContain('苹果')

      if (isNoAnswer === true) await numbers.until(unread, (count) => count >= before + asked.length)
      if (title.startsWith('F38')) expect(keysSince(stage, since, asked.length + 1)).toHaveLength(1)

      const said = bot.stdout.slice(from)
      expect(said).not.toMatch(NO_FAILURE_OF_OURS)
      expect(statesIn(said).filter((state) => !allowed(when).includes(state))).toEqual([])
      const spread = (asked.at(-1) ?? 0) - (asked[0] ?? 0)
      if (!unspaced.includes(name))
        expect(spread).toBeGreaterThanOrEqual((asked.length - 1) * FIRST_WAIT_MS * 0.9)
    },
    PATIENCE_MS,
  )
}

/** The different positions that the next `count` requests for messages present. */
function keysSince({ simulator }: Stage, since: number, count: number): string[] {
  const keys = simulator.journal
    .since(since)
    .flatMap((note) =>
      note.kind === 'request' && note.endpoint === 'webwxsync'
        ? [JSON.stringify((JSON.parse(note.body) as { SyncKey: unknown }).SyncKey)]
        : [],
    )
  expect(keys.length).toBeGreaterThanOrEqual(count)
  return [...new Set(keys.slice(0, count))]
}

/** When each of the next requests of the endpoint came; a connection cut before it was read counts too. */
async function requests(
  stage: Stage,
  wanted: { endpoint: string; since: number; count: number },
): Promise<number[]> {
  const times: number[] = []
  let since = wanted.since
  while (times.length < wanted.count) {
    const entry = await stage.simulator.waitFor(
      (note) =>
        (note.kind === 'request' || (note.kind === 'hung-up' && note.request === 0)) &&
        note.endpoint === wanted.endpoint,
      { since },
    )
    times.push(entry.at)
    since = entry.seq
  }
  return times
}

function statesIn(output: string): string[] {
  const told = output.matchAll(/"event":"connection","from":"[a-z-]+","to":"([a-z-]+)"/g)
  return [...told].map((match) => match[1] ?? '')
}

/** The logout that starts a new login is ours; nothing else may end a session or a login. */
function allowed(when: Suite['when']): readonly string[] {
  return when === 'login' ? [...WAITING, 'expired', 'signed-out'] : WAITING
}
