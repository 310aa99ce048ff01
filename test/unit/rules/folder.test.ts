import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { loadRules, readRulesFolder } from '../../../src/rules/load.ts'
import { withFile } from '../../../src/rules/tree.ts'

let home = ''
let rules = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'wxreply-rules-'))
  rules = join(home, 'rules')
  await mkdir(rules)
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function put(path: string, content: string | Uint8Array): Promise<void> {
  const full = join(home, path)
  await mkdir(dirname(full), { recursive: true })
  await writeFile(full, content)
}

const load = async () => loadRules(await readRulesFolder(rules))
const codes = async () =>
  (await load()).diagnostics.map((one) => `${one.code} ${one.place.file}:${one.place.line}`)

/** 价格: 8 元 in GBK. */
const GBK = Uint8Array.from([0xbc, 0xdb, 0xb8, 0xf1, 0x3a, 0x20, 0x38, 0x20, 0xd4, 0xaa, 0x0a])
const bytes = (...parts: (string | Uint8Array)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)))

describe('a rules folder', () => {
  test('is read in name order, folders included, drafts and hidden files not', async () => {
    await put('rules/20.yml', 'quick: {二二: 2}\n')
    await put('rules/10.yaml', 'quick: {一一: 1}\n')
    await put('rules/sub/05.yml', 'quick: {三三: 3}\n')
    await put('rules/_draft.yml', 'quick: {坏\n')
    await put('rules/_old/x.yml', 'quick: {坏\n')
    await put('rules/.hidden.yml', 'quick: {坏\n')
    await put('rules/10.yaml~', 'quick: {坏\n')
    const { spec, files, diagnostics } = await load()
    expect(diagnostics).toEqual([])
    expect(files).toEqual(['rules/10.yaml', 'rules/20.yml', 'rules/sub/05.yml'])
    expect(spec?.rules.map((rule) => rule.name)).toEqual(['一一', '二二', '三三'])
  })

  test('keeps its examples to itself; a folder of that name further down is one like any other', async () => {
    await put('rules/10.yml', 'quick: {一一: 1}\n')
    await put('rules/examples/shop/10.yml', 'quick: {坏\n')
    await put('rules/examples/shop/lists/big.txt', 'x')
    await put('rules/sub/examples/20.yml', 'quick: {二二: 2}\n')
    await put('rules/examples.yml', 'quick: {三三: 3}\n')
    const { files, diagnostics, sources } = await load()
    expect(diagnostics).toEqual([])
    expect(files).toEqual(['rules/10.yml', 'rules/examples.yml', 'rules/sub/examples/20.yml'])
    expect([...sources.keys()].some((path) => path.includes('shop'))).toBe(false)
    rules = join(rules, 'examples', 'shop')
    expect((await load()).diagnostics).not.toEqual([])
  })

  test('that is missing is an error, an empty one is not', async () => {
    expect(await codes()).toEqual([])
    expect((await load()).spec?.rules).toEqual([])
    await rm(rules, { recursive: true })
    expect((await load()).spec).toBeNull()
    expect((await load()).diagnostics).toMatchObject([{ code: 'E507', severity: 'error' }])
  })

  test('may hold empty files, files of comments and a list', async () => {
    await put('rules/a.yml', '')
    await put('rules/b.yml', '# nothing\n')
    await put('rules/c.yml', '- {name: 一, when: 价格, reply: 好}\n')
    expect((await load()).spec?.rules).toHaveLength(1)
  })

  test('GBK text is read and remarked, other bytes are refused', async () => {
    await put('rules/a.yml', bytes('quick:\n  ', GBK))
    expect(await codes()).toEqual(['W101 rules/a.yml:1'])
    expect((await load()).spec?.rules[0]).toMatchObject({ name: '价格', actions: [{ params: '8 元' }] })
    await put('rules/a.yml', Uint8Array.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0x80]))
    expect(await codes()).toEqual(['E115 rules/a.yml:1'])
  })

  test('UTF-8 and UTF-16 with a mark are read', async () => {
    await put('rules/a.yml', bytes('\ufeffquick: {价格: 8}\n'))
    await put('rules/b.yml', Buffer.from('\ufeffquick: {电话: 9}\n', 'utf16le'))
    expect((await load()).spec?.rules.map((rule) => rule.name)).toEqual(['价格', '电话'])
  })

  test('a file of more than a megabyte is refused', async () => {
    await put('rules/a.yml', `# ${'x'.repeat(1_048_576)}`)
    expect(await codes()).toEqual(['E113 rules/a.yml:1'])
  })

  test('links inside are followed, links outside are refused', async () => {
    await put('rules/real.txt', '小张\n')
    await put('secret/passwd.yml', 'quick: {机密: 1}\n')
    await symlink(join(rules, 'real.txt'), join(rules, 'list.txt'))
    await symlink('/etc/passwd', join(rules, 'passwd.txt'))
    await put(
      'rules/a.yml',
      'lists: {人: {file: list.txt}}\nquick: {价格: "{{text}}"}\nrules: [{name: 一, guard: true, when: {from: list:人}, do: [ignore]}]\n',
    )
    expect(await codes()).toEqual(['E504 rules/passwd.txt:1'])
  })

  test('paths that leave the folder are refused', async () => {
    await put('other.csv', 'x')
    await put(
      'rules/a.yml',
      'lists:\n  甲: {file: ../other.csv}\n  乙: {file: /etc/passwd}\n  丙: {file: none.txt}\n',
    )
    const errors = (await load()).diagnostics.filter((one) => one.severity === 'error')
    expect(errors.map((one) => [one.code, one.place.line])).toEqual([
      ['E504', 2],
      ['E504', 3],
      ['E505', 4],
    ])
  })
})

test('one file of a tree is replaced without touching the folder', async () => {
  await put('rules/a.yml', 'quick: {价格: 8}\n')
  const tree = await readRulesFolder(rules)
  const changed = loadRules(withFile(tree, 'a.yml', 'quick: {电话: 9}\n'))
  expect(changed.spec?.rules.map((rule) => rule.name)).toEqual(['电话'])
  expect(loadRules(tree).spec?.rules.map((rule) => rule.name)).toEqual(['价格'])
  expect(changed.spec?.version).not.toBe(loadRules(tree).spec?.version)
})

describe('include', () => {
  test('reads files beside the folder and drafts inside', async () => {
    await put('shared/a.yml', 'quick: {共享: 1}\n')
    await put('rules/_part.yml', 'quick: {草稿: 2}\n')
    await put('rules/10.yml', 'include: [../shared/*.yml, _part.yml]\nquick: {价格: 3}\n')
    const { spec, diagnostics } = await load()
    expect(diagnostics).toEqual([])
    expect(spec?.rules.map((rule) => `${rule.place.file} ${rule.name}`)).toEqual([
      'rules/10.yml 价格',
      'shared/a.yml 共享',
      'rules/_part.yml 草稿',
    ])
  })

  test('refuses cycles, escapes and files that are not there', async () => {
    await put('rules/a.yml', 'include: [_b.yml]\n')
    await put('rules/_b.yml', 'include: [_c.yml]\n')
    await put('rules/_c.yml', 'include: [_b.yml]\n')
    await put('rules/d.yml', 'include:\n  - ../../x/*.yml\n  - none.yml\n  - /etc/x.yml\n')
    expect(await codes()).toEqual([
      'E503 rules/_c.yml:1',
      'E504 rules/d.yml:2',
      'E505 rules/d.yml:3',
      'E504 rules/d.yml:4',
    ])
  })
})

describe('tables', () => {
  const table = async (content: string | Uint8Array) => {
    await put('rules/lists/faq.csv', content)
    await put('rules/a.yml', 'lists: {faq: {file: lists/faq.csv}}\nquick: {from: faq}\n')
    const { spec, diagnostics } = await load()
    return { rules: spec?.rules.map((rule) => [rule.name, rule.actions[0]?.params]), diagnostics }
  }

  test.each([
    ['commas', '关键词,回复,匹配方式\n价格|多少钱,8 元,包含\n'],
    ['tabs', 'keyword\treply\tmatch\n价格|多少钱\t8 元\tcontains\n'],
    ['semicolons', '关键词;回复\n价格|多少钱;8 元\n'],
    ['no header', '价格|多少钱,8 元\n'],
    ['a mark and CRLF', '\ufeff关键词,回复\r\n价格|多少钱,8 元\r\n'],
    ['quotes', '关键词,回复\n"价格|多少钱","8 元"\n'],
    ['other order', '回复,关键词\n8 元,价格|多少钱\n'],
  ])('with %s', async (_, text) => {
    expect((await table(text)).rules).toEqual([['价格 | 多少钱', '8 元']])
  })

  test('in GBK', async () => {
    const row = GBK.map((byte) => (byte === 0x3a ? 0x2c : byte))
    expect((await table(row)).rules).toEqual([['价格', '8 元']])
  })

  test('with several lines in a cell, bad rows reported by row', async () => {
    const { diagnostics } = await table(
      '关键词,回复,匹配方式\n价格,"一\n二",包含\n,好,包含\n电话,,包含\n地址,好,差不多\n',
    )
    expect(diagnostics.map((one) => [one.code, one.place.file, one.place.line])).toEqual([
      ['E506', 'rules/lists/faq.csv', 4],
      ['E506', 'rules/lists/faq.csv', 5],
      ['E506', 'rules/lists/faq.csv', 6],
    ])
  })
})

describe('names', () => {
  test('are global: a second definition names the first', async () => {
    await put('rules/a.yml', 'vars: {店名: 老张}\nquick: {店: "{{店名}}"}\n')
    await put('rules/b.yml', '# b\nvars: {店名: 老李}\n')
    const { diagnostics } = await load()
    const [twice] = diagnostics.filter((one) => one.severity === 'error')
    expect(twice).toMatchObject({ code: 'E501', place: { file: 'rules/b.yml', line: 2, column: 8 } })
    expect(twice?.message.zh).toContain('rules/a.yml:1:8')
  })
})

describe('T26: pictures and files of rules', () => {
  const OUTSIDE = [
    '../secret.txt',
    '../../etc/passwd',
    'media/../../secret.txt',
    './media/.././../secret.txt',
    '/etc/passwd',
    '//server/share',
    '..\\\\secret.txt',
    'C:\\\\secret.txt',
    'c:/secret.txt',
    'media/price.jpg\\0.png',
    'file:///etc/passwd',
    'https://example.com/x.jpg',
    '~/secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
    '.../secret.txt',
    'media',
    'media/',
    '.',
    '..',
    'CON',
    `media/${'长'.repeat(300)}.jpg`,
  ]

  test.each(OUTSIDE)('T26: %.40j is refused when the rules are loaded', async (path) => {
    await put('secret.txt', 'secret')
    await put('rules/media/price.jpg', 'x')
    await put('rules/a.yml', `rules:\n  - {name: a, when: 价格, do: [{image: "${path}"}, {reply: 好的呀}]}\n`)
    const errors = (await load()).diagnostics.filter((one) => one.severity === 'error')
    expect(errors.map((one) => one.code)).toEqual([expect.stringMatching(/^E50[45]$/)])
  })

  test('T26: a path inside is found; a link that leaves is none', async () => {
    await put('rules/media/price.jpg', 'x')
    await symlink('/etc/passwd', join(rules, 'media', 'link.jpg'))
    await put('rules/a.yml', 'rules:\n  - {name: a, when: 价格, do: [{image: media/price.jpg}]}\n')
    await put('rules/b.yml', 'rules:\n  - {name: b, when: 地址, do: [{image: media/link.jpg}]}\n')
    const errors = (await load()).diagnostics.filter((one) => one.severity === 'error')
    expect(errors.map((one) => `${one.code} ${one.place.file}`).sort()).toEqual([
      'E504 rules/media/link.jpg',
      'E505 rules/b.yml',
    ])
  })
})
