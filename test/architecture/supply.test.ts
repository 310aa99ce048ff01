import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
  readonly scripts: Readonly<Record<string, string>>
}

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
  readonly license?: string
}

const manifest = JSON.parse(read('package.json')) as Manifest
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }
const packages = Object.entries(lock.packages).filter(([path]) => path !== '')

/** The first column of the table of docs/dependencies.md. */
function documented(): string[] {
  const rows = read('docs/dependencies.md').matchAll(/^\| ([^|]+) \|[^|]+\|[^|]+\|$/gm)
  const names = [...rows].map(([, cell = '']) => cell).filter((cell) => !/^(package|-+)$/.test(cell.trim()))
  return names.flatMap((cell) => cell.split(',')).map((name) => name.trim())
}

/** What comes with a package that we run may be used by a shop without asking anybody. */
const LICENSES =
  /^\(?(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|0BSD|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|Python-2\.0|MIT-0|CC-BY-4\.0)( (OR|AND) [\w.-]+)*\)?$/

describe('T36: what is installed', () => {
  test('T36: the runtime packages are those of docs/dependencies.md and no more', () => {
    expect(documented().sort()).toEqual(Object.keys(manifest.dependencies).sort())
  })

  test('T36: every version is exact, every file has its checksum, none comes from elsewhere', () => {
    const versions = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap(
      (part) => Object.values(part),
    )
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
    expect(packages.length).toBeGreaterThan(100)
    expect(packages.filter(([, one]) => !one.integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual(
      [],
    )
    expect(
      packages.filter(([, one]) => /^(git|file|http:)/.test(one.resolved ?? '')).map(([path]) => path),
    ).toEqual([])
  })

  test('T36: nothing runs at install, neither theirs nor ours', () => {
    expect(packages.filter(([, one]) => one.hasInstallScript && !one.dev).map(([path]) => path)).toEqual([])
    expect(read('.npmrc')).toContain('ignore-scripts=true')
    const hooks = Object.keys(manifest.scripts).filter((name) => /^(pre|post)|^(install|prepare)$/.test(name))
    expect(hooks).toEqual([])
    expect(read('Dockerfile')).toContain('COPY package.json package-lock.json .npmrc ./')
  })

  test('T36: every package that we run may be used freely', () => {
    const odd = packages.filter(([, one]) => !one.dev && !LICENSES.test(one.license ?? ''))
    expect(odd.map(([path, one]) => `${path}: ${one.license}`)).toEqual([])
  })
})
