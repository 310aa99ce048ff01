/** One line of a comparison. */
interface DiffLine {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** Unchanged lines shown around a change. */
const AROUND = 2
/** Beyond this many pairs of lines the middle is shown as replaced whole. */
const MAX_PAIRS = 4_000_000

/** What changes between two texts, in the unified form; '' when nothing does. Line ends are not shown. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return ''
  const lines = compare(linesOf(before), linesOf(after))
  if (lines.every((line) => line.sign === ' ')) return ''
  return [`--- ${path}`, `+++ ${path}`, ...hunks(lines)].join('\n')
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}

/** Common lines at both ends are set aside before the longest common part of the rest is looked for. */
function compare(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ sign: ' ', text }))
  return [
    ...same(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ]
}

function middle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const removed = before.map((text): DiffLine => ({ sign: '-', text }))
  const added = after.map((text): DiffLine => ({ sign: '+', text }))
  if (before.length * after.length > MAX_PAIRS) return [...removed, ...added]
  const common = commonLengths(before, after)
  const lines: DiffLine[] = []
  let [row, column] = [0, 0]
  while (row < before.length && column < after.length) {
    if (before[row] === after[column]) {
      lines.push({ sign: ' ', text: before[row] ?? '' })
      row++
      column++
    } else if ((common[row + 1]?.[column] ?? 0) >= (common[row]?.[column + 1] ?? 0)) {
      lines.push(...removed.slice(row, ++row))
    } else lines.push(...added.slice(column, ++column))
  }
  return [...lines, ...removed.slice(row), ...added.slice(column)]
}

/** `[i][j]`: how many lines the texts have in common from line i and line j on. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  for (let i = before.length - 1; i >= 0; i--) {
    const [row, below] = [rows[i], rows[i + 1]]
    if (row === undefined || below === undefined) continue
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return rows
}

function hunks(lines: readonly DiffLine[]): string[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some((line) => line.sign !== ' '),
  )
  const shown: string[] = []
  let number = 1
  for (const [index, line] of lines.entries()) {
    if (near[index] === true) {
      if (near[index - 1] !== true) shown.push(`@@ ${number} @@`)
      shown.push(`${line.sign}${line.text}`)
    }
    if (line.sign !== '+') number++
  }
  return shown
}
