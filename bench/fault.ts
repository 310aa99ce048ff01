/**
 * Plays the fault catalogue against the simulator in its four modes: every test below test/fault and test/e2e.
 *
 *   npm run fault [-- --mode current/naive] [--only F37]
 *
 * A row (F1, F2, ...) counts once per mode; tests that need no server, and tests that choose their mode themselves, count
 * in the first mode only. Before the end stands how long it took to serve again after a fault that passes (G8), in
 * seconds. The last line is `survived n/n`; the exit code is 0 only when all survived.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SERVED_FILE } from '../test/support/served.ts'
import { type JestReport, rowsOf } from './fault-rows.ts'

const PROJECT = fileURLToPath(new URL('..', import.meta.url))
const MODES = ['current/naive', 'current/dedupe', 'replay/naive', 'replay/dedupe']
const FOLDERS = ['test/fault', 'test/e2e']

const say = (line: string) => void process.stdout.write(`${line}\n`)

/** What a test says that plays on a server of the mode: by itself, or through the trials. */
const MODAL = /Stage\b|serverMode\(|from '\.\/(wrong-answers|trial)\.ts'/

/** Test files; `isModal` when the server's mode reaches them. */
function testFiles(): { path: string; isModal: boolean }[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT, folder))
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => {
        const path = `${folder}/${name}`
        const text = readFileSync(join(PROJECT, path), 'utf8')
        return { path, isModal: MODAL.test(text) }
      }),
  )
}

/** Runs jest on these files in one mode; what it reports. */
async function runJest(
  files: readonly string[],
  mode: string,
  { only, dir }: { readonly only: string | undefined; readonly dir: string },
): Promise<JestReport> {
  const report = join(dir, 'report.json')
  const narrow = only === undefined ? [] : ['--testNamePattern', `\\b${only}\\b`]
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--silent',
    '--json',
    `--outputFile=${report}`,
    ...narrow,
    ...files,
  ]
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
  const child = spawn(process.execPath, [...flags, ...jest], {
    cwd: PROJECT,
    env: { ...process.env, SERVER_MODE: mode, [SERVED_FILE]: join(dir, 'served') },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  await once(child, 'close')
  return JSON.parse(readFileSync(report, 'utf8')) as JestReport
}

/** How soon it served again, of all times that were noted; '' when none was. */
function servedLine(dir: string): string {
  const file = join(dir, 'served')
  const times = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
  if (times.length === 0) return ''
  times.sort((a, b) => a - b)
  const at = (share: number) => ((times[Math.ceil(times.length * share) - 1] ?? 0) / 1000).toFixed(2)
  return `served again after ${times.length} faults: p50 ${at(0.5)} s, p95 ${at(0.95)} s, max ${at(1)} s`
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { mode: text, only: text } })
  const modes = values.mode === undefined ? MODES : [values.mode]
  const files = testFiles()
  const dir = mkdtempSync(join(tmpdir(), 'wxreply-fault-'))
  let survived = 0
  let of = 0
  for (const [index, mode] of modes.entries()) {
    const chosen = files.filter((file) => index === 0 || file.isModal).map((file) => file.path)
    const rows = rowsOf(await runJest(chosen, mode, { only: values.only, dir }))
    const good = rows.filter((row) => row.failures.length === 0)
    survived += good.length
    of += rows.length
    say(`${mode}: ${good.length}/${rows.length}`)
    for (const { row, failures } of rows) for (const failure of failures) say(`  ${row}: ${failure}`)
  }
  say(servedLine(dir))
  rmSync(dir, { recursive: true, force: true })
  say(`survived ${survived}/${of}`)
  process.exitCode = survived === of && of > 0 ? 0 : 1
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === 'fault.ts') await main()
