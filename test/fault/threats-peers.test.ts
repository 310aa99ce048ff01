import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from '@jest/globals'
import { FAST_SETTINGS } from '../support/shop.ts'
import { Stage } from './stage.ts'

let stage: Stage

afterEach(async () => {
  await stage.close()
})

const withLog = (level: string, format: string, messages = 'full') =>
  FAST_SETTINGS.replace(
    'log: {level: debug, format: json}',
    `log: {level: ${level}, format: ${format}, messages: ${messages}}`,
  )

describe('T4: what a server says is never run', () => {
  const PLANTED = [
    ['jslogin', (mark: string) => `window.QRLogin.code = 200; window.QRLogin.uuid = "x"; ${mark};`],
    ['login', (mark: string) => `window.code=200;window.redirect_uri="https://wx.qq.com/x";${mark};`],
    ['login', (mark: string) => `window.code=(function(){${mark};return 408})();`],
    ['synccheck', (mark: string) => `window.synccheck={retcode:(${mark},"0"),selector:"0"}`],
    ['webwxsync', (mark: string) => `(function(){${mark}})()`],
    ['webwxinit', (mark: string) => `${mark}`],
  ] as const

  test('T4: planted code leaves no mark; the daemon runs where nothing can be made into code', async () => {
    stage = await Stage.open({ pollHoldMs: 200 })
    const mark = stage.shop.path('pwned')
    const code = `process.getBuiltinModule("fs").writeFileSync(${JSON.stringify(mark)},"x")`
    for (const [endpoint, body] of PLANTED) {
      stage.simulator.faults.add({ endpoint, kind: `raw:${body(code)}`, when: { times: 1 } })
    }
    const bot = await stage.online({ nodeArgs: ['--disallow-code-generation-from-strings'] })
    expect(await stage.ask('多少钱')).toContain('苹果')
    expect(await stage.ask('寄上海3公斤')).toContain('22 元')
    for (const [endpoint] of PLANTED) {
      expect([endpoint, stage.requests(endpoint).length > 1]).toEqual([endpoint, true])
    }
    expect(existsSync(mark)).toBe(false)
    expect(bot.output).not.toContain('Code generation')
  })
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is tested.
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

describe('T16: names and texts in the log', () => {
  const ESC = '\u001b]0;owned\u0007\u001b[2J'
  const NAME = `坏${ESC}\r\n00:00:00 在线: 假的\u202egnp\u2066\u200f\u009b31m`

  test.each(['json', 'pretty'])(
    'T16: %s: no escape, no control, no turned text, no forged line',
    async (format) => {
      const world = {
        self: { id: 'wxid_self', uin: 1_000_000_009, nickName: `我${ESC}` },
        friends: [{ id: 'wxid_evil', nickName: NAME }],
      }
      const rules = `rules:\n  - name: 回声\n    when: {starts: 回声}\n    do:\n      - log: {level: warn, text: "{{sender.name}} 说 {{text}}"}\n      - reply: "{{text}}"\n`
      stage = await Stage.open({ world }, { rules, settings: withLog('debug', format) })
      const bot = stage.shop.run()
      await bot.waitForText(/在线。/)
      await stage.ask(`回声 ${NAME}`, 'wxid_evil')
      const { stdout } = await stage.command('contacts', 'find', '坏')
      expect(stdout).toContain('坏')
      await bot.stop()
      const shown = bot.stdout + stdout
      expect(shown).not.toMatch(UNSAFE)
      expect(shown.split('\n').filter((line) => line.startsWith('00:00:00'))).toEqual([])
      if (format === 'json')
        for (const line of bot.stdout.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
    },
  )
})

describe('T17: what people say and are called', () => {
  const TEXT = 'canarytext长长的一句悄悄话canarytail'
  const ROOM = '金丝雀群'
  const GROUP_TEXT = 'canaryroomtail'

  test.each([
    ['debug', 'off'],
    ['debug', 'preview'],
    ['warn', 'preview'],
  ])('T17: level %s, messages %s: no text in logs, errors, status or metrics', async (level, messages) => {
    const world = {
      self: { id: 'wxid_self', uin: 1_000_000_009, nickName: '小助手' },
      friends: [{ id: 'wxid_wang', nickName: 'canaryname王' }],
      rooms: [{ id: '1@chatroom', topic: ROOM, members: ['wxid_wang'] }],
    }
    const settings = withLog(level, 'json', messages).replace('{listen: off}', '{listen: "127.0.0.1:0"}')
    stage = await Stage.open({ world, pollHoldMs: 300, echoOwn: true }, { settings })
    const bot = stage.shop.run()
    await stage.nextRequest('synccheck', 0)
    for (const [endpoint, kind] of [
      ['webwxsync', 'truncate:300'],
      ['webwxsendmsg', 'html200'],
      ['webwxsendmsg', 'ret:1205'],
    ] as const) {
      stage.simulator.faults.add({ endpoint, kind, when: { times: 1 } })
    }
    stage.simulator.deliver({ kind: 'text', from: 'wxid_wang', text: `这是一句不想让人看见的话${TEXT}` })
    stage.simulator.deliver({
      kind: 'text',
      from: 'wxid_wang',
      in: ROOM,
      text: `群里的一句不想让人看见的话${GROUP_TEXT}`,
    })
    stage.simulator.deliver({ kind: 'unknown', from: 'wxid_wang', msgType: 49, content: `<msg>${TEXT}` })
    stage.simulator.phone.say(`店主自己说的一句不想让人看见的话${TEXT}`, 'wxid_wang')
    stage.simulator.deliver({ kind: 'text', from: 'wxid_wang', text: `请问多少钱，另外还有一句${TEXT}` })
    await stage.simulator.waitFor(
      (note) => note.kind === 'request' && note.endpoint === 'webwxsync' && note.seq > 0,
    )
    const status = await stage.command('status', '--json')
    const held = await stage.command('held')
    await bot.stop()
    const shown = [bot.output, status.stdout, status.stderr, held.stdout, held.stderr].join('\n')
    for (const word of [TEXT, 'canarytail', GROUP_TEXT]) expect(shown).not.toContain(word)
    expect(status.stdout).not.toContain('canaryname')
    const holders = readdirSync(stage.shop.path('data'), { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(stage.shop.path('data', path)).isFile())
      .filter((path) => readFileSync(stage.shop.path('data', path)).includes('canarytail'))
    expect(holders.filter((path) => !path.startsWith('store.db') && !path.startsWith('backups/'))).toEqual([])
  })
})

describe('T33: names are chosen by the other side', () => {
  test('T33: who takes the name of the boss, or a name that two have, gets nothing', async () => {
    const world = {
      self: { id: 'wxid_self', uin: 1_000_000_009, nickName: '小助手' },
      friends: [
        { id: 'wxid_boss', nickName: '老板', remark: '真老板' },
        { id: 'wxid_thief', nickName: '老板' },
        { id: 'wxid_twin1', nickName: '双' },
        { id: 'wxid_twin2', nickName: '双' },
        { id: 'wxid_copy', nickName: '真老板' },
        { id: 'wxid_end', nickName: '收尾人' },
      ],
    }
    const rules = `
rules:
  - name: 备注名
    when: {text: 机密, from: 真老板}
    reply: 给真老板的机密
  - name: 双胞胎
    when: {text: 双份, from: 双}
    reply: 给双的话
  - name: 收尾
    when: {exact: 完了}
    reply: 收到完了
`
    stage = await Stage.open({ world }, { rules })
    await stage.online()
    for (const from of ['wxid_thief', 'wxid_copy'])
      stage.simulator.deliver({ kind: 'text', from, text: '机密' })
    for (const from of ['wxid_twin1', 'wxid_twin2'])
      stage.simulator.deliver({ kind: 'text', from, text: '双份' })
    expect(await stage.ask('机密', 'wxid_boss')).toBe('给真老板的机密')
    expect(await stage.ask('完了', 'wxid_end')).toBe('收到完了')
    expect(stage.simulator.sends.map(({ chat, text }) => [chat, text])).toEqual([
      ['wxid_boss', '给真老板的机密'],
      ['wxid_end', '收到完了'],
    ])
  })
})

describe('T34, T35: who told the bot to say this', () => {
  test('T34: from what was sent back to message, rule version, step and both ids', async () => {
    stage = await Stage.open()
    const bot = await stage.online()
    await stage.ask('多少钱')
    const [sent] = stage.simulator.sends
    const { stdout } = await stage.command('status', '--json')
    for (const id of [sent?.msgId ?? '', sent?.clientMsgId ?? '']) {
      const told = await stage.command('explain', '--message', id)
      expect(told.stdout).toContain('规则“问价” (rules/10-shop.yml')
      expect(told.stdout).toMatch(
        new RegExp(
          `规则“问价”第 1 步 reply → sent .*ClientMsgId ${sent?.clientMsgId}, MsgID ${sent?.msgId}, a-`,
        ),
      )
    }
    await bot.stop()
    const db = new DatabaseSync(stage.shop.path('data/store.db'), { readOnly: true })
    const row = db
      .prepare(
        `SELECT s.client_msg_id, s.position, r.rule_name, r.rules_version, i.id, i.body
         FROM steps s JOIN runs r ON r.seq = s.run_seq JOIN inbox i ON i.id = r.event WHERE s.message_id = ?`,
      )
      .get(sent?.msgId ?? '') as Record<string, string | number> | undefined
    db.close()
    expect(row).toMatchObject({ client_msg_id: sent?.clientMsgId, position: 0, rule_name: '问价' })
    expect(String(row?.body)).toContain('多少钱')
    const status = JSON.parse(stdout) as { rules: { version: string } }
    expect(row?.rules_version).toBe(status.rules.version)
  })

  test('T35: status names the version of the rules in force; a changed file is another version', async () => {
    stage = await Stage.open()
    const bot = await stage.online()
    const version = async () =>
      (JSON.parse((await stage.command('status', '--json')).stdout) as { rules: { version: string } }).rules
        .version
    const before = await version()
    expect(before).toMatch(/^[0-9a-f]{12,}$/)
    stage.shop.write('rules/10-shop.yml', 'quick:\n  多少钱: 换过的价\n')
    expect((await stage.command('reload')).code).toBe(0)
    const after = await version()
    expect(after).not.toBe(before)
    expect(bot.stdout).toContain('规则已重新载入')
    expect(await stage.ask('多少钱')).toBe('换过的价')
  })
})
