import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Child } from '../support/child.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'

let shop: Shop

beforeEach(() => {
  shop = new Shop()
})

afterEach(async () => {
  await shop.close()
})

/** Runs to the end; a daemon that starts after all is stopped when the test closes its shop. */
async function end(options: { env?: Record<string, string> } = {}) {
  return await shop.run(options).finished
}

async function command(...words: string[]) {
  const child = new Child(words)
  shop.children.push(child)
  return await child.finished
}

describe('settings that are wrong end with 78 before anything is touched', () => {
  test('all mistakes at once, each with its place, its line and a hint', async () => {
    shop.write(
      'config/config.yaml',
      'timezone: Mars/Olympus\nlog:\n  level: loud\nlimtis:\n  all: {max: 20, in: 1m}\nsend:\n  min_gap: fast\nserver: {listen: "127.0.0.1:99999"}\n',
    )
    const { code, stderr, stdout } = await end()
    expect(code).toBe(78)
    expect(stdout).toBe('')
    for (const place of [':1:', ':3:', ':4:', ':7:', ':8:']) expect(stderr).toContain(`config.yaml${place}`)
    expect(stderr).toContain('limtis:')
    expect(stderr).toMatch(/是不是想写 limits/)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('broken YAML', async () => {
    shop.write('config/config.yaml', 'log: {level: info\nsend: [')
    const { code, stderr } = await end()
    expect(code).toBe(78)
    expect(stderr).toMatch(/config\.yaml:\d+:\d+/)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test.each([
    ['a list', '- 1\n- 2\n'],
    ['one word', 'hello\n'],
    ['a binary file', '\u0000\u0001\u0002PNG'],
    [
      'an alias bomb',
      `a: &a [1,1,1,1,1,1,1,1]\n${'bcdefgh'.replace(/./g, (key) => `${key}: &${key} [*a,*a,*a,*a,*a,*a,*a,*a]\n`)}`,
    ],
    ['a polluting key', '__proto__: {language: en}\nconstructor: {prototype: {x: 1}}\n'],
    ['a duplicate key', 'language: en\nlanguage: zh-CN\n'],
  ])('%s in place of settings', async (_name, text) => {
    shop.write('config/config.yaml', text)
    const { code, stderr } = await end()
    expect(code).toBe(78)
    expect(stderr).toContain('config.yaml')
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  test('an empty settings file is fine, and so is none', async () => {
    shop.write('config/config.yaml', '')
    expect((await command('config', 'show', ...shop.args)).code).toBe(0)
  })

  test('a settings file that was named and is not there', async () => {
    const { code, stderr } = await command('run', '--config', shop.path('config/nowhere.yaml'))
    expect(code).toBe(78)
    expect(stderr).toContain('nowhere.yaml')
  })

  test('a folder in place of the settings file', async () => {
    const { code, stderr } = await command('run', '--config', shop.path('config'))
    expect(code).toBe(78)
    expect(stderr).toContain('config')
  })

  test('an unknown variable is named with the one that was meant', async () => {
    const { code, stderr } = await end({ env: { WXREPLY_LOG_LEVL: 'debug' } })
    expect(code).toBe(78)
    expect(stderr).toContain('WXREPLY_LOG_LEVL')
    expect(stderr).toContain('WXREPLY_LOG_LEVEL')
  })

  test('a variable and its _FILE form', async () => {
    shop.write('token.txt', 'a-long-enough-token-0123456789')
    const { code, stderr } = await end({
      env: {
        WXREPLY_SERVER_TOKEN: 'another-long-token-9876543210',
        WXREPLY_SERVER_TOKEN_FILE: shop.path('token.txt'),
      },
    })
    expect(code).toBe(78)
    expect(stderr).toContain('WXREPLY_SERVER_TOKEN, WXREPLY_SERVER_TOKEN_FILE')
    expect(stderr).not.toContain('9876543210')
    expect(stderr).not.toContain('0123456789')
  })

  test('a _FILE that is not there', async () => {
    const { code, stderr } = await end({ env: { WXREPLY_SERVER_TOKEN_FILE: shop.path('no-such-file') } })
    expect(code).toBe(78)
    expect(stderr).toContain('WXREPLY_SERVER_TOKEN_FILE')
  })

  test('a base that is no address', async () => {
    shop.write(
      'config/config.yaml',
      `${FAST_SETTINGS}login: {bases: {api: "ftp://x", login: "not an address"}}\n`,
    )
    const { code, stderr } = await end()
    expect(code).toBe(78)
    expect(stderr.match(/config\.yaml:\d+/g)?.length).toBeGreaterThanOrEqual(2)
  })
})

describe('what is typed wrong ends with 2', () => {
  test.each([
    ['an unknown command', ['staus'], /staus.*status/s],
    ['an unknown option', ['run', '--colour'], /--colour/],
    ['an option without its value', ['run', '--data'], /--data/],
    ['too many words', ['logout', 'now'], /logout|now/],
    ['a duration that is none', ['pause', '--for', 'soon'], /soon/],
    ['a missing word', ['contacts', 'find'], /name|find/],
    ['a style that is none', ['qr', '--style', 'oil'], /oil|style/],
    ['a setting without a value', ['run', '--set', 'log.level'], /--set/],
  ])('%s', async (_name, words, says) => {
    const { code, stderr, stdout } = await command(...words)
    expect(code).toBe(2)
    expect(stderr).toMatch(says)
    expect(stderr).toMatch(/[\u4e00-\u9fff]/)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stdout).toBe('')
  })
})

describe('without a daemon the others end with 4', () => {
  test.each(['status', 'healthcheck', 'qr', 'reload', 'pause', 'resume', 'rooms', 'held', 'logout'])(
    '%s',
    async (word) => {
      const { code, stderr, stdout } = await command(word, ...shop.args)
      expect(code).toBe(4)
      expect(stderr).toMatch(/[\u4e00-\u9fff]/)
      expect(stdout).toBe('')
    },
  )

  test('also when there is no data folder and the settings are wrong', async () => {
    shop.write('config/config.yaml', 'nonsense: 1\n')
    expect((await command('status', ...shop.args)).code).toBe(4)
  })
})
