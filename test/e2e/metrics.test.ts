import { afterEach, describe, expect, test } from '@jest/globals'
import { Stage, TOLD_ONLINE } from '../fault/stage.ts'
import type { Child } from '../support/child.ts'
import { Numbers, withNumbers } from '../support/numbers.ts'
import { FAST_SETTINGS } from '../support/shop.ts'

/** A pattern without a word that must occur, so large that a long text costs a quarter of what a message may spend. */
const costly = (at: number) => `0(?:[0-9][a-f]|[g-k][l-p${at}]){60}$`
const RULES = `
rules:
  - {id: price, name: 问价, when: 多少钱, reply: 八元}
  - {id: once, name: 一次, when: 优惠, reply: 满百减十, cooldown: {per: contact, for: 6h}}
  - id: nobody
    name: 转给没有的人
    when: 找经理
    do: [{send: {to: 没有这个人, text: 有人找}}, {reply: 稍等}]
${Array.from({ length: 8 }, (_, at) => `  - {id: costly${at}, name: 费时${at}, when: {regex: '${costly(at)}'}, reply: 到底}`).join('\n')}
flows:
  订餐:
    start: 订餐
    cancel: [取消]
    steps:
      - {id: 份数, ask: 要几份？, accept: {number: 1-20}}
    done: 好的
`
const SETTINGS = withNumbers(FAST_SETTINGS)

let stage: Stage
let bot: Child
let numbers: Numbers

async function open(options: Parameters<typeof Stage.open>[0], settings = SETTINGS): Promise<void> {
  stage = await Stage.open(options, { rules: RULES, settings })
  await begin()
}

async function begin(): Promise<void> {
  bot = stage.shop.run()
  numbers = await Numbers.of(bot)
}

async function online(settings = SETTINGS): Promise<void> {
  await open({}, settings)
  await bot.waitForText(TOLD_ONLINE)
}

/** Says something that stays unanswered. */
function say(text: string, from = '小王'): void {
  stage.simulator.deliver({ kind: 'text', from, text })
}

afterEach(() => stage.close())

describe('the numbers of messages', () => {
  test('received, decided, matched, sent, and how long it took', async () => {
    await online()
    expect(await stage.ask('多少钱')).toBe('八元')
    await numbers.become('sends_total{kind="text",result="sent"}', 1)
    await numbers.become('messages_received_total{chat="private",kind="text"}', 1)
    await numbers.become('rule_matches_total{rule="price"}', 1)
    await numbers.become('send_latency_seconds_count', 1)
    expect(await numbers.value('send_latency_seconds_sum')).toBeGreaterThan(0)
    expect(await numbers.value('send_latency_seconds_bucket{le="300"}')).toBe(1)
    await numbers.become('decision_duration_seconds_count', 1)
    expect(await numbers.value('decision_duration_seconds_sum')).toBeGreaterThan(0)
    expect(await numbers.value('rules_loaded{kind="flow"}')).toBe(1)
    expect(await numbers.value('rules_loaded{kind="schedule"}')).toBe(0)
    expect(await numbers.value('config_hash')).toBeGreaterThan(0)
  })

  test('unanswered ones by their reason, limits and failed actions by rule', async () => {
    await online()
    await stage.ask('优惠')
    say('优惠')
    await numbers.become('rule_limited_total{rule="once",scope="cooldown"}', 1)
    await numbers.become('messages_skipped_total{reason="cooldown"}', 1)
    say('今天天气好')
    await numbers.become('messages_skipped_total{reason="no-match"}', 1)
    expect(await stage.ask('找经理')).toBe('稍等')
    await numbers.become('rule_errors_total{rule="nobody",action="send"}', 1)
    expect(await numbers.value('rule_errors_total{rule="nobody",action="reply"}')).toBeNull()
  })

  test('regular expressions that were left out, by rule', async () => {
    await online()
    say(`${'0a'.repeat(1999)}00`)
    await numbers.become('messages_skipped_total{reason="no-match"}', 1)
    await numbers.become('regex_timeouts_total{rule="costly7"}', 1)
    expect(await numbers.value('regex_timeouts_total{rule="costly0"}')).toBeNull()
  })

  test('people inside a flow, chats that the owner took over, chats that were silenced', async () => {
    await online(SETTINGS.replace('loop_breaker: off', 'loop_breaker: {same_reply: {max: 1}}'))
    await numbers.become('flows_active{flow="订餐"}', 0)
    await stage.ask('订餐')
    await stage.ask('订餐', '李姐')
    await numbers.become('flows_active{flow="订餐"}', 2)
    await stage.ask('取消')
    await numbers.become('flows_active{flow="订餐"}', 1)
    expect(await numbers.value('rule_matches_total{rule="@flow/订餐"}')).toBe(3)
    expect(await numbers.value('takeovers_active')).toBe(0)
    stage.simulator.phone.say('我来', '李姐')
    await numbers.become('takeovers_active', 1)
    await stage.ask('多少钱', '老周')
    say('多少钱', '老周')
    await numbers.become('loop_breaks_total', 1)
  })

  test('replies that wait', async () => {
    await online()
    expect(await numbers.value('send_queue_length')).toBe(0)
    const fault = stage.simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'hang_before_headers' })
    say('多少钱')
    say('优惠')
    await numbers.become('send_queue_length', 2)
    fault.release()
    await numbers.become('send_queue_length', 0)
  })
})

describe('the numbers of the line', () => {
  const fail = (endpoint: string, kind: string, times = 1) =>
    stage.simulator.faults.add({ endpoint, kind, when: { times } })

  test('each question for news by its result, a lost server by what was the matter', async () => {
    await online(`${SETTINGS}sync: {backoff: {first: 100ms, max: 1s}}\n`)
    await numbers.until('sync_total{result="quiet"}', (value) => value > 0)
    await stage.ask('多少钱')
    await numbers.until('sync_total{result="news"}', (value) => value > 0)
    const since = Date.now() / 1000 - 60
    await numbers.until('sync_last_success_timestamp_seconds', (value) => value > since)
    fail('synccheck', 'status:502', 3)
    await numbers.become('sync_total{result="failed"}', 3)
    await numbers.become('login_state{state="online"}', 1)
    await numbers.become('reconnects_total{reason="http-502"}', 1)
    fail('synccheck', 'html200')
    await numbers.become('sync_total{result="unreadable"}', 1)
    await numbers.become('unreadable_total{what="synccheck"}', 1)
    fail('webwxsync', 'ret:-1')
    say('优惠')
    await numbers.become('sync_total{result="refused"}', 1)
    fail('synccheck', 'raw:window.synccheck={retcode:"1101",selector:"0"}')
    await numbers.become('sync_total{result="ended"}', 1)
    await numbers.become('login_state{state="online"}', 1)
    stage.simulator.stuckSelector(2)
    await numbers.until('sync_total{result="empty"}', (value) => value > 2)
    expect(await numbers.value('login_attempts_total{result="ok"}')).toBe(1)
  })

  test('codes and logins by result, and the age of a session over a restart', async () => {
    await open({ phone: 'manual' })
    await bot.waitForText(/"to":"awaiting-scan"/)
    await numbers.become('login_state{state="awaiting-scan"}', 1)
    await numbers.become('qr_shown_total', 1)
    expect(await numbers.value('session_age_seconds')).toBe(0)
    await stage.simulator.phone.expireQr()
    await numbers.become('login_attempts_total{result="expired"}', 1)
    await numbers.become('qr_shown_total', 2)
    await stage.command('qr', '--refresh')
    await numbers.become('login_attempts_total{result="replaced"}', 1)
    await numbers.become('qr_shown_total', 3)
    await stage.simulator.phone.scan()
    await stage.simulator.phone.confirm()
    await numbers.become('login_attempts_total{result="ok"}', 1)
    await numbers.become('login_state{state="online"}', 1)
    const age = await numbers.until('session_age_seconds', (value) => value > 0)
    await bot.stop()
    await begin()
    await numbers.become('login_attempts_total{result="resumed"}', 1)
    await numbers.until('session_age_seconds', (value) => value > age)
    expect(await numbers.value('login_attempts_total{result="ok"}')).toBeNull()
    expect(await numbers.value('qr_shown_total')).toBe(0)
  })

  test('a login that is refused', async () => {
    await open({ barred: true })
    await numbers.become('login_attempts_total{result="refused"}', 1)
    await numbers.become('login_state{state="refused"}', 1)
  })
})
