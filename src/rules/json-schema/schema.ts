/** The door of the editor schema: what an editor checks and suggests while rules are written. */
import { z } from 'zod'
import { FILE_TEXTS } from '../key-texts.ts'
import { listSchema, timeSectionSchema } from '../sections.ts'
import { conversationDefinitions } from './conversations.ts'
import { fromZod, type JsonSchema } from './from-zod.ts'
import { has, level, listOf, NOTHING, oneOf, ref, TEXT } from './level.ts'
import { partDefinitions } from './parts.ts'

/** Where editors look for the schema when rules are edited in their folder. */
export const SCHEMA_FILE = 'wxreply.schema.json'

/**
 * The JSON Schema (draft 7) of a rule file. It is as strict as the loader about keys and types, and knows nothing of
 * what needs the whole folder: names, templates, expressions.
 */
export function rulesJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: SCHEMA_FILE,
    title: 'wxreply 规则文件 / rule file',
    description: '微信自动回复的规则，写法见 docs/rules.md。Rules of a WeChat auto-reply, see docs/rules.md.',
    if: { type: 'array' },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema; nothing awaits it.
    then: { items: bareItem() },
    else: oneOf(NOTHING, ref('file')),
    definitions: { file: file(), ...partDefinitions(), ...conversationDefinitions() },
  }
}

/** A file that is just a list holds rules, or tests when it is a test file. */
function bareItem(): JsonSchema {
  return {
    if: has('say', 'talk', 'table'),
    // biome-ignore lint/suspicious/noThenProperty: as above.
    then: ref('test'),
    else: ref('rule'),
  }
}

function file(): JsonSchema {
  const named = (schema: JsonSchema) => ({ type: ['object', 'null'], additionalProperties: schema })
  const text = fromZod(z.string().min(1))
  const keys = {
    version: { enum: [1, '1'] },
    quick: named(ref('reply')),
    rules: oneOf(listOf(ref('ruleParts')), NOTHING),
    flows: named(ref('flow')),
    schedules: oneOf(listOf(ref('schedule')), NOTHING),
    lists: named(fromZod(listSchema)),
    vars: named({ type: ['string', 'number', 'boolean'] }),
    templates: named(text),
    times: named(fromZod(timeSectionSchema)),
    conditions: named(ref('when')),
    defaults: oneOf(ref('ruleParts'), NOTHING),
    include: oneOf(listOf(TEXT), NOTHING),
    tests: oneOf(listOf(ref('test')), NOTHING),
  }
  const made = level({ name: 'file', texts: FILE_TEXTS }, keys)
  const before = Array.isArray(made.allOf) ? (made.allOf as readonly JsonSchema[]) : []
  return { ...made, allOf: [...before, wholeRules()] }
}

/** Without `defaults`, which may supply what is missing, every rule says when and what. */
function wholeRules(): JsonSchema {
  const rules = oneOf(listOf(ref('rule')), NOTHING)
  return {
    if: { not: has('defaults') },
    // biome-ignore lint/suspicious/noThenProperty: as above.
    then: { properties: { rules, 规则: rules } },
  }
}

/** The schema as the text of {@link SCHEMA_FILE}. */
export function rulesJsonSchemaText(): string {
  return `${JSON.stringify(rulesJsonSchema(), null, 1)}\n`
}
