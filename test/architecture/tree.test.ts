import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PROJECT } from './source.ts'

const FIXED = [
  'src',
  'rules',
  'config',
  'test',
  'Dockerfile',
  'docker-compose.yml',
  'package.json',
  'tsconfig.json',
]
const BESIDE = ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs', 'bench', '.ci']
const TOOL_SETTINGS = [
  '.dockerignore',
  '.gitattributes',
  '.gitignore',
  '.npmrc',
  'biome.json',
  'jest.config.json',
  'package-lock.json',
  'tsconfig.build.json',
]

/** Made by tools, never committed. */
const MADE = new Set(['.git', 'node_modules', 'dist', 'coverage', 'data'])

function topLevel(): string[] {
  return readdirSync(PROJECT).filter((name) => !MADE.has(name) && !name.endsWith('.log'))
}

describe('the project folder', () => {
  test('holds what users and tools expect, and nothing else', () => {
    const allowed = new Set([...FIXED, ...BESIDE, ...TOOL_SETTINGS])
    expect(topLevel().filter((name) => !allowed.has(name))).toEqual([])
    expect([...FIXED, ...BESIDE].filter((name) => !existsSync(join(PROJECT, name)))).toEqual([])
  })

  test('pins every package exactly and runs no install script of its own', () => {
    const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >
    const versions = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((key) =>
      Object.values(manifest[key] ?? {}),
    )
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => /^(pre|post)/.test(name))).toEqual([])
  })
})
