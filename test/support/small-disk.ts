import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PRELOAD = fileURLToPath(new URL('./disk-preload.mjs', import.meta.url))
/** Room for the reserve, a store and its journal. */
const SIZE = '24m'
const PIECES = [1 << 20, 1 << 12, 1] as const

/** How a child has to be started to see the disk. */
export interface OnDisk {
  readonly wrap: readonly string[]
  readonly nodeArgs: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A small file system of its own below a data folder: it can be filled, and is gone with the test. */
export interface SmallDisk {
  readonly child: OnDisk
  /** Not one more byte fits. */
  fill(): void
  free(): void
  /** Nothing can be written, for processes that start from here on. */
  makeReadOnly(): void
  close(): Promise<void>
}

/**
 * A real one where this machine lets us mount (in a name space that ends with its holder), else the answers of such a
 * disk, given to the child by a preload. The same tests hold for both; `TEST_DISK_PLANTED=1` chooses the second.
 */
export async function openSmallDisk(dir: string): Promise<SmallDisk> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const wish = process.env.TEST_DISK_PLANTED === '1' ? null : await mountDisk(dir)
  return wish ?? plantDisk(dir)
}

async function mountDisk(dir: string): Promise<SmallDisk | null> {
  const script = `mount -t tmpfs -o size=${SIZE},mode=700 tmpfs "$0" && echo ready && exec cat`
  const holder = spawn('unshare', ['-Urm', '--', 'sh', '-c', script, dir], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const isMounted = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    once(holder, 'exit').then(() => false),
    once(holder, 'error').then(() => false),
  ])
  return isMounted ? new MountedDisk(holder, dir) : null
}

class MountedDisk implements SmallDisk {
  readonly child: OnDisk
  readonly #holder: ChildProcess
  readonly #ballast: string
  readonly #dir: string

  constructor(holder: ChildProcess, dir: string) {
    this.#holder = holder
    this.#dir = dir
    this.#ballast = join(`/proc/${holder.pid}/root${dir}`, 'ballast')
    this.child = {
      wrap: ['nsenter', '-t', String(holder.pid), '-U', '-m', '--preserve-credentials', '--'],
      nodeArgs: [],
      env: {},
    }
  }

  fill(): void {
    const fd = openSync(this.#ballast, 'a', 0o600)
    try {
      for (const size of PIECES) writeUntilFull(fd, Buffer.alloc(size))
    } finally {
      closeSync(fd)
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true })
  }

  makeReadOnly(): void {
    const [command = '', ...args] = this.child.wrap
    const { status, stderr } = spawnSync(command, [...args, 'mount', '-o', 'remount,ro', this.#dir], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  }

  async close(): Promise<void> {
    const gone = once(this.#holder, 'exit')
    this.#holder.kill('SIGKILL')
    await gone
  }
}

function writeUntilFull(fd: number, piece: Buffer): void {
  try {
    for (;;) writeSync(fd, piece)
  } catch (error) {
    // Not by class: the errors of the file system are made outside of the test's own realm.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

/** The answers of a disk in this state, by a preload in the child. */
export type DiskMode = '' | 'full' | 'read-only' | 'no-flush'

/** A disk that fails as it is told, also in ways that no mount can be made to. */
export class PlantedDisk implements SmallDisk {
  readonly child: OnDisk
  readonly #control: string

  constructor(dir: string) {
    this.#control = `${dir}.disk`
    this.child = {
      wrap: [],
      nodeArgs: ['--import', PRELOAD],
      env: { TEST_DISK_MODE: this.#control, TEST_DISK_DATA: dir },
    }
  }

  /** From here on the child gets these answers. */
  answer(mode: DiskMode): void {
    writeFileSync(this.#control, mode)
  }

  fill(): void {
    this.answer('full')
  }

  free(): void {
    this.answer('')
  }

  makeReadOnly(): void {
    this.answer('read-only')
  }

  async close(): Promise<void> {
    rmSync(this.#control, { force: true })
  }
}

function plantDisk(dir: string): SmallDisk {
  return new PlantedDisk(dir)
}
