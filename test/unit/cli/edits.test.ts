import { readdirSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { rulesJsonSchemaText } from '../../../src/rules/json-schema/schema.ts'
import { runWxreply } from '../../support/run-cli.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'wxr-edit-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), text)
}
const read = (path: string) => readFile(join(dir, path), 'utf8')
const wxreply = (...argv: string[]) => runWxreply(argv, { cwd: dir })

const WRONG = 'rules:\n  - name: 问价\n    when：价格\n    reply: 8 元\n'

describe('fix', () => {
  test('without --write shows the change, touches nothing and ends with 1', async () => {
    await write('rules/a.yml', WRONG)
    const { code, out } = await wxreply('fix')
    expect(code).toBe(1)
    expect(out).toContain('--- rules/a.yml\n+++ rules/a.yml')
    expect(out).toContain('-    when：价格\n+    when: 价格')
    expect(await read('rules/a.yml')).toBe(WRONG)
  })

  test('with --write changes the file in one piece, keeps its mode and links, and check is content', async () => {
    await write('elsewhere/a.yml', WRONG)
    await mkdir(join(dir, 'rules'))
    await chmod(join(dir, 'elsewhere/a.yml'), 0o640)
    await symlink('../elsewhere/a.yml', join(dir, 'rules/a.yml'))
    expect((await wxreply('fix', '--write')).code).toBe(0)
    expect(await read('elsewhere/a.yml')).toBe(WRONG.replace('：', ': '))
    expect((await stat(join(dir, 'elsewhere/a.yml'))).mode & 0o777).toBe(0o640)
    expect(await readdir(join(dir, 'elsewhere'))).toEqual(['a.yml'])
    expect((await wxreply('check')).code).toBe(0)
  })

  test('one file of several', async () => {
    await write('rules/a.yml', WRONG)
    await write('rules/b.yml', WRONG)
    expect((await wxreply('fix', 'rules/b.yml', '--write')).code).toBe(0)
    expect(await read('rules/a.yml')).toBe(WRONG)
    expect(await read('rules/b.yml')).not.toBe(WRONG)
  })

  test('what is left for a person is shown and ends with 1', async () => {
    await write('rules/a.yml', 'rules:\n  - name: 问价\n    reply: 8 元\n')
    const { code, out } = await wxreply('fix', '--write')
    expect(code).toBe(1)
    expect(out).toContain('E403')
    expect(out).toContain('还有 1 个错误要自己改')
  })

  test('nothing to do is 0, a path that is not there is 2', async () => {
    await write('rules/a.yml', WRONG.replace('：', ': '))
    expect(await wxreply('fix')).toMatchObject({ code: 0, out: '没有要改的\n' })
    expect((await wxreply('fix', 'gone.yml')).code).toBe(2)
  })
})

describe('fmt', () => {
  const packs = readdirSync(join(PROJECT, 'rules/examples')).map((name) => `rules/examples/${name}`)
  test.each(['rules', ...packs])('%s: what is shipped needs no change', async (pack) => {
    expect(await runWxreply(['fmt', '--rules', join(PROJECT, pack)], { cwd: dir })).toMatchObject({ code: 0 })
  })

  test('shows, then writes, then is content', async () => {
    await write('rules/a.yml', 'rules:\n- reply: 8 元 # 含税\n  when: 价格\n  name: 问价\n')
    expect((await wxreply('fmt')).code).toBe(1)
    expect((await wxreply('fmt', '--write')).code).toBe(0)
    expect(await read('rules/a.yml')).toBe('rules:\n  - name: 问价\n    when: 价格\n    reply: 8 元 # 含税\n')
    expect(await wxreply('fmt')).toMatchObject({ code: 0, out: '排版都好\n' })
  })

  test('--lang is the language of keys', async () => {
    await write('rules/a.yml', 'rules:\n  - name: 问价\n    when: 价格\n    reply: 8 元\n')
    expect((await wxreply('fmt', '--lang', 'zh', '--write')).code).toBe(0)
    expect(await read('rules/a.yml')).toBe('规则:\n  - 名称: 问价\n    当: 价格\n    回复: 8 元\n')
    expect((await wxreply('fmt', '--lang', 'fr')).code).toBe(2)
  })

  test('a file with mistakes is left alone and named', async () => {
    await write('rules/a.yml', WRONG)
    const { code, err } = await wxreply('fmt', '--write')
    expect(code).toBe(1)
    expect(err).toContain('rules/a.yml: 有 YAML 错误')
    expect(await read('rules/a.yml')).toBe(WRONG)
  })
})

describe('migrate', () => {
  test('has nothing to do in version 1', async () => {
    await write('rules/a.yml', 'version: 1\nquick: {价格: 8 元}\n')
    expect(await wxreply('migrate', '--write')).toMatchObject({
      code: 0,
      out: '已是最新格式（version 1），不用升级\n',
    })
    expect(await readdir(join(dir, 'rules'))).toEqual(['a.yml'])
  })

  test('a file of a newer program is named', async () => {
    await write('rules/a.yml', 'version: 9\nquick: {价格: 8 元}\n')
    const { code, err } = await wxreply('migrate')
    expect(code).toBe(1)
    expect(err).toContain('rules/a.yml: 是给更新版本的程序写的')
  })
})

test('schema prints what editors need', async () => {
  expect(await wxreply('schema')).toMatchObject({ code: 0, out: rulesJsonSchemaText() })
})
