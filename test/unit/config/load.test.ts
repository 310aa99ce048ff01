import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { catalogue } from '../../../src/config/catalogue.ts'
import { readSecret } from '../../../src/config/environment.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { settingsSchema } from '../../../src/config/schema.ts'
import { Secret } from '../../../src/config/secret.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wxr-config-'))
  mkdirSync(join(dir, 'config'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(name: string, text: string): string {
  const file = join(dir, name)
  writeFileSync(file, text)
  return file
}

function load(
  yaml: string | null,
  env: Record<string, string> = {},
  flags: Record<string, string> = {},
  file: string | null = null,
) {
  if (yaml !== null) write('config/config.yaml', yaml)
  return loadConfig({ file, env, flags, cwd: dir })
}

/** `code file:line:column` of everything found. */
function found(loaded: ReturnType<typeof load>): string[] {
  return loaded.diagnostics.map(
    ({ code, place }) => `${code} ${place.file.replace(`${dir}/`, '')}:${place.line}:${place.column}`,
  )
}

const SECTION_17 = `version: 1
timezone: Asia/Shanghai
language: zh-CN
owner: {remark: 老板}
rules: {path: /rules, test_gate: block}
reload: {watch: true, poll: 5s, settle: 500ms}
login:
  mode: web
  account: first
  qr: {style: half, stream: stderr, png: true, url: true, max_fast: 10, slow_every: 10m}
  restore: true
sync:
  stall_after: 90s
  backoff: {first: 500ms, factor: 2, max: 60s, jitter: 1}
send:
  min_gap: 1.2s
  typing: {base: 0.6s, per_char: 60ms, max: 6s, jitter: 0.25}
  reply_ttl: 10m
  on_uncertain: resend
safety: {max_age: 10m, reply_to_official: false, reply_to_self: false, loop_breaker: {same_reply: {max: 3, in: 2m}, fast_turns: {faster_than: 3s, max: 5}, then: {mute: 10m, notify: owner}}}
takeover: {on_owner_message: 30m, handover_words: [人工, 转人工], resume_words: [机器人继续]}
stop_words: [退订, TD, 停止回复]
merge: off
commands: {filehelper: false}
limits:
  all: {max: 20, in: 1m}
  chat: {max: 6, in: 1m}
  day: {max: 300}
  accept_friend: {max: 20, in: 1d}
quiet_hours: off
state: {keep: 180d, max_keys_per_contact: 50}
http:
  timeout: 5s
llm:
  budget: {calls: 300, tokens: 200000, in: 1d}
notify:
  on: {reload_failed: [owner], loop_broken: [owner]}
heartbeat: {every: 1m}
server: {listen: 127.0.0.1:8787}
log: {level: info, format: auto, messages: preview}
privacy: {traces: 7d, redact: [phone, id_card, bank_card]}
`

const EXAMPLES = `http:
  allow: [api.example.com, "*.shop.example.cn"]
  proxy: {secret: HTTP_PROXY_URL}
llm:
  url: https://llm.example.com/v1/chat/completions
  key: {secret: LLM_KEY}
  model: some-model
notify:
  channels:
    手机: {webhook: {secret: BARK_URL}, format: bark}
  on: {logged_out: [手机], refused: [手机], qr: [手机]}
heartbeat: {url: {secret: HEARTBEAT_URL}, every: 1m}
server: {listen: 127.0.0.1:8787, token: {secret: HTTP_TOKEN}}
`

const SECRETS = {
  HTTP_PROXY_URL: 'http://canary-proxy:pw@proxy.example.com:3128',
  LLM_KEY: 'canary-llm-key',
  BARK_URL: 'https://api.day.app/canary-bark/',
  HEARTBEAT_URL: 'https://hc.example.com/canary-heartbeat',
  HTTP_TOKEN: 'canary-http-token-0123456789',
}

describe('defaults', () => {
  test('the reference written out equals the defaults', () => {
    const written = load(SECTION_17).config
    const empty = load('').config
    expect(written).not.toBeNull()
    const { rules, owner, ...rest } = written ?? { rules: null, owner: null }
    const { rules: _rules, owner: _owner, ...bare } = empty ?? { rules: null, owner: null }
    expect(rest).toEqual(bare)
    expect(rules).toEqual({ path: '/rules', testGate: 'block' })
    expect(owner).toEqual({ remark: '老板' })
  })

  test('paths start where the program was started', () => {
    const { config } = load(null)
    expect(config?.rules.path).toBe(join(dir, 'rules'))
    expect(config?.data.path).toBe(join(dir, 'data'))
  })

  test('are what the catalogue says, setting by setting', () => {
    const parsed = settingsSchema.parse({})
    const written = catalogue.reduce(
      (tree, row) => {
        if (row.info.fallback === undefined) return tree
        const keys = row.path.split('.')
        const last = keys.pop() ?? ''
        const parent = keys.reduce<Record<string, unknown>>((map, key) => {
          map[key] ??= {}
          return map[key] as Record<string, unknown>
        }, tree)
        parent[last] ??= row.info.fallback
        return tree
      },
      {} as Record<string, unknown>,
    )
    expect(settingsSchema.parse(written)).toEqual(parsed)
  })

  test('a missing file is a remark; a file that was asked for must be there', () => {
    const missing = load(null)
    expect(found(missing)).toEqual(['I701 config/config.yaml:1:1'])
    expect(missing.config).not.toBeNull()
    expect(missing.file.isThere).toBe(false)
    const asked = load(null, {}, {}, join(dir, 'other.yaml'))
    expect(found(asked)).toEqual(['E701 other.yaml:1:1'])
    expect(asked.config).toBeNull()
  })

  test('nothing in the result can be changed', () => {
    const config = load(EXAMPLES, SECRETS).config
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      expect(Object.isFrozen(value)).toBe(true)
      for (const inner of Object.values(value)) visit(inner)
    }
    visit(config)
    expect(config?.notify.channels).toHaveLength(1)
  })
})

describe('off', () => {
  test.each([
    ['limits: {all: off, chat: off, day: off}', (c: Loaded) => [c.limits.all, c.limits.chat, c.limits.day]],
    ['safety: {max_age: off, loop_breaker: off}', (c: Loaded) => [c.safety.maxAgeMs, c.safety.loopBreaker]],
    [
      'safety: {loop_breaker: {same_reply: off, fast_turns: off}}',
      (c: Loaded) => [c.safety.loopBreaker?.sameReply, c.safety.loopBreaker?.fastTurns],
    ],
    ['takeover: off', (c: Loaded) => [c.takeover]],
    ['takeover: {on_owner_message: off}', (c: Loaded) => [c.takeover?.onOwnerMessageMs]],
    ['merge: off', (c: Loaded) => [c.mergeMs]],
    ['quiet_hours: off', (c: Loaded) => [c.quietHours]],
    ['send: {typing: off, reply_ttl: off}', (c: Loaded) => [c.send.typing, c.send.replyTtlMs]],
    ['server: {listen: off}', (c: Loaded) => [c.server.listen]],
    ['privacy: {traces: off}', (c: Loaded) => [c.privacy.tracesMs]],
  ])('%s', (yaml, read) => {
    const { config, diagnostics } = load(yaml)
    expect(diagnostics).toEqual([])
    for (const value of read(config as Loaded)) expect(value).toBeNull()
  })

  test('stop words can be switched off', () => {
    expect(load('stop_words: off').config?.stopWords).toEqual([])
  })
})

type Loaded = NonNullable<ReturnType<typeof load>['config']>

describe('values', () => {
  test.each<[string, (c: Loaded) => unknown, unknown]>([
    ['limits: {chat: {max: 3}}', (c) => c.limits.chat, { max: 3, inMs: 60_000 }],
    ['limits: {chat: {in: 1h30m}}', (c) => c.limits.chat, { max: 6, inMs: 5_400_000 }],
    ['quiet_hours: 23:30-07:30', (c) => c.quietHours, { fromMinute: 1410, toMinute: 450 }],
    ['quiet_hours: 22:00-24:00', (c) => c.quietHours, { fromMinute: 1320, toMinute: 1440 }],
    ['server: {listen: 0.0.0.0:80}', (c) => c.server.listen, { host: '0.0.0.0', port: 80 }],
    ['server: {listen: "[::1]:0"}', (c) => c.server.listen, { host: '::1', port: 0 }],
    ['server: {listen: ":9000"}', (c) => c.server.listen, { host: '127.0.0.1', port: 9000 }],
    ['owner: {remark: 0123}', (c) => c.owner, { remark: '0123' }],
    ['llm: {url: https://x.example/, model: 1.0}', (c) => c.llm?.model, '1.0'],
    ['stop_words: [110, 1.0, 停]', (c) => c.stopWords, ['110', '1.0', '停']],
    ['login: {bases: {login: "http://127.0.0.1:9/"}}', (c) => c.login.bases.login, 'http://127.0.0.1:9'],
    ['send: {min_gap: 0}', (c) => c.send.minGapMs, 0],
    [
      'privacy: {log_messages: full, keep_traces: 1d}',
      (c) => [c.log.messages, c.privacy.tracesMs],
      ['full', 86_400_000],
    ],
  ])('%s', (yaml, read, expected) => {
    const { config, diagnostics } = load(yaml)
    expect(diagnostics.filter((one) => one.code !== 'W703')).toEqual([])
    expect(read(config as Loaded)).toEqual(expected)
  })

  test.each([
    ['timezone: Asia/Shangai', 'E704 config/config.yaml:1:11'],
    ['language: de', 'E704 config/config.yaml:1:11'],
    ['reload: {poll: 5}', 'E704 config/config.yaml:1:16'],
    ['reload: {poll: 5 parsecs}', 'E704 config/config.yaml:1:16'],
    ['reload:\n  watch: maybe', 'E704 config/config.yaml:2:10'],
    ['limits: {all: on}', 'E704 config/config.yaml:1:15'],
    ['limits: {all: {max: 0}}', 'E704 config/config.yaml:1:21'],
    ['limits: {all: {max: 1.5}}', 'E704 config/config.yaml:1:21'],
    ['limits: {all: {mx: 1}}', 'E703 config/config.yaml:1:16'],
    ['limits: 3', 'E704 config/config.yaml:1:9'],
    ['quiet_hours: 25:00-26:00', 'E704 config/config.yaml:1:14'],
    ['server: {listen: 8787}', 'E704 config/config.yaml:1:18'],
    ['server: {token: hunter2hunter2hunter2}', 'E704 config/config.yaml:1:17'],
    ['login: {bases: {login: "http://wx.example.com"}}', 'E704 config/config.yaml:1:24'],
    ['http: {allow: ["http://x"]}', 'E704 config/config.yaml:1:16'],
    ['notify: {on: {qr: [手机]}}', 'E710 config/config.yaml:1:20'],
    ['safety: {loop_breaker: {then: {notify: bark}}}', 'E710 config/config.yaml:1:40'],
    ['llm: {url: https://llm.example.com/v1}', 'E710 config/config.yaml:1:12'],
    ['login: {mode: desktop}', 'E710 config/config.yaml:1:15'],
    ['sync: {backoff: {first: 10m, max: 1m}}', 'E710 config/config.yaml:1:35'],
    ['log: {messages: off}\nprivacy: {log_messages: full}', 'E709 config/config.yaml:2:11'],
    ['heartbeat: {url: {secret: NOT_SET}}', 'E708 config/config.yaml:1:18'],

    ['- a\n- b', 'E702 config/config.yaml:1:1'],
    ['timezone：UTC', 'E702 config/config.yaml:1:1'],
    ['log: {level: info}\nlog: {level: debug}', 'E702 config/config.yaml:2:1'],
    ['log: !!js/function x', 'E702 config/config.yaml:1:6'],
    ['a: 1\n---\nb: 2', 'E702 config/config.yaml:2:1'],
    ['__proto__: {polluted: true}', 'E703 config/config.yaml:1:1'],
    ['constructor: 1', 'E703 config/config.yaml:1:1'],
  ])('%s is refused at its place', (yaml, expected) => {
    const loaded = load(yaml)
    expect(found(loaded)).toEqual([expected])
    const [one] = loaded.diagnostics
    expect(loaded.config === null).toBe(one?.severity === 'error')
    expect(one?.message.zh).toMatch(/[\u4e00-\u9fff]/)
    expect(one?.message.en).toMatch(/^[^\u4e00-\u9fff]*("手机")?[^\u4e00-\u9fff]*$/)
  })

  test('all mistakes come together, each with what was probably meant', () => {
    const loaded = load('timezon: UTC\nlog: {levl: info, format: jsn}\nlimits: {chat: {max: x}}\n', {
      WXREPLY_LOGN_QR_STYLE: 'full',
    })
    expect(found(loaded).sort()).toEqual([
      'E703 config/config.yaml:1:1',
      'E703 config/config.yaml:2:7',
      'E704 config/config.yaml:2:27',
      'E704 config/config.yaml:3:22',
      'E705 WXREPLY_LOGN_QR_STYLE:1:1',
    ])
    const hints = loaded.diagnostics.map((one) => one.hint?.en ?? '').join('\n')
    expect(hints).toContain('did you mean timezone?')
    expect(hints).toContain('did you mean level?')
    expect(hints).toContain('did you mean WXREPLY_LOGIN_QR_STYLE?')
  })

  test.each([
    ['WXREPLY_RULES', 'WXREPLY_RULES_PATH'],
    ['WXREPLY_DATA_DIR', 'WXREPLY_DATA_PATH'],
    ['WXREPLY_CONFIG_FILE', 'WXREPLY_CONFIG'],
  ])('%s, named after its option, is led to %s', (name, meant) => {
    const loaded = load('', { [name]: '/somewhere' })
    expect(loaded.diagnostics.find((one) => one.code === 'E705')?.hint?.en).toBe(`did you mean ${meant}?`)
  })

  test('hostile files are refused, not suffered', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]']
    for (const [name, last] of [
      ['b', 'a'],
      ['c', 'b'],
      ['d', 'c'],
      ['e', 'd'],
      ['f', 'e'],
      ['g', 'f'],
    ]) {
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${last}`).join(',')}]`)
    }
    for (const text of [
      bomb.join('\n'),
      `a: ${'['.repeat(50_000)}`,
      `a: ${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`,
      'a: &a {b: *a}',
      'a: *nobody',
      `a: ${'x'.repeat(1024 * 1024)}`,
      '\u0000',
      '? [a]\n: 1',
    ]) {
      expect(load(text).config).toBeNull()
    }
    writeFileSync(join(dir, 'config/config.yaml'), Buffer.from([0xff, 0xfe, 0x00]))
    expect(found(load(null))).toEqual(['E701 config/config.yaml:1:1'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('a holiday file that is not there is a warning at its place', () => {
    expect(found(load('holidays: {file: nowhere.yaml}'))).toContain('W702 config/config.yaml:1:18')
  })

  test('a folder in the place of the file is said to be one', () => {
    mkdirSync(join(dir, 'config/config.yaml'))
    const loaded = load(null)
    expect(found(loaded)).toEqual(['E701 config/config.yaml:1:1'])
    expect(loaded.diagnostics[0]?.message.zh).toContain('目录')
  })
})

test('what has no effect yet is said when somebody relies on it, and only then', () => {
  expect(found(load('merge: 3s\nhttp: {allow: [a.example]}'))).toEqual(['W703 config/config.yaml:2:15'])
  expect(found(load(EXAMPLES, SECRETS)).every((one) => one.startsWith('W703'))).toBe(true)
  expect(load(SECTION_17).diagnostics).toEqual([])
})

describe('environment and flags', () => {
  test('flag beats environment beats file beats default, and each source is told', () => {
    const read = (loaded: ReturnType<typeof load>) => {
      const source = loaded.sources.find((one) => one.path === 'log.level')
      return [loaded.config?.log.level, source?.origin.kind, source?.shown]
    }
    const file = 'log: {level: warn}'
    const env = { WXREPLY_LOG_LEVEL: 'error' }
    expect(read(load('', {}))).toEqual(['info', 'default', 'info'])
    expect(read(load(file))).toEqual(['warn', 'file', 'warn'])
    expect(read(load(file, env))).toEqual(['error', 'env', 'error'])
    expect(read(load(file, env, { 'log.level': 'debug' }))).toEqual(['debug', 'flag', 'debug'])
  })

  test('every setting has a variable of its own, and no two names collide', () => {
    const names = catalogue.flatMap((row) => [row.env, `${row.env}_FILE`])
    expect(new Set(names).size).toBe(names.length)
    expect(catalogue.length).toBeGreaterThan(80)
    for (const row of catalogue) {
      const text =
        row.info.form === 'secret' ? 'https://x.example/secret-value-long' : JSON.stringify(row.info.fallback)
      if (text === undefined) continue
      const plain = row.info.form === 'text' ? String(row.info.fallback) : text
      const { diagnostics } = load('', { [row.env]: plain })
      const wrong = diagnostics.filter((one) => one.code !== 'W703')
      expect([row.path, wrong]).toEqual([row.path, []])
    }
  })

  test.each<[Record<string, string>, (c: Loaded) => unknown, unknown]>([
    [{ WXREPLY_LIMITS_ALL: '{max: 2, in: 5s}' }, (c) => c.limits.all, { max: 2, inMs: 5000 }],
    [{ WXREPLY_LIMITS_ALL: 'off' }, (c) => c.limits.all, null],
    [{ WXREPLY_LIMITS_ALL_MAX: '7' }, (c) => c.limits.all, { max: 7, inMs: 60_000 }],
    [{ WXREPLY_LOGIN_QR_PNG: 'false' }, (c) => c.login.qr.png, false],
    [{ WXREPLY_STOP_WORDS: '[110, 停]' }, (c) => c.stopWords, ['110', '停']],
    [{ WXREPLY_LLM_MODEL: '1.0', WXREPLY_LLM_URL: 'https://l.example/' }, (c) => c.llm?.model, '1.0'],
    [{ WXREPLY_OWNER_REMARK: 'a: b # c' }, (c) => c.owner?.remark, 'a: b # c'],
    [{ WXREPLY_SERVER_TOKEN: '0123456789abcdef' }, (c) => c.server.token?.expose(), '0123456789abcdef'],
    [
      { WXREPLY_SERVER_TOKEN: '{secret: T}', T: 'x'.repeat(20) },
      (c) => c.server.token?.expose(),
      'x'.repeat(20),
    ],
    [{ WXREPLY_SERVER_TOKEN: '' }, (c) => c.server.token, null],
  ])('%j', (env, read, expected) => {
    const { config, diagnostics } = load('', env)
    expect(diagnostics.filter((one) => one.code !== 'W703')).toEqual([])
    expect(read(config as Loaded)).toEqual(expected)
  })

  test('a _FILE variable names a file; both forms at once are an error that names both', () => {
    const file = write('token', 'file-token-0123456789\n')
    expect(load('', { WXREPLY_SERVER_TOKEN_FILE: file }).config?.server.token?.expose()).toBe(
      'file-token-0123456789',
    )
    const both = load('', { WXREPLY_SERVER_TOKEN_FILE: file, WXREPLY_SERVER_TOKEN: 'canary-0123456789' })
    expect(both.diagnostics.map((one) => one.code)).toEqual(['E706'])
    expect(both.diagnostics[0]?.message.en).toContain('WXREPLY_SERVER_TOKEN, WXREPLY_SERVER_TOKEN_FILE')
    const gone = load('', { WXREPLY_SERVER_TOKEN_FILE: join(dir, 'gone') })
    expect(gone.diagnostics.map((one) => one.code)).toEqual(['E707'])
    const holidays = write('h.yaml', '{}')
    expect(load('', { WXREPLY_HOLIDAYS_FILE: holidays }).config?.holidays.file).toBe(holidays)
  })

  test('WXREPLY_CONFIG says where the file is', () => {
    const file = write('mine.yaml', 'language: en')
    expect(load(null, { WXREPLY_CONFIG: file }).config?.language).toBe('en')
  })

  test('an unknown flag path is refused with a suggestion', () => {
    const { diagnostics } = load('', {}, { 'log.levle': 'debug' })
    expect(diagnostics.map((one) => [one.code, one.hint?.en])).toEqual([['E703', 'did you mean log.level?']])
  })

  test('the holiday file beside the settings is found by itself', () => {
    const file = write('config/holidays.yaml', '{}')
    expect(load('').config?.holidays.file).toBe(file)
  })
})

describe('secrets', () => {
  test('written in the open are starred out where a line is quoted', () => {
    const lines = [
      'server: {token: canary-abc, liste: 1}',
      'notify: {channels: {a: {webhok: 1, webhook: "https://b.example/canary-abc"}}}',
      'http: {prxy: 1, proxy: http://canary-user:canary-pw@p.example}',
      'llm: {key: canary-abc, modl: 1}',
    ]
    const quotedLines = lines.flatMap((line) => load(line).diagnostics.map((one) => one.quotedLine ?? ''))
    expect(quotedLines.length).toBeGreaterThanOrEqual(4)
    expect(quotedLines.join('\n')).not.toContain('canary')
    expect(quotedLines.some((line) => line.length === lines[0]?.length)).toBe(true)
  })

  test('are read from the environment and reach the program', () => {
    const { config, diagnostics } = load(EXAMPLES, SECRETS)
    expect(diagnostics.filter((one) => one.code !== 'W703')).toEqual([])
    expect(config?.server.token?.expose()).toBe(SECRETS.HTTP_TOKEN)
    expect(config?.llm?.key?.expose()).toBe(SECRETS.LLM_KEY)
    expect(config?.notify.channels[0]?.webhook.expose()).toBe(SECRETS.BARK_URL)
    expect(config?.http.proxy?.expose()).toBe(SECRETS.HTTP_PROXY_URL)
    expect(config?.heartbeat.url?.expose()).toBe(SECRETS.HEARTBEAT_URL)
  })

  test('or from files named by NAME_FILE', () => {
    const file = write('key', 'from-file\r\n')
    expect(readSecret({ LLM_KEY_FILE: file }, 'LLM_KEY')?.expose()).toBe('from-file')
    expect(readSecret({ LLM_KEY: 'direct', LLM_KEY_FILE: file }, 'LLM_KEY')?.expose()).toBe('direct')
    expect(readSecret({}, 'LLM_KEY')).toBeNull()
    expect(readSecret({ LLM_KEY_FILE: join(dir, 'gone') }, 'LLM_KEY')).toBeNull()
  })

  test('cannot be printed', () => {
    const secret = new Secret('canary')
    const shown = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      String(Object.values(secret)),
    ]
    expect(shown.join(' ')).not.toContain('canary')
    expect(`${secret}`).toBe('[secret]')
  })

  test('stay out of everything that loading returns', () => {
    const env = {
      ...SECRETS,
      WXREPLY_LOGIN_DESKTOP_EXTSPAM: 'canary-extspam',
      WXREPLY_NOTIFY_CHANNELS: '{a: {webhook: "https://x.example/canary-open"}, b: {webhok: canary-typo}}',
      WXREPLY_SERVER_LISTEN: 'canary-not-an-address',
    }
    const loaded = load(`${EXAMPLES}heart: canary-key\n`, env)
    expect(loaded.config).toBeNull()
    const { sources, ...rest } = loaded
    const printed = JSON.stringify(rest) + inspect(rest, { depth: 20 })
    for (const value of Object.values(SECRETS)) expect(printed).not.toContain(value)
    const shown = JSON.stringify(sources)
    expect(shown.replaceAll('canary-not-an-address', '').replaceAll('canary-typo', '')).not.toContain(
      'canary',
    )
    expect(load(EXAMPLES, SECRETS).config).not.toBeNull()
    expect(inspect(load(EXAMPLES, SECRETS).config, { depth: 20 })).not.toContain('canary')
  })

  test('a short token is a warning that does not repeat it', () => {
    const loaded = load('', { WXREPLY_SERVER_TOKEN: 'short' })
    expect(loaded.diagnostics.map((one) => one.code)).toEqual(['W701'])
    expect(loaded.config).not.toBeNull()
    expect(JSON.stringify(loaded.diagnostics)).not.toContain('"short"')
  })
})
