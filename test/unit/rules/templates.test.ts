import { describe, expect, test } from '@jest/globals'
import { diagnosticsOf, errorsOf, failuresOf } from '../../support/rule-text.ts'

const reply = (template: string) => `vars: {店名: 老张}
rules:
  - {name: 一, when: {regex: '买(?<数>\\d+)'}, reply: "${template}"}
`

describe('conditions inside templates', () => {
  test.each([
    ['a missing value is no', '{% if 数 %}有{% else %}无{% endif %}', '买几个', '无'],
    ['an empty remark is no', '{% if sender.alias %}有{% else %}无{% endif %}', '买几个', '无'],
    ['a capture is yes', '{% if 数 %}有{% else %}无{% endif %}', '买0个', '有'],
    ['a capture equals a number', '{% if 数 == 12 %}打{% else %}个{% endif %}', '买12', '打'],
    ['in full width, too', '{% if 数 > 9 %}多{% else %}少{% endif %}', '买１２', '多'],
    ['numbers are compared as numbers', "{% if 数 > '9' %}多{% else %}少{% endif %}", '买12', '多'],
    ['a remembered false is no', '{% if 老客 %}老{% else %}新{% endif %}', '买几个', '新'],
    ['a remembered true is true', '{% if 常客 == true %}老{% endif %}', '买几个', '老'],
    ['zero is a value', "{{零 | default:'无'}}", '买几个', '0'],
    ['so is a remembered zero', "{{分 | default:'无'}}", '买几个', '0'],
  ])('%s', async (_, template, say, expected) => {
    const folder = `vars: {零: 0}
rules:
  - name: 一
    when: {regex: '买(?<数>\\d+)?'}
    do:
      - remember: {老客: false, 常客: true, 分: 0}
      - reply: "${template}"
tests:
  - {say: "${say}", expect: {exact: "${expected}"}}
`
    expect(await failuresOf(folder)).toEqual([])
  })
})

describe('names in templates', () => {
  test.each([
    ['{{sendr.name}}', 'sender'],
    ['{{sender.nmae}}', 'sender.name'],
    ['{{time.huor}}', 'time.hour'],
    ['{{vars.店铭}}', 'vars.店名'],
    ['{{店铭}}', '店名'],
    ['{{txet | upcase}}', 'text'],
  ])('%s: did you mean %s', async (template, meant) => {
    const found = (await diagnosticsOf(reply(template))).filter((one) => one.severity === 'error')
    expect(found.map((one) => [one.code, one.hint?.en])).toEqual([['E253', `did you mean "${meant}"?`]])
  })

  test.each(['{{flow.没有}}', '{{joined.id}}', '{{弃}}'])('%s can never exist', async (template) => {
    expect((await errorsOf(reply(template))).map((one) => one.slice(0, 4))).toEqual(['E253'])
  })

  test('whatever remembers makes a name: ends of flows, schedules, on_error', async () => {
    const folder = `flows:
  订:
    start: 订餐
    on_cancel: {do: [{remember: {消: 1}}]}
    on_timeout: {do: [{remember: {超: 1}}]}
    steps: [{id: 份, ask: 几份, retries: 1, on_give_up: {do: [{add: {弃: 1}}]}}]
schedules:
  - {name: 特价, at: 每天 09:00, to: owner, do: [{remember: {特价: 苹果, scope: global}}, {reply: 好}]}
rules:
  - {name: 一, when: 甲甲, reply: "{{消}}{{超}}{{弃}}{{特价}}{{错}}{{份}}{{flow.份}}", on_error: {do: [{remember: {错: 1}}]}}
`
    expect(await errorsOf(folder)).toEqual([])
  })

  test.each([
    ['{{text', '“{{”后面少了“}}”'],
    ["{% include 'x' %}", '没有“{% include %}”这个标签'],
    ['{% if text %}好', '“{% if %}”后面少了“{% endif %}”'],
    ['{% if text', '“{%”后面少了“%}”'],
  ])('%s is explained in Chinese', async (template, words) => {
    const first = (await diagnosticsOf(reply(template))).find((one) => one.severity === 'error')
    expect(first).toMatchObject({ code: 'E252', severity: 'error' })
    expect(first?.message.zh).toContain(words)
  })
})

describe('rules that act on one message', () => {
  test('a later one sees what an earlier one remembered', async () => {
    const folder = `rules:
  - {name: 一, when: 签到, continue: true, do: [{add: {分: 10}}]}
  - {name: 二, when: 签到, do: [{add: {分: 5}}, {reply: "{{分}}"}]}
tests:
  - talk: [{say: 签到, expect: {exact: "15"}}, {say: 签到, expect: {exact: "30"}}]
`
    expect(await failuresOf(folder)).toEqual([])
  })
})

describe('if', () => {
  const asking = (text: string) => `vars: {免邮: 99}
rules:
  - {name: 加, when: {exact: 加}, do: [{add: {积分: 100}}, {reply: 好}]}
  - {name: 一, when: {text: 兑换, if: "${text}"}, reply: 可以}
`
  test.each([
    ['{{积分}} > {{免邮}}', '可以'],
    ['{{积分}} ＞ 99', '可以'],
    ['{{积分}} ≥ 100', '可以'],
    ['{{积分}} = 100', '可以'],
    ['{{积分}} = 10', 'nothing'],
    ['{{积分}} ≠ 100', 'nothing'],
    ['{{积分}}', '可以'],
    ['{{sender.name}} == 小王', '可以'],
    ["{{text}} == '兑换 < 1'", 'nothing'],
    ['{{time.hour}} >= 20', '可以'],
    ['{{time.period}} == 早上', 'nothing'],
  ])('%s: %s', async (text, expected) => {
    const tests = `tests:
  - from: 小王
    at: 2027-01-05 20:30
    talk: [{say: 加, expect: 好}, {say: 兑换, expect: ${expected}}]
`
    expect(await failuresOf(asking(text) + tests)).toEqual([])
  })

  test.each([
    '{{积分}} > 5 and {{积分}} < 9',
    '{{积分}} > 5 && {{text}} == 1',
    '{{积分}} contains 猫',
    '{{text | size}} > 2',
    '{{积分}} >',
    '{{积分}}{{text}}',
    '积分 多',
  ])('%s is refused, not misread', async (text) => {
    expect(await errorsOf(asking(text))).toEqual(['E224 4:36'])
    const choose = `rules:
  - name: 一
    when: 甲甲
    do: [{add: {积分: 1}}, {choose: [{if: "${text}", do: [{reply: 好}]}]}]
`
    expect((await errorsOf(choose)).map((one) => one.slice(0, 4))).toEqual(['E259'])
  })

  test.each(['{{积芬}} > 5', '{{matched}} == 猫', '{{sender.nam}} == 猫'])(
    '%s can never hold',
    async (text) => {
      expect(await errorsOf(asking(text))).toEqual(['E253 4:36'])
    },
  )

  test('unknown names in the branches of choose', async () => {
    const folder = `rules:
  - {name: 一, when: 甲甲, do: [{choose: [{if: "{{txet}} == 1", do: [{reply: 好}]}]}]}
`
    expect((await errorsOf(folder)).map((one) => one.slice(0, 4))).toEqual(['E253'])
  })
})

describe('secrets', () => {
  test.each([
    ['reply: {secret: KEY}', 'E260 4:12'],
    ['reply: "钥匙 {secret: KEY}"', 'E260 4:12'],
    ['reply: [好, {secret: KEY}]', 'E260 4:16'],
    ['reply: {text: {secret: KEY}}', 'E260 4:19'],
    ['do: [{notify: {to: owner, text: {secret: KEY}}}]', 'E260 4:37'],
    ['do: [{remember: {钥匙: {secret: KEY}}}]', 'E260 4:26'],
    ['do: [{choose: [{else: [{reply: {secret: KEY}}]}]}]', 'E260 4:36'],
    ['do: [{webhook: {url: "https://example.com", headers: {Authorization: {secret: KEY}}}}]', undefined],
  ])('%s', async (text, expected) => {
    const found = await errorsOf(`rules:\n  - name: 一\n    when: 甲甲\n    ${text}\n`)
    expect(found).toEqual(expected === undefined ? [] : [expected])
  })
})
