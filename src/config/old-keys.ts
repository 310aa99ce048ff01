import type { Diagnostic } from '../domain/diagnostic.ts'
import { report } from './report.ts'
import { isMap, type Layered, putAt, valueAt } from './tree.ts'

/** Other names under which a setting is accepted: where else it may stand -> where it belongs. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  'privacy.log_messages': 'log.messages',
  'privacy.keep_traces': 'privacy.traces',
}

/** Moves settings written under another accepted name to their own; both at once is an error. */
export function renameOldKeys(layered: Layered): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const [other, own] of Object.entries(OTHER_NAMES)) {
    const value = valueAt(layered.root, other)
    const spot = layered.spots.get(other)
    if (value === undefined || spot === undefined) continue
    if (valueAt(layered.root, own) !== undefined) {
      const message = {
        zh: `${other} 和 ${own} 是同一个设置，只能写一个`,
        en: `${other} and ${own} are the same setting; write one`,
      }
      diagnostics.push(report('E709', spot.key, message, { quotedLine: spot.keyLine, span: spot.keySpan }))
    } else putAt(layered, own, value, spot)
    remove(layered, other)
  }
  return diagnostics
}

function remove(layered: Layered, path: string): void {
  const cut = path.lastIndexOf('.')
  const parent = valueAt(layered.root, path.slice(0, cut))
  if (isMap(parent)) delete parent[path.slice(cut + 1)]
  layered.spots.delete(path)
}
