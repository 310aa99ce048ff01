const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  毫秒: 1,
  秒: 1000,
  分: 60_000,
  分钟: 60_000,
  小时: 3_600_000,
  时: 3_600_000,
  天: 86_400_000,
}

/** A duration as a regular expression, for editors. */
export const DURATION_PATTERN = '^\\s*(0|(\\d+(\\.\\d+)?\\s*(ms|s|m|h|d|毫秒|秒|分钟|分|小时|时|天)\\s*)+)$'

const PART = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|毫秒|秒|分钟|分|小时|时|天)/

/** Reads `10m`, `1.5s`, `1h30m`, `2 小时` as milliseconds; null when it is no duration (a unit is required). `0` alone is 0. */
export function parseDuration(text: string): number | null {
  let rest = text.trim()
  if (rest === '0') return 0
  let total = 0
  if (rest === '') return null
  while (rest !== '') {
    const part = PART.exec(rest)
    if (part === null) return null
    total += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? Number.NaN)
    rest = rest.slice(part[0].length).trim()
  }
  return Math.round(total)
}

/** Writes milliseconds the way people read them: `45s`, `10m`, `1h30m`, `2d`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  const parts: string[] = []
  let rest = Math.round(ms / 1000)
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds)
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`)
    rest -= count * seconds
  }
  return parts.join('')
}

const WORDS = [
  ['天', 'day', 86_400],
  ['小时', 'hour', 3600],
  ['分钟', 'minute', 60],
  ['秒', 'second', 1],
] as const

/** Writes milliseconds as a sentence says them, in whole seconds and at most two units: `27 分钟`, `1 小时 30 分钟`. */
export function spokenDuration(ms: number): { readonly zh: string; readonly en: string } {
  const zh: string[] = []
  const en: string[] = []
  let rest = Math.max(0, Math.round(ms / 1000))
  for (const [chinese, english, seconds] of WORDS) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (zh.length >= 2 || (count === 0 && (seconds > 1 || zh.length > 0))) continue
    zh.push(`${count} ${chinese}`)
    en.push(`${count} ${english}${count === 1 ? '' : 's'}`)
  }
  return { zh: zh.join(' '), en: en.join(' ') }
}
