import { isAction } from '../../actions/nested.ts'
import type { Place } from '../../domain/diagnostic.ts'
import type { ActionSpec, FlowSpec, RuleSpec, ScheduleSpec } from '../../domain/spec.ts'
import { normalPath } from '../tree.ts'
import { type LintInput, remark } from './input.ts'

const MEDIA = new Set(['image', 'file', 'video', 'emoticon'])
/** What the web protocol takes at most. */
const MAX_MEDIA_BYTES = 25 * 1_048_576

/** Reports pictures and files that are missing, outside the folder, or too large to send. */
export function lintMedia(input: LintInput): void {
  const { rules, flows, schedules } = input.spec
  const actions = [
    ...rules.flatMap((rule: RuleSpec) => [...rule.actions, ...rule.onError]),
    ...[...flows.values()].flatMap(({ value }) => flowActions(value as FlowSpec)),
    ...schedules.flatMap(({ value }) => (value as ScheduleSpec).actions),
  ]
  for (const action of actions) visit(action.kind, action.params, action.place, input)
}

function flowActions(flow: FlowSpec): readonly ActionSpec[] {
  return [...flow.onCancel, ...flow.onTimeout, ...flow.done, ...flow.steps.flatMap((step) => step.onGiveUp)]
}

/** Also looks into the branches of `choose`, whose actions are plain data. */
function visit(kind: string, params: unknown, place: Place, input: LintInput): void {
  if (MEDIA.has(kind)) check(pathOf(params), place, input)
  else if (kind === 'choose' && Array.isArray(params)) {
    for (const branch of params) {
      for (const list of Object.values(branch as Record<string, unknown>)) {
        if (!Array.isArray(list)) continue
        for (const action of list) {
          if (isAction(action)) {
            visit(action.kind, action.params, action.place, input)
            continue
          }
          for (const [key, value] of Object.entries(Object(action))) visit(key, value, place, input)
        }
      }
    }
  }
}

function pathOf(params: unknown): string {
  if (typeof params === 'string') return params
  return typeof params === 'object' && params !== null && 'file' in params ? String(params.file) : ''
}

function check(written: string, place: Place, input: LintInput): void {
  if (written === '' || written.includes('{{')) return
  const path = normalPath(written)
  if (path === null || path.startsWith('..')) {
    remark(input, place, 'E504', {
      zh: `“${written}”在规则文件夹外面`,
      en: `"${written}" is outside the rules folder`,
    })
    return
  }
  const size = input.tree.media.get(path) ?? input.tree.files.get(path)?.length
  if (size === undefined) {
    remark(input, place, 'E505', {
      zh: `规则文件夹里没有“${written}”`,
      en: `there is no "${written}" in the rules folder`,
    })
  } else if (size > MAX_MEDIA_BYTES) {
    remark(input, place, 'E113', {
      zh: `“${written}”超过 25 MB，微信发不出去`,
      en: `"${written}" is larger than 25 MB`,
    })
  }
}
