/**
 * A long life under load with a fault every 30 seconds: 1000 messages a minute, figures against what they must be.
 *
 *   npm run soak -- --minutes 20 [--seed S] [--init current|replay] [--send naive|dedupe] [--keep file.json]
 *
 * The exit code is 0 only when every figure that can be read here is ok.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '../src/support/random.ts'
import { talk } from '../test/fault/chaos-kills.ts'
import { Stand } from '../test/fault/chaos-stand.ts'
import { check } from '../test/fault/checker.ts'
import { countOf, modesOf, nameOf } from './modes.ts'
import { type Endured, endure } from './soak-faults.ts'
import { playPieces } from './soak-pieces.ts'
import type { ProbeLine } from './soak-probe.ts'
import { atMost, beyondMachine, type Figure, tableOf } from './table.ts'
import { type Counts, countsOf, percentile, readProbe, slopeOf, startYardstick } from './vitals.ts'

const PER_MINUTE = 1000
const FULL_MINUTES = 20
const FAULT_EVERY_MS = 30_000
const CEILING = { max: 1500, inMs: 60_000 }
/** So long without a send, and the rest is not coming. */
const STALL_MS = 60_000
/** The first third warms up: caches fill, code is compiled. */
const WARM_UP = 1 / 3
/** A slope over fewer messages is noise. */
const SLOPE_MESSAGES = 10_000
const MB = 1024 * 1024
const PROBE = fileURLToPath(new URL('./soak-probe.ts', import.meta.url))

/** The engine flags of `npm start`: a soak of other flags would say nothing about what people run. */
function shippedFlags(): string[] {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>
  }
  return (manifest.scripts.start ?? '').split(' ').filter((word) => word.startsWith('--'))
}

const say = (line: string) => void process.stdout.write(`${line}\n`)

interface Life {
  readonly endured: readonly Endured[]
  readonly calm: Counts | null
  readonly end: Counts | null
}

async function live(stand: Stand, minutes: number, seed: string): Promise<Life> {
  const random = seededRandom(`${seed}/soak`)
  const pid = stand.daemon?.pid ?? 0
  const quiet = new AbortController()
  const talking = talk(stand, PER_MINUTE / 60, quiet.signal)
  const began = performance.now()
  const endured: Endured[] = []
  await sleep(FAULT_EVERY_MS / 2)
  const calm = countsOf(pid)
  for (let nth = 0; performance.now() - began < minutes * 60_000 - FAULT_EVERY_MS / 2; nth++) {
    const next = performance.now() + FAULT_EVERY_MS
    const one = await endure(stand, nth, random)
    endured.push(one)
    say(`  ${one.fault}: served again after ${Math.round(one.servedAfterMs)} ms`)
    await sleep(Math.max(0, next - performance.now()))
  }
  await sleep(Math.max(0, began + minutes * 60_000 - performance.now()))
  quiet.abort()
  await talking
  await stand.drained(STALL_MS)
  const end = countsOf(pid)
  await stand.stop()
  return { endured, calm, end }
}

function judgeTraffic(stand: Stand, { endured }: Life): Figure[] {
  const recording = stand.recording()
  const { problems, figures } = check(recording)
  for (const { code, seq, text } of problems.slice(0, 20)) say(`  ${code} at ${seq}: ${text}`)
  const of = (...codes: string[]) => problems.filter(({ code }) => codes.includes(code)).length
  const served = endured.map((one) => one.servedAfterMs / 1000)
  return [
    atMost('G1', `lost of ${figures.replies} replies`, figures.lost + of('undrained'), 0, ''),
    atMost('G2', `doubles without a cause (${figures.doubles} with one)`, of('double-without-cause'), 0, ''),
    atMost('G8', 'serving after a fault, p95', percentile(served, 0.95), 15, 's'),
    atMost('G8', 'serving after a fault, longest', percentile(served, 1), 45, 's'),
    atMost('G10', 'windows of 10 s above 2 requests/s without work', of('runaway'), 0, ''),
    atMost('G14', 'duplicates answered', of('double-without-cause', 'double-two-ids'), 0, ''),
    atMost('G15', 'order inversions inside a chat', of('out-of-order'), 0, ''),
    atMost('G22', `sends above ${CEILING.max} a minute`, of('ceiling'), 0, ''),
    atMost('-', 'other problems', problems.length, 0, ''),
  ]
}

function judgeVitals(stand: Stand, { calm, end }: Life, minutes: number): Figure[] {
  const lines = readProbe(stand.shop.path('probe'))
  const warm = lines.slice(Math.floor(lines.length * WARM_UP))
  const perMs = PER_MINUTE / 60_000
  const heap = warm.flatMap(({ at, heap: bytes }) =>
    bytes === null ? [] : [[at * perMs, bytes / MB] as const],
  )
  const rss = warm.map(({ at, rss: bytes }) => [at * perMs, bytes / MB] as const)
  const received = Math.max(1, stand.crowd.asked.length)
  const kept = received + stand.simulator.sends.length
  const storeBytes = statSync(stand.shop.path('data', 'store.db')).size
  const slope = atMost('G17', 'heap after collection, per 100,000 messages', slopeOf(heap) * 1e5, 2, 'MB')
  const grown = (name: keyof Counts) => (calm === null || end === null ? null : end[name] - calm[name])
  const timers = (lines.at(-2)?.timers ?? 0) - (lines[10]?.timers ?? 0)
  say(`  rss slope ${Math.round(slopeOf(rss) * 1e5 * 10) / 10} MB per 100,000 messages, collected or not`)
  return [
    {
      id: 'G16',
      what: 'length of the soak',
      must: `${FULL_MINUTES} min, ${FULL_MINUTES * PER_MINUTE} messages`,
      measured: `${minutes} min, ${received} messages`,
      isOk: minutes < FULL_MINUTES ? null : received >= FULL_MINUTES * PER_MINUTE,
    },
    received < SLOPE_MESSAGES ? { ...slope, isOk: null } : slope,
    atMost('G17', 'largest RSS', Math.max(...lines.map((line) => line.rss)) / MB, 200, 'MB'),
    atMost('G18', 'open files more than before', grown('fds'), 3, ''),
    atMost('G18', 'threads more than before', grown('threads'), 3, ''),
    atMost('G18', 'timers more than before', timers, 3, ''),
    atMost('G19', 'store per message kept, received or sent', storeBytes / kept / 1024, 1, 'KB'),
    ...judgeStalls(lines, readProbe(stand.shop.path('yardstick'))),
  ]
}

/** The first lines are the start itself. */
const START_LINES = 3

function judgeStalls(lines: readonly ProbeLine[], idle: readonly ProbeLine[]): Figure[] {
  const p99 = (of: readonly ProbeLine[]) =>
    percentile(
      of.slice(START_LINES).map((line) => line.stallP99),
      0.99,
    )
  const longest = (of: readonly ProbeLine[]) =>
    Math.max(...of.slice(START_LINES).map((line) => line.stallMax))
  return [
    beyondMachine(atMost('G20', 'event loop stall, p99', p99(lines), 50, 'ms'), p99(idle), 50),
    beyondMachine(atMost('G20', 'event loop stall, longest', longest(lines), 250, 'ms'), longest(idle), 250),
  ]
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { minutes: text, seed: text, init: text, send: text, keep: text } })
  const minutes = countOf('minutes', values.minutes, FULL_MINUTES)
  const seed = values.seed ?? String(Math.floor(Math.random() * 1e9))
  const [mode] = modesOf(values)
  if (mode === undefined) return
  say(`seed ${seed}, ${minutes} min, ${nameOf(mode)}`)
  say(`load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors`)
  const stand = await Stand.open({ ...mode, seed, ceiling: CEILING })
  const figures: Figure[] = []
  try {
    await stand.startOnline({
      nodeArgs: [...shippedFlags(), '--expose-gc', '--import', PROBE],
      env: { SOAK_PROBE: stand.shop.path('probe') },
    })
    const yardstick = startYardstick(PROBE, stand.shop.path('yardstick'))
    const life = await live(stand, minutes, seed).finally(() => yardstick.stop())
    if (values.keep !== undefined) writeFileSync(values.keep, JSON.stringify(stand.recording()))
    figures.push(...judgeTraffic(stand, life), ...judgeVitals(stand, life, minutes))
  } finally {
    await stand.close()
  }
  figures.push(...(await playPieces()))
  figures.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))
  say(tableOf(figures))
  const failed = figures.filter((figure) => figure.isOk === false).length
  say(failed === 0 ? 'all figures ok' : `${failed} figures not ok`)
  process.exitCode = failed === 0 ? 0 : 1
}

await main()
