/** `node bench/bad-saves.ts --count 1000`: bad saves on a running daemon under load; prints what became of each kind. */
import { parseArgs } from 'node:util'
import { startSimulator } from '../src/simulator/server.ts'
import { BAD_SAVES, saveBadly } from '../test/support/bad-saves.ts'
import { FAST_SETTINGS, Shop } from '../test/support/shop.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000' } } })
const count = Number(values.count)
const simulator = await startSimulator({ pollHoldMs: 2000, phone: 'auto' })
const shop = new Shop({
  url: simulator.url,
  settings: `${FAST_SETTINGS}\nreload: {poll: 1s, settle: 20ms}\n`,
})
let answered = 0
try {
  const bot = shop.run()
  await bot.waitForText(/"to":"online"/)
  await saveBadly(shop, bot, count, async (number) => {
    const since = simulator.journal.seq
    simulator.deliver({ kind: 'text', from: '小王', text: `编号${number}` })
    await simulator.waitFor((note) => note.kind === 'sent' && note.text === `收到${number}`, { since })
    answered++
  })
} finally {
  await shop.close()
  await simulator.close()
}
process.stdout.write(
  `${BAD_SAVES.length} kinds of bad save, ${count} saves, ${answered} messages answered by the last good rules\n`,
)
