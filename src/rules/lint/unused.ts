import type { Named } from '../../domain/spec.ts'
import type { Bilingual } from '../diagnostic.ts'
import { get } from '../node.ts'
import { type LintInput, remark } from './input.ts'

/** Reports named things that nothing mentions. A name that is also an ordinary word may be missed; none is accused wrongly. */
export function lintUnused(input: LintInput): void {
  const { spec } = input
  const texts = new Set<string>()
  for (const part of [spec.rules, spec.schedules]) collect(part, texts)
  for (const map of [spec.flows, spec.templates, spec.conditions]) {
    for (const { value } of map.values()) collect(value, texts)
  }
  for (const file of input.files) {
    const quick = get(file.map, 'quick')
    const from = quick?.kind === 'map' ? get(quick, 'from') : undefined
    if (from?.kind === 'scalar') texts.add(`list:${from.text}`)
  }
  const all = [...texts].join('\n')
  report(spec.lists, (name) => all.includes(name), { zh: '列表', en: 'list' }, input)
  report(spec.templates, (name) => all.includes(name), { zh: '模板', en: 'template' }, input)
  report(spec.vars, (name) => all.includes(name), { zh: '变量', en: 'var' }, input)
  report(spec.times, (name) => all.includes(name), { zh: '时间段', en: 'time window' }, input)
  report(spec.conditions, (name) => all.includes(name), { zh: '条件', en: 'condition' }, input)
}

function report(
  named: ReadonlyMap<string, Named<unknown>>,
  isUsed: (name: string) => boolean,
  what: Bilingual,
  input: LintInput,
): void {
  for (const [name, { place }] of named) {
    if (isUsed(name)) continue
    remark(input, place, 'W208', {
      zh: `${what.zh}“${name}”没有用到`,
      en: `the ${what.en} "${name}" is not used`,
    })
  }
}

/** Every text anywhere inside, places left out. */
function collect(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') into.add(value)
  else if (Array.isArray(value)) for (const one of value) collect(one, into)
  else if (typeof value === 'object' && value !== null) {
    const map = value as Readonly<Record<string, unknown>>
    for (const key in map) if (key !== 'place') collect(map[key], into)
  }
}
