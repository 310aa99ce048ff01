import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Narrator } from '../../../src/app/narrator.ts'
import { RulesKeeper } from '../../../src/app/rules-keeper.ts'
import { buildRules, type RunningRules, readRulesFolder } from '../../../src/app/rules-runtime.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { MessageReceived } from '../../../src/domain/event.ts'
import { maskFor } from '../../../src/domain/mask.ts'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { decide } from '../../../src/engine/decide.ts'
import { MemoryFacts } from '../../../src/engine/memory-facts.ts'
import { nextTurn, systemClock } from '../../../src/support/clock.ts'
import { silentLogger } from '../../../src/support/log.ts'
import { bigTable } from '../../support/big-table.ts'
import { message, NOON } from '../engine/world.ts'

const TODAY = '2026-11-28'
const FEW = 'rules: [{name: 旧, when: 价格, reply: 旧}]\n'
const MANY = 'lists: {faq: {file: faq.csv}}\nquick: {from: faq}\nrules: [{name: 新, when: 价格, reply: 新}]\n'
/** Beyond what is built in this thread. */
const ROWS = 6000

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wxreply-background-'))
})

afterEach(() => {
  rmSync(dir, { recursive: true, force: true })
})

function write(rules: string, table: string): void {
  writeFileSync(join(dir, 'a.yml'), rules)
  writeFileSync(join(dir, 'faq.csv'), table)
}

async function open(limits?: { readonly maxOldGenerationSizeMb: number }): Promise<RulesKeeper> {
  const flags = { 'rules.path': dir, 'data.path': dir }
  const { config } = loadConfig({ file: null, env: {}, flags, cwd: dir })
  if (config === null) throw new Error('no settings')
  const narrator = new Narrator(silentLogger, 'en', maskFor([]))
  const parts = { config, narrator, clock: systemClock, today: () => TODAY }
  return await RulesKeeper.open(limits === undefined ? parts : { ...parts, limits })
}

function decisionOf({ ruleset }: RunningRules, event: MessageReceived) {
  return decide({ ruleset, event, facts: new MemoryFacts(), policy: DEFAULT_POLICY, now: NOON })
}

/** The name of the rule that answers, or what else is decided. */
function nameOf(rules: RunningRules, text: string): string | undefined {
  const decision = decisionOf(rules, message(text))
  return decision.kind === 'act' ? rules.book.rules.get(decision.acts[0]?.rule ?? '')?.name : decision.kind
}

describe('a folder of thousands of rules', () => {
  test('is built while the old rules go on deciding, and then takes their place', async () => {
    write(FEW, '')
    const keeper = await open()
    write(MANY, bigTable(ROWS, 0))
    const began = systemClock.monotonic()
    let [last, longest] = [began, 0]
    let isDone = false
    const reload = keeper.reload().finally(() => {
      isDone = true
    })
    let answers = 0
    while (!isDone) {
      if (nameOf(keeper.current, '价格') === '旧') answers++
      await nextTurn()
      const now = systemClock.monotonic()
      longest = Math.max(longest, now - last)
      last = now
    }
    expect((await reload).isOk).toBe(true)
    expect(answers).toBeGreaterThan(100)
    // Built in this thread it would stand still for most of the time.
    expect(longest).toBeLessThan((last - began) / 4)
    expect(nameOf(keeper.current, '价格')).toBe('新')
    expect(keeper.view().count).toBe(ROWS + 1)
  })

  test('decides as when it is built in one piece', async () => {
    const table = bigTable(ROWS, 0)
    write(MANY, table)
    const keeper = await open()
    const options = { timezone: 'Asia/Shanghai', today: TODAY, now: systemClock.now(), testPolicy: null }
    const { rules } = await buildRules(await readRulesFolder(dir), options)
    if (rules === null) throw new Error('the rules have mistakes')
    const words = table.split('\n').map((line) => line.split(',')[0] ?? '')
    for (let i = 0; i < ROWS; i += 37) {
      const event = message(`${words[i]}和${words[ROWS - i]}`)
      expect(decisionOf(keeper.current, event)).toEqual(decisionOf(rules, event))
    }
  })

  test('says in the log line what changed, against small and big versions alike', async () => {
    write(FEW, '')
    const keeper = await open()
    write(MANY, bigTable(ROWS, 0))
    expect((await keeper.reload()).message.en).toMatch(/added 6001: .*…; changed 0; removed 1: 旧\)/)
    write(MANY, bigTable(ROWS, 1))
    expect((await keeper.reload()).message.en).toMatch(/added 0; changed 60: .*…; removed 0/)
    write(FEW, '')
    expect((await keeper.reload()).message.en).toMatch(/added 1: 旧; changed 0; removed 6001: .*…\)/)
  })

  test('with a mistake in it is refused with file and row', async () => {
    write(FEW, '')
    const keeper = await open()
    write(MANY, `${bigTable(ROWS, 0)}没有回复,\n`)
    const { isOk, message: told } = await keeper.reload()
    expect(isOk).toBe(false)
    expect(told.en).toContain(`faq.csv:${ROWS + 2}`)
    expect(nameOf(keeper.current, '价格')).toBe('旧')
  })

  test('that memory does not suffice for is refused, and nothing else happens', async () => {
    write(FEW, '')
    const keeper = await open({ maxOldGenerationSizeMb: 24 })
    write(MANY, bigTable(ROWS * 4, 0))
    const { isOk, message: told } = await keeper.reload()
    expect(isOk).toBe(false)
    expect(told.zh).toMatch(/E510 .*没能建成: 内存不够/)
    expect(keeper.view().reloadError).toContain('E510')
    expect(nameOf(keeper.current, '价格')).toBe('旧')
    write(FEW.replaceAll('旧', '再'), '')
    expect((await keeper.reload()).isOk).toBe(true)
    expect(nameOf(keeper.current, '价格')).toBe('再')
  })
})
