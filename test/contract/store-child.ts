/**
 * A process to be killed. It takes numbered messages from an endless server, accepts, decides and "sends" them by
 * appending to a journal, and says on stdout what it is about to do or has done, one line each, written at once.
 */
import { appendFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { nextSlice } from '../../src/events/feed.ts'
import { accept } from '../../src/events/inbox.ts'
import { Runner } from '../../src/outbox/runner.ts'
import { Backups } from '../../src/store/backups.ts'
import { openDatabase } from '../../src/store/opening.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLogger } from '../../src/support/log.ts'
import { systemRandom } from '../../src/support/random.ts'
import { ACCOUNT, message, runFor } from '../unit/store/fixtures.ts'
import { growingMigrations } from './store-migrations.ts'

const [, , mode = '', dir = '', policy = 'resend'] = process.argv
const say = (line: string) => writeSync(1, `${line}\n`)
const options = { dir, clock: systemClock, log: silentLogger }
const onUncertain = policy === 'hold' ? ('hold' as const) : ('resend' as const)

function fetchAndAccept(store: Store): void {
  const from = Number(store.inbox.cursor(ACCOUNT)?.value ?? 0)
  const next = from + 3
  // The last message of the batch before comes again, as servers do.
  const events = [from, from + 1, from + 2, next]
    .filter((n) => n > 0)
    .map((n) => message(n, { chat: `chat-${n % 4}` }))
  const cursor = { account: ACCOUNT, generation: 1, value: String(next) }
  say('accepting')
  accept(
    { account: ACCOUNT, generation: 1, events, cursor },
    { ...store.inbox, transaction: store.transaction },
  )
  say(`accepted ${next}`)
}

function decideSlice(store: Store): void {
  store.deferred(() => {
    for (const event of nextSlice(ACCOUNT, store.inbox)) {
      if (event.kind !== 'message.received') continue
      const decision = { kind: 'act' as const, reason: null, rule: null }
      const createdAt = systemClock.now()
      const runs = [runFor(event, { texts: [event.messageId], onUncertain, createdAt })]
      store.decisions.commit({ event, decision, trace: null, runs, writes: [] })
    }
    say('deciding')
  })
  say('decided')
}

async function live(rounds: number): Promise<void> {
  const store = openStore(options)
  const journal = join(dir, 'journal')
  const runner = new Runner({
    port: { ...store.outbox, transaction: store.transaction, deferred: store.deferred },
    sender: {
      account: ACCOUNT,
      generation: 1,
      isOnline: true,
      resolveOwner: () => null,
      async send({ clientMsgId, text }) {
        say(`sending ${text}`)
        appendFileSync(journal, `${clientMsgId} ${text}\n`)
        say(`wire ${text}`)
        return { kind: 'sent', messageId: `server-${text}` }
      },
    },
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    sending: {
      minGapMs: 0,
      typing: null,
      limits: { all: null, chat: null, day: null },
      replyTtlMs: 600_000,
      onUncertain,
    },
    resendAfterMs: 0,
    onDelivery: ({ to }) => say(`step ${to.kind}`),
  })
  const running = runner.start()
  for (let round = 0; round < rounds; round++) {
    fetchAndAccept(store)
    decideSlice(store)
    runner.wake()
    await systemClock.sleep(1)
  }
  decideSlice(store)
  runner.wake()
  while (store.outbox.activeChats(ACCOUNT).length > 0) await systemClock.sleep(1)
  await runner.stop()
  await running
  store.close()
  say('finished')
}

function sessions(): void {
  const store = openStore(options)
  say(`loaded ${JSON.stringify(store.session.load())}`)
  for (let n = 0; ; n++) {
    store.session.save({ n, filler: 'x'.repeat(5000) })
    say('saved')
  }
}

function migrations(): void {
  say('opening')
  const backups = new Backups(join(dir, 'backups'))
  openDatabase({
    ...options,
    backups,
    migrations: growingMigrations((version) => say(`to ${version}`)),
  }).db.close()
  say('finished')
}

function hold(): void {
  openStore(options)
  say('held')
  process.stdin.resume()
}

if (mode === 'live') await live(Number.MAX_SAFE_INTEGER)
else if (mode === 'finish') await live(0)
else if (mode === 'session') sessions()
else if (mode === 'migrate') migrations()
else hold()
