import { z } from 'zod'
import type { KeyTexts } from '../key-texts.ts'

/** A JSON Schema (draft 7, which editors read) as plain data. */
export type JsonSchema = { readonly [key: string]: unknown }

/** What the loader takes for yes and no beside `true` and `false`. */
const YES_NO = [true, false, 'yes', 'no', 'on', 'off', '是', '否']

/**
 * The JSON Schema of what an operator may write where `schema` is asked for: like the loader, text also takes numbers
 * and truth values as they were typed, unless the text has a form that a bare number does not have.
 */
export function fromZod(schema: z.ZodType, texts: KeyTexts = {}): JsonSchema {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  })
  return widen(plain, texts)
}

function widen(node: JsonSchema, texts: KeyTexts): JsonSchema {
  const widened: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    // Bounds that only say "a safe integer", and keys of maps, which are always text, tell an operator nothing.
    if (key === 'propertyNames' || value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER)
      continue
    widened[key] = key === 'properties' ? properties(value, texts) : deeper(value, texts)
  }
  if (node.enum !== undefined || node.const !== undefined) return widened
  if (node.type === 'boolean') return { ...without(widened, 'type'), enum: YES_NO }
  return node.type === 'string' ? { ...widened, ...textType(node.pattern) } : widened
}

function deeper(value: unknown, texts: KeyTexts): unknown {
  if (Array.isArray(value)) return value.map((one) => deeper(one, texts))
  return isSchema(value) ? widen(value, texts) : value
}

function properties(value: unknown, texts: KeyTexts): unknown {
  if (!isSchema(value)) return value
  const described = Object.entries(value).map(([name, one]): [string, unknown] => {
    const inner = isSchema(one) ? widen(one, texts) : one
    const description = texts[name]
    return [name, description === undefined || !isSchema(inner) ? inner : { ...inner, description }]
  })
  return Object.fromEntries(described)
}

/** The types that text of this form may have in a YAML file; patterns say nothing about numbers. */
function textType(pattern: unknown): JsonSchema {
  const fits = (text: string) => typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text)
  if (fits('1')) return { type: fits('true') ? ['string', 'number', 'boolean'] : ['string', 'number'] }
  return fits('0') ? { type: ['string', 'integer'], minimum: 0, maximum: 0 } : { type: 'string' }
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function without(node: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const { [key]: _, ...rest } = node
  return rest
}
