import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Stage } from './stage.ts'

const STACK = /\n\s+at |\\n\s+at /
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** The uid that owns nothing anywhere. */
const NOBODY = 65_534
/** One that no account of the machine bears, as in a container with `user: 54321`. */
const NAMELESS = 54_321

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(async () => {
  chmodSync(stage.shop.dir, 0o755)
  await stage.close()
})

function spawnAs(uid: number | null, args: readonly string[]): SpawnSyncReturns<string> {
  const identity = uid === null ? {} : { uid, gid: uid }
  return spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: '/',
    timeout: 20_000,
    killSignal: 'SIGKILL',
    ...identity,
  })
}

/** Root may write everywhere: it becomes nobody, unless nobody may read this checkout. Then a file system of the kernel says no. */
function withoutRights(): { uid: number | null; data: string } {
  const data = stage.shop.path('data')
  if (process.getuid?.() !== 0) return { uid: null, data }
  const canRead = spawnAs(NOBODY, ['-e', `require('fs').accessSync(${JSON.stringify(MAIN)})`]).status === 0
  return canRead ? { uid: NOBODY, data } : { uid: null, data: '/proc/wxreply' }
}

describe('a data folder that cannot be used ends with 73 before a code is asked for', () => {
  async function refusal() {
    const { code, stdout, stderr } = await stage.shop.run().finished
    expect(stage.requests()).toEqual([])
    expect(stdout + stderr).not.toMatch(STACK)
    return { code, text: stdout }
  }

  test('a file in its place', async () => {
    stage.shop.write('data', 'not a folder')
    const { code, text } = await refusal()
    expect(code).toBe(73)
    expect(text).toContain(`${stage.shop.path('data')} 不是目录`)
    expect(stage.shop.read('data')).toBe('not a folder')
  })

  test('a file on the way to it', async () => {
    stage.shop.write('data', 'not a folder')
    const args = [
      MAIN,
      'run',
      ...stage.shop.args.slice(0, 4),
      '--data',
      stage.shop.path('data', 'deep', 'er'),
    ]
    const { status, stdout, stderr } = spawnAs(null, args)
    expect(stdout + stderr).not.toMatch(STACK)
    expect(stdout).toContain(`${stage.shop.path('data')} 不是目录`)
    expect(status).toBe(73)
  })

  test('T1: a folder that everybody shares', async () => {
    mkdirSync(stage.shop.path('data'))
    chmodSync(stage.shop.path('data'), 0o1777)
    const { code, text } = await refusal()
    expect(code).toBe(73)
    expect(text).toContain('共用')
    expect(text).not.toContain('chown')
    expect(readdirSync(stage.shop.path('data'))).toEqual([])
  })

  test('one that cannot be made', () => {
    const { uid, data } = withoutRights()
    chmodSync(stage.shop.dir, 0o555)
    const args = [MAIN, 'run', ...stage.shop.args.slice(0, 4), '--data', data]
    const { status, stdout, stderr } = spawnAs(uid, args)
    expect(stdout + stderr).toContain(`sudo install -d -o ${uid ?? process.getuid?.()}`)
    expect(status).toBe(73)
    expect(stdout + stderr).not.toMatch(STACK)
    expect(stage.requests()).toEqual([])
  })

  test('one in a file system that makes no folders', () => {
    const data = '/proc/wxreply'
    const args = [MAIN, 'run', ...stage.shop.args.slice(0, 4), '--data', data]
    const { status, stdout, stderr } = spawnAs(null, args)
    expect(status).toBe(73)
    expect(stdout).toContain(`数据目录 ${data} 不存在，也建不了`)
    expect(stdout + stderr).not.toMatch(STACK)
  })

  test('one in a folder that we may not look into', () => {
    const { uid, data } = withoutRights()
    mkdirSync(stage.shop.path('closed'))
    chmodSync(stage.shop.path('closed'), 0o000)
    chmodSync(stage.shop.dir, 0o755)
    const path = data.startsWith('/proc') ? data : stage.shop.path('closed', 'data')
    const { status, stdout, stderr } = spawnAs(uid, [
      MAIN,
      'run',
      ...stage.shop.args.slice(0, 4),
      '--data',
      path,
    ])
    chmodSync(stage.shop.path('closed'), 0o755)
    expect(stdout + stderr).toContain(path)
    expect(status).toBe(73)
    expect(stdout + stderr).not.toMatch(STACK)
  })
})

describe('one folder, one daemon', () => {
  test('F21, T42: the second ends with 73 within two seconds, names the first, and harms nothing', async () => {
    const first = await stage.online()
    const startedAt = Date.now()
    const { code, stdout } = await stage.shop.run().finished
    expect(Date.now() - startedAt).toBeLessThan(2000 + PROCESS_START_MS)
    expect(code).toBe(73)
    expect(stdout).toContain(`进程 ${first.process.pid}`)
    expect(await stage.ask('多少钱')).toContain('苹果')
    expect((await stage.command('status')).code).toBe(0)
    expect(stage.requests('jslogin')).toHaveLength(1)
  })

  test('F21: one that is held from another container is named by that container, too', async () => {
    await stage.online()
    writeFileSync(stage.shop.path('data', 'lock.pid'), JSON.stringify({ pid: 7, host: 'f00dfeed0001' }))
    const { code, stdout } = await stage.shop.run().finished
    expect(code).toBe(73)
    expect(stdout).toContain('（进程 7，在容器或主机 f00dfeed0001 里）')
  })

  test('F22: a lock left by a kill is none', async () => {
    await (await stage.online()).stop('SIGKILL')
    await stage.online()
    expect(await stage.ask('多少钱')).toContain('苹果')
    expect(stage.simulator.generation).toBe(1)
  })
})

/** Starting Node itself is not the daemon's; on a busy machine it takes its time. */
const PROCESS_START_MS = 3000

describe('files that were damaged', () => {
  async function damaged(path: string, content: string | Uint8Array) {
    const bot = await stage.online()
    await stage.ask('多少钱')
    await bot.stop()
    writeFileSync(stage.shop.path('data', path), content)
  }

  test.each([
    ['garbage', Buffer.from([0, 255, 1, 254, 123])],
    ['nothing', ''],
    ['half a file', '{"version":1,"savedAt":17'],
    ['another shape', '{"version":1,"uin":"x","cookies":{"__proto__":[]}}'],
    ['a newer version', '{"version":99}'],
    ['a list', '[]'],
    ['far too much', 'x'.repeat(3_000_000)],
    ['the first version ever', '{"version":0,"cookies":"wxuin=1; wxsid=2"}'],
  ])(
    'F58, T3: a session file of %s is set aside and leads to a new code; the data is kept',
    async (_name, content) => {
      await damaged('session.json', content)
      const bot = await stage.online()
      expect(bot.output).not.toMatch(STACK)
      expect(stage.requests('jslogin')).toHaveLength(2)
      const kept = readdirSync(stage.shop.path('data')).filter((name) => name.startsWith('session.json.'))
      expect(kept.map((name) => stage.shop.read(`data/${name}`))).toEqual([content.toString()])
      stage.simulator.duplicate()
      expect(await stage.ask('编号7')).toBe('收到7')
      expect(stage.simulator.sends).toHaveLength(2)
    },
  )

  test('F58, T3: a session file that names another host is not believed', async () => {
    const bot = await stage.online()
    await bot.stop()
    const saved = JSON.parse(stage.shop.read('data/session.json')) as Record<string, unknown>
    stage.shop.write('data/session.json', JSON.stringify({ ...saved, host: 'evil.example' }))
    await stage.online()
    expect(stage.requests('jslogin')).toHaveLength(2)
  })

  test('F19: a damaged store is set aside and said so; the login is kept', async () => {
    await damaged('store.db', Buffer.alloc(8192, 7))
    const bot = await stage.online()
    await bot.waitForText(/数据损坏，已另存为/)
    expect(readdirSync(stage.shop.path('data')).some((name) => name.startsWith('store.db.damaged-'))).toBe(
      true,
    )
    // What came in the second of the start may be from before it and is not answered.
    stage.simulator.deliver({ kind: 'text', from: '小王', text: '多少钱', at: Date.now() + 1000 })
    await stage.simulator.waitFor((note) => note.kind === 'sent' && note.text.includes('苹果'))
  })

  test('F23: a store of a newer version is left alone: 73', async () => {
    await (await stage.online()).stop()
    const path = stage.shop.path('data', 'store.db')
    const db = new DatabaseSync(path)
    db.exec('PRAGMA user_version = 999')
    db.close()
    const before = readFileSync(path)
    const requests = stage.requests().length
    const { code, stdout } = await stage.shop.run().finished
    expect(code).toBe(73)
    expect(stdout).toContain('更新版本')
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(stage.requests()).toHaveLength(requests)
  })

  test('rules run also when no copy of them can be kept', async () => {
    mkdirSync(stage.shop.path('data', 'rules-last-good.json', 'in-the-way'), { recursive: true, mode: 0o700 })
    const bot = await stage.online()
    expect(bot.stdout).toContain('备份没有存下')
    expect(await stage.ask('多少钱')).toContain('苹果')
  })

  test('the kept copy of the rules may be garbage, too', async () => {
    await damaged('rules-last-good.json', '{"files": 7')
    stage.shop.write('rules/10-shop.yml', 'rules: [')
    const bot = await stage.online()
    await bot.waitForText(/没有可用的规则/)
  })
})

describe('T1, G29: what others may read', () => {
  test('nothing, under any umask', async () => {
    const before = process.umask(0)
    try {
      await stage.online()
      await stage.ask('多少钱')
    } finally {
      process.umask(before)
    }
    const root = stage.shop.path('data')
    const wide = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => ({ name, stat: statSync(join(root, name)) }))
      .filter(({ stat }) => (stat.mode & 0o077) !== 0)
      .map(({ name, stat }) => `${name} ${(stat.mode & 0o777).toString(8)}`)
    expect(wide).toEqual([])
    expect(statSync(root).mode & 0o777).toBe(0o700)
  })
})

test('any uid will do, also one without a name, with a path too long for a socket', async () => {
  const { uid } = withoutRights()
  const deep = stage.shop.path('x'.repeat(120))
  mkdirSync(deep)
  chmodSync(stage.shop.dir, 0o755)
  const owner = uid === null ? (process.getuid?.() ?? 0) : NAMELESS
  if (uid !== null) chownSync(deep, owner, owner)
  const identity = uid === null ? {} : { uid: owner, gid: owner }
  const args = [MAIN, 'run', ...stage.shop.args.slice(0, 4), '--data', join(deep, 'data')]
  const bot = spawn(process.execPath, args, { cwd: '/', stdio: 'ignore', ...identity })
  try {
    await stage.nextRequest('synccheck', 0)
    bot.kill('SIGTERM')
    const [code] = await once(bot, 'exit')
    expect(code).toBe(0)
  } finally {
    bot.kill('SIGKILL')
  }
})

test('F84: a port in use is an alarm until a start that gets it; the bot answers without its page', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    const settings = stage.shop
      .read('config/config.yaml')
      .replace('{listen: off}', `{listen: "127.0.0.1:${port}"}`)
    stage.shop.write('config/config.yaml', settings)
    const bot = await stage.online()
    expect(bot.stdout).toMatch(new RegExp(`"level":"error".*${port}`))
    await bot.waitForText(new RegExp(`"alarm":"web","state":"raised".*${port}.*占用`))
    expect(await stage.ask('多少钱')).toContain('苹果')
    const { stdout } = await stage.command('status', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ alarms: [{ kind: 'web' }] })
    await bot.stop()
  } finally {
    taken.close()
    await once(taken, 'close')
  }
  const again = await stage.online()
  await again.waitForText(/"alarm":"web","state":"cleared"/)
})
