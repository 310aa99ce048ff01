import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { runCli } from '../../../src/cli/cli.ts'
import type { Programs } from '../../../src/cli/command.ts'
import { commands } from '../../../src/cli/commands.ts'
import type { CliIo } from '../../../src/cli/io.ts'
import type { Config } from '../../../src/config/config.ts'
import { createLogger } from '../../../src/support/log.ts'
import { type ControlServer, startControl } from '../../../src/web/control.ts'
import { connectControl } from '../../../src/web/control-client.ts'
import { drawQr } from '../../../src/web/qr-draw.ts'
import { PlayedDaemon } from '../web/daemon.ts'

let dir: string
let servers: ControlServer[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wxr-cli-'))
  servers = []
})
afterEach(async () => {
  for (const server of servers) await server.close()
  await rm(dir, { recursive: true, force: true })
})

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), text)
}

async function startDaemon(): Promise<PlayedDaemon> {
  const daemon = new PlayedDaemon()
  const log = createLogger('silent', { write: () => undefined })
  const parts = { dataDir: join(dir, 'data'), views: daemon.views, commands: daemon.commands, log }
  const started = await startControl(parts)
  if (started.kind !== 'listening') throw new Error(started.message.en)
  servers.push(started.server)
  return daemon
}

interface Ran {
  code: number
  out: string
  err: string
  started: unknown[]
}

async function wxreply(
  argv: readonly string[],
  more: { env?: Record<string, string>; programs?: Partial<Programs> } = {},
): Promise<Ran> {
  const ran: Ran = { code: -1, out: '', err: '', started: [] }
  const io: CliIo = {
    stdout: {
      write: (text) => {
        ran.out += text
      },
    },
    stderr: {
      write: (text) => {
        ran.err += text
      },
    },
    stdin: (async function* () {})(),
    env: more.env ?? {},
    cwd: dir,
    signal: new AbortController().signal,
  }
  const programs: Programs = {
    version: '1.2.3',
    daemon: async (config) => {
      ran.started.push(config)
      return 0
    },
    playground: async (options) => {
      ran.started.push(options)
      return 0
    },
    simulator: async (options) => {
      ran.started.push(options)
      return 0
    },
    connect: connectControl,
    drawQr,
    ...more.programs,
  }
  ran.code = await runCli(argv, io, programs)
  return ran
}

const GOOD = 'rules:\n  - name: 问价\n    when: 多少钱\n    reply: 十元一斤\n'
const BAD = 'rules:\n  - name: 问价\n    when: 多少钱\n    reply: 价格: 十元\n'

describe('run', () => {
  test('is the default and gets the merged settings', async () => {
    await write('config/config.yaml', 'log: {level: warn}\n')
    for (const argv of [[], ['run'], ['--data', 'd']]) {
      const { code, started } = await wxreply(argv, { env: { WXREPLY_LANGUAGE: 'en' } })
      expect(code).toBe(0)
      const config = started[0] as Config
      expect([config.log.level, config.language]).toEqual(['warn', 'en'])
      expect(config.data.path).toBe(join(dir, argv.length === 2 ? 'd' : 'data'))
    }
  })

  test('flags are settings', async () => {
    const argv = [
      'run',
      '--rules',
      'r',
      '--set',
      'limits.all=off',
      '--set',
      'log.format=json',
      '--lang',
      'en',
    ]
    const { started } = await wxreply(argv)
    const config = started[0] as Config
    expect(config).toMatchObject({ limits: { all: null }, log: { format: 'json' }, language: 'en' })
    expect(config.rules.path).toBe(join(dir, 'r'))
  })

  test('wrong settings are 78, all named, and nothing starts', async () => {
    await write('config/config.yaml', 'timezone: Mars/Base\nlog: {levl: info}\n')
    const { code, err, started } = await wxreply(['run'])
    expect(code).toBe(78)
    expect(started).toEqual([])
    expect(err).toContain('config/config.yaml:1:11  错误 E704')
    expect(err).toContain('config/config.yaml:2:7  错误 E703')
    expect(err).toContain('是不是想写 level？')
  })

  test('a settings file that was asked for must be there; else its absence is only told', async () => {
    expect((await wxreply(['run', '--config', 'gone.yaml'])).code).toBe(78)
    expect((await wxreply([])).err).toContain('不存在，使用默认设置')
  })

  test.each([0, 70, 73] as const)('ends with what the daemon ends with: %i', async (exit) => {
    expect((await wxreply(['run'], { programs: { daemon: async () => exit } })).code).toBe(exit)
  })

  test('a bug is 70', async () => {
    const daemon = async () => {
      throw new TypeError('broken invariant')
    }
    const { code, err } = await wxreply(['run'], { programs: { daemon } })
    expect(code).toBe(70)
    expect(err).toContain('broken invariant')
  })
})

describe('wrong usage is 2 with one sentence and where to look', () => {
  test.each<[string[], string]>([
    [['statuss'], '是不是 status？'],
    [['xyzzy'], '没有这个命令: xyzzy'],
    [['status', '--jso'], '是不是 --json？'],
    [['--nonsense'], '没有这个选项: --nonsense'],
    [['status', 'extra'], '多余的参数: extra'],
    [['run', 'a', 'b'], '多余的参数: a b'],
    [['contacts', 'find'], '少了参数'],
    [['contacts'], '下一级'],
    [['config', 'shw'], '没有这个命令: shw'],
    [['qr', '--style', 'ascii'], '值不对'],
    [['pause', '--for', 'soon'], '看不懂时长: soon'],
    [['pause', '--for'], '少了值'],
    [['run', '--set', 'nothing'], '--set 要写成'],
    [['simulator', '--port', '70000'], '端口不对'],
    [['simulator', '--port', 'x'], '端口不对'],
    [['check', 'nowhere'], '没有这个路径: nowhere'],
    [['check', '--format', 'xml'], '值不对'],
    [['explain'], '--message'],
    [['explain', 'a', '--message', 'b'], '--message'],
    [['try'], '少了参数'],
    [['try', 'a', '--at', 'noon'], '2027-01-05 23:10'],
  ])('%j', async (argv, sentence) => {
    const { code, err, out, started } = await wxreply(argv)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
    expect(err).toContain('wxreply --help')
    expect(out).toBe('')
    expect(started).toEqual([])
  })

  test.each([
    ['test', '--run', '('],
    ['test', '--min-coverage', '101'],
  ])('%s %s %s', async (...argv) => {
    await write('rules/a.yml', GOOD)
    expect((await wxreply(argv)).code).toBe(2)
  })
})

describe('help and version', () => {
  test('name every command in both languages', async () => {
    const { code, out } = await wxreply(['--help'])
    expect(code).toBe(0)
    for (const { name, summary } of commands) {
      expect(out).toContain(name.split(' ')[0])
      expect(summary.zh).toMatch(/[\u4e00-\u9fff]/)
      expect(summary.en).not.toMatch(/[\u4e00-\u9fff]/)
    }
    expect((await wxreply(['help', 'qr'])).out).toContain('--refresh')
    expect((await wxreply(['qr', '--help'])).out).toContain('--refresh')
  })

  test('version', async () => {
    for (const argv of [['--version'], ['-V'], ['version']])
      expect(await wxreply(argv)).toMatchObject({ code: 0, out: '1.2.3\n' })
  })
})

describe('talking to the daemon', () => {
  const asking = [
    ['status'],
    ['qr'],
    ['reload'],
    ['pause'],
    ['resume'],
    ['forget', '小王'],
    ['logout'],
    ['healthcheck'],
    ['contacts', 'find', '王'],
    ['rooms'],
    ['held'],
    ['explain', '--message', 'e1'],
  ]

  test.each(asking.map((argv) => [argv]))('%j without one is 4', async (argv) => {
    const { code, err } = await wxreply(argv)
    expect(code).toBe(4)
    expect(err).toContain('没有在运行')
    expect((await wxreply([...argv, '--lang', 'en'])).err).toContain('not running')
  })

  test.each(asking.map((argv) => [argv]))(
    '%j with one is 0, also when other settings are wrong',
    async (argv) => {
      await startDaemon()
      const { code, out } = await wxreply(argv, { env: { WXREPLY_TIMEZONE: 'Mars/Base' } })
      expect(code).toBe(0)
      expect(out).not.toBe('')
    },
  )

  test('status says it for people and for programs', async () => {
    const daemon = await startDaemon()
    const { out } = await wxreply(['status'])
    expect(out).toContain('在线')
    expect(out).toContain('老张水果')
    expect(out).toContain('2023-11-15 06:13:21')
    expect(JSON.parse((await wxreply(['status', '--json'])).out)).toEqual(daemon.status)
    daemon.status = {
      ...daemon.status,
      nick: 'x\u001b[2J\n09:00 在线',
      isPaused: true,
      state: 'refused',
    }
    const hostile = (await wxreply(['status'])).out
    expect(hostile).not.toContain('\u001b')
    expect(hostile).toContain('微信拒绝登录')
    expect(hostile).toContain('已暂停')
    expect(hostile).toMatch(/不回的聊天.*老周.*\(机器人已暂停\)/)
    expect(hostile.split('\n').some((line) => line.startsWith('09:00'))).toBe(false)
  })

  test('qr draws the code, or gives the picture, never the link', async () => {
    const daemon = await startDaemon()
    const { out } = await wxreply(['qr'])
    expect(out).toBe(`${drawQr(daemon.qr?.text ?? '', 'half')}\n`)
    expect((await wxreply(['qr', '--style', 'ansi'])).out).toBe(`${drawQr(daemon.qr?.text ?? '', 'ansi')}\n`)
    expect((await wxreply(['qr', '--style', 'url'])).out).toBe(`${daemon.qr?.imageUrl}\n`)
    expect((await wxreply(['qr', '--refresh'])).code).toBe(0)
    expect(daemon.orders).toEqual([{ refreshQr: true }])
    daemon.qr = null
    expect(await wxreply(['qr'])).toMatchObject({ code: 1, out: '' })
  })

  test('orders are passed on and refusals are 1', async () => {
    const daemon = await startDaemon()
    await wxreply(['pause', '小王', '--for', '1h'])
    await wxreply(['pause'])
    await wxreply(['resume', '小王'])
    expect(daemon.orders).toEqual([
      { pause: { chat: '小王', forMs: 3_600_000 } },
      { pause: { chat: null, forMs: null } },
      { resume: { chat: '小王' } },
    ])
    daemon.outcome = {
      kind: 'refused',
      code: 'bad-rules',
      message: { zh: '规则有误', en: 'rules are wrong' },
    }
    for (const argv of [['reload'], ['pause'], ['resume'], ['logout'], ['qr', '--refresh']]) {
      expect(await wxreply(argv)).toMatchObject({ code: 1, out: '', err: '规则有误\n' })
    }
    expect((await wxreply(['reload', '--lang', 'en'])).err).toBe('rules are wrong\n')
  })

  test('healthcheck is 1 when the daemon is stalled', async () => {
    const daemon = await startDaemon()
    expect(await wxreply(['healthcheck'])).toMatchObject({ code: 0, out: 'ok\n' })
    daemon.health = { isOk: false, reasons: ['sync loop stalled'] }
    expect(await wxreply(['healthcheck'])).toMatchObject({ code: 1, out: 'sync loop stalled\n' })
  })

  test('names are listed one per line, ambiguity shown, escapes harmless', async () => {
    await startDaemon()
    const { out } = await wxreply(['contacts', 'find', '王'])
    expect(out.trimEnd().split('\n')).toHaveLength(3)
    expect(out).toMatch(/^老王 .*有重名/m)
    expect(out).not.toContain('\u001b')
    expect((await wxreply(['contacts', 'find', '李'])).code).toBe(1)
    expect((await wxreply(['rooms'])).out).toBe('老客户群  (12)\n')
    expect((await wxreply(['held'])).out).toContain('小王  问价  uncertain')
  })

  test('explain reads the kept trace', async () => {
    await startDaemon()
    expect((await wxreply(['explain', '--message', 'e1'])).out).toBe('规则“问价”命中“多少钱”\n')
    expect((await wxreply(['explain', '--message', 'gone'])).code).toBe(1)
  })
})

describe('one message, offline', () => {
  const RULES = `${GOOD}  - name: 群价\n    when: {text: 多少钱, room: 老客户群, mention: me}\n    reply: 群里八元\n    priority: 5\n  - name: 夜里\n    when: {text: 在吗, time: 22:00-24:00}\n    reply: 睡了\n`

  test.each<[string[], string]>([
    [['多少钱'], '十元一斤'],
    [['多少钱', '--room', '老客户群', '--mention'], '群里八元'],
    [['在吗', '--at', '2027-01-05 23:10'], '睡了'],
    [['在吗', '--at', '2027-01-05 12:00'], '没有命中规则'],
    [['天气'], '没有命中规则'],
  ])('try %j', async (argv, expected) => {
    await write('rules/a.yml', RULES)
    const { code, out, err } = await wxreply(['try', ...argv])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(expected)
  })

  test('explain names every rule with its reason', async () => {
    await write('rules/a.yml', RULES)
    const { code, out } = await wxreply(['explain', '多少钱'])
    expect(code).toBe(0)
    expect(out).toMatch(/问价 {2}命中/)
    expect(out).toMatch(/群价 {2}没命中/)
    expect(out).toContain('回复: 十元一斤')
  })

  test('explain names the nearest miss, and a reaction that comes before all rules', async () => {
    await write('rules/a.yml', RULES)
    expect((await wxreply(['explain', '多少前'])).out).toMatch(/问价 {2}没命中: .*，最近: 多少钱\n/)
    const { out } = await wxreply(['explain', '退订'])
    expect(out).toMatch(/^config\.yaml:1 .*命中“退订”\n没有问规则/)
    expect(out).toContain('回复: 好的，以后不再自动回复您。')
  })

  test('a rule that is silent is named by its reason in words', async () => {
    await write('rules/a.yml', `${GOOD}  - {name: 拦, guard: true, when: 骂人, do: [ignore]}\n`)
    expect((await wxreply(['try', '骂人'])).out).toContain('被守卫规则拦下')
  })

  test('broken rules are 1, broken settings 78', async () => {
    await write('rules/a.yml', BAD)
    expect((await wxreply(['try', 'x'])).code).toBe(1)
    expect((await wxreply(['try', 'x', '--set', 'log.level=loud'])).code).toBe(78)
  })
})

describe('check', () => {
  test('good rules are 0', async () => {
    await write('rules/a.yml', GOOD)
    expect(await wxreply(['check', '--strict'])).toMatchObject({ code: 0, err: '' })
  })

  test('mistakes are 1 with place and mended line', async () => {
    await write('rules/a.yml', BAD)
    const { code, out } = await wxreply(['check'])
    expect(code).toBe(1)
    expect(out).toContain('rules/a.yml:4:12  错误 E103')
    expect(out).toContain('reply: "价格: 十元"')
  })

  test('warnings are 0, and 3 under --strict', async () => {
    await write('rules/a.yml', GOOD)
    const env = { WXREPLY_SERVER_TOKEN: 'short' }
    expect((await wxreply(['check'], { env })).code).toBe(0)
    expect((await wxreply(['check', '--strict'], { env })).code).toBe(3)
  })

  test('wrong settings are 78; rules that were named are still checked', async () => {
    await write('config/config.yaml', 'log: {levl: info}\n')
    await write('rules/a.yml', BAD)
    const { code, out } = await wxreply(['check', 'rules'])
    expect(code).toBe(78)
    expect(out).toContain('E703')
    expect(out).toContain('E103')
  })

  test('one file is checked with the folder it belongs to', async () => {
    await write('rules/a.yml', GOOD)
    await write('rules/b.yml', BAD)
    expect((await wxreply(['check', 'rules/a.yml'])).code).toBe(0)
    expect((await wxreply(['check', 'rules/b.yml'])).code).toBe(1)
  })

  test('formats for machines', async () => {
    await write('rules/a.yml', BAD)
    const json = JSON.parse((await wxreply(['check', '--format', 'json'])).out) as {
      diagnostics: { code: string }[]
    }
    expect(json.diagnostics.map((one) => one.code)).toContain('E103')
    expect((await wxreply(['check', '--format', 'github'])).out).toMatch(/^::error .*file=rules\/a\.yml/m)
    expect(JSON.parse((await wxreply(['check', '--format', 'sarif'])).out)).toHaveProperty('runs')
  })
})

describe('test', () => {
  const TESTS = (expected: string) =>
    `${GOOD}tests:\n  - name: 价格\n    say: 多少钱\n    expect: ${expected}\n`

  test('0 when all pass, 1 when one fails, with its place', async () => {
    await write('rules/a.yml', TESTS('十元'))
    expect(await wxreply(['test'])).toMatchObject({ code: 0, out: '测试 1/1 通过\n测试到 100% 的规则\n' })
    await write('rules/a.yml', TESTS('二元'))
    const { code, out } = await wxreply(['test'])
    expect(code).toBe(1)
    expect(out).toMatch(/^rules\/a\.yml:\d+ {2}✗ 价格/m)
    expect((await wxreply(['test', '--run', '天气'])).code).toBe(0)
  })

  test('a report for CI is written', async () => {
    await write('rules/a.yml', TESTS('二元'))
    expect((await wxreply(['test', '--junit', 'report.xml'])).code).toBe(1)
    expect(await readFile(join(dir, 'report.xml'), 'utf8')).toContain('failures="1"')
  })

  test('coverage is shown and can be demanded', async () => {
    await write(
      'rules/a.yml',
      TESTS('十元').replace('rules:\n', 'rules:\n  - name: 地址\n    when: 在哪里\n    reply: 东街\n'),
    )
    expect((await wxreply(['test', '--coverage'])).out).toMatch(/没有测试用到 {2}地址/)
    expect((await wxreply(['test', '--min-coverage', '50'])).code).toBe(0)
    expect((await wxreply(['test', '--min-coverage', '51%'])).code).toBe(1)
  })

  test('broken rules are 1, broken settings 78', async () => {
    await write('rules/a.yml', BAD)
    expect(await wxreply(['test'])).toMatchObject({ code: 1 })
    expect((await wxreply(['test', '--set', 'log.level=loud'])).code).toBe(78)
  })
})

describe('config show', () => {
  test('shows values with sources and no secret', async () => {
    await write(
      'config/config.yaml',
      'log: {level: warn}\nlimits: {all: off}\nserver: {token: {secret: TOKEN}}\n',
    )
    const env = {
      TOKEN: 'canary-token-0123456789',
      WXREPLY_HEARTBEAT_URL: 'https://h.example/canary-heartbeat',
      WXREPLY_LOGIN_QR_STYLE: 'full',
    }
    const { code, out, err } = await wxreply(['config', 'show', '--set', 'language=en'], { env })
    expect(code).toBe(0)
    expect(out + err).not.toContain('canary')
    expect(out).toMatch(/^log\.level: warn +# config\/config\.yaml:1$/m)
    expect(out).toMatch(/^limits\.all: off +# config\/config\.yaml:2$/m)
    expect(out).toMatch(/^server\.token: "?\[secret\]"? +# config\/config\.yaml:3$/m)
    expect(out).toMatch(/^login\.qr\.style: full +# WXREPLY_LOGIN_QR_STYLE$/m)
    expect(out).toMatch(/^language: en +# --set language$/m)
    expect(out).toMatch(/^merge: off +# default \(WXREPLY_MERGE\)$/m)
    expect(out).not.toContain('limits.all.max')
    const json = (await wxreply(['config', 'show', '--json'], { env })).out
    expect(json).not.toContain('canary')
    expect(JSON.parse(json)).toContainEqual(expect.objectContaining({ path: 'log.level', value: 'warn' }))
  })

  test('wrong settings are shown as far as possible and end with 78', async () => {
    const { code, out, err } = await wxreply(['config', 'show'], { env: { WXREPLY_LOG_LEVEL: 'loud' } })
    expect(code).toBe(78)
    expect(out).toContain('log.level: loud')
    expect(err).toContain('E704')
  })
})

describe('other programs', () => {
  test('get their options', async () => {
    expect((await wxreply(['simulator', '--port', '9', '--world', 'w.yml'])).started).toEqual([
      { port: 9, world: 'w.yml' },
    ])
    expect((await wxreply(['playground'])).started).toEqual([{ port: 0, rulesDir: null, isWriting: false }])
    const named = await wxreply(['playground', '--rules', 'r', '--write', '--port', '8'])
    expect(named.started).toEqual([{ port: 8, rulesDir: join(dir, 'r'), isWriting: true }])
    expect((await wxreply(['playground', '--set', 'log.level=loud'])).code).toBe(78)
  })
})

test('exit codes are documented', async () => {
  const { EXIT } = await import('../../../src/cli/io.ts')
  const text = await readFile(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8')
  for (const code of Object.values(EXIT)) expect(text).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'))
  for (const { name } of commands) expect(text).toContain(`\`${name.replace(' find', ' find 王')}`)
})
