import { describe, expect, test } from '@jest/globals'
import { displayWidth, formatDiagnostics } from '../../../src/rules/format.ts'
import { formatDiagnostic, loadRules } from '../../../src/rules/load.ts'
import { treeOf } from '../../../src/rules/tree.ts'

const text =
  'rules:\n  - name: 别的\n    when: 别的\n    reply: 别的\n\n  - name: 问价\n    reply: 价格: 10 元一斤\n    when: 价格\n'
const { diagnostics } = loadRules(treeOf({ '10-shop.yml': text }))
const [one] = diagnostics

describe('what people read', () => {
  test('the documented layout', () => {
    expect(one && formatDiagnostic(one, 'zh-CN').split('\n')).toEqual([
      'rules/10-shop.yml:7:12  错误 E103  这一行的文字里有“: ”，YAML 会把它当成另一个字段',
      '   6 |   - name: 问价',
      '   7 |     reply: 价格: 10 元一斤',
      '     |            ^^^^^^^^^^^^^^^',
      ' 改成:     reply: "价格: 10 元一斤"',
      ' 自动修复: wxreply fix rules/10-shop.yml      说明: docs/errors.md#E103',
    ])
  })

  test('the same in English', () => {
    expect(one && formatDiagnostic(one, 'en')).toContain(
      'rules/10-shop.yml:7:12  error E103  the text of this line',
    )
  })

  test('a very long line is shown around the mark', () => {
    const long = loadRules(
      treeOf({ 'a.yml': `quick: {a1: "${'好'.repeat(5000)}", b1: {x: 1}}\n` }),
    ).diagnostics
    for (const each of long) {
      for (const line of formatDiagnostic(each, 'zh-CN').split('\n'))
        expect(displayWidth(line)).toBeLessThan(300)
    }
    expect(long.map((each) => each.code)).toEqual(['E401'])
  })

  test('JSON, GitHub and SARIF carry place and code', () => {
    expect(JSON.parse(formatDiagnostics(diagnostics, 'json', 'en'))).toMatchObject({
      diagnostics: [{ code: 'E103', place: { line: 7 } }],
    })
    expect(formatDiagnostics(diagnostics, 'github', 'en')).toMatch(
      /^::error file=rules\/10-shop\.yml,line=7,col=12,title=E103::/,
    )
    expect(JSON.parse(formatDiagnostics(diagnostics, 'sarif', 'zh-CN'))).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          results: [
            {
              ruleId: 'E103',
              level: 'error',
              locations: [{ physicalLocation: { region: { startLine: 7, startColumn: 12 } } }],
            },
          ],
        },
      ],
    })
  })

  test('a line break in a message cannot forge a second GitHub command', () => {
    const forged = diagnostics.map((each) => ({
      ...each,
      message: { zh: 'a\n::error::b', en: 'a\n::error::b' },
    }))
    expect(formatDiagnostics(forged, 'github', 'en').split('\n')).toHaveLength(1)
  })
})
