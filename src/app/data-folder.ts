import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { StoreError } from '../domain/errors.ts'
import type { Instant } from '../domain/ids.ts'
import { openStore, type Recovery, type Store, sealWith } from '../store/store.ts'
import { backoffMs, STORE_BACKOFF } from '../support/backoff.ts'
import type { Narrator } from './narrator.ts'
import type { Phrase } from './phrases.ts'
import type { DaemonExit, DaemonSetup } from './setup.ts'

type Opening = Pick<DaemonSetup, 'config' | 'clock' | 'log' | 'random'>

/**
 * Opens the data folder; when it cannot be used, says why and what to do, and gives the exit code. On a full disk it
 * waits for room, since ending would only be a loop of restarts; 0 when the signal ends the wait.
 */
export async function openStoreFor(
  setup: Opening,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<Store | DaemonExit> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    const found = tryToOpen(setup)
    if (!(found instanceof StoreError)) {
      for (const recovery of found.recoveries)
        narrator.warn(recoveryPhrase(recovery), { event: 'store', recovery: recovery.kind })
      noteGap(found, setup.clock.now())
      return found
    }
    if (attempt === 1)
      narrator.error(refusalPhrase(setup.config.data.path, found), { event: 'store', code: found.code })
    if (found.code === 'no-key' || found.code === 'wrong-key') return 78
    if (found.code !== 'disk-full') return 73
    await setup.clock.sleep(backoffMs(attempt, setup.random, STORE_BACKOFF), signal).catch(() => {})
  }
  return 0
}

const ANSWER_FROM = 'answer-from'

/**
 * Records are missing, so what came before this start may have been answered already. Servers count in seconds: what came in
 * the very second of a start may be from before it.
 */
function noteGap({ recoveries, meta }: Store, now: Instant): void {
  const hasGap = recoveries.some(({ kind }) => kind === 'set-aside' || kind === 'journal-missing')
  if (hasGap) meta.set(ANSWER_FROM, String((Math.floor(now / 1000) + 1) * 1000))
}

/** Messages from before this instant are kept, never answered; 0 when no record ever was missing. */
export function answerFrom({ meta }: Store): Instant {
  return Number(meta.get(ANSWER_FROM) ?? 0)
}

function tryToOpen(setup: Opening): Store | StoreError {
  const { config, clock, log } = setup
  try {
    return openStore({
      dir: config.data.path,
      clock,
      log,
      retention: retentionOf(setup),
      seal: sealOf(setup),
    })
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}

function sealOf({ config }: Pick<DaemonSetup, 'config'>) {
  const { key, oldKey } = config.data
  return sealWith(key, oldKey === null ? [] : [oldKey])
}

function retentionOf({ config }: Pick<DaemonSetup, 'config'>) {
  return {
    stateMs: config.state.keepMs,
    maxKeysPerOwner: config.state.maxKeysPerContact,
    ...(config.privacy.tracesMs === null ? {} : { tracesMs: config.privacy.tracesMs }),
  }
}

/** What engines leave in a container, not each and not always (podman: none on a read-only root), and what our image has. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv', '/.wxreply-image']

/** In a container the command belongs on the host, where the folder that is mounted as /data has another name. */
function whereToMend(dir: string): Phrase & { readonly path: string } {
  const isMounted = dir === '/data' && CONTAINER_MARKS.some((mark) => existsSync(mark))
  if (!isMounted) return { zh: '请运行: ', en: 'Run: ', path: dir }
  return {
    zh: '请在 docker-compose.yml 所在的目录运行: ',
    en: 'On the host, beside docker-compose.yml, run: ',
    path: './data',
  }
}

function notWritablePhrase(dir: string, error: StoreError): Phrase {
  const { uid, ownerUid, obstacle, nearest } = error.context
  const mine = uid ?? 1000
  const mend = whereToMend(dir)
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
    case 'read-only':
      return {
        zh: `数据目录 ${dir} 所在的卷是只读的，登录信息和消息没有地方存。请改成可写的挂载（docker compose 里去掉 ./data 后面的 :ro），或检查磁盘后重新挂载。`,
        en: `the data folder ${dir} is on a read-only volume, so nothing can be kept. Mount it writable (without :ro behind ./data in docker compose), or check the disk and mount it again.`,
      }
    case 'missing':
      return {
        zh: `数据目录 ${dir} 不存在，也建不了：程序的 uid 是 ${uid ?? '?'}，${nearest ?? '?'} 属于 ${ownerUid ?? '?'}。${mend.zh}sudo install -d -o ${mine} -g ${mine} ${mend.path}`,
        en: `the data folder ${dir} is not there and cannot be made: we run as uid ${uid ?? '?'}, ${nearest ?? '?'} belongs to ${ownerUid ?? '?'}. ${mend.en}sudo install -d -o ${mine} -g ${mine} ${mend.path}`,
      }
    default:
      return {
        zh: `数据目录 ${dir} 不可写：程序的 uid 是 ${uid ?? '?'}，目录属于 ${ownerUid ?? '?'}。${mend.zh}sudo chown ${mine}:${mine} ${mend.path}`,
        en: `the data folder ${dir} is not writable: we run as uid ${uid ?? '?'}, it belongs to ${ownerUid ?? '?'}. ${mend.en}sudo chown ${mine}:${mine} ${mend.path}`,
      }
  }
}

/** The way back is a newer image, or the copy that the upgrade made of the older layout. */
function newerPhrase(dir: string, { context }: StoreError): Phrase {
  const { writer, found, known } = context
  const version = typeof writer === 'string' && writer !== '' ? writer : null
  return {
    zh: `数据目录 ${dir} 是更新版本的 wxreply${version === null ? '' : ` ${version}`} 写的（格式 ${found}，这个程序只认识到 ${known}），没有动它。请用镜像 wxreply:${version ?? '那个版本'}；或停下来，把 ${dir}/backups 里升级前的 migration-*.db 换成 store.db（之后的记录不在）。`,
    en: `the data folder ${dir} was written by a newer wxreply${version === null ? '' : ` ${version}`} (layout ${found}, this program knows ${known}) and was left untouched. Use the image wxreply:${version ?? '<that version>'}; or put migration-*.db of ${dir}/backups, made before the upgrade, in the place of store.db (what came later is missing).`,
  }
}

/** A process number of another container means nothing here; its host name is the container's id, which `docker stop` takes. */
function holderPhrase({ context: { pid, host } }: StoreError): Phrase {
  const isElsewhere = typeof host === 'string' && host !== '?' && host !== hostname()
  return {
    zh: `进程 ${pid ?? '?'}${isElsewhere ? `，在容器或主机 ${host} 里` : ''}`,
    en: `process ${pid ?? '?'}${isElsewhere ? ` in the container or host ${host}` : ''}`,
  }
}

function refusalPhrase(dir: string, error: StoreError): Phrase {
  const holder = holderPhrase(error)
  switch (error.code) {
    case 'not-writable':
    case 'read-only':
      return notWritablePhrase(dir, error)
    case 'locked':
      return {
        zh: `数据目录 ${dir} 正被另一个 wxreply 使用（${holder.zh}）。先停掉它，或用 --data 换一个目录。`,
        en: `the data folder ${dir} is in use by another wxreply (${holder.en}). Stop it first, or choose another folder with --data.`,
      }
    case 'newer-version':
      return newerPhrase(dir, error)
    case 'disk-full':
      return {
        zh: `磁盘满了，${dir} 打不开。请腾出空间，之后会自动继续。`,
        en: `the disk is full, ${dir} cannot be opened. Free some space; the start goes on by itself.`,
      }
    case 'no-key':
      return {
        zh: `登录记录 ${dir}/session.json 是加密的，但没有设置密钥。请设置 data.key；不要这个登录了，就删掉它，重新扫码。`,
        en: `the session ${dir}/session.json is encrypted and no key is set. Set data.key; or delete the file to scan anew.`,
      }
    case 'wrong-key':
      return {
        zh: `登录记录 ${dir}/session.json 用 data.key 解不开：密钥不对，或文件被改过。请用原来的密钥（换密钥时把它写在 data.old_key）；不要这个登录了，就删掉它，重新扫码。`,
        en: `the session ${dir}/session.json cannot be read with data.key: it is another key, or the file was changed. Give the key it was written with (as data.old_key, to change keys); or delete the file to scan anew.`,
      }
    case 'corrupt':
    case 'io':
      return {
        zh: `数据目录 ${dir} 读写出错 (${error.code})。请检查磁盘。`,
        en: `the data folder ${dir} cannot be read (${error.code}). Check the disk.`,
      }
  }
}

/** What a store that failed while running means, and what to do. */
export function storeFailurePhrase(dir: string, error: StoreError): Phrase {
  if (error.code === 'corrupt')
    return {
      zh: `数据目录 ${dir} 里的数据损坏了，已停下。再启动时会另存损坏的文件并恢复最新的备份；请检查磁盘。`,
      en: `the data in ${dir} is damaged, so we stop. The next start sets the damaged file aside and restores the newest backup; check the disk.`,
    }
  return {
    zh: `数据目录 ${dir} 写不到磁盘上 (${error.code})，已停下：继续下去会丢消息或重复回复。请检查磁盘，再启动。`,
    en: `writes to the data folder ${dir} do not reach the disk (${error.code}), so we stop: going on could lose messages or repeat replies. Check the disk, then start again.`,
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
        zh: '日志文件丢了，最后几次写入可能不在；这之前的消息和待发的回复不再自动回，免得说两遍 (wxreply held)',
        en: 'the journal is missing; the last writes may be gone. What came before is not answered by itself any more, so that nothing is said twice (wxreply held)',
      }
    case 'set-aside':
      return {
        zh: `数据损坏，已另存为 ${recovery.movedTo}，${recovery.restored === null ? '从头开始' : `恢复了备份 ${recovery.restored}，之后的记录不在`}；这之前的消息不再自动回，免得说两遍`,
        en: `the data was damaged and set aside as ${recovery.movedTo}; ${recovery.restored === null ? 'a new store was begun' : `restored backup ${recovery.restored}, what came later is missing`}. What came before is not answered any more, so that nothing is said twice`,
      }
  }
}
