// Stands for the disk below the program, loaded by `--import`: the mode in the file named by TEST_DISK_MODE decides
// what the operating system answers to writes. The program itself is untouched.
//   full       ENOSPC; SQLITE_FULL as long as the reserve file takes its share of the disk
//   read-only  EROFS; SQLite's own words for it are SQLITE_IOERR_WRITE
//   no-flush   fsync answers EIO: SQLITE_IOERR_FSYNC
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'

const CONTROL = process.env.TEST_DISK_MODE
const DATA = process.env.TEST_DISK_DATA
const real = { ...fs }

const mode = () => {
  try {
    return real.readFileSync(CONTROL, 'utf8').trim()
  } catch {
    return ''
  }
}

const fileError = (code, call) =>
  Object.assign(new Error(`${code}: planted, ${call}`), { code, syscall: call })
const isOurs = (path) => typeof path === 'string' && path.startsWith(DATA)

function refuseWrite(call) {
  if (mode() === 'full') throw fileError('ENOSPC', call)
  if (mode() === 'read-only') throw fileError('EROFS', call)
}

// Descriptors of the data folder, so that pipes and sockets are left alone.
const ours = new Set()
fs.openSync = (path, flags, ...rest) => {
  if (isOurs(path) && mode() === 'read-only' && flags !== 'r') throw fileError('EROFS', 'open')
  const fd = real.openSync(path, flags, ...rest)
  if (isOurs(path)) ours.add(fd)
  return fd
}
fs.closeSync = (fd) => {
  ours.delete(fd)
  return real.closeSync(fd)
}
fs.writeSync = (fd, ...rest) => {
  if (ours.has(fd)) refuseWrite('write')
  return real.writeSync(fd, ...rest)
}
fs.writeFileSync = (path, ...rest) => {
  if (isOurs(path)) refuseWrite('write')
  return real.writeFileSync(path, ...rest)
}
for (const call of ['mkdirSync', 'renameSync', 'rmSync', 'unlinkSync', 'chmodSync']) {
  fs[call] = (path, ...rest) => {
    if (isOurs(path) && mode() === 'read-only') throw fileError('EROFS', call)
    return real[call](path, ...rest)
  }
}
fs.fsyncSync = (fd) => {
  if (mode() === 'no-flush' && ours.has(fd)) throw fileError('EIO', 'fsync')
  return real.fsyncSync(fd)
}
const realOpen = fs.promises.open
fs.promises.open = async (path, flags, ...rest) => {
  if (isOurs(path) && flags !== 'r') refuseWrite('open')
  return await realOpen(path, flags, ...rest)
}
syncBuiltinESMExports()

const sqliteError = (errcode, errstr) =>
  Object.assign(new Error(errstr), { code: 'ERR_SQLITE_ERROR', errcode, errstr })

function commitFailure() {
  switch (mode()) {
    case 'full':
      // With the reserve given back there is room for deletions; other transactions ask for the reserve first.
      return real.existsSync(join(DATA, 'reserve')) ? sqliteError(13, 'database or disk is full') : null
    case 'read-only':
      return sqliteError(10 | (3 << 8), 'disk I/O error')
    case 'no-flush':
      return sqliteError(10 | (4 << 8), 'disk I/O error')
    default:
      return null
  }
}

// A statement outside of a transaction commits by itself.
const owners = new WeakMap()
const realPrepare = DatabaseSync.prototype.prepare
DatabaseSync.prototype.prepare = function prepare(sql) {
  const statement = realPrepare.call(this, sql)
  owners.set(statement, this)
  return statement
}
const realRun = StatementSync.prototype.run
StatementSync.prototype.run = function run(...values) {
  const failure = owners.get(this)?.isTransaction === false ? commitFailure() : null
  if (failure !== null) throw failure
  return realRun.apply(this, values)
}
const realExec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function exec(sql) {
  if (sql !== 'COMMIT') return realExec.call(this, sql)
  const failure = commitFailure()
  if (failure === null) return realExec.call(this, sql)
  realExec.call(this, 'ROLLBACK')
  throw failure
}
