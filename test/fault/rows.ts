/** The first that fits counts: an endpoint, the fault that it answers with, the row of the catalogue. */
const ROWS: readonly (readonly [RegExp, RegExp, string])[] = [
  [/./, /^reset_/, 'F32'],
  [/./, /^(hang_|trickle)/, 'F34'],
  [/./, /^status:5/, 'F35'],
  [/./, /^status:(403|429)/, 'F36'],
  [/^synccheck$/, /^html200/, 'F37'],
  [/^synccheck$/, /retcode:"0",selector:"[1-9]/, 'F45'],
  [/^webwxsync$/, /^(html200|empty200|truncate)/, 'F38'],
  [/^webwxsync$/, /^raw:.*"SyncKey":\{"Count":0/, 'F44'],
  [/^webwx/, /^raw:[[{n]/, 'F40'],
]

/** The row of the fault catalogue that a fault at an endpoint plays, with a colon behind it; '' for any other. */
export function rowTitle(endpoint: string, kind: string): string {
  const row = ROWS.find(([where, what]) => where.test(endpoint) && what.test(kind))?.[2]
  return row === undefined ? '' : `${row}: `
}
