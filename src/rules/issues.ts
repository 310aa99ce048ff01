import type { z } from 'zod'
import { closest } from './closest.ts'
import type { Code } from './codes.ts'
import type { Bilingual } from './diagnostic.ts'

/** A zod issue in our own words; `path` leads from the checked node to the offending one. */
export interface WordedIssue {
  readonly code: Code
  readonly path: readonly PropertyKey[]
  /** Set when the key itself is wrong. */
  readonly key?: string
  readonly message: Bilingual
  /** What was probably meant. */
  readonly nearest?: string | undefined
}

type Issue = z.core.$ZodIssue

/** A refinement with a sentence of ours: pass the result as the second argument of `refine`. */
export function saying(
  code: Code,
  zh: string,
  en: string,
): { params: { said: { code: Code; zh: string; en: string } } } {
  return { params: { said: { code, zh, en } } }
}

/** Words every issue; zod's English is never shown. */
export function wordIssues(issues: readonly Issue[], base: readonly PropertyKey[] = []): WordedIssue[] {
  return issues.flatMap((issue) => wordIssue(issue, [...base, ...issue.path]))
}

function wordIssue(issue: Issue, path: readonly PropertyKey[]): WordedIssue[] {
  switch (issue.code) {
    case 'invalid_union':
      return wordUnion(issue.errors, path)
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path))
    case 'invalid_key':
    case 'invalid_element':
      return wordIssues(issue.issues, path)
    default:
      return [{ path, ...wordOne(issue) }]
  }
}

function unknownKey(key: string, path: readonly PropertyKey[]): WordedIssue {
  return {
    code: 'E401',
    path,
    key,
    message: { zh: `这里没有“${key}”这个字段`, en: `there is no key "${key}" here` },
  }
}

type Sentence = Pick<WordedIssue, 'code' | 'message' | 'nearest'>

function wordOne(issue: Issue): Sentence {
  switch (issue.code) {
    case 'invalid_type':
      return wantedTypes([issue.expected])
    case 'invalid_value':
      return wantedValues(issue.values.map(String), typeof issue.input === 'string' ? issue.input : '')
    case 'too_small':
      return tooSmall(String(issue.origin), Number(issue.minimum), issue.inclusive !== false)
    case 'too_big':
      return {
        code: 'E409',
        message: {
          zh: `太大或太长了，最多 ${String(issue.maximum)}`,
          en: `too large or too long, at most ${String(issue.maximum)}`,
        },
      }
    case 'custom':
      return said(issue)
    default:
      return { code: 'E412', message: { zh: '这个值的写法不对', en: 'this value is not written correctly' } }
  }
}

function said(issue: Issue & { code: 'custom' }): Sentence {
  const own: unknown = issue.params?.said
  if (typeof own === 'object' && own !== null && 'code' in own && 'zh' in own && 'en' in own) {
    return { code: own.code as Code, message: { zh: String(own.zh), en: String(own.en) } }
  }
  const isOurs = /\p{Script=Han}/u.test(issue.message)
  const message = isOurs ? issue.message : '这个值的写法不对'
  return {
    code: 'E412',
    message: { zh: message, en: isOurs ? issue.message : 'this value is not written correctly' },
  }
}

function tooSmall(origin: string, minimum: number, isInclusive: boolean): Sentence {
  if (!isInclusive)
    return { code: 'E409', message: { zh: `要大于 ${minimum}`, en: `this must be more than ${minimum}` } }
  if (origin === 'string' || origin === 'array' || origin === 'set' || origin === 'map') {
    return minimum <= 1
      ? { code: 'E407', message: { zh: '内容不能是空的', en: 'this must not be empty' } }
      : { code: 'E409', message: { zh: `太短了，至少 ${minimum}`, en: `too short, at least ${minimum}` } }
  }
  return { code: 'E409', message: { zh: `太小了，至少 ${minimum}`, en: `too small, at least ${minimum}` } }
}

const TYPES: Readonly<Record<string, Bilingual>> = {
  string: { zh: '文字', en: 'text' },
  number: { zh: '数字', en: 'a number' },
  int: { zh: '整数', en: 'a whole number' },
  boolean: { zh: 'true 或 false', en: 'true or false' },
  array: { zh: '列表', en: 'a list' },
  object: { zh: '“字段: 值”', en: 'a map' },
  record: { zh: '“字段: 值”', en: 'a map' },
  null: { zh: '什么都不写', en: 'nothing' },
}

function wantedTypes(expected: readonly string[]): Sentence {
  const words = [...new Set(expected)].map((one) => TYPES[one] ?? { zh: one, en: one })
  return {
    code: 'E402',
    message: {
      zh: `这里要写${words.map((one) => one.zh).join('或')}`,
      en: `expected ${words.map((one) => one.en).join(' or ')} here`,
    },
  }
}

function wantedValues(values: readonly string[], input: string): Sentence {
  return {
    code: 'E404',
    message: { zh: `只能写：${values.join('、')}`, en: `must be one of: ${values.join(', ')}` },
    nearest: closest(input, values) ?? undefined,
  }
}

/** The branch that was probably meant speaks; when none stands out, all that would do are named. */
function wordUnion(branches: readonly (readonly Issue[])[], path: readonly PropertyKey[]): WordedIssue[] {
  const near = branches.filter((issues) => !issues.some(isWrongShape))
  const [best] = [...near].sort((a, b) => depth(b) - depth(a) || a.length - b.length)
  if (best !== undefined && (near.length === 1 || depth(best) > 0)) return wordIssues(best, path)
  const flat = (near.length > 0 ? near : branches).flat().flatMap(leaves)
  const values = flat.flatMap((one) => (one.code === 'invalid_value' ? one.values.map(String) : []))
  const own = flat.find((one) => one.code === 'custom' || one.code === 'too_small')
  if (own !== undefined && near.length > 0) return [{ path, ...wordOne(own) }]
  const types = flat.flatMap((one) => (one.code === 'invalid_type' ? [one.expected] : []))
  if (values.length > 0 && types.length === 0) return [{ path, ...wantedValues(values, '') }]
  return [{ path, ...(types.length > 0 ? wantedTypes(types) : wordOne(flat[0] ?? OTHER)) }]
}

const OTHER: Issue = { code: 'custom', path: [], message: '', input: undefined }

function leaves(issue: Issue): Issue[] {
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(leaves) : [issue]
}

/** A text where a list was wanted, and the like: this branch was not meant at all. */
function isWrongShape(issue: Issue): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_union') return issue.errors.every((branch) => branch.some(isWrongShape))
  return issue.code === 'invalid_type'
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((one) => one.path.length + (one.code === 'unrecognized_keys' ? 1 : 0)))
}
