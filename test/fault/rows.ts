const ROWS: readonly (readonly [RegExp, string])[] = [
  [/^reset_/, 'F32'],
  [/^(hang_|trickle)/, 'F34'],
  [/^status:5/, 'F35'],
  [/^status:(403|429)/, 'F36'],
]

/** The row of the fault catalogue that a fault of the wire plays, with a colon behind it; '' for any other. */
export function rowTitle(kind: string): string {
  const row = ROWS.find(([pattern]) => pattern.test(kind))?.[1]
  return row === undefined ? '' : `${row}: `
}
