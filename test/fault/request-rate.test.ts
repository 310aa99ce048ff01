import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { rowTitle } from './rows.ts'
import { MAX_IN_WINDOW, type Plan, runTrials, type Trial } from './trial.ts'

const OK = '"BaseResponse":{"Ret":0,"ErrMsg":""}'
const PATIENCE_MS = 120_000

/** One fault of each sort at each loop: these are the answers that made other clients spin. */
const PLANS: readonly Plan[] = (
  [
    ['synccheck', 'html200', 'online'],
    ['synccheck', 'reset_before_read', 'online'],
    ['synccheck', 'raw:window.synccheck={retcode:"0",selector:"0"}', 'online'],
    ['synccheck', 'raw:window.synccheck={retcode:"0",selector:"7"}', 'online'],
    ['webwxsync', 'status:502', 'start'],
    ['webwxsync', 'ret:-1', 'start'],
    ['webwxsync', `raw:{${OK},"AddMsgList":[],"ContinueFlag":1,"SyncKey":{"Count":0,"List":[]}}`, 'start'],
    ['login', 'raw:window.code=408;', 'start'],
    ['login', "raw:window.code=201;window.userAvatar = 'data:img/jpg;base64,xx';", 'start'],
    ['jslogin', 'empty200', 'start'],
    ['webwxnewloginpage', 'status:500', 'start'],
    ['webwxinit', 'truncate:30', 'start'],
    ['webwxgetcontact', 'status:503', 'start'],
    ['*', 'status:504', 'online'],
  ] as const
).map(([endpoint, kind, when]) => ({ endpoint, wrong: { name: kind, kind }, when, times: 'window' }))

let trials: Promise<Trial>[] = []

beforeAll(() => {
  trials = runTrials(PLANS, PLANS.length / 2)
  for (const trial of trials) trial.catch(() => {})
})

afterAll(async () => {
  await Promise.allSettled(trials)
}, PATIENCE_MS)

describe('at most two requests a second over ten seconds, and served within fifteen after', () => {
  test.each(
    PLANS.map(
      ({ endpoint, wrong }, index) =>
        [`${rowTitle(endpoint, wrong.kind)}${endpoint} ${wrong.kind.slice(0, 60)}`, index] as const,
    ),
  )(
    '%s',
    async (_name, index) => {
      const trial = await trials[index]
      expect(trial?.requests).toBeLessThanOrEqual(MAX_IN_WINDOW)
      expect(trial?.reply).toContain('苹果')
      expect(trial?.servedAfterMs).toBeLessThan(15_000)
      expect(trial?.isUp).toBe(true)
    },
    PATIENCE_MS,
  )
})
