import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { StoreError, type StoreErrorCode } from '../domain/errors.ts'
import { translateFile } from './errors.ts'

const DIRECTORY_MODE = 0o700
const FILE_MODE = 0o600
const PERMISSION_BITS = 0o777
const STICKY_BIT = 0o1000
const OTHERS_BITS = 0o077
/** Windows has no such bits; access lists of the user's profile guard the directory there. */
const HAS_MODES = process.platform !== 'win32'

function ownUid(): number {
  return process.getuid?.() ?? -1
}

/** True when group or others may touch it, or when somebody else owns it. */
export function isTooOpen(stat: Pick<Stats, 'mode' | 'uid'>): boolean {
  return HAS_MODES && ((stat.mode & OTHERS_BITS) !== 0 || stat.uid !== ownUid())
}

/**
 * Makes sure `dir` exists, is ours, is closed to others (0700) and can be written, whatever the umask. A directory of
 * ours that is merely too open is closed; a shared one (sticky) or somebody else's is refused with `not-writable`.
 */
export function prepareDirectory(dir: string): void {
  try {
    makeDirectories(dir)
    closeToOthers(dir)
    const probe = join(dir, '.probe')
    createEmpty(probe)
    rmSync(probe)
  } catch (error) {
    throw asNotWritable(error, dir)
  }
}

/**
 * Level by level, because Node's own `recursive` asks again for ever, deaf to signals, where the kernel says ENOENT
 * although the parent is there, as it does in /proc.
 */
function makeDirectories(dir: string): void {
  if (statOrNull(dir)?.isDirectory() === true) return
  const parent = dirname(dir)
  if (parent !== dir && !existsSync(parent)) makeDirectories(parent)
  mkdirSync(dir, { mode: DIRECTORY_MODE })
}

/** Why nothing can be written in `dir` at this moment; null when something can. */
export function whyNotWritable(dir: string): StoreErrorCode | null {
  const probe = join(dir, '.probe')
  try {
    replaceFile(probe, 'x')
    rmSync(probe)
    return null
  } catch (error) {
    return translateFile(error, probe).code
  }
}

function closeToOthers(dir: string): void {
  const stat = statSync(dir)
  if (!HAS_MODES || (stat.mode & PERMISSION_BITS) === DIRECTORY_MODE) return
  if ((stat.mode & STICKY_BIT) !== 0) throw new Error('a shared directory cannot hold the store')
  chmodSync(dir, DIRECTORY_MODE)
}

/** Why a folder cannot hold the store. `missing`: it is not there and cannot be made. */
type Obstacle = 'not-a-folder' | 'missing' | 'shared' | 'read-only' | 'no-rights'

function asNotWritable(error: unknown, path: string): StoreError {
  const failure = translateFile(error, path)
  const stat = statOrNull(path)
  const owner = stat ?? statOrNull(nearestFolder(path))
  return new StoreError(`cannot write to the store's directory ${path}`, {
    code: failure.code === 'disk-full' ? 'disk-full' : 'not-writable',
    cause: error,
    context: {
      ...failure.context,
      path,
      obstacle: failure.code === 'read-only' ? 'read-only' : obstacleOf(path, stat),
      nearest: nearestFolder(path),
      uid: ownUid(),
      ownerUid: owner?.uid ?? -1,
    },
  })
}

function obstacleOf(path: string, stat: Stats | null): Obstacle {
  if (stat !== null && !stat.isDirectory()) return 'not-a-folder'
  if (stat !== null) return (stat.mode & STICKY_BIT) !== 0 ? 'shared' : 'no-rights'
  return statOrNull(nearestFolder(path))?.isDirectory() === false ? 'not-a-folder' : 'missing'
}

/** Null for what is not there and for what we may not even look at. */
function statOrNull(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

/** The first part of a path, from its end, that is there. */
function nearestFolder(path: string): string {
  let at = path
  while (statOrNull(at) === null && dirname(at) !== at) at = dirname(at)
  return at
}

/** Creates an empty file with mode 0600 under any umask; an existing one is emptied. */
export function createEmpty(path: string): void {
  const fd = openSync(path, 'w', FILE_MODE)
  closeSync(fd)
  if (HAS_MODES) chmodSync(path, FILE_MODE)
}

/** Creates the file with mode 0600 when it is missing, and closes it to others when it is not. */
export function ensurePrivate(path: string): void {
  if (!existsSync(path)) createEmpty(path)
  else if (isTooOpen(statSync(path))) chmodSync(path, FILE_MODE)
}

/** Replaces `path` whole: written aside, flushed, renamed, and the rename flushed too. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const aside = `${path}.new`
  const fd = openSync(aside, 'w', FILE_MODE)
  try {
    writeFully(fd, typeof content === 'string' ? Buffer.from(content) : content)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  if (HAS_MODES) chmodSync(aside, FILE_MODE)
  renameSync(aside, path)
  flushDirectory(dirname(path))
}

function writeFully(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}

/** Makes renames and new names in `dir` survive power loss. Windows does this by itself and refuses the call. */
export function flushDirectory(dir: string): void {
  if (!HAS_MODES) return
  const fd = openSync(dir, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** The first `length` bytes of a file, or as many as it has; null when there is no such file. */
export function readHead(path: string, length: number): Buffer | null {
  if (!existsSync(path)) return null
  const fd = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(length, fstatSync(fd).size))
    readSync(fd, buffer, 0, buffer.length, 0)
    return buffer
  } finally {
    closeSync(fd)
  }
}

/** `20260131-235959` in UTC, fit for a file name and for sorting. */
export function stamp(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '').replace('T', '-')
}
