import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PROJECT, packageOf, readSource, type SourceFile, stripLiterals, targetOf } from './source.ts'

const files = readSource()
const EVERY_ROOM = [
  'protocol',
  'events',
  'engine',
  'actions',
  'outbox',
  'store',
  'rules',
  'schedule',
  'config',
  'web',
  'simulator',
]

/** What each room may import besides itself, domain and support. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'app'],
  cli: ['app', 'config', 'rules', 'simulator'],
  app: EVERY_ROOM,
  rules: ['engine', 'actions'],
  domain: [],
  support: [],
}

/** Where a package may be imported; a path prefix below src. */
const PACKAGE_HOME: Readonly<Record<string, readonly string[]>> = {
  axios: ['protocol/http.ts', 'protocol/http/', 'outbox/effectors/'],
  'axios-cookiejar-support': ['protocol/http.ts', 'protocol/http/'],
  'http-cookie-agent': ['protocol/http.ts', 'protocol/http/'],
  'tough-cookie': ['protocol/http.ts', 'protocol/http/', 'protocol/cookies.ts'],
  'fast-xml-parser': ['protocol/wire/'],
  entities: ['protocol/'],
  yaml: ['rules/', 'config/', 'simulator/'],
  zod: [
    'protocol/wire/',
    'protocol/resume.ts',
    'rules/',
    'config/',
    'engine/matchers/',
    'actions/kinds/',
    'web/',
    'store/',
  ],
  pino: ['support/'],
  'pino-pretty': ['support/'],
  'node-cron': ['schedule/'],
  liquidjs: ['actions/template'],
  re2js: ['engine/'],
  '@eslint-community/regexpp': ['engine/'],
  luxon: ['engine/', 'actions/', 'schedule/', 'rules/', 'support/', 'app/welcome.ts'],
  'chinese-days': ['engine/'],
  fastify: ['web/'],
  'prom-client': ['web/'],
  chokidar: ['app/', 'rules/'],
  commander: ['cli/'],
  qrcode: ['web/', 'cli/'],
}

interface Forbidden {
  readonly what: string
  readonly pattern: RegExp
  readonly except: readonly string[]
}

const FORBIDDEN: readonly Forbidden[] = [
  {
    what: 'the clock outside support/clock.ts',
    pattern:
      /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(|\bsetTimeout\(|\bsetInterval\(|\bsetImmediate\(/,
    except: ['support/clock.ts'],
  },
  {
    what: 'randomness outside support/random.ts',
    pattern: /\bMath\.random\(/,
    except: ['support/random.ts'],
  },
  { what: 'the environment outside config', pattern: /\bprocess\.env\b/, except: ['config/'] },
  { what: 'process.exit outside main.ts', pattern: /\bprocess\.exit\b(?!Code)/, except: ['main.ts'] },
  { what: 'evaluation of text', pattern: /\beval\(|\bnew Function\(|\bFunction\(|node:vm\b/, except: [] },
  {
    what: 'an escape from the types',
    pattern: /:\s*any\b|\bas any\b|@ts-ignore|@ts-expect-error|\bas unknown as\b/,
    except: [],
  },
]

/** Pure rooms: functions of their arguments. */
const PURE = ['engine', 'actions', 'domain']
const IMPURE_SUPPORT = ['support/clock.ts', 'support/log.ts', 'support/output.ts', 'support/pretty-log.ts']

function roomOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : 'main'
}

function isAllowed(file: SourceFile, target: string, isTypeOnly: boolean): boolean {
  const room = roomOf(target)
  if (room === file.room) return true
  if (file.room === 'domain' || file.room === 'support') return false
  if (room === 'domain' || room === 'support') return true
  if (file.room === 'simulator') return isTypeOnly && target.startsWith('protocol/wire/')
  return (MAY_IMPORT[file.room] ?? []).includes(room)
}

describe('rooms', () => {
  test('there is code to look at', () => {
    expect(files.length).toBeGreaterThan(20)
  })

  test('no room imports sideways', () => {
    const wrong = files.flatMap((file) =>
      file.imports.flatMap((line) => {
        const target = targetOf(file, line.specifier)
        return target === null || isAllowed(file, target, line.isTypeOnly)
          ? []
          : [`${file.path} -> ${target}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  test('packages stay in the rooms that own them', () => {
    const wrong = files.flatMap((file) =>
      file.imports.flatMap((line) => {
        const name = packageOf(line.specifier)
        if (name === null) return []
        const homes = PACKAGE_HOME[name]
        return homes?.some((home) => file.path.startsWith(home)) ? [] : [`${file.path} -> ${name}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  test('runtime dependencies are exactly the packages that code imports', () => {
    const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const used = new Set(files.flatMap((file) => file.imports.map((line) => packageOf(line.specifier))))
    used.delete(null)
    expect([...used].sort()).toEqual(Object.keys(manifest.dependencies).sort())
  })

  test.each(FORBIDDEN)('nobody uses $what', ({ pattern, except }) => {
    const wrong = files.filter(
      (file) => pattern.test(file.code) && !except.some((prefix) => file.path.startsWith(prefix)),
    )
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  test('pure rooms touch neither node nor the clock nor the log', () => {
    const wrong = files
      .filter((file) => PURE.includes(file.room) && !file.path.endsWith('.generate.ts'))
      .flatMap((file) =>
        file.imports
          .filter((line) => {
            const target = targetOf(file, line.specifier)
            return line.specifier.startsWith('node:') || (target !== null && IMPURE_SUPPORT.includes(target))
          })
          .map((line) => `${file.path} -> ${line.specifier}`),
      )
    expect(wrong).toEqual([])
  })

  test('values are not imported in circles', () => {
    const edges = new Map(
      files.map((file) => [
        file.path,
        file.imports
          .filter((line) => !line.isTypeOnly && !line.isDynamic)
          .flatMap((line) => targetOf(file, line.specifier) ?? []),
      ]),
    )
    expect(findCycle(edges)).toBeNull()
  })

  test('no source file is longer than 300 lines', () => {
    const long = files.filter(
      (file) => !file.path.includes('.generated.') && file.text.split('\n').length > 301,
    )
    expect(long.map((file) => file.path)).toEqual([])
  })

  test('the scanner itself sees what it forbids', () => {
    expect(stripLiterals("const a = 'Date.now()' // Date.now()\n/* eval( */ call()")).not.toMatch(
      /Date\.now|eval/,
    )
    expect(stripLiterals('const a = Date.now()')).toMatch(/Date\.now\(/)
  })
})

/** A path that leads back to where it began, or null. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>()
  const walk = (node: string, path: string[]): string[] | null => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node]
    if (done.has(node)) return null
    for (const next of edges.get(node) ?? []) {
      const cycle = walk(next, [...path, node])
      if (cycle !== null) return cycle
    }
    done.add(node)
    return null
  }
  for (const node of edges.keys()) {
    const cycle = walk(node, [])
    if (cycle !== null) return cycle
  }
  return null
}
