import { BUILTIN_NAMES } from '../../actions/values.ts'
import type { Place } from '../../domain/diagnostic.ts'
import type { FlowSpec } from '../../domain/spec.ts'
import { type LintInput, remark } from './input.ts'

const RESERVED = new Set(BUILTIN_NAMES)

/** Reports vars and steps whose names templates read as something else: `{{text}}` is what the customer wrote. */
export function lintReserved(input: LintInput): void {
  const { vars, flows } = input.spec
  for (const [name, { place }] of vars) if (RESERVED.has(name)) reserved(name, place, `vars.${name}`, input)
  for (const { value } of flows.values()) {
    for (const { id, place } of (value as FlowSpec).steps) {
      if (RESERVED.has(id)) reserved(id, place, `flow.${id}`, input)
    }
  }
}

function reserved(name: string, place: Place, longer: string, input: LintInput): void {
  remark(
    input,
    place,
    'W238',
    {
      zh: `“${name}”是内置的名字，回复里的 {{${name}}} 不是这个值`,
      en: `"${name}" is a name of the program's own: {{${name}}} is not this value`,
    },
    { zh: `换个名字，或者写 {{${longer}}}`, en: `choose another name, or write {{${longer}}}` },
  )
}
