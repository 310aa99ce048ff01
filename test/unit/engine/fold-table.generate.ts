/**
 * Writes the fold table: `node test/unit/engine/fold-table.generate.ts > src/engine/index/fold-table.data.ts`.
 * Run it again only on purpose: a new table changes what keywords match.
 */
import { Converter } from 'opencc-js/t2cn'

const UNITS = 0x10000
const toSimplified = Converter({ from: 't', to: 'cn' })

/** The text as one code unit, or null when it is longer. */
function single(text: string): number | null {
  return text.length === 1 ? text.charCodeAt(0) : null
}

function foldOnce(unit: number): number {
  const wide = single(String.fromCharCode(unit).normalize('NFKC')) ?? unit
  const lower = single(String.fromCharCode(wide).toLowerCase()) ?? wide
  return lower < 0x2e80 ? lower : (single(toSimplified(String.fromCharCode(lower))) ?? lower)
}

/** Folds until nothing changes, so that folding twice is folding once. */
function fold(unit: number): number {
  if (unit >= 0xd800 && unit <= 0xdfff) return unit
  let folded = foldOnce(unit)
  for (let again = foldOnce(folded), rounds = 0; again !== folded && rounds < 4; rounds++) {
    folded = again
    again = foldOnce(folded)
  }
  return folded
}

/** The table as the two texts of the data file. */
export function generateFoldTable(): { readonly runs: string; readonly pairs: string } {
  const changes: (readonly [number, number])[] = []
  for (let unit = 0; unit < UNITS; unit++) {
    const folded = fold(unit)
    if (folded !== unit) changes.push([unit, folded])
  }
  let runs = ''
  let pairs = ''
  for (let i = 0; i < changes.length; ) {
    const [start, target] = changes[i] ?? [0, 0]
    const step = (changes[i + 1]?.[0] ?? start + 1) - start
    const count = runLength(changes, i, step)
    if (count >= SHORTEST_RUN) {
      runs += `${[start, count, step, target - start].map((n) => n.toString(36)).join(',')};`
      i += count
    } else {
      pairs += String.fromCharCode(start, target)
      i++
    }
  }
  return { runs, pairs }
}

/** Stretches of fewer units are written as pairs. */
const SHORTEST_RUN = 4

/** How many units from here on, `step` apart, move by the same amount. */
function runLength(changes: readonly (readonly [number, number])[], from: number, step: number): number {
  const [start, target] = changes[from] ?? [0, 0]
  let count = 1
  for (; ; count++) {
    const next = changes[from + count]
    if (next?.[0] !== start + count * step || next[1] !== target + count * step) return count
  }
}

function quoted(text: string): string {
  const lines: string[] = []
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  for (let i = 0; i < text.length; i += 90) {
    lines.push(`  '${text.slice(i, i + 90).replace(/[^\u4e00-\u9fff]/g, escaped)}'`)
  }
  return lines.join(' +\n')
}

function listed(runs: string): string {
  const items = runs.split(';').filter((item) => item !== '')
  const lines: string[] = []
  for (let i = 0; i < items.length; i += 8) lines.push(`  '${items.slice(i, i + 8).join(';')};'`)
  return lines.join(' +\n')
}

if (import.meta.main) {
  const { runs, pairs } = generateFoldTable()
  process.stdout.write(`// Generated from NFKC, lower case and OpenCC's character table. Do not edit.

/** Stretches \`start,count,step,shift\` in base 36. */
export const FOLD_RUNS =
${listed(runs)}

/** Pairs of a code unit and what it folds to. */
export const FOLD_PAIRS =
${quoted(pairs)}
`)
}
