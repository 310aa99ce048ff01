import { readdirSync, readFileSync, statSync } from 'node:fs'
import { afterEach, expect, test } from '@jest/globals'
import { Stage } from './stage.ts'

let stage: Stage

afterEach(async () => {
  await stage.close()
})

const CANARY = 'canary4f2c'

const RULES = `
rules:
  - name: 记住
    when: {starts: 记住}
    do:
      - remember: {话: "{{text}}"}
      - notify: {to: owner, text: "有人说 {{text}}"}
      - reply: "记住了 {{text}}"
  - name: 群里
    when: {text: 记住, room: 老客户群, mention: me}
    reply: "群里说了 {{text}}"
  - name: 别人
    when: 多少钱
    reply: 八元
`

function holders(): string[] {
  return readdirSync(stage.shop.path('data'), { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(stage.shop.path('data', path)).isFile())
    .filter((path) => readFileSync(stage.shop.path('data', path)).includes(CANARY))
}

test('T41: forget removes what one person said and caused, in chats, rooms and files, and leaves the others', async () => {
  stage = await Stage.open({}, { rules: RULES })
  const bot = await stage.online()
  await stage.ask(`记住${CANARY}`)
  stage.simulator.deliver({
    kind: 'text',
    from: '小王',
    in: '老客户群',
    text: `记住${CANARY}`,
    mention: ['self'],
  })
  await stage.simulator.waitFor((note) => note.kind === 'sent' && note.text.startsWith('群里说了'))
  await stage.ask('多少钱', '李姐')
  const [, other] = await bot.waitForText(/"eventId":"([^"]+)"[^\n]*李姐/)

  expect(await stage.command('forget', '没有这个人')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('没有叫'),
  })
  const { code, stdout } = await stage.command('forget', '小王')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/已删掉“小王”的 \d+ 条记录/)])
  expect((await stage.command('explain', '--message', other ?? '')).code).toBe(0)
  expect(await stage.ask(`记住别的`)).toBe('记住了 记住别的')
  await bot.stop()
  expect(holders()).toEqual([])
})
