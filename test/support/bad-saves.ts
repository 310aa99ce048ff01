import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Child } from './child.ts'
import type { Shop } from './shop.ts'

/** One way in which a save goes wrong; `undo` is not needed, the next save overwrites everything. */
export interface BadSave {
  readonly name: string
  /** The code of the diagnostic that must come. */
  readonly code: RegExp
  apply(shop: Shop, number: number): void
}

const FILE = 'rules/10-shop.yml'
const write = (text: (number: number) => string | Uint8Array) => (shop: Shop, number: number) => {
  mkdirSync(shop.path('rules'), { recursive: true })
  writeFileSync(shop.path(FILE), text(number))
}

/** Every kind of bad save the daemon must survive. The number makes each one differ from the last. */
export const BAD_SAVES: readonly BadSave[] = [
  {
    name: 'half-written',
    code: /E\d+/,
    apply: write((n) => `rules:\n  - name: 半${n}\n    when: [价格, 多少`),
  },
  {
    name: 'unknown key',
    code: /E401/,
    apply: write((n) => `rules:\n  - name: 错${n}\n    whem: 价格\n    reply: 好\n`),
  },
  {
    name: 'colon in text',
    code: /E103/,
    apply: write((n) => `rules:\n  - name: 冒${n}\n    when: 价格\n    reply: 价格: 1\n`),
  },
  {
    name: 'bad regex',
    code: /E2\d\d/,
    apply: write((n) => `rules:\n  - name: 式${n}\n    when: {regex: '(${n}'}\n    reply: 好\n`),
  },
  {
    name: 'garbage',
    code: /E\d+/,
    apply: write((n) => Uint8Array.from({ length: 500 }, (_, i) => (i * 7 + n) % 256)),
  },
  {
    name: 'broken GBK',
    code: /E\d+/,
    apply: write((n) =>
      Buffer.concat([
        Buffer.from(`# ${n}\nrules:\n  - name: `),
        Buffer.from([0xff, 0xfe, 0x81]),
        Buffer.from('\n'),
      ]),
    ),
  },
  {
    name: 'alias bomb',
    code: /E\d+/,
    apply: write((n) => {
      const levels = Array.from(
        { length: 9 },
        (_, i) => `v${i + 1}: &v${i + 1} [${Array(9).fill(`*v${i}`).join(', ')}]`,
      )
      return `# ${n}\nv0: &v0 [a]\n${levels.join('\n')}\n`
    }),
  },
  {
    name: 'deep nesting',
    code: /E\d+/,
    apply: write((n) => `# ${n}\nrules: ${'['.repeat(200)}${']'.repeat(200)}\n`),
  },
  {
    name: 'a line of a megabyte',
    // Any other mistake would be the half of it that stood there while it was written, and an emptied file comes next.
    code: /E113/,
    apply: write((n) => `# ${n}\nrules:\n  - name: ${'长'.repeat(400_000)}\n`),
  },
  { name: 'emptied', code: /E509/, apply: write((n) => (n % 2 === 0 ? '' : '\n')) },
  { name: 'deleted', code: /E509/, apply: (shop) => rmSync(shop.path(FILE), { force: true }) },
  {
    name: 'renamed away',
    code: /E509/,
    apply(shop, number) {
      write(() => `rules: [{name: 换${number}, when: 价格}]`)(shop, number)
      renameSync(shop.path(FILE), shop.path(`rules/10-shop.yml.${number}.bak`))
    },
  },
  {
    name: 'appended in pieces',
    code: /E\d+/,
    apply(shop, number) {
      write(() => `rules:\n  - name: 段${number}\n`)(shop, number)
      appendFileSync(shop.path(FILE), '    when: 价格\n')
      appendFileSync(shop.path(FILE), '    rep')
    },
  },
]

/** A refused save whose mistakes, each with its place, include a code; after everything printed before `from`. */
function reported(output: string, from: number, code: RegExp): boolean {
  return output
    .slice(from)
    .split('\n')
    .filter((line) => line.includes('"outcome":"refused"') && line.endsWith('}'))
    .flatMap((line) => (JSON.parse(line) as { diagnostics: { code: string; line: number }[] }).diagnostics)
    .some((one) => code.test(one.code) && one.line > 0)
}

/** Makes `count` bad saves one after another, each waited for until the daemon has named it with file and line. */
export async function saveBadly(
  shop: Shop,
  bot: Child,
  count: number,
  between: (number: number) => Promise<void>,
): Promise<void> {
  for (let number = 0; number < count; number++) {
    const save = BAD_SAVES[number % BAD_SAVES.length]
    if (save === undefined) return
    const from = bot.stdout.length
    save.apply(shop, number)
    await bot.waitFor(() => reported(bot.stdout, from, save.code))
    await between(number)
  }
}
