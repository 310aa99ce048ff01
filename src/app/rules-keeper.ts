import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { formatDiagnostic } from '../rules/load.ts'
import type { TestReport } from '../rules/testing/run.ts'
import type { SourceTree } from '../rules/tree.ts'
import { findVanished } from '../rules/vanished.ts'
import { type Clock, nextTurn } from '../support/clock.ts'
import type { Bilingual, StatusView } from '../web/ports.ts'
import { policyOf } from './judge.ts'
import { loadLastGood, saveLastGood } from './last-good.ts'
import type { Narrator } from './narrator.ts'
import { type BuildPlace, buildVersion, type NextVersion } from './rules-background.ts'
import {
  loadedPhrase,
  MISTAKES_TOLD,
  refusedPhrase,
  reloadedPhrase,
  testFailurePhrases,
} from './rules-phrases.ts'
import {
  type BuildOptions,
  buildRules,
  type RunningRules,
  readRulesFolder,
  succeed,
  treeHash,
} from './rules-runtime.ts'

const LAST_GOOD_FILE = 'rules-last-good.json'
const EMPTY_TREE: SourceTree = { name: 'rules', files: new Map(), media: new Map(), problems: [] }

export interface KeeperParts {
  readonly config: Config
  readonly clock: Clock
  readonly narrator: Narrator
  /** The local date now, `YYYY-MM-DD`. */
  today(): string
  /** How much memory building a big folder may use; absent: as the process. */
  readonly limits?: NonNullable<BuildPlace['limits']>
}

export interface ReloadOutcome {
  readonly isOk: boolean
  readonly message: Bilingual
}

/** Holds the rules that run. A version that is not whole, or fails its own tests, never takes their place. */
export class RulesKeeper {
  readonly #parts: KeeperParts
  readonly #listeners = new Set<(rules: RunningRules) => void>()
  #running: RunningRules
  #tree: SourceTree = EMPTY_TREE
  #reloadError: string | null = null
  #triedHash = ''
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(parts: KeeperParts, running: RunningRules) {
    this.#parts = parts
    this.#running = running
  }

  /** Loads what the folder says; with mistakes in it the last good copy, and without one an empty set. Never fails for bad rules. */
  static async open(parts: KeeperParts): Promise<RulesKeeper> {
    const empty = await buildRules(EMPTY_TREE, optionsOf(parts))
    if (empty.rules === null) throw new TypeError('an empty folder must compile')
    const keeper = new RulesKeeper(parts, empty.rules)
    const outcome = await keeper.#try(await readRulesFolder(parts.config.rules.path), true)
    if (!outcome.isOk) await keeper.#useLastGood()
    return keeper
  }

  get current(): RunningRules {
    return this.#running
  }

  /** What status shows about the rules. */
  view(): StatusView['rules'] {
    const { version, counts, loadedAt } = this.#running
    return { version, count: counts.rules + counts.quick, loadedAt, reloadError: this.#reloadError }
  }

  /** Told after each swap. */
  onSwap(listener: (rules: RunningRules) => void): void {
    this.#listeners.add(listener)
  }

  /** Reads the folder again, whether it changed or not. All that can fail runs before the swap. */
  async reload(): Promise<ReloadOutcome> {
    return await this.#inTurn(
      async () => await this.#try(await readRulesFolder(this.#parts.config.rules.path), false),
    )
  }

  /** Reads the folder again if anything in it differs from the last attempt. */
  async reloadIfChanged(): Promise<void> {
    await this.#inTurn(async () => {
      const tree = await readRulesFolder(this.#parts.config.rules.path)
      if (treeHash(tree) !== this.#triedHash) await this.#try(tree, false)
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => {})
    return turn
  }

  async #try(tree: SourceTree, isFirst: boolean): Promise<ReloadOutcome> {
    const { clock, config, narrator } = this.#parts
    const began = clock.monotonic()
    this.#triedHash = treeHash(tree)
    const built = withVanished(
      await buildVersion(tree, optionsOf(this.#parts), {
        ...placeOf(this.#parts),
        before: isFirst ? null : this.#running,
      }),
      isFirst ? [] : findVanished(this.#tree, tree),
    )
    const problem = problemOf(built, config)
    if (built.rules === null || problem !== null) return this.#refuse(built, problem ?? '', isFirst)
    await tellWarnings(built.diagnostics, this.#parts)
    tellTests(built.rules.tests, this.#parts)
    const { rules, diff } = built
    const phrase =
      diff === null
        ? loadedPhrase(config.rules.path, rules, rules.tests)
        : reloadedPhrase(rules, rules.tests, diff, clock.monotonic() - began)
    await this.#swap(rules, tree)
    if (!isFirst)
      narrator.info(phrase, { event: 'rules', outcome: 'reloaded', rulesVersion: built.rules.version })
    return { isOk: true, message: phrase }
  }

  async #swap(rules: RunningRules, tree: SourceTree): Promise<void> {
    this.#running = succeed(rules, this.#running)
    this.#tree = tree
    this.#reloadError = null
    for (const listener of this.#listeners) listener(rules)
    await this.#keepCopy(tree)
  }

  /** The rules run whether or not a copy can be kept of them: a full disk must not silence anybody. */
  async #keepCopy(tree: SourceTree): Promise<void> {
    const { config, narrator } = this.#parts
    try {
      await saveLastGood(join(config.data.path, LAST_GOOD_FILE), tree)
    } catch (problem) {
      const code = problem instanceof Error && 'code' in problem ? String(problem.code) : 'unknown'
      narrator.warn(
        {
          zh: `规则的备份没有存下 (${code})；规则照常生效`,
          en: `no copy of the rules could be kept (${code}); they run all the same`,
        },
        { event: 'rules', outcome: 'not-kept' },
      )
    }
  }

  #refuse({ rules, diagnostics }: NextVersion, problem: string, isFirst: boolean): ReloadOutcome {
    this.#reloadError = problem
    const errors = diagnostics.filter((one) => one.severity === 'error')
    const phrase = refusedPhrase(errors, rules?.tests ?? null, isFirst)
    const places = errors.slice(0, MISTAKES_TOLD).map(({ code, place }) => ({ code, ...place }))
    const fields = { event: 'rules', outcome: 'refused', mistakes: errors.length, diagnostics: places }
    this.#parts.narrator.error(phrase, fields)
    return { isOk: false, message: phrase }
  }

  async #useLastGood(): Promise<void> {
    const { config, narrator } = this.#parts
    const tree = loadLastGood(join(config.data.path, LAST_GOOD_FILE))
    const place = { ...placeOf(this.#parts), before: null }
    const built = tree === null ? null : await buildVersion(tree, optionsOf(this.#parts), place)
    if (built === null || built.rules === null) {
      const phrase = {
        zh: '没有可用的规则：保持登录，什么都不回',
        en: 'no usable rules: staying logged in, answering nothing',
      }
      narrator.error(phrase, { event: 'rules', outcome: 'empty' })
      return
    }
    this.#running = built.rules
    this.#tree = tree ?? EMPTY_TREE
    const phrase = { zh: '用上一次的好规则启动', en: 'starting with the last good rules' }
    narrator.warn(phrase, { event: 'rules', outcome: 'last-good' })
  }
}

function optionsOf({ config, clock, today }: KeeperParts): BuildOptions {
  const testPolicy = config.rules.testGate === 'off' ? null : policyOf(config)
  return { timezone: config.timezone, today: today(), now: clock.now(), testPolicy }
}

function placeOf({ clock, limits }: KeeperParts): BuildPlace {
  return limits === undefined ? { clock } : { clock, limits }
}

/**
 * Adds what a comparison with the running version found; then this one must not run. That files are gone is no news where
 * the whole folder is: only the folder is named.
 */
function withVanished(built: NextVersion, vanished: readonly Diagnostic[]): NextVersion {
  if (vanished.length === 0 || built.diagnostics.some((one) => one.code === 'E507')) return built
  return { rules: null, diff: null, diagnostics: [...vanished, ...built.diagnostics] }
}

/** Why this version must not run, in one line; null when it may. */
function problemOf({ rules, diagnostics }: NextVersion, config: Config): string | null {
  if (rules === null) {
    const first = diagnostics.find((one) => one.severity === 'error')
    return first === undefined ? '?' : (formatDiagnostic(first, config.language).split('\n')[0] ?? '')
  }
  const { tests } = rules
  if (tests === null || tests.failed === 0 || config.rules.testGate !== 'block') return null
  const [first] = testFailurePhrases(tests)
  return config.language === 'en' ? (first?.en ?? '') : (first?.zh ?? '')
}

/** So many are written before the loop is given back. */
const TOLD_AT_ONCE = 50

/** Everything doubtful in rules that run, with its place. */
async function tellWarnings(
  diagnostics: readonly Diagnostic[],
  { config, narrator }: KeeperParts,
): Promise<void> {
  for (const [index, one] of diagnostics.entries()) {
    if (index % TOLD_AT_ONCE === TOLD_AT_ONCE - 1) await nextTurn()
    const { file, line, column } = one.place
    const fields = { event: 'diagnostic', code: one.code, file, line, column }
    const text = formatDiagnostic(one, config.language)
    narrator.warn({ zh: text, en: text }, fields)
  }
}

/** Every failing test with its place, whatever the gate makes of it. */
function tellTests(tests: TestReport | null, { config, narrator }: KeeperParts): void {
  if (tests === null || config.rules.testGate === 'off') return
  for (const phrase of testFailurePhrases(tests).slice(0, MISTAKES_TOLD)) {
    narrator.warn(phrase, { event: 'rule-test' })
  }
}
