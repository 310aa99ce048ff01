import { chmodSync, lstatSync, readFileSync, renameSync, rmSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { StoreError } from '../domain/errors.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import { translateFile } from './errors.ts'
import { flushDirectory, isTooOpen, replaceFile, stamp } from './files.ts'
import { type Seal, sealWith } from './session-seal.ts'

/** Credentials that survive a restart. Data only: what `load` returns must be checked before use. */
export interface SessionFile {
  /** The saved value; null when there is none, or when the file could not be trusted (then it was set aside and logged). Throws `wrong-key` when it is encrypted and cannot be read. */
  load(): unknown
  /** Replaces the saved value whole; a crash leaves the old or the new one, never less. Must be JSON. */
  save(value: unknown): void
  clear(): void
  /** Gives the saved value another name, for what only its reader could see to be none of ours. */
  setAside(): void
}

/** Far above any real session (about 10 kB); a larger file is not ours. */
export const MAX_SESSION_BYTES = 1024 * 1024

type Distrust = 'not-a-file' | 'too-large' | 'too-open' | 'not-json' | 'not-a-session'

/** The session file of a store's directory, mode 0600, separate from the database so that backups never hold it. */
export function sessionFile(
  dir: string,
  clock: Clock,
  log: Logger,
  seal: Seal = sealWith(null),
): SessionFile {
  const path = join(dir, 'session.json')

  function setAside(reason: Distrust): null {
    const movedTo = `${path}.${reason}-${stamp(clock.now())}`
    // Whoever could read it so far may have done so; from now on nobody can.
    if (reason === 'too-open') closeIfOurs(path)
    renameSync(path, movedTo)
    flushDirectory(dirname(path))
    log.warn({ reason, movedTo }, 'session file is not to be trusted and is set aside')
    return null
  }

  function load(): unknown {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return null
    const distrust = inspect(stat)
    if (distrust !== null) return setAside(distrust)
    try {
      return unsealed(readFileSync(path, 'utf8'))
    } catch (error) {
      if (error instanceof SyntaxError) return setAside('not-json')
      throw error
    }
  }

  function unsealed(content: string): unknown {
    const opened = seal.read(content)
    if (opened.kind !== 'open')
      throw new StoreError(`session file: ${opened.kind}`, { code: opened.kind, context: { path } })
    if (opened.isStale) replaceFile(path, seal.write(opened.value))
    return opened.value
  }

  return {
    load: () => translating(path, load),
    save: (value) => translating(path, () => replaceFile(path, seal.write(value))),
    clear: () => translating(path, () => rmSync(path, { force: true })),
    setAside: () => void translating(path, () => setAside('not-a-session')),
  }
}

/** Somebody else's file is left as it is: it is moved away and never read. */
function closeIfOurs(path: string): void {
  try {
    chmodSync(path, 0o600)
  } catch {
    return
  }
}

function inspect(stat: Stats): Distrust | null {
  if (!stat.isFile()) return 'not-a-file'
  if (stat.size > MAX_SESSION_BYTES) return 'too-large'
  return isTooOpen(stat) ? 'too-open' : null
}

function translating<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw translateFile(error, path)
  }
}
