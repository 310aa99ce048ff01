import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { isMap, isScalar } from 'yaml'
import { unifiedDiff } from '../../../src/rules/edit/diff.ts'
import { keyOf, visitLevels } from '../../../src/rules/edit/document.ts'
import { fixRules } from '../../../src/rules/edit/fix.ts'
import { formatRules, type KeyLanguage } from '../../../src/rules/edit/fmt.ts'
import { type FormatStep, migrateRules } from '../../../src/rules/edit/migrate.ts'
import { loadRules } from '../../../src/rules/load.ts'
import { treeOf } from '../../../src/rules/tree.ts'

const all = () => true
const bytesOf = (text: string, mark = false) =>
  new Uint8Array([...(mark ? [0xef, 0xbb, 0xbf] : []), ...new TextEncoder().encode(text)])

function fix(text: string, mark = false) {
  const tree = { ...treeOf({}), files: new Map([['a.yml', bytesOf(text, mark)]]) }
  return fixRules(tree, all)
}

describe('fix', () => {
  test.each([
    [
      'a full-width colon',
      'rules:\n  - when：价格\n    reply: 好\n',
      'rules:\n  - when: 价格\n    reply: 好\n',
    ],
    [
      'a colon in the text, its comment kept',
      'quick:\n  价格: 苹果: 8 元 # 含税\n',
      'quick:\n  价格: "苹果: 8 元" # 含税\n',
    ],
    ['a misspelt key', 'rulse:\n  - {when: 价格, reply: 好}\n', 'rules:\n  - {when: 价格, reply: 好}\n'],
    [
      'several mistakes, one on a line that another hides',
      'rules:\n  - nmae: 问价\n    when:价格\n    reply: {{text}} 好\n    cooldwn: 10m\n',
      'rules:\n  - name: 问价\n    when: 价格\n    reply: "{{text}} 好"\n    cooldown: 10m\n',
    ],
    ['two mistakes on one line', 'rules: [{wen: 价格, replly: 好}]\n', 'rules: [{when: 价格, reply: 好}]\n'],
    [
      'a full-width comma',
      'rules:\n  - when: [价格，多少钱]\n    reply: 好\n',
      'rules:\n  - when: [价格, 多少钱]\n    reply: 好\n',
    ],
  ])('%s', (_, before, after) => {
    const fixed = fix(before)
    expect(fixed.edits.map((edit) => edit.after)).toEqual([after])
    expect(fixed.left.filter((one) => one.severity === 'error')).toEqual([])
  })

  test('line ends and a byte order mark stay', () => {
    const [edit] = fix('rules:\r\n  - when：价格\r\n    reply: 好\r\n', true).edits
    expect(edit?.bytes).toEqual(bytesOf('rules:\r\n  - when: 价格\r\n    reply: 好\r\n', true))
  })

  test('what may be a comment is left to its writer', () => {
    const fixed = fix('rules:\n  - name: 问价\n    when: 价格\n    reply: 8 元 # 含税\n')
    expect(fixed.edits).toEqual([])
    expect(fixed.left.map((one) => one.code)).toEqual(['W202'])
  })

  test('a key that is there already is not suggested for another', () => {
    expect(fix('rules:\n  - when: 价格\n    when2: 多少钱\n    reply: 好\n').edits).toEqual([])
  })

  test('only the files that are meant, and none outside of the folder', () => {
    const wrong = 'quick:\n  价格: 苹果: 8 元\n'
    const tree = treeOf({
      'a.yml': `include: ../s/c.yml\n${wrong}`,
      'b.yml': wrong.replace('价格', '地址'),
      '../s/c.yml': wrong.replace('价格', '电话'),
    })
    expect(fixRules(tree, (shown) => shown === 'rules/b.yml').edits.map((edit) => edit.shown)).toEqual([
      'rules/b.yml',
    ])
    expect(fixRules(tree, all).edits.map((edit) => edit.path)).toEqual(['a.yml', 'b.yml'])
  })

  test('fixing what was fixed changes nothing', () => {
    const [edit] = fix('rules:\n  - nmae: 问价\n    when：价格\n    reply: 价格: 8 元\n').edits
    expect(fix(edit?.after ?? '').edits).toEqual([])
  })
})

function format(text: string, keys: KeyLanguage = null): string {
  const formatted = formatRules(text, { isTestFile: false, keys })
  return formatted.kind === 'formatted' ? formatted.text : formatted.kind
}

describe('fmt', () => {
  test.each([
    [
      'keys of a rule in the order it is read aloud, comments with them',
      'rules:\n  # 问价\n  - reply: 8 元   # 每斤\n    # 关键词\n    when:   [价格,多少钱]\n    name: 问价\n',
      'rules:\n  # 问价\n  - name: 问价\n    # 关键词\n    when: [价格, 多少钱]\n    reply: 8 元 # 每斤\n',
    ],
    ['lists are indented', 'rules:\n- when: 价格\n  reply: 好\n', 'rules:\n  - when: 价格\n    reply: 好\n'],
    ['the order of sections and conditions stays', 'tests: []\nrules: []\n', 'tests: []\nrules: []\n'],
    [
      'what was typed stays',
      "quick: {1: 0123, a: '1.0', b: 1e3, c: ~}\n",
      "quick: {1: 0123, a: '1.0', b: 1e3, c: ~}\n",
    ],
    [
      'questions are no keys',
      'quick:\n  时间: 早上 8 点\n  名称: 老张水果\n',
      'quick:\n  时间: 早上 8 点\n  名称: 老张水果\n',
    ],
    ['an empty file', '', ''],
    ['a file of comments', '# 草稿\n', '# 草稿\n'],
  ])('%s', (_, before, after) => {
    expect(format(before)).toBe(after)
  })

  test('keys change their language where they are keys, and back', () => {
    const zh =
      '快捷:\n  时间: 早上 8 点\n规则:\n  - 名称: 问价\n    当: {群: A, 时间: 营业时间, any: [{好友: 小王}]}\n    回复: 8 元\n    冷却: 10m\n'
    const en =
      'quick:\n  时间: 早上 8 点\nrules:\n  - name: 问价\n    when: {room: A, time: 营业时间, any: [{from: 小王}]}\n    reply: 8 元\n    cooldown: 10m\n'
    expect(format(zh, 'en')).toBe(en)
    expect(format(en, 'zh')).toBe(zh)
  })

  test('actions, branches, flows, schedules and tests have keys, too', () => {
    const en = `flows:
  订餐:
    start: {room: A}
    steps:
      - id: 菜
        ask: 什么
        on_give_up: {reply: 好}
    done: [{reply: 好}]
schedules:
  - name: 早
    at: 每天 09:00
    to: owner
    when: {time: 早上}
    reply: 早
rules:
  - when: any
    do:
      - choose: [{if: 1, reply: 好}, {else: {do: [{reply: 不}]}}]
conditions:
  熟人: {from: 小王}
tests:
  - name: 一
    room: A
    from: 小王
    say: 价格
    expect: 好
`
    const zh = format(en, 'zh')
    expect(zh).not.toMatch(/\b(room|from|name|reply|when|time|rules):/)
    expect(format(zh, 'en')).toBe(en)
  })

  test('Windows line ends stay', () => {
    expect(format('rules:\r\n- when: 价格\r\n  reply: 好\r\n')).toBe(
      'rules:\r\n  - when: 价格\r\n    reply: 好\r\n',
    )
  })

  test('what cannot be read is left alone', () => {
    expect(format('rules: [{\n')).toBe('broken')
    expect(format('quick: {价格: 8\0 元}\n')).toBe('broken')
  })

  test('a lint mark is not moved to another line', () => {
    expect(format('tests:\n  - table: # lint: ok W204\n      价格: 好\n')).toBe('unsafe')
  })

  const samples = new URL('../../fixtures/rules/blocks/', import.meta.url)
  test.each(readdirSync(samples))(
    '%s: laying out again changes nothing, and the rules stay the same',
    (name) => {
      const text = readFileSync(new URL(name, samples), 'utf8')
      for (const keys of [null, 'zh', 'en'] as const) {
        const once = format(text, keys)
        expect(format(once, keys)).toBe(once)
        expect(withoutPlaces(once)).toEqual(withoutPlaces(text))
      }
    },
  )

  function withoutPlaces(text: string): unknown {
    const { spec } = loadRules(
      treeOf(
        { 'a.yml': text, 'lists/faq.csv': '你好,好\n', 'lists/blacklist.txt': '小张\n' },
        { 'media/price.jpg': 1 },
      ),
    )
    expect(spec).not.toBeNull()
    const plain = spec && {
      ...spec,
      version: '',
      times: [...spec.times],
      flows: [...spec.flows],
      conditions: [...spec.conditions],
    }
    // Rules without a name are called by their line.
    return JSON.parse(
      JSON.stringify(plain, (key, value) => (key === 'place' || key === 'id' ? undefined : value)).replaceAll(
        /rules\/a\.yml:\d+/g,
        '',
      ),
    )
  }
})

/** A change that did not happen: `say` in front of a test was `ask` in version 1. */
const STEP: FormatStep = {
  from: 1,
  what: { zh: 'ask 改叫 say', en: 'ask is now say' },
  apply(document, isTestFile) {
    visitLevels(document, isTestFile, (map, level) => {
      if (level !== 'test') return
      for (const pair of map.items) if (keyOf(pair) === 'ask' && isScalar(pair.key)) pair.key.value = 'say'
    })
  },
}
const NEXT: FormatStep = {
  from: 2,
  what: { zh: '不要 tags', en: 'no more tags' },
  apply(document) {
    const { contents } = document
    if (isMap(contents)) contents.delete('tags')
  },
}

describe('migrate', () => {
  const options = { isTestFile: false }

  test('version 1 is the newest, written or not', () => {
    expect(migrateRules('rules: []\n', options)).toEqual({ kind: 'newest' })
    expect(migrateRules('version: 1\nrules: []\n', options)).toEqual({ kind: 'newest' })
    expect(migrateRules('', options)).toEqual({ kind: 'newest' })
  })

  test('a newer file and a broken one are left alone', () => {
    expect(migrateRules('version: 7\n', options)).toEqual({ kind: 'newer', version: 7 })
    expect(migrateRules('rules: [\n', options)).toEqual({ kind: 'broken' })
  })

  test('every step that is due is taken in order, comments kept', () => {
    const text = 'version: 1 # 格式\ntags: x\ntests:\n  # 问价\n  - ask: 价格 # 客人\n    expect: 8 元\n'
    expect(migrateRules(text, { ...options, steps: [NEXT, STEP] })).toEqual({
      kind: 'migrated',
      from: 1,
      what: [STEP.what, NEXT.what],
      text: 'version: 3 # 格式\ntests:\n  # 问价\n  - say: 价格 # 客人\n    expect: 8 元\n',
    })
  })

  test('steps before the version of the file are not taken; line ends stay', () => {
    const migrated = migrateRules('version: 2\r\ntags: x\r\ntests: [{ask: 价格}]\r\n', {
      ...options,
      steps: [STEP, NEXT],
    })
    expect(migrated).toMatchObject({ text: 'version: 3\r\ntests: [{ask: 价格}]\r\n', what: [NEXT.what] })
  })

  test('a file that named no version names one afterwards', () => {
    const migrated = migrateRules('tests: [{ask: 价格}]\n', { ...options, steps: [STEP] })
    expect(migrated).toMatchObject({ text: 'tests: [{say: 价格}]\nversion: 2\n' })
  })
})

describe('diff', () => {
  test('shows what goes and what comes, with lines around', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\n'
    expect(unifiedDiff('x', before, before.replace('d', 'D\nD2'))).toBe(
      '--- x\n+++ x\n@@ 2 @@\n b\n c\n-d\n+D\n+D2\n e\n f',
    )
  })

  test('nothing for nothing', () => {
    expect(unifiedDiff('x', 'a\n', 'a\n')).toBe('')
    expect(unifiedDiff('x', 'a\r\n', 'a\n')).toBe('')
  })

  test('changes far apart are apart', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`)
    const after = lines.with(3, 'x').with(30, 'y').join('\n')
    expect(unifiedDiff('x', lines.join('\n'), after).match(/^@@/gm)).toHaveLength(2)
  })
})
