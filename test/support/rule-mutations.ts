import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'

const folder = new URL('../fixtures/rules/blocks/', import.meta.url)
/** Rule files as the format's page shows them. */
export const RULE_SAMPLES: readonly string[] = readdirSync(folder).map((name) =>
  readFileSync(new URL(name, folder), 'utf8'),
)

/** Pieces that YAML, the format or JavaScript give a meaning. */
const NASTY =
  ': |：|:|- |-|[|]|{|}|{{|}}|{%|%}|"|\'| #|#|*|&|!|>|%|@|`|?|,|，|\t|\n|\n\n|  |\u3000|\r|\0|\\|\\d|---|...|<<: |*a|&a |!!js/function |~|null|__proto__: |constructor: |rules:|when:|reply:|quick:|include: [../../x.yml]|tests:|flows:|0|1e999|-0|.nan|999999999999999999999|\ud800|👍|价|list:|list:x|(?<a>|(a*)*|{{x | y}}|{{sender.name'.split(
    '|',
  )

/** Changes that often leave a file valid: words, digits and spaces inside of texts. */
const HARMLESS = ['价', '8', ' ', '好的', '，', 'a', '~', '！', '0']

// Not a double: those are drawn by their bits, and nearly all would be next to nothing.
const where = fc.integer({ min: 0, max: 9999 }).map((n) => n / 10_000)
const rough = fc.record({
  at: where,
  cut: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(0)),
  put: fc.oneof(fc.constantFrom(...NASTY, '|', '9'.repeat(400), '+'.repeat(30)), fc.string({ maxLength: 6 })),
})
const gentle = fc.record({
  at: where,
  cut: fc.integer({ min: 0, max: 1 }),
  put: fc.constantFrom(...HARMLESS),
})

function mutate(text: string, changes: readonly { at: number; cut: number; put: string }[]): string {
  let changed = text
  for (const { at, cut, put } of changes) {
    const start = Math.floor(at * changed.length)
    changed = changed.slice(0, start) + put + changed.slice(start + cut)
  }
  return changed
}

/** Rule files with a few things cut out and put in, now and then with Windows line ends or cut short. */
export const mutatedRules: fc.Arbitrary<string> = fc
  .record({
    sample: fc.constantFrom(...RULE_SAMPLES),
    changes: fc.oneof(
      fc.array(rough, { minLength: 1, maxLength: 6 }),
      fc.array(gentle, { minLength: 1, maxLength: 2 }),
    ),
    isWindows: fc.boolean(),
    isCut: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
  })
  .map(({ sample, changes, isWindows, isCut }) => {
    const text = mutate(sample, changes)
    const whole = isCut ? text.slice(0, Math.floor(text.length * 0.6)) : text
    return isWindows ? whole.replaceAll('\n', '\r\n') : whole
  })
