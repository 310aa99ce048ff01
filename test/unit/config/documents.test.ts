import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { loadConfig } from '../../../src/config/load.ts'
import { codeTable, referenceTable } from '../../../src/config/reference.ts'
import { readYaml } from '../../../src/config/yaml-file.ts'

const PROJECT = join(import.meta.dirname, '../../..')
const STARTER = join(PROJECT, 'config/config.yaml')
const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8')

describe('the starter file', () => {
  test('loads without a word and changes nothing', () => {
    const starter = loadConfig({ file: STARTER, env: {}, flags: {}, cwd: PROJECT })
    const bare = loadConfig({ file: null, env: {}, flags: {}, cwd: PROJECT.concat('/docs') })
    expect(starter.diagnostics).toEqual([])
    expect(starter.config?.limits).toEqual(bare.config?.limits)
    const written = starter.sources.filter((source) => source.origin.kind !== 'default')
    expect(written.map((source) => source.path)).toEqual(['version'])
  })

  /** The file as it is when somebody takes every leading # away; prose has two. */
  function uncommented(isKept: (key: string) => boolean): string {
    let key = ''
    return read('config/config.yaml')
      .split('\n')
      .filter((line) => {
        key = /^#?(\w+):/.exec(line)?.[1] ?? key
        return !line.startsWith('##') && isKept(key)
      })
      .map((line) => line.replace(/^#/, ''))
      .join('\n')
  }

  test('every line is valid once its # is gone', () => {
    const { root, diagnostics } = readYaml(
      uncommented(() => true),
      'config.yaml',
    )
    expect(diagnostics).toEqual([])
    expect(Object.keys(root ?? {}).length).toBeGreaterThan(15)
    const env = { BARK_URL: 'https://b.example/x', HEARTBEAT_URL: 'https://h.example/x', LLM_KEY: 'k' }
    const paths = Object.entries(flagsOf(root)).filter(([path]) => path !== 'holidays.file')
    const loaded = loadConfig({ file: null, env, flags: Object.fromEntries(paths), cwd: tmpdir() })
    expect(loaded.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  })

  test('every line that is no example shows the default', () => {
    const examples = ['owner', 'holidays', 'notify', 'heartbeat', 'http', 'llm']
    const { root } = readYaml(
      uncommented((key) => !examples.includes(key)),
      'config.yaml',
    )
    const flags = flagsOf(root)
    expect(Object.keys(flags).length).toBeGreaterThan(30)
    const plain = loadConfig({ file: null, env: {}, flags: {}, cwd: tmpdir() }).config
    expect(loadConfig({ file: null, env: {}, flags, cwd: tmpdir() }).config).toEqual(plain)
  })

  /** Leaves of a tree as setting paths with YAML text. */
  function flagsOf(value: unknown, path = ''): Record<string, string> {
    if (path === 'notify.channels') return {}
    if (path === 'notify.on') return {}
    const isLeaf = typeof value !== 'object' || value === null || Array.isArray(value) || 'secret' in value
    if (isLeaf) return { [path]: typeof value === 'string' ? value : flow(value) }
    return Object.assign(
      {},
      ...Object.entries(value).map(([key, inner]) => flagsOf(inner, path === '' ? key : `${path}.${key}`)),
    ) as Record<string, string>
  }

  function flow(value: unknown): string {
    const isSecret = typeof value === 'object' && value !== null && 'secret' in value
    return isSecret ? `{secret: ${String(value.secret)}}` : JSON.stringify(value)
  }
})

describe('docs/settings.md', () => {
  test('holds the table of every setting and of every code', () => {
    const text = read('docs/settings.md')
    for (const line of [...referenceTable().split('\n'), ...codeTable().split('\n')]) {
      expect(text.split('\n')).toContain(line)
    }
  })
})
