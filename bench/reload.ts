/**
 * How long the event loop stands still while a big rules folder is loaded and reloaded.
 * `npm run bench:reload -- 100000` prints one row for the start and one for each reload.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Narrator } from '../src/app/narrator.ts'
import { RulesKeeper } from '../src/app/rules-keeper.ts'
import { loadConfig } from '../src/config/load.ts'
import { maskFor } from '../src/domain/mask.ts'
import { systemClock } from '../src/support/clock.ts'
import { silentLogger } from '../src/support/log.ts'
import { bigTable } from '../test/support/big-table.ts'

const RELOADS = 3
const MEGABYTE = 2 ** 20

async function main(rows: number): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'wxreply-reload-'))
  try {
    await writeFile(join(dir, 'shop.yml'), 'lists:\n  faq: {file: faq.csv}\nquick: {from: faq}\n')
    await writeFile(join(dir, 'faq.csv'), bigTable(rows, 0))
    const flags = { 'rules.path': dir, 'data.path': dir }
    const { config } = loadConfig({ file: null, env: {}, flags, cwd: dir })
    if (config === null) throw new Error('no settings')
    const narrator = new Narrator(silentLogger, 'en', maskFor([]))
    const parts = { config, narrator, clock: systemClock, today: () => '2026-11-28' }
    const keeper = await measured('start', () => RulesKeeper.open(parts))
    for (let round = 1; round <= RELOADS; round++) {
      await writeFile(join(dir, 'faq.csv'), bigTable(rows, round))
      const { message } = await measured(`reload ${round}`, () => keeper.reload())
      console.log(message.en)
    }
    console.log(`rules in force: ${keeper.view().count}`)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function measured<T>(name: string, work: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const began = systemClock.monotonic()
  const result = await work()
  const took = systemClock.monotonic() - began
  delay.disable()
  const milliseconds = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1)
  const blocked = `longest stall ${milliseconds(delay.max)} ms, p99 ${milliseconds(delay.percentile(99))} ms`
  const rss = Math.round(process.memoryUsage.rss() / MEGABYTE)
  console.log(`${name.padEnd(10)} ${Math.round(took)} ms, ${blocked}, rss ${rss} MB`)
  return result
}

await main(Number(process.argv[2] ?? 100_000))
