import { readdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEFAULT_POLICY } from '../../../src/domain/policy.ts'
import { compileRules } from '../../../src/rules/compile.ts'
import { readRulesFolder } from '../../../src/rules/folder.ts'
import { loadRules } from '../../../src/rules/load.ts'
import { openFolder, packFolder } from '../../../src/rules/packed.ts'
import { runTests } from '../../../src/rules/testing/run.ts'
import { instantOf } from '../../../src/rules/testing/scene.ts'
import { Session, type SessionRules } from '../../../src/rules/testing/session.ts'
import { type SourceTree, treeOf } from '../../../src/rules/tree.ts'
import { packFolder as folderOf } from '../../support/mutate-pack.ts'
import { mutatedRules } from '../../support/rule-mutations.ts'

const OPTIONS = { timezone: 'Asia/Shanghai' }
const PACKS = readdirSync(folderOf('.'), { withFileTypes: true }).filter((one) => one.isDirectory())

interface Both {
  readonly whole: SessionRules
  readonly opened: SessionRules
  readonly loaded: ReturnType<typeof loadRules>
}

/** The same folder compiled in one piece, and packed, sent as threads do, and opened; null when it has mistakes. */
async function bothWays(tree: SourceTree): Promise<Both | null> {
  const loaded = loadRules(tree)
  const compiled = await compileRules(loaded, OPTIONS)
  const packed = packFolder(loaded, compiled)
  const { spec } = loaded
  const { ruleset, book } = compiled
  if (packed === null || spec === null || ruleset === null || book === null) return null
  const opened = await openFolder(structuredClone(packed), OPTIONS)
  return { loaded, whole: { spec, ruleset, book }, opened: { spec, ...opened } }
}

/** What is decided, said and planned for some messages of one conversation. */
function talk(rules: SessionRules, texts: readonly string[], room: string | null) {
  const startAt = instantOf('2026-10-12 15:00', rules.ruleset.timezone)
  const session = new Session(rules, { policy: DEFAULT_POLICY, startAt, explains: false })
  const place = { file: 'talk', line: 1, column: 1 }
  const scene = { room, from: '小王', mention: 'me' as const, kind: 'text', place }
  return texts.map((text) => {
    const { decision, steps, notes } = session.say(scene, text)
    return { decision, steps, notes }
  })
}

describe('a folder that went through another thread', () => {
  test.each(PACKS.map(({ name }) => name))('%s passes its tests with the same results', async (name) => {
    const both = await bothWays(await readRulesFolder(folderOf(name)))
    if (both === null) throw new Error('the pack has mistakes')
    const { whole, opened, loaded } = both
    const report = runTests(opened, loaded.tests)
    expect(report.failed).toBe(0)
    expect(report).toEqual(runTests(whole, loaded.tests))
  })

  test('every rule comes back as it was, in the same order', async () => {
    for (const { name } of PACKS) {
      const both = await bothWays(await readRulesFolder(folderOf(name)))
      const shown = ({ ruleset }: SessionRules) =>
        [...ruleset.rules].map(({ when, ...rule }) => ({ ...rule, when: JSON.stringify(when) }))
      expect(both && shown(both.opened)).toEqual(both && shown(both.whole))
    }
  })

  test('whatever is written and said, it decides and answers alike', async () => {
    const says = fc.array(
      fc.oneof(fc.constantFrom('价格', '多少钱', '寄北京3公斤', '1', '订餐', '你好'), fc.string()),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    let compared = 0
    await fc.assert(
      fc.asyncProperty(mutatedRules, says, fc.constantFrom(null, '老客户群'), async (text, texts, room) => {
        const both = await bothWays(treeOf({ '10-shop.yml': text }))
        if (both === null) return
        compared++
        expect(talk(both.opened, texts, room)).toEqual(talk(both.whole, texts, room))
      }),
      { numRuns: 150 },
    )
    expect(compared).toBeGreaterThan(10)
  })

  test('a table is looked up by its first row, whatever the case and width', async () => {
    const both = await bothWays(
      treeOf({
        'a.yml': [
          'lists:',
          '  报价: {file: 价.csv}',
          'rules:',
          '  - name: 查',
          "    when: {regex: '^查(?<货>.+)$'}",
          '    reply: \'{{货 | lookup:"报价"}}\'',
          '  - name: 名单',
          '    when: {text: list:报价}',
          '    reply: 有',
        ].join('\n'),
        '价.csv': 'keyword,reply\nApple|苹果,八元\n苹果,九元\n梨,三元\n',
      }),
    )
    if (both === null) throw new Error('the rules have mistakes')
    const texts = ['查ＡＰＰＬＥ', '查苹果', '查梨', '查瓜', '来个苹果']
    const replies = talk(both.opened, texts, null).map(({ steps }) =>
      steps.map(({ effect }) => 'text' in effect && effect.text),
    )
    expect(replies).toEqual([['八元'], ['八元'], ['三元'], [], ['有']])
    expect(talk(both.opened, texts, null)).toEqual(talk(both.whole, texts, null))
  })
})
