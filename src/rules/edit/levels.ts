import { actionCatalogue } from '../../actions/kinds/index.ts'
import { matcherCatalogue } from '../../engine/matchers/index.ts'
import { BRANCH_TEXTS, EXPECT_TEXTS } from '../key-texts.ts'
import { FLOW_KEYS, STEP_KEYS } from '../lower/flow.ts'
import { SCHEDULE_KEYS } from '../lower/schedule.ts'
import { TEST_KEYS } from '../lower/tests.ts'
import { FILE_KEYS, JOIN_KEYS, RULE_KEYS } from '../names.ts'

/** Which maps of a rule file have keys of ours; everything else (questions, names, values) is the operator's own. */
export type LevelName =
  | 'file'
  | 'rule'
  | 'condition'
  | 'action'
  | 'branch'
  | 'flow'
  | 'step'
  | 'schedule'
  | 'test'
  | 'turn'
  | 'expect'

/** What stands under a key: one map (or a list of such), or a map of names to such. */
export interface Below {
  readonly level: LevelName
  readonly isNamed?: boolean
}

export interface Level {
  readonly keys: ReadonlySet<string>
  /** The order in which `fmt` puts them; null where the order means something or is the operator's choice. */
  readonly order: readonly string[] | null
  readonly below: Readonly<Record<string, Below>>
}

const ACTIONS: Below = { level: 'action' }
const CONDITION: Below = { level: 'condition' }
const JOINED = { all: CONDITION, any: CONDITION, not: CONDITION }

/** What it is, when it holds, what it does, how often: the order in which a rule is read aloud. */
const RULE_ORDER = [
  'name',
  'id',
  'note',
  'tags',
  'enabled',
  'disabled',
  'from_date',
  'until',
  'priority',
  'guard',
  'fallback',
  'observe',
  'when',
  'chance',
  'reply',
  'do',
  'on_error',
  'cooldown',
  'limit',
  'continue',
  'mode',
  'late',
  'once',
  'interrupts_flow',
  'ignore_quiet',
]
const TEST_ORDER = [
  'name',
  'at',
  'room',
  'from',
  'mention',
  'kind',
  'http',
  'wait',
  'say',
  'talk',
  'table',
  'expect',
]
const TURN_ORDER = ['wait', 'say', 'expect']

const RULE_BELOW = { when: CONDITION, do: ACTIONS, on_error: ACTIONS }

/** The levels of a rule file. */
export const LEVELS: Readonly<Record<LevelName, Level>> = {
  // The order of sections stays: whether `quick` stands above `rules` decides which is asked first.
  file: made(FILE_KEYS, null, {
    rules: { level: 'rule' },
    defaults: { level: 'rule' },
    flows: { level: 'flow', isNamed: true },
    schedules: { level: 'schedule' },
    conditions: { level: 'condition', isNamed: true },
    tests: { level: 'test' },
  }),
  rule: made(RULE_KEYS, RULE_ORDER, RULE_BELOW),
  condition: made([...matcherCatalogue.keys(), ...JOIN_KEYS], null, JOINED),
  action: made([...actionCatalogue.keys(), 'do'], null, { choose: { level: 'branch' }, do: ACTIONS }),
  branch: made(Object.keys(BRANCH_TEXTS), Object.keys(BRANCH_TEXTS), {
    when: CONDITION,
    do: ACTIONS,
    else: ACTIONS,
  }),
  flow: made(FLOW_KEYS, FLOW_KEYS, {
    start: CONDITION,
    steps: { level: 'step' },
    on_cancel: ACTIONS,
    on_timeout: ACTIONS,
    done: ACTIONS,
  }),
  step: made(STEP_KEYS, STEP_KEYS, { on_give_up: ACTIONS }),
  schedule: made(SCHEDULE_KEYS, SCHEDULE_KEYS, { when: CONDITION, do: ACTIONS, reply: ACTIONS }),
  test: made(TEST_KEYS, TEST_ORDER, {
    talk: { level: 'turn' },
    expect: { level: 'expect' },
    table: { level: 'expect', isNamed: true },
  }),
  turn: made(TURN_ORDER, TURN_ORDER, { expect: { level: 'expect' } }),
  expect: made(Object.keys(EXPECT_TEXTS), null, {}),
}

function made(keys: readonly string[], order: readonly string[] | null, below: Level['below']): Level {
  return { keys: new Set(keys), order, below }
}
