/**
 * Loaded into a daemon before its own code: writes once a second what can be seen only from inside, as one JSON line
 * to the file named by SOAK_PROBE. With `--expose-gc` the heap is told after a collection, once in ten lines; the
 * pause that makes is not counted as a stall.
 */
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** One line. Times in ms, sizes in bytes. */
export interface ProbeLine {
  readonly at: number
  readonly rss: number
  /** What is left after a collection; null in lines without one. */
  readonly heap: number | null
  readonly timers: number
  /** Samples of the last second. */
  readonly stallP99: number
  readonly stallMax: number
}

const path = process.env.SOAK_PROBE ?? ''
const EVERY_MS = 1000
const HEAP_EVERY = 10
const RESOLUTION_MS = 10
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
let lines = 0

/** The histogram holds the whole wait between two looks; what is above the wanted one is stall. */
const stallMs = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)

function line(): ProbeLine {
  const stalls = { stallP99: stallMs(delay.percentile(99)), stallMax: stallMs(delay.max) }
  const isHeapTime = lines++ % HEAP_EVERY === 0 && globalThis.gc !== undefined
  if (isHeapTime) globalThis.gc?.()
  const heap = isHeapTime ? process.memoryUsage().heapUsed : null
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  return { at: Date.now(), rss: process.memoryUsage.rss(), heap, timers, ...stalls }
}

if (path !== '') {
  delay.enable()
  setInterval(() => {
    appendFileSync(path, `${JSON.stringify(line())}\n`)
    // The histogram learns of a pause only after it: what this look itself took is thrown away, too.
    setTimeout(() => delay.reset(), 3 * RESOLUTION_MS).unref()
  }, EVERY_MS).unref()
}
