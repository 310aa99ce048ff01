export type Comparator = '<' | '<=' | '>' | '>=' | '==' | '!='

const LEADING = /^\s*(<=|>=|==|!=|<|>|=)\s*(.+?)\s*$/s

/** Splits `>= 5` into operator and operand; null when the text does not begin with an operator. */
export function splitComparison(
  text: string,
): { readonly operator: Comparator; readonly operand: string } | null {
  const match = LEADING.exec(text)
  if (match === null) return null
  const sign = match[1] ?? '=='
  return { operator: sign === '=' ? '==' : (sign as Comparator), operand: match[2] ?? '' }
}

/** Whether `left operator right` holds, for numbers or for texts. */
export function holds<T extends number | string>(operator: Comparator, left: T, right: T): boolean {
  switch (operator) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '==':
      return left === right
    case '!=':
      return left !== right
  }
}

/** A value as a number when it reads like one, also in full-width digits; else null. */
export function asNumber(text: string): number | null {
  const trimmed = text.normalize('NFKC').trim()
  return /^[+-]?\d+(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : null
}

/** Compares as numbers when both sides read like numbers, else as texts. */
export function compareLoosely(operator: Comparator, left: string, right: string): boolean {
  const a = asNumber(left)
  const b = asNumber(right)
  return a !== null && b !== null ? holds(operator, a, b) : holds(operator, left.trim(), right.trim())
}
