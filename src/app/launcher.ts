import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { Clock } from '../support/clock.ts'

const LOOK_EVERY_MS = 1000

/**
 * Fires when a process that started this one is gone: npm, or the shell between. npm hands a signal to its shell only, and
 * the shell dies of it without a word to us; a daemon that nobody can reach any more would go on sending.
 */
export function orphaned(clock: Clock): AbortSignal {
  const controller = new AbortController()
  void watch(controller, clock)
  return controller.signal
}

async function watch(controller: AbortController, clock: Clock): Promise<void> {
  const before = launchers()
  do await clock.sleep(LOOK_EVERY_MS)
  while (launchers() === before)
  controller.abort('orphaned')
}

/**
 * The parent and, where the system tells and it is npm, its parent: whoever dies is replaced by another number. Above a
 * shell that replaced itself by us is npm at once, and above that the login shell, which may end under nohup.
 */
export function launchers(): string {
  const { ppid } = process
  const above = parentOf(ppid)
  return `${ppid} ${isNpm(above) ? above : ''}`
}

/** npm writes its command line over its name. */
function isNpm(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('npm')
  } catch {
    return false
  }
}

/** Known on Linux; '' elsewhere and for a process that is gone. */
function parentOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets and may hold anything; the state and the parent follow it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? ''
  } catch {
    return ''
  }
}
