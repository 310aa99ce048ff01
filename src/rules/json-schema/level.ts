import type { KeyTexts } from '../key-texts.ts'
import { KEY_ALIASES } from '../names.ts'
import type { JsonSchema } from './from-zod.ts'

/** A reference to one of the definitions. */
export function ref(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` }
}

/** One of several. */
export function oneOf(...branches: readonly JsonSchema[]): JsonSchema {
  return { anyOf: branches }
}

/** A list, or a single item without a dash. */
export function listOf(item: JsonSchema): JsonSchema {
  return oneOf({ type: 'array', items: item }, item)
}

/** Anything written as nothing is nothing. */
export const NOTHING: JsonSchema = { type: 'null' }

/** A text as it was typed. */
export const TEXT: JsonSchema = { type: ['string', 'number', 'boolean'], minLength: 1 }

export interface LevelOptions {
  /** The name under `definitions`, to which Chinese spellings refer. */
  readonly name: string
  readonly texts: KeyTexts
}

/**
 * A map that takes these keys, each also in its Chinese spelling, and no others. A key and its Chinese spelling exclude
 * each other.
 */
export function level(
  { name, texts }: LevelOptions,
  keys: Readonly<Record<string, JsonSchema>>,
): JsonSchema & { readonly properties: Readonly<Record<string, JsonSchema>> } {
  const described = Object.fromEntries(
    Object.entries(keys).map(([key, schema]) => [key, withText(schema, texts[key])]),
  )
  const aliases = [...KEY_ALIASES].filter(([, key]) => key in keys)
  const spelled = Object.fromEntries(
    aliases.map(([alias, key]) => [
      alias,
      withText({ $ref: `#/definitions/${name}/properties/${key}` }, `${texts[key] ?? ''} (= ${key})`),
    ]),
  )
  const excluded = aliases.map(([alias, key]) => ({ not: { required: [alias, key] } }))
  return {
    type: 'object',
    additionalProperties: false,
    properties: { ...described, ...spelled },
    ...(excluded.length === 0 ? {} : { allOf: excluded }),
  }
}

/** In draft 7 nothing beside a `$ref` counts, so a described reference is wrapped. */
function withText(schema: JsonSchema, text: string | undefined): JsonSchema {
  if (text === undefined || text === '') return schema
  return '$ref' in schema ? { allOf: [schema], description: text } : { ...schema, description: text }
}

/** "One of these keys is there", in either spelling. */
export function has(...keys: readonly string[]): JsonSchema {
  const spellings = [...KEY_ALIASES].filter(([, key]) => keys.includes(key)).map(([alias]) => alias)
  return { anyOf: [...keys, ...spellings].map((key) => ({ required: [key] })) }
}

/** What somebody says; a picture says nothing. */
export const SAID: JsonSchema = { type: ['string', 'number', 'boolean'] }
