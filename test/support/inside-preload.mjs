// Loaded into a daemon by `--import`, for what can only be done or seen inside of its process. On SIGWINCH it does what
// TEST_ON_WINCH says: `throw`, `reject`, or `hog` (take memory until the heap is full). With TEST_LAG_FILE it writes
// there, ten times a second, how long the event loop kept its timers waiting: p90 of all samples, in ms. A busy machine
// keeps everything waiting now and then; who waits for a reader waits all the time.
import { writeFileSync, writeSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 10

function hog() {
  // From here on nothing else runs in this process.
  writeSync(2, 'hogging\n')
  const pieces = []
  for (;;) pieces.push(Array.from({ length: 100_000 }, (_, index) => ({ index })))
}

const deeds = {
  throw() {
    throw new Error('planted: thrown')
  },
  reject() {
    void Promise.reject(new Error('planted: rejected'))
  },
  hog,
}

process.on('SIGWINCH', () => deeds[process.env.TEST_ON_WINCH ?? '']?.())

const lagFile = process.env.TEST_LAG_FILE
if (lagFile !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  setInterval(() => writeFileSync(lagFile, String(delay.percentile(90) / 1e6 - RESOLUTION_MS)), 100).unref()
}
