/**
 * A process whose store meets a full disk. It says on stdout what came of each thing it tried, one line each; a line on
 * stdin lets it go on.
 */
import { createInterface } from 'node:readline'
import { StoreError } from '../../src/domain/errors.ts'
import { openStore } from '../../src/store/store.ts'
import { silentLogger } from '../../src/support/log.ts'
import { DAY, decide, message, SetClock, T0 } from '../unit/store/fixtures.ts'

const MESSAGES = 400
const LONG = 'x'.repeat(4000)

const clock = new SetClock()
const store = openStore({ dir: process.argv[2] ?? '', clock, log: silentLogger })
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
let nth = 0

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Takes one more message, with much of the journal it needs. */
function tryToStore(): void {
  try {
    decide(store, message(++nth, { text: LONG, at: clock.now() }), null)
    say('stored')
  } catch (error) {
    say(error instanceof StoreError ? error.code : String(error))
  }
}

function clean(): number {
  let rows = 0
  for (let hasMore = true; hasMore; ) {
    const purged = store.purge(clock.now())
    rows += purged.rows
    hasMore = purged.hasMore
  }
  return rows
}

for (let n = 0; n < MESSAGES; n++) decide(store, message(++nth, { text: LONG, at: T0 }), null)
say('ready')
await lines.next()
let code = ''
while (code === '') {
  try {
    decide(store, message(++nth, { text: LONG, at: clock.now() }), null)
  } catch (error) {
    code = error instanceof StoreError ? error.code : String(error)
  }
}
say(code)
clock.pass(8 * DAY)
say(`cleaned ${clean()}`)
say(`full ${store.health().isDiskFull}`)
await lines.next()
tryToStore()
say(`full ${store.health().isDiskFull}`)
store.close()
process.exit(0)
