import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from '@jest/globals'
import { FAST_SETTINGS } from '../support/shop.ts'
import { Stage } from './stage.ts'

const PHONE = '13812345678'
const CARD = '6222020200112233445'
const ID = '310101199001011234'

const RULES = `
rules:
  - name: 留电话
    when: {regex: '电话(?<号>\\d{11})'}
    do:
      - remember: {电话: "{{号}}"}
      - log: {level: info, text: "客人留了 {{text}}"}
      - notify: {to: owner, text: "{{sender.name}} 的电话 {{号}}"}
      - reply: "记下了 {{号}}，您说的是: {{text}}"
  - name: 老客户的电话
    when: {text: 电话, state: {老客户: 是}, regex: '^\\D+$'}
    reply: 老客户好
  - name: 查电话
    when: {text: 我的号码}
    reply: "是 {{电话}}"
`

let stage: Stage

afterEach(async () => {
  await stage.close()
})

const settings = (messages: string, redact = '') =>
  FAST_SETTINGS.replace(
    'log: {level: debug, format: json}',
    `log: {level: debug, format: json, messages: ${messages}}`,
  ) + redact

/** Everything the stopped store keeps of messages and decisions, as one text. */
function keptOf(): { readonly inbox: string; readonly traces: string; readonly remembered: string } {
  const db = new DatabaseSync(stage.shop.path('data/store.db'), { readOnly: true })
  try {
    const all = (sql: string) => JSON.stringify(db.prepare(sql).all())
    return {
      inbox: all('SELECT body FROM inbox'),
      traces: all('SELECT body FROM traces'),
      remembered: all('SELECT value FROM remembered'),
    }
  } finally {
    db.close()
  }
}

describe('privacy.redact', () => {
  test('rules and replies see the number, whatever is written down does not', async () => {
    stage = await Stage.open({}, { rules: RULES, settings: settings('full') })
    const bot = await stage.online()
    expect(await stage.ask(`电话${PHONE}，卡号 ${CARD}，身份证${ID}`)).toBe(
      `记下了 ${PHONE}，您说的是: 电话${PHONE}，卡号 ${CARD}，身份证${ID}`,
    )
    expect(stage.simulator.sends.map((send) => send.text)).toContain(`小王 的电话 ${PHONE}`)
    expect(await stage.ask('我的号码')).toBe(`是 ${PHONE}`)
    stage.simulator.deliver({ kind: 'text', from: '小王', text: `电话 ${PHONE}` })
    const [, id] = await bot.waitForText(/"eventId":"([^"]+)"[^\n]*“电话 138/)
    const { stdout } = await stage.command('explain', '--message', id ?? '')
    await bot.stop()

    const shown = bot.output + stdout
    for (const number of [PHONE, CARD, ID]) expect(shown).not.toContain(number)
    expect(bot.stdout).toContain(
      '客人留了 电话138****5678，卡号 6222***********3445，身份证310***********1234',
    )
    expect(stdout).toContain('138****5678')
    const { inbox, traces, remembered } = keptOf()
    for (const number of [PHONE, CARD, ID]) expect(inbox + traces).not.toContain(number)
    expect(inbox).toContain('138****5678')
    expect(traces).toContain('138****5678')
    expect(remembered).toContain(PHONE)
  })

  test('an empty list masks nothing', async () => {
    stage = await Stage.open({}, { rules: RULES, settings: settings('full', 'privacy: {redact: []}\n') })
    const bot = await stage.online()
    await stage.ask(`电话${PHONE}`)
    await bot.stop()
    expect(bot.stdout).toContain(`客人留了 电话${PHONE}`)
    expect(keptOf().inbox).toContain(PHONE)
  })

  test.each(['off', 'preview'])(
    'log.messages %s: what was said is not told as "nearest rule" either',
    async (messages) => {
      const rules = `rules:\n  - name: 长句\n    when: {text: 悄悄, length: '> 3', state: {说过: 有}, contains_all: [悄悄, 水果]}\n    reply: 有\n`
      stage = await Stage.open({}, { rules, settings: settings(messages) })
      const bot = await stage.online()
      stage.simulator.deliver({ kind: 'text', from: '小王', text: '这是一句不该写进日志的悄悄话' })
      await bot.waitForText(/未命中/)
      expect(bot.output).toContain('最近: 长句')
      expect(bot.output).not.toContain('日志的悄悄话')
    },
  )
})
