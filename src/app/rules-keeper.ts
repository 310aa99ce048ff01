import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { formatDiagnostic } from '../rules/format.ts'
import type { Clock } from '../support/clock.ts'
import type { Bilingual, StatusView } from '../web/ports.ts'
import { loadLastGood, saveLastGood } from './last-good.ts'
import type { Narrator } from './narrator.ts'
import type { Phrase } from './phrases.ts'
import { type BuildOptions, buildFromFolder, buildRules, type RunningRules } from './rules-runtime.ts'

const LAST_GOOD_FILE = 'rules-last-good.json'
const EMPTY_TREE = { name: 'rules', files: new Map(), media: new Map(), problems: [] } as const

export interface KeeperParts {
  readonly config: Config
  readonly clock: Clock
  readonly narrator: Narrator
  /** The local date of an instant, `YYYY-MM-DD`. */
  today(): string
}

export interface ReloadOutcome {
  readonly isOk: boolean
  readonly message: Bilingual
}

/** Holds the rules that run. A version that is not whole never takes their place. */
export class RulesKeeper {
  readonly #parts: KeeperParts
  #running: RunningRules
  #reloadError: string | null = null

  private constructor(parts: KeeperParts, running: RunningRules) {
    this.#parts = parts
    this.#running = running
  }

  /** Loads what the folder says; with mistakes in it the last good copy, and without one an empty set. Never fails for bad rules. */
  static async open(parts: KeeperParts): Promise<RulesKeeper> {
    const keeper = new RulesKeeper(parts, await emptyRules(parts))
    const outcome = await keeper.#tryFolder()
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

  /** Reads the folder again. All that can fail runs before the swap; each later message is decided by the new version. */
  async reload(): Promise<ReloadOutcome> {
    return await this.#tryFolder()
  }

  async #tryFolder(): Promise<ReloadOutcome> {
    const { config, narrator } = this.#parts
    const built = await buildFromFolder(config.rules.path, optionsOf(this.#parts))
    tellDiagnostics(built.diagnostics, this.#parts)
    if (built.rules === null) {
      const first = built.diagnostics.find((one) => one.severity === 'error')
      this.#reloadError =
        first === undefined ? 'invalid' : (formatDiagnostic(first, config.language).split('\n')[0] ?? '')
      const message: Phrase = {
        zh: '规则有误，继续用旧规则',
        en: 'the rules have mistakes; the old ones stay',
      }
      narrator.error(message, { event: 'rules', outcome: 'refused' })
      return {
        isOk: false,
        message: { zh: `${message.zh}: ${this.#reloadError}`, en: `${message.en}: ${this.#reloadError}` },
      }
    }
    this.#running = built.rules
    this.#reloadError = null
    saveLastGood(join(config.data.path, LAST_GOOD_FILE), built.tree)
    return { isOk: true, message: loadedPhrase(config.rules.path, built.rules) }
  }

  async #useLastGood(): Promise<void> {
    const { config, narrator } = this.#parts
    const tree = loadLastGood(join(config.data.path, LAST_GOOD_FILE))
    const built = tree === null ? null : await buildRules(tree, optionsOf(this.#parts))
    if (built?.rules == null) {
      narrator.error(
        {
          zh: '没有可用的规则：保持登录，什么都不回',
          en: 'no usable rules: staying logged in, answering nothing',
        },
        { event: 'rules', outcome: 'empty' },
      )
      return
    }
    this.#running = built.rules
    narrator.warn(
      {
        zh: '规则有误，用上一次的好规则启动',
        en: 'the rules have mistakes; starting with the last good ones',
      },
      { event: 'rules', outcome: 'last-good' },
    )
  }
}

function optionsOf(parts: KeeperParts): BuildOptions {
  return { timezone: parts.config.timezone, today: parts.today(), now: parts.clock.now() }
}

async function emptyRules(parts: KeeperParts): Promise<RunningRules> {
  const built = await buildRules(EMPTY_TREE, optionsOf(parts))
  if (built.rules === null) throw new TypeError('an empty folder must compile')
  return built.rules
}

/** Every mistake with its place, errors as errors. */
function tellDiagnostics(diagnostics: readonly Diagnostic[], { config, narrator }: KeeperParts): void {
  for (const one of diagnostics) {
    const fields = {
      event: 'diagnostic',
      code: one.code,
      file: one.place.file,
      line: one.place.line,
      column: one.place.column,
    }
    const text = formatDiagnostic(one, config.language)
    if (one.severity === 'error') narrator.error({ zh: text, en: text }, fields)
    else narrator.warn({ zh: text, en: text }, fields)
  }
}

/** What was loaded, as one line. */
export function loadedPhrase(path: string, { counts }: RunningRules): Phrase {
  return {
    zh: `规则   ${path}: ${counts.files} 个文件，${counts.rules} 条规则，${counts.flows} 个流程，${counts.quick} 个问答`,
    en: `rules  ${path}: ${counts.files} files, ${counts.rules} rules, ${counts.flows} flows, ${counts.quick} quick answers`,
  }
}
