import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { rulesJsonSchema, rulesJsonSchemaText } from '../../../src/rules/json-schema/schema.ts'
import { loadRules } from '../../../src/rules/load.ts'
import { KEY_ALIASES } from '../../../src/rules/names.ts'
import { treeOf } from '../../../src/rules/tree.ts'

const PROJECT = new URL('../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, PROJECT), 'utf8')
const published = JSON.parse(read('rules/wxreply.schema.json')) as object
const validate = new Ajv({ strict: false, allErrors: false }).compile(published)

/** What an editor makes of the text, and what is wrong with it. */
function problems(text: string): unknown {
  return validate(parse(text, { version: '1.2', schema: 'core' })) ? [] : validate.errors
}

test('the published schema is the generated one', () => {
  expect(read('rules/wxreply.schema.json')).toBe(rulesJsonSchemaText())
})

describe('what is valid', () => {
  const folder = 'test/fixtures/rules/blocks/'
  const files = [
    ...readdirSync(new URL(folder, PROJECT)).map((name) => folder + name),
    ...readdirSync(new URL('rules/', PROJECT), { recursive: true })
      .filter((name) => String(name).endsWith('.yml'))
      .map((name) => `rules/${String(name)}`),
  ]
  test.each(files)('%s', (path) => {
    expect(problems(read(path))).toEqual([])
  })

  const blocks = [...read('docs/rules.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  test.each(blocks)('a block of the guide: %#', (block) => {
    expect(problems(block)).toEqual([])
  })

  test.each([
    ['an empty file', ''],
    ['a bare list of rules', '- {when: 价格, reply: 8 元}\n'],
    ['a bare list of tests', '- {say: 价格, expect: 8 元}\n- {table: {价格: nothing}}\n'],
    [
      'Chinese keys',
      '规则:\n  - {名称: 问价, 当: {好友: 小王, 时间: 营业时间}, 回复: 8 元, 冷却: 10m, 停用: false}\n快捷: {地址: 路}\n',
    ],
    ['defaults that supply what is missing', 'defaults: {reply: 好}\nrules: [{when: 价格}]\n'],
    ['a fallback without when', 'rules: [{fallback: true, reply: 好}]\n'],
    ['numbers where text stands', 'rules: [{when: 1, reply: 2}]\nquick: {1: 3}\n'],
    ['yes and no as people write them', 'rules: [{when: any, reply: 好, disabled: yes, once: 否}]\n'],
    ['bare words for actions', 'rules: [{when: any, do: [stop, {ignore: null}, handover]}]\n'],
    ['a duration of nothing', 'rules: [{when: any, reply: 好, cooldown: 0}]\n'],
    ['nested joins', 'rules: [{when: {any: [价格, {not: {room: A}}], all: {text: 好}}, reply: 好}]\n'],
    ['a picture and nothing said', 'tests: [{kind: image, expect: nothing}]\n'],
  ])('%s', (_, text) => {
    expect(problems(text)).toEqual([])
    const loaded = loadRules(
      treeOf({ 'a.yml': text.includes('say:') && text.startsWith('-') ? `tests:\n${text}` : text }),
    )
    expect(loaded.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  })
})

describe('what is not', () => {
  test.each([
    ['a misspelt key of a rule', 'rules: [{nmae: 问价, when: 价格, reply: 8 元}]\n'],
    ['a misspelt key of the file', 'rulse: []\n'],
    ['a misspelt condition', 'rules: [{when: {txet: 价格}, reply: 8 元}]\n'],
    ['an unknown action', 'rules: [{when: 价格, do: [{replly: 好}]}]\n'],
    ['two actions in one item', 'rules: [{when: 价格, do: [{reply: 好, wait: 2s}]}]\n'],
    ['no reply', 'rules: [{when: 价格}]\n'],
    ['no when', 'rules: [{reply: 好}]\n'],
    ['reply and do', 'rules: [{when: 价格, reply: 好, do: [stop]}]\n'],
    ['a duration without a unit', 'rules: [{when: 价格, reply: 好, cooldown: 10}]\n'],
    ['a duration with a wrong unit', 'rules: [{when: 价格, reply: 好, cooldown: 10 minutes}]\n'],
    ['a wrong word', 'rules: [{when: {chat: grup}, reply: 好}]\n'],
    ['both spellings', 'rules: [{when: 价格, 当: 价格, reply: 好}]\n'],
    ['an empty list of keywords', 'rules: [{when: [], reply: 好}]\n'],
    ['text for a number', 'rules: [{when: 价格, reply: 好, priority: high}]\n'],
    ['a date as people say it', 'rules: [{when: 价格, reply: 好, until: 1月31日}]\n'],
    ['a chance above one', 'rules: [{when: 价格, reply: 好, chance: 30}]\n'],
    ['a flow without steps', 'flows: {订餐: {start: 订餐}}\n'],
    ['a schedule with two times', 'schedules: [{at: 每天 09:00, cron: "0 9 * * *", to: owner, reply: 好}]\n'],
    ['a test that says nothing', 'tests: [{expect: 好}]\n'],
    ['a version that does not exist', 'version: 2\n'],
    ['plain text', '价格\n'],
  ])('%s: neither for the editor nor for the loader', (_, text) => {
    expect(problems(text)).not.toEqual([])
    expect(loadRules(treeOf({ 'a.yml': text })).spec).toBeNull()
  })
})

describe('what an editor shows', () => {
  const { definitions } = rulesJsonSchema() as {
    definitions: Record<string, { properties?: Record<string, { description?: string }> }>
  }
  const keys = Object.entries(definitions).flatMap(([name, { properties = {} }]) =>
    Object.entries(properties).map(
      ([key, { description }]) => [`${name}.${key}`, description ?? ''] as const,
    ),
  )

  test.each(keys)('%s is explained, Chinese first', (_, description) => {
    expect(description).toMatch(/\p{Script=Han}.*[a-z]/su)
  })

  test('every Chinese spelling is offered', () => {
    for (const alias of KEY_ALIASES.keys())
      expect(keys.some(([path]) => path.endsWith(`.${alias}`))).toBe(true)
  })
})
