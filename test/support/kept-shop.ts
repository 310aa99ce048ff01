import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createJudge, type JudgeParts } from '../../src/app/judge.ts'
import { decideWaiting } from '../../src/app/pipeline.ts'
import { buildRules, readRulesFolder } from '../../src/app/rules-runtime.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Event } from '../../src/domain/event.ts'
import { maskFor } from '../../src/domain/mask.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { silentLogger } from '../../src/support/log.ts'
import { ACCOUNT, SetClock } from '../unit/store/fixtures.ts'

/** A data folder that is filled as the daemon fills it: events are accepted, decided and kept; nothing is sent. */
export class KeptShop {
  readonly dir: string
  readonly clock: SetClock
  readonly store: Store
  readonly #judge: ReturnType<typeof createJudge>

  private constructor(dir: string, clock: SetClock, judge: ReturnType<typeof createJudge>, store: Store) {
    this.dir = dir
    this.clock = clock
    this.#judge = judge
    this.store = store
  }

  /** `dir` gets `rules/` and `data/`; the clock begins at `at`. */
  static async open(dir: string, rules: string, at: number): Promise<KeptShop> {
    await writeRules(dir, 'rules/a.yml', rules)
    const clock = new SetClock(at)
    const store = openStore({ dir: join(dir, 'data'), clock, log: silentLogger })
    const { config } = loadConfig({ file: null, env: {}, flags: {}, cwd: dir })
    if (config === null) throw new Error('no settings')
    const built = await buildRules(await readRulesFolder(join(dir, 'rules')), {
      timezone: config.timezone,
      today: '2027-01-05',
      now: at,
      testPolicy: null,
    })
    const running = built.rules
    if (running === null) throw new Error('the rules have mistakes')
    const directory: JudgeParts['directory'] = { findPerson: () => null, findRoom: () => null }
    const judge = createJudge({
      config,
      rules: () => running,
      ownName: () => '我',
      directory,
      outbox: store.outbox,
    })
    return new KeptShop(dir, clock, judge, store)
  }

  /** Something happens at its own time and is decided at once. */
  async happen(event: Event): Promise<void> {
    this.clock.pass(event.receivedAt - this.clock.now())
    this.store.transaction(() => this.store.inbox.insert(event))
    const ports = {
      store: this.store,
      judge: this.#judge,
      now: () => this.clock.now(),
      onDecided: () => undefined,
      onPoison: (_: Event, problem: unknown) => {
        throw problem
      },
      wakeOutbox: () => undefined,
      merging: null,
      mask: maskFor(['phone', 'id_card', 'bank_card']),
    }
    await decideWaiting(ACCOUNT, ports, new AbortController().signal)
  }
}

/** Writes a file below the folder. */
export async function writeRules(dir: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true })
  await writeFile(join(dir, path), text)
}
