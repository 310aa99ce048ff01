import type * as z from 'zod'
import type { Diagnostic, Place } from '../domain/diagnostic.ts'
import { keysBelow, settingAt } from './catalogue.ts'
import { nearest } from './nearest.ts'
import { didYouMean, placeOf, report, type Words } from './report.ts'
import { isMap, type Layered, spotAt, valueAt } from './tree.ts'

type Issue = z.core.$ZodIssue

/** Turns what zod found into findings with places, one per mistake. */
export function diagnose(layered: Layered, issues: readonly Issue[]): Diagnostic[] {
  return issues.flatMap((issue) => diagnoseOne(layered, issue, []))
}

function diagnoseOne(layered: Layered, issue: Issue, above: readonly PropertyKey[]): Diagnostic[] {
  const keys = [...above, ...issue.path]
  const path = keys.map(String).join('.')
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(layered, path, key))
  if (issue.code === 'invalid_union') {
    // The last branch is the written-out form; its findings help when that is what was attempted.
    const value = valueAt(layered.root, path)
    const inner = issue.errors.at(-1) ?? []
    const isAttempt = isMap(value) || Array.isArray(value) || inner.every((one) => one.code === 'custom')
    if (isAttempt && inner.length > 0) return inner.flatMap((one) => diagnoseOne(layered, one, keys))
  }
  const found = wrongValue(layered, path, wordsFor(issue, path))
  // What a kind says about itself needs no list of what it accepts.
  const { hint: _hint, ...plain } = found
  return [issue.code === 'custom' ? plain : found]
}

function unknownKey(layered: Layered, path: string, key: string): Diagnostic {
  const full = path === '' ? key : `${path}.${key}`
  const spot = spotAt(layered, full)
  const allowed = keysBelow(path)
  const message = { zh: `没有这个设置: ${full}`, en: `no such setting: ${full}` }
  const guess = didYouMean(nearest(key, allowed))
  const list = { zh: `可以写: ${allowed.join('、')}`, en: `allowed: ${allowed.join(', ')}` }
  return report('E703', spot?.key ?? placeOf(full), message, {
    hint: guess ?? (allowed.length > 0 ? list : null),
    ...quoted(spot?.keyLine, spot?.keySpan),
  })
}

/** A finding about the value at a path; the value itself is not repeated, it may be secret. */
export function wrongValue(layered: Layered, path: string, words: Words): Diagnostic {
  const spot = spotAt(layered, path)
  const row = settingAt(path)
  const message = { zh: `${path}: ${words.zh}`, en: `${path}: ${words.en}` }
  const hint =
    row === null ? null : { zh: `可以写: ${row.info.accepts}`, en: `accepted: ${row.info.accepts}` }
  return report('E704', spot?.value ?? placeOf(path), message, {
    hint,
    ...(row?.info.form === 'secret' ? {} : quoted(spot?.quotedLine, spot?.span)),
  })
}

function quoted(line: string | undefined, span: number | undefined) {
  return line === undefined || line === '' ? {} : { quotedLine: line, span: span ?? 1 }
}

function wordsFor(issue: Issue, path: string): Words {
  switch (issue.code) {
    case 'custom': {
      const { zh, en } = issue.params ?? {}
      return { zh: String(zh ?? '值不对'), en: String(en ?? 'wrong value') }
    }
    case 'too_small':
      return { zh: `太小，至少 ${issue.minimum}`, en: `too small, at least ${issue.minimum}` }
    case 'too_big':
      return { zh: `太大，最多 ${issue.maximum}`, en: `too large, at most ${issue.maximum}` }
    case 'invalid_type':
      return typeWords(issue.expected)
    case 'invalid_union':
    case 'invalid_value':
      return {
        zh: `值不对${keysBelow(path).length > 0 ? '，要写 off 或下一级设置' : ''}`,
        en: `wrong value${keysBelow(path).length > 0 ? '; write off or the settings below' : ''}`,
      }
    default:
      return { zh: '值不对', en: 'wrong value' }
  }
}

const TYPE_WORDS: Readonly<Record<string, Words>> = {
  int: { zh: '要写整数', en: 'a whole number is expected' },
  number: { zh: '要写数字', en: 'a number is expected' },
  boolean: { zh: '要写 true 或 false', en: 'true or false is expected' },
  array: { zh: '要写列表 [a, b]', en: 'a list [a, b] is expected' },
  object: { zh: '要写下一级设置', en: 'settings are expected below this key' },
  record: { zh: '要写“名字: 值”', en: '"name: value" pairs are expected' },
}

function typeWords(expected: string): Words {
  return TYPE_WORDS[expected] ?? { zh: '值的类型不对', en: 'wrong type of value' }
}

/** The place where a setting was written; the setting's own name when it was not. */
export function placeAt(layered: Layered, path: string): Place {
  return spotAt(layered, path)?.value ?? placeOf(path)
}
