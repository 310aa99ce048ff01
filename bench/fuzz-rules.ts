/**
 * Feeds mutated rule files to `wxreply check` in this process and looks for what must never happen: an exception, an
 * exit code other than 0 or 1, a failure without a diagnostic, a file that takes longer than two seconds.
 *
 *   node bench/fuzz-rules.ts [--count 10000] [--seed 1]
 *
 * The seed and the number of a file are enough to see it again: `--seed 1 --only 4711` prints it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { mutatedRules } from '../test/support/rule-mutations.ts'
import { runWxreply } from '../test/support/run-cli.ts'

const LIMIT_MS = 2000

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})
const [count, seed] = [Number(values.count), Number(values.seed)]
const files = fc.sample(mutatedRules, { seed, numRuns: count })

if (values.only !== undefined) {
  process.stdout.write(files[Number(values.only)] ?? '')
} else {
  process.exitCode = await run()
}

async function run(): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'wxreply-fuzz-'))
  mkdirSync(join(dir, 'rules/lists'), { recursive: true })
  mkdirSync(join(dir, 'rules/media'))
  // What the samples refer to, so that small mutations get as far as compiling.
  writeFileSync(join(dir, 'rules/lists/faq.csv'), '关键词,回复,匹配方式\n你好,好,完全\n')
  writeFileSync(join(dir, 'rules/lists/blacklist.txt'), '小张\n')
  writeFileSync(join(dir, 'rules/media/price.jpg'), 'jpeg')
  const wrong: string[] = []
  const codes = new Map<number, number>()
  const times: number[] = []
  try {
    // The first call loads the program.
    await check(dir, '', new Map())
    for (const [number, text] of files.entries()) {
      const { problem, ms } = await timed(() => check(dir, text, codes))
      times.push(ms)
      if (problem !== null) wrong.push(`#${number}: ${problem}`)
      if (ms > LIMIT_MS) wrong.push(`#${number}: ${Math.round(ms)} ms`)
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
  report(codes, times, wrong)
  return wrong.length === 0 ? 0 : 1
}

/** A file that took long is measured again: a pause of the machine is not the file's. */
async function timed(work: () => Promise<string | null>): Promise<{ problem: string | null; ms: number }> {
  const begin = performance.now()
  const problem = await work()
  const ms = performance.now() - begin
  if (ms <= LIMIT_MS) return { problem, ms }
  const again = performance.now()
  await work()
  return { problem, ms: Math.min(ms, performance.now() - again) }
}

/** What went wrong with one file; null when nothing did. */
async function check(dir: string, text: string, codes: Map<number, number>): Promise<string | null> {
  writeFileSync(join(dir, 'rules/a.yml'), text)
  const { code, out, err } = await runWxreply(['check'], { cwd: dir })
  codes.set(code, (codes.get(code) ?? 0) + 1)
  if (code !== 0 && code !== 1) return `exit code ${code}: ${err.slice(0, 300)}`
  const isExplained = /(?:错误|提醒) [EW]\d{3} /.test(out)
  return code === 1 && !isExplained ? 'failed without a diagnostic' : null
}

function report(
  codes: ReadonlyMap<number, number>,
  times: readonly number[],
  wrong: readonly string[],
): void {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)
  const lines = [
    `files: ${times.length}, seed ${seed}`,
    `exit codes: ${[...codes].map(([code, n]) => `${code}: ${n}`).join(', ')}`,
    `ms per file: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`,
    `wrong: ${wrong.length}`,
    ...wrong.slice(0, 20),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
