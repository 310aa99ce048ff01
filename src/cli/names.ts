import type { Words } from './daemon-port.ts'

/** Behind a name that fits more than one. */
export const AMBIGUOUS: Words = {
  zh: '  ← 有重名，规则里用不了',
  en: '  <- not unique, rules cannot use it',
}

/** Names people chose may hold line breaks; a list has one line per entry. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
