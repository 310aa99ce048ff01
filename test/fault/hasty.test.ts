import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Stage } from './stage.ts'

const RULES = `
rules:
  - {name: 回声, when: {regex: '^第(?<号>\\d+)句$'}, reply: '收到{{号}}'}
`
/** The breaker as shipped; the first reply is held back long enough for the customer to write on. */
const SETTINGS = `
send: {min_gap: 0s, typing: {base: 1s, per_char: 0s, max: 1s, jitter: 0}}
limits: {all: off, chat: off, day: off}
server: {listen: off}
log: {level: debug, format: json}
`
const LINES = [1, 2, 3, 4, 5, 6, 7]

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open({}, { rules: RULES, settings: SETTINGS })
})
afterEach(() => stage.close())

test('a customer who writes seven lines before the first answer is no machine', async () => {
  await stage.online()
  for (const n of LINES) stage.simulator.deliver({ kind: 'text', from: '小王', text: `第${n}句` })
  await stage.simulator.waitFor((entry) => entry.kind === 'sent' && entry.text === '收到7')
  expect(stage.simulator.sends.map((one) => one.text)).toEqual(LINES.map((n) => `收到${n}`))
})
