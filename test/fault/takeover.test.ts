import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Stage } from './stage.ts'

const RULES = `
rules:
  - name: 问价
    when: [价格, 多少钱]
    reply: 苹果 8 元一斤。
`
const SETTINGS = `
send: {min_gap: 0s, typing: off, reply_ttl: off}
limits: {all: off, chat: off, day: off}
server: {listen: off}
log: {level: debug, format: json}
`
const WANG = 'wxid_xiaowang001'

let stage: Stage
const open = async (simulator: Parameters<typeof Stage.open>[0] = {}) => {
  stage = await Stage.open(simulator, { rules: RULES, settings: SETTINGS })
}
beforeEach(() => open())
afterEach(() => stage.close())

/** Says something that must stay unanswered: resolves when it was decided, with the reason. */
async function unanswered(
  bot: Awaited<ReturnType<Stage['online']>>,
  text: string,
  from = '小王',
): Promise<string> {
  const before = bot.stdout.length
  stage.simulator.deliver({ kind: 'text', from, text })
  const pattern = /"decision":"suppressed".*?"reason":"([a-z-]+)"/
  return await bot.waitFor(() => pattern.exec(bot.stdout.slice(before))?.[1])
}

const sentTo = (chat = WANG) =>
  stage.simulator.sends.filter((send) => send.chat === chat).map(({ text }) => text)

describe('F68: the owner types on the phone', () => {
  test('that chat falls silent, others are answered, and a restart changes nothing', async () => {
    const bot = await stage.online()
    expect(await stage.ask('多少钱')).toContain('苹果')
    stage.simulator.phone.say('我来回', '小王')
    expect(await unanswered(bot, '价格')).toBe('takeover')
    expect(await stage.ask('多少钱', '李姐')).toContain('苹果')
    expect((await stage.command('status')).stdout).toMatch(/不回的聊天\s+小王 \(店主正在这个聊天里 → \d{4}-/)
    await bot.stop('SIGKILL')
    const again = await stage.online()
    expect(await unanswered(again, '价格')).toBe('takeover')
    expect(sentTo()).toHaveLength(1)
  })

  test('the resume word hands the chat back', async () => {
    const bot = await stage.online()
    stage.simulator.phone.say('我来回', '小王')
    expect(await unanswered(bot, '价格')).toBe('takeover')
    stage.simulator.phone.say('机器人继续', '小王')
    expect(await stage.ask('多少钱')).toContain('苹果')
  })
})

describe('words of the customer', () => {
  test('人工: said goodbye once, silent, and the owner is told', async () => {
    const bot = await stage.online()
    expect(await stage.ask('人工')).toContain('已通知店主')
    const told = await stage.simulator.waitFor((note) => note.kind === 'sent' && note.chat === 'filehelper')
    expect(told.kind === 'sent' ? told.text : '').toContain('小王')
    expect(await unanswered(bot, '价格')).toBe('takeover')
  })

  test('退订: confirmed once, silent for good, until the owner resumes', async () => {
    const bot = await stage.online()
    expect(await stage.ask('退订')).toContain('不再')
    expect(await unanswered(bot, '价格')).toBe('stop-words')
    await bot.stop()
    const again = await stage.online()
    expect(await unanswered(again, '价格')).toBe('stop-words')
    stage.simulator.phone.say('机器人继续', '小王')
    expect(await stage.ask('多少钱')).toContain('苹果')
  })
})

describe('pause and resume', () => {
  test('everywhere, over a restart, and back', async () => {
    const bot = await stage.online()
    expect((await stage.command('pause')).code).toBe(0)
    expect(await unanswered(bot, '价格')).toBe('paused')
    await bot.stop()
    const again = await stage.online()
    expect(await unanswered(again, '价格')).toBe('paused')
    expect((await stage.command('status')).stdout).toContain('已暂停')
    expect((await stage.command('resume')).code).toBe(0)
    expect(await stage.ask('多少钱')).toContain('苹果')
  })

  test('one chat, for a while', async () => {
    const bot = await stage.online()
    expect((await stage.command('pause', '小王', '--for', '1h')).code).toBe(0)
    expect(await unanswered(bot, '价格')).toBe('paused')
    expect(await stage.ask('多少钱', '李姐')).toContain('苹果')
    expect((await stage.command('resume', '小王')).code).toBe(0)
    expect(await stage.ask('多少钱')).toContain('苹果')
  })
})

describe('the echo of our own sends is no takeover', () => {
  beforeEach(async () => {
    await stage.close()
    await open({ echoOwn: true })
  })

  test('with the answer of the send', async () => {
    await stage.online()
    for (const text of ['多少钱', '价格', '多少钱']) expect(await stage.ask(text)).toContain('苹果')
    expect(sentTo()).toHaveLength(3)
  })

  test.each(['reset_after_accept', 'hang_after_accept', 'truncate:5'])(
    'without it (%s): one reply, the chat stays ours',
    async (kind) => {
      await stage.online()
      const fault = stage.simulator.faults.add({ endpoint: 'webwxsendmsg', kind, when: { times: 1 } })
      expect(await stage.ask('多少钱')).toContain('苹果')
      fault.release()
      // It goes out behind the first one, so by then what became of that is known.
      expect(await stage.ask('价格')).toContain('苹果')
      expect(sentTo()).toHaveLength(2)
    },
  )
})
