import { z } from 'zod'
import { EXPECT_TEXTS, FLOW_TEXTS, SCHEDULE_TEXTS, STEP_TEXTS, TEST_TEXTS } from '../key-texts.ts'
import { acceptSchema, textsSchema } from '../lower/flow-parts.ts'
import { scheduleSchema } from '../lower/schedule.ts'
import { expectSchema, httpSchema, testSchema } from '../lower/tests.ts'
import { durationSchema } from '../schema.ts'
import { fromZod, type JsonSchema } from './from-zod.ts'
import { has, level, listOf, NOTHING, oneOf, ref, SAID, TEXT } from './level.ts'

/** Flows, schedules and tests. */
export function conversationDefinitions(): Record<string, JsonSchema> {
  return {
    flow: flow(),
    step: step(),
    schedule: schedule(),
    test: test(),
    turn: turn(),
    expect: expectation(),
  }
}

const wholeNumber = fromZod(z.int().min(0))
const duration = fromZod(durationSchema)

function flow(): JsonSchema {
  const consequence = ref('consequence')
  const keys = {
    start: ref('when'),
    timeout: duration,
    cancel: fromZod(textsSchema),
    on_cancel: consequence,
    on_timeout: consequence,
    max_steps: wholeNumber,
    steps: { type: 'array', minItems: 1, items: ref('step') },
    done: consequence,
  }
  return { ...level({ name: 'flow', texts: FLOW_TEXTS }, keys), required: ['steps'] }
}

function step(): JsonSchema {
  const goto = { type: 'object', additionalProperties: false, required: ['goto'], properties: { goto: TEXT } }
  const choice = oneOf(SAID, NOTHING, goto)
  const keys = {
    id: TEXT,
    ask: TEXT,
    choices: oneOf(
      { type: 'array', minItems: 1, items: TEXT },
      { type: 'object', minProperties: 1, additionalProperties: choice },
    ),
    accept: fromZod(acceptSchema),
    retry: TEXT,
    retries: wholeNumber,
    on_give_up: ref('consequence'),
  }
  return { ...level({ name: 'step', texts: STEP_TEXTS }, keys), required: ['ask'] }
}

function schedule(): JsonSchema {
  const plain = fromZod(scheduleSchema)
  const keys = {
    ...(plain.properties as Readonly<Record<string, JsonSchema>>),
    when: ref('when'),
    do: ref('consequence'),
    reply: ref('consequence'),
  }
  const made = level({ name: 'schedule', texts: SCHEDULE_TEXTS }, keys)
  const one = { oneOf: [{ required: ['at'] }, { required: ['cron'] }] }
  const before = Array.isArray(made.allOf) ? (made.allOf as readonly JsonSchema[]) : []
  return { ...made, required: ['to'], allOf: [...before, has('do', 'reply'), one] }
}

function test(): JsonSchema {
  const plain = fromZod(testSchema).properties as Readonly<Record<string, JsonSchema>>
  const keys = {
    ...plain,
    say: SAID,
    expect: ref('expect'),
    wait: duration,
    talk: listOf(ref('turn')),
    table: { type: 'object', additionalProperties: ref('expect') },
    http: fromZod(httpSchema),
  }
  const made = level({ name: 'test', texts: TEST_TEXTS }, keys)
  const before = Array.isArray(made.allOf) ? (made.allOf as readonly JsonSchema[]) : []
  return { ...made, allOf: [...before, has('say', 'talk', 'table', 'kind')] }
}

function turn(): JsonSchema {
  const keys = { say: SAID, wait: duration, expect: ref('expect') }
  return { ...level({ name: 'turn', texts: TEST_TEXTS }, keys), minProperties: 1 }
}

function expectation(): JsonSchema {
  const plain = fromZod(expectSchema).properties as Readonly<Record<string, JsonSchema>>
  const map = { ...level({ name: 'expect', texts: EXPECT_TEXTS }, plain), minProperties: 1 }
  return oneOf(TEXT, { type: 'array', minItems: 1, items: TEXT }, map)
}
