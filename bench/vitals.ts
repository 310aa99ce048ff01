import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import type { ProbeLine } from './soak-probe.ts'

/** What the system says about a process; null where there is no /proc. */
export interface Counts {
  readonly fds: number
  readonly threads: number
}

/** Open files and threads of a process, as the system counts them. */
export function countsOf(pid: number): Counts | null {
  try {
    return { fds: readdirSync(`/proc/${pid}/fd`).length, threads: readdirSync(`/proc/${pid}/task`).length }
  } catch {
    return null
  }
}

/** Seconds of processor time a process used so far; null where there is no /proc. */
export function cpuSecondsOf(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const TICKS_PER_SECOND = 100
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return null
  }
}

/** The lines of a probe file. */
export function readProbe(path: string): ProbeLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as ProbeLine)
}

/**
 * An idle process under the same probe: what it suffers is the machine's doing. `stop` ends it.
 */
export function startYardstick(probe: string, path: string): { stop(): Promise<void> } {
  const idle = spawn(process.execPath, ['--import', probe, '-e', 'process.stdin.resume()'], {
    env: { ...process.env, SOAK_PROBE: path },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = once(idle, 'exit')
  return {
    async stop() {
      idle.kill('SIGKILL')
      await ended
    },
  }
}

/** The slope of the straight line that fits best, per unit of x; 0 for fewer than three points. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const n = points.length
  if (n < 3) return 0
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return below === 0 ? 0 : above / below
}

/** The value below which this share of the values lies; 0 without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
