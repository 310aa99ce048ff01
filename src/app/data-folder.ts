import { StoreError } from '../domain/errors.ts'
import { openStore, type Recovery, type Store } from '../store/store.ts'
import type { Narrator } from './narrator.ts'
import type { Phrase } from './phrases.ts'
import type { DaemonSetup } from './setup.ts'

/** Opens the data folder; when it cannot be used, says why and what to do, and gives null. */
export function openStoreFor(
  setup: Pick<DaemonSetup, 'config' | 'clock' | 'log'>,
  narrator: Narrator,
): Store | null {
  const { config, clock, log } = setup
  const dir = config.data.path
  try {
    const store = openStore({ dir, clock, log, retention: retentionOf(setup) })
    for (const recovery of store.recoveries)
      narrator.warn(recoveryPhrase(recovery), { event: 'store', recovery: recovery.kind })
    return store
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    narrator.error(refusalPhrase(dir, error), { event: 'store', code: error.code })
    return null
  }
}

function retentionOf({ config }: Pick<DaemonSetup, 'config'>) {
  return {
    stateMs: config.state.keepMs,
    maxKeysPerOwner: config.state.maxKeysPerContact,
    ...(config.privacy.tracesMs === null ? {} : { tracesMs: config.privacy.tracesMs }),
  }
}

function notWritablePhrase(dir: string, error: StoreError): Phrase {
  const { uid, ownerUid, obstacle, nearest } = error.context
  const mine = uid ?? 1000
  switch (obstacle) {
    case 'not-a-folder':
      return {
        zh: `数据目录 ${dir} 不能用：${nearest ?? dir} 不是目录。请移走它，或用 --data 换一个目录。`,
        en: `the data folder ${dir} cannot be used: ${nearest ?? dir} is not a folder. Move it away, or choose another folder with --data.`,
      }
    case 'shared':
      return {
        zh: `数据目录 ${dir} 是大家共用的目录，登录信息不能放在那里。请用 --data 指定一个只属于自己的目录，例如 ${dir}/wxreply。`,
        en: `the data folder ${dir} is shared by everybody and cannot hold a login. Choose a folder of your own with --data, such as ${dir}/wxreply.`,
      }
    case 'missing':
      return {
        zh: `数据目录 ${dir} 不存在，也建不了：程序的 uid 是 ${uid ?? '?'}，${nearest ?? '?'} 属于 ${ownerUid ?? '?'}。请运行: sudo install -d -o ${mine} -g ${mine} ${dir}`,
        en: `the data folder ${dir} is not there and cannot be made: we run as uid ${uid ?? '?'}, ${nearest ?? '?'} belongs to ${ownerUid ?? '?'}. Run: sudo install -d -o ${mine} -g ${mine} ${dir}`,
      }
    default:
      return {
        zh: `数据目录 ${dir} 不可写：程序的 uid 是 ${uid ?? '?'}，目录属于 ${ownerUid ?? '?'}。请运行: sudo chown ${mine}:${mine} ${dir}`,
        en: `the data folder ${dir} is not writable: we run as uid ${uid ?? '?'}, it belongs to ${ownerUid ?? '?'}. Run: sudo chown ${mine}:${mine} ${dir}`,
      }
  }
}

function refusalPhrase(dir: string, error: StoreError): Phrase {
  const { pid } = error.context
  switch (error.code) {
    case 'not-writable':
    case 'read-only':
      return notWritablePhrase(dir, error)
    case 'locked':
      return {
        zh: `数据目录 ${dir} 正被另一个 wxreply 使用（进程 ${pid ?? '?'}）。先停掉它，或用 --data 换一个目录。`,
        en: `the data folder ${dir} is in use by another wxreply (process ${pid ?? '?'}). Stop it first, or choose another folder with --data.`,
      }
    case 'newer-version':
      return {
        zh: `数据目录 ${dir} 是更新版本的 wxreply 写的，没有动它。请换回那个版本，或用备份。`,
        en: `the data folder ${dir} was written by a newer wxreply and was left untouched. Use that version, or a backup.`,
      }
    case 'disk-full':
      return {
        zh: `磁盘满了，${dir} 打不开。请腾出空间再启动。`,
        en: `the disk is full, ${dir} cannot be opened. Free some space and start again.`,
      }
    case 'corrupt':
    case 'io':
      return {
        zh: `数据目录 ${dir} 读写出错 (${error.code})。请检查磁盘。`,
        en: `the data folder ${dir} cannot be read (${error.code}). Check the disk.`,
      }
  }
}

function recoveryPhrase(recovery: Recovery): Phrase {
  switch (recovery.kind) {
    case 'unclean-stop':
      return {
        zh: '上次没有正常停止，已检查数据，完好',
        en: 'the last stop was not clean; the data was checked and is sound',
      }
    case 'migrated':
      return {
        zh: `数据已从版本 ${recovery.from} 升到 ${recovery.to}`,
        en: `the data was upgraded from version ${recovery.from} to ${recovery.to}`,
      }
    case 'journal-missing':
      return {
        zh: '日志文件丢了，最后几次写入可能不在',
        en: 'the journal is missing; the last writes may be gone',
      }
    case 'set-aside':
      return {
        zh: `数据损坏，已另存为 ${recovery.movedTo}，${recovery.restored === null ? '从头开始' : `恢复了备份 ${recovery.restored}，之后的记录不在`}`,
        en: `the data was damaged and set aside as ${recovery.movedTo}; ${recovery.restored === null ? 'a new store was begun' : `restored backup ${recovery.restored}, what came later is missing`}`,
      }
  }
}
