import { describe, expect, test } from '@jest/globals'
import { errorsOf } from '../../support/rule-text.ts'

const step = (more: string) => `flows: {订: {steps: [{id: a, ask: b, ${more}}]}}\n`
const timed = (more: string) => `schedules:\n  - {name: 早, ${more}, to: owner, reply: 早}\n`
const doing = (more: string) => `rules:\n  - name: 一\n    when: 价格\n${more}`

describe('a mistake in a value is named where the value stands', () => {
  test.each<[what: string, text: string, errors: string[]]>([
    ['a range that ends before it begins', step('accept: {number: 20-1}'), ['E412 1:54']],
    ['no choices', step('choices: []'), ['E407 1:46']],
    ['choices and accept', step('choices: [c], accept: any'), ['E410 1:51']],
    ['no step at all', 'flows: {订: {max_steps: 0, steps: [{id: a, ask: b}]}}\n', ['E409 1:24']],
    ['a bad expression in a step', step("accept: {regex: '(c'}"), ['E210 1:53']],
    [
      'bad names in questions',
      'flows:\n  订:\n    start: 订餐\n    steps:\n      - id: a\n        ask: "{{没有}}"\n        retry: "{{也没有}}"\n',
      ['E253 6:14', 'E253 7:16'],
    ],
    ['a time of a schedule', timed('at: 九点'), ['E240 2:19']],
    ['a zone of a schedule', timed('at: 每天 09:00, tz: Asia/Beijing'), ['E221 2:33']],
    ['a cron line of three fields', timed('cron: "* * *"'), ['E412 2:21']],
    [
      'a sender where nobody wrote',
      'schedules:\n  - {name: 早, at: 每天 09:00, to: owner, reply: "{{sender.name}}"}\n',
      ['E253 2:47'],
    ],
    ['nothing to remember', doing('    do: [{remember: {for: 1d}}]\n'), ['E412 4:21']],
    ['a weight of nothing', doing('    reply: {one_of: [{text: 好, weight: 0}]}\n'), ['E409 4:40']],
    [
      'deep inside a choice',
      doing(
        '    do:\n      - choose:\n          - if: "{{text}} == 1"\n            do:\n              - reply: 好\n              - reply: "{{txt}}"\n          - else: "{{sendr.name}}"\n',
      ),
      ['E253 9:24', 'E253 10:19'],
    ],
    [
      'several at once, whatever else is wrong',
      doing('    do: [{wait: 5}, {add: {分: 多}}]\n    prioritty: 3\n'),
      ['E258 4:17', 'E261 4:27', 'E401 5:5'],
    ],
  ])('%s', async (_, text, errors) => {
    expect(await errorsOf(text)).toEqual(errors)
  })
})
