import type { Diagnostic } from '../domain/diagnostic.ts'
import { catalogue } from './catalogue.ts'
import { placeAt } from './issues.ts'
import { report } from './report.ts'
import { isMap, type Layered, type Raw, valueAt } from './tree.ts'

/** Settings that are checked but change nothing in this version. Whoever makes one work takes it off this list. */
export const NOT_YET: readonly string[] = [
  'commands.filehelper',
  'limits.accept_friend',
  'holidays.file',
  'http',
  'llm',
]

/** True for a setting on the list or below an entry of it. */
export function isNotYet(path: string): boolean {
  return NOT_YET.some((known) => path === known || path.startsWith(`${known}.`))
}

/** One warning for each entry that an operator set to something else than its default: nobody should rely on it. */
export function warnNotYet(layered: Layered): Diagnostic[] {
  return NOT_YET.flatMap((known) => {
    const changed = catalogue.find(({ path, info }) => {
      const value = valueAt(layered.root, path)
      const isBelow = path === known || path.startsWith(`${known}.`)
      return isBelow && value !== undefined && !isMap(value) && !isSame(value, info.fallback)
    })
    if (changed === undefined) return []
    const { path } = changed
    const message = {
      zh: `${path}: 已读懂，但这一版还不起作用`,
      en: `${path}: understood, but without effect in this version`,
    }
    return [report('W703', placeAt(layered, path), message)]
  })
}

function isSame(value: Raw, fallback: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(fallback)
}
