import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { runCli } from '../../../src/cli/cli.ts'
import type { Programs } from '../../../src/cli/command.ts'
import type { CliIo } from '../../../src/cli/io.ts'
import { EXAMPLES } from '../../../src/cli/programs/init.ts'
import { packFolder } from '../../support/mutate-pack.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wxr-init-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const nothing = async () => 0 as const
const PROGRAMS: Programs = {
  version: '0.0.0',
  daemon: nothing,
  playground: nothing,
  simulator: nothing,
  connect: () => {
    throw new Error('init asks no daemon')
  },
  drawQr: () => '',
}

interface Typing {
  /** What is typed at a terminal; none: there is no terminal. */
  readonly typed?: AsyncIterable<string | Uint8Array>
  readonly signal?: AbortSignal
}

async function wxreply(argv: readonly string[], { typed, signal }: Typing = {}) {
  const ran = { code: -1, out: '', err: '' }
  const io: CliIo = {
    stdout: { write: (text) => (ran.out += text), isTTY: typed !== undefined },
    stderr: { write: (text) => (ran.err += text) },
    stdin: typed ?? keys(),
    env: {},
    cwd: dir,
    signal: signal ?? new AbortController().signal,
  }
  ran.code = await runCli(argv, io, PROGRAMS)
  return ran
}

async function* keys(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* chunks
}

const written = (below: string) =>
  existsSync(join(dir, below))
    ? readdirSync(join(dir, below), { recursive: true, encoding: 'utf8' }).sort()
    : []

describe('init', () => {
  test('offers every pack there is, none else', () => {
    expect(EXAMPLES.map((one) => one.name).sort()).toEqual(readdirSync(packFolder('.')).sort())
  })

  test.each(EXAMPLES.map((one) => one.name))('%s: what is written passes check and test', async (name) => {
    const { code, out, err } = await wxreply(['init', '--example', name])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(join('rules', readdirSync(packFolder(name))[0] ?? '?'))
    expect(written('rules')).toEqual(
      readdirSync(packFolder(name), { recursive: true, encoding: 'utf8' }).sort(),
    )
    expect(await wxreply(['check', '--strict'])).toMatchObject({ code: 0 })
    expect(await wxreply(['test'])).toMatchObject({ code: 0, err: '' })
  })

  test('the settings let a first edit through although the tests know the old text', async () => {
    await wxreply(['init', '--example', 'minimal', '--dir', 'new/shop'])
    expect(written('new/shop/config')).toEqual(['config.yaml'])
    const { out } = await wxreply(['config', 'show', '--config', 'new/shop/config/config.yaml'])
    expect(out).toMatch(/test_gate.*warn/)
  })

  test('says where to go when the folder is another one', async () => {
    expect((await wxreply(['init', '--example', 'minimal', '--dir', 'new'])).out).toContain('cd new\n')
    expect((await wxreply(['init', '--example', 'minimal'])).out).not.toContain('cd ')
  })

  test.each([
    ['its own files', 'rules/10-shop.yml', 'shop', 'rules/10-shop.yml'],
    ['settings', 'config/config.yaml', 'shop', 'config/config.yaml'],
    ['a list', 'rules/lists/prices.csv', 'shop', 'rules/lists/prices.csv'],
    ['other rules, which would run as well', 'rules/mine.yaml', 'away', 'rules/mine.yaml'],
  ])('refuses and touches nothing where there are %s', async (_, there, name, listed) => {
    mkdirSync(join(dir, there, '..'), { recursive: true })
    writeFileSync(join(dir, there), '# mine\n')
    const before = written('.')
    const { code, out, err } = await wxreply(['init', '--example', name])
    expect(code).toBe(1)
    expect(err.split('\n').map((line) => line.trim())).toContain(join(listed))
    expect(out).toBe('')
    expect(written('.')).toEqual(before)
    expect(readFileSync(join(dir, there), 'utf8')).toBe('# mine\n')
  })

  test('a target that is no folder is 1 with the reason', async () => {
    writeFileSync(join(dir, 'file'), '')
    const { code, err } = await wxreply(['init', '--example', 'shop', '--dir', 'file'])
    expect([code, err]).toEqual([1, expect.stringContaining('读写不了')])
  })

  test('wrong usage is 2', async () => {
    expect(await wxreply(['init', '--example', 'shp'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('是不是 shop？'),
    })
    expect(await wxreply(['init'])).toMatchObject({ code: 2, err: expect.stringContaining('--example shop') })
    expect(written('.')).toEqual([])
  })
})

describe('init at a terminal asks', () => {
  const bytes = new TextEncoder().encode('2\r\n')

  test.each([
    ['a number', keys('3\n'), '20-members.yml'],
    ['a name', keys('Landlord\n'), '20-viewing.yml'],
    ['bytes, in pieces', keys(bytes.subarray(0, 1), bytes.subarray(1)), '10-away.yml'],
    ['again after a slip', keys('x\n\n', '6\n'), '10-rules.yml'],
    ['an answer without Enter at the end of the input', keys('6'), '10-rules.yml'],
  ])('%s', async (_, typed, file) => {
    const { code, out } = await wxreply(['init'], { typed })
    expect(code).toBe(0)
    for (const { name, words } of EXAMPLES) expect(out).toContain(`${name.padEnd(9)} ${words.zh}`)
    expect(written('rules')).toContain(file)
  })

  test.each([
    ['three wrong answers', keys('7\n0\n-1\n1\n')],
    ['the end of the input', keys()],
  ])('%s: 2, nothing written', async (_, typed) => {
    expect(await wxreply(['init'], { typed })).toMatchObject({ code: 2 })
    expect(written('.')).toEqual([])
  })

  test('a signal ends the waiting', async () => {
    const stop = new AbortController()
    const silent: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          stop.abort()
          return new Promise(() => undefined)
        },
      }),
    }
    const { code } = await wxreply(['init', '--lang', 'en'], { typed: silent, signal: stop.signal })
    expect(code).toBe(2)
  })
})
