import { parse } from 'yaml'
import { actionCatalogue } from '../../actions/kinds/index.ts'
import { matcherCatalogue } from '../../engine/matchers/index.ts'
import { ACTION_EXAMPLES, CONDITION_EXAMPLES } from '../key-examples.ts'
import { BRANCH_TEXTS, CAP_TEXTS, JOIN_TEXTS, type KeyTexts, RULE_TEXTS } from '../key-texts.ts'
import { ruleSchema } from '../schema.ts'
import { fromZod, type JsonSchema } from './from-zod.ts'
import { has, level, listOf, oneOf, ref, TEXT } from './level.ts'

/** Conditions, actions and rules. */
export function partDefinitions(): Record<string, JsonSchema> {
  return {
    condition: condition(),
    when: when(),
    action: action(),
    word: { enum: [...words()] },
    actions: oneOf(
      { type: 'array', minItems: 1, items: oneOf(ref('action'), ref('word')) },
      ref('action'),
      ref('word'),
    ),
    consequence: oneOf(TEXT, ref('actions'), only('do', ref('actions'))),
    reply: fromZod(actionCatalogue.get('reply')?.schema ?? ruleSchema),
    branch: branch(),
    ruleParts: ruleParts(),
    rule: rule(),
  }
}

function condition(): JsonSchema {
  const matchers = [...matcherCatalogue].map(([key, { schema }]): [string, JsonSchema] => [
    key,
    withExample(fromZod(schema), CONDITION_EXAMPLES[key]),
  ])
  const joined = listOf(ref('when'))
  const joins = { all: joined, any: joined, not: joined, raw: { type: 'boolean' } }
  const map = level(
    { name: 'condition', texts: { ...descriptions(Object.fromEntries(matchers)), ...JOIN_TEXTS } },
    { ...Object.fromEntries(matchers), ...joins },
  )
  return { ...map, minProperties: 1 }
}

function descriptions(schemas: Readonly<Record<string, JsonSchema>>): KeyTexts {
  return Object.fromEntries(
    Object.entries(schemas).map(([key, schema]) => [key, String(schema.description ?? '')]),
  )
}

/** Text and lists of texts mean `text:`; the word `any` among them means "always". */
function when(): JsonSchema {
  return oneOf(TEXT, { type: 'array', minItems: 1, items: TEXT }, ref('condition'))
}

/** Actions that may stand alone, without a value. */
function words(): string[] {
  return [...actionCatalogue.values()]
    .filter(({ schema }) => schema.safeParse(null).success)
    .map(({ key }) => key)
}

function action(): JsonSchema {
  const kinds = [...actionCatalogue.values()].map(({ key, schema, availability }): [string, JsonSchema] => {
    const made = key === 'choose' ? { ...fromZod(schema), items: ref('branch') } : fromZod(schema)
    const shown = withExample(made, ACTION_EXAMPLES[key])
    return [key, availability === 'now' ? shown : notYet(shown)]
  })
  const schemas = Object.fromEntries(kinds)
  return {
    ...level({ name: 'action', texts: descriptions(schemas) }, schemas),
    minProperties: 1,
    maxProperties: 1,
  }
}

function withExample(schema: JsonSchema, example: string | undefined): JsonSchema {
  return example === undefined ? schema : { ...schema, examples: [parse(example)] }
}

function notYet(schema: JsonSchema): JsonSchema {
  return { ...schema, description: `（这一版还不会执行，not yet）${String(schema.description ?? '')}` }
}

function branch(): JsonSchema {
  const consequence = ref('consequence')
  return level(
    { name: 'branch', texts: BRANCH_TEXTS },
    { if: TEXT, when: ref('when'), do: consequence, reply: ref('reply'), else: consequence },
  )
}

/** Every key of a rule, none of them required: what `defaults` may hold. */
function ruleParts(): JsonSchema {
  const plain = fromZod(ruleSchema, CAP_TEXTS).properties as Readonly<Record<string, JsonSchema>>
  const structured = {
    when: ref('when'),
    reply: ref('reply'),
    do: ref('actions'),
    on_error: ref('consequence'),
  }
  return level({ name: 'ruleParts', texts: RULE_TEXTS }, { ...structured, ...plain })
}

/** A rule that stands by itself: it says when, and what. */
function rule(): JsonSchema {
  return { allOf: [ref('ruleParts'), has('when', 'fallback'), has('reply', 'do'), not(both('reply', 'do'))] }
}

/** A map with this key only. */
function only(key: string, schema: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: false, required: [key], properties: { [key]: schema } }
}

function not(schema: JsonSchema): JsonSchema {
  return { not: schema }
}

function both(one: string, other: string): JsonSchema {
  return { allOf: [has(one), has(other)] }
}
