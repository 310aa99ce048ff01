import { appendFileSync } from 'node:fs'

/** Names the file in which `npm run fault` collects how long it took to serve again. */
export const SERVED_FILE = 'SERVED_FILE'

/** From the end of a fault to the reply to a message; kept for the table of `npm run fault`, if that is what runs. */
export function noteServed(ms: number): void {
  const file = process.env[SERVED_FILE]
  if (file !== undefined) appendFileSync(file, `${Math.round(ms)}\n`)
}
