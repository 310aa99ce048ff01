import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { describeTrace } from '../../app/explain.ts'
import type { DaemonObserver } from '../../app/setup.ts'
import type { Connection } from '../../domain/connection.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Simulator } from '../../simulator/server.ts'
import { Bell } from '../../support/abort.ts'
import type { CliIo } from '../io.ts'
import { readLine, type Speaker } from './playground-line.ts'

type Language = 'zh-CN' | 'en'

/** The conversation of the playground: lines in, messages out, replies and their reasons shown. */
export class PlaygroundTalk {
  readonly #simulator: Simulator
  readonly #io: CliIo
  readonly #language: Language
  readonly #bell = new Bell()
  #speaker: Speaker = { who: '小王', room: null }
  #connection: Connection['kind'] = 'signed-out'
  #isCodeShown = false
  #lastDecision: Decision | null = null
  /** Messages said and not decided yet, and replies decided and not settled yet. */
  #open = 0
  #shownSends = 0

  constructor(simulator: Simulator, io: CliIo, language: Language) {
    this.#simulator = simulator
    this.#io = io
    this.#language = language
  }

  readonly observer: DaemonObserver = {
    onConnection: ({ to }) => {
      this.#connection = to.kind
      this.#bell.ring()
    },
    onDecided: (event, { decision, runs }) => {
      if (event.kind !== 'message.received') return
      this.#lastDecision = decision
      this.#open += runs.reduce((sum, run) => sum + run.steps.length, 0) - 1
      this.#showWhy(decision)
      this.#bell.ring()
    },
    onDelivery: ({ to }) => {
      if (['ready', 'sending', 'retry'].includes(to.kind)) return
      this.#open -= 1
      this.#showReplies()
      this.#bell.ring()
    },
  }

  /** The code stands on the screen: the phone may look. */
  codeIsShown(): void {
    this.#isCodeShown = true
    this.#bell.ring()
  }

  /** Scans, waits until the bot is online, then reads lines until they end or the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    this.#say(
      '模拟微信已启动，不连真微信。下面的二维码由模拟手机自动扫。',
      'The simulated WeChat is up; nothing reaches the real one. A simulated phone scans the code below.',
    )
    await this.#until(() => this.#isCodeShown, signal)
    if (signal.aborted) return
    await this.#simulator.phone.scan()
    this.#say('  模拟手机：已扫码', '  simulated phone: scanned')
    await this.#simulator.phone.confirm()
    await this.#until(() => this.#connection === 'online', signal)
    this.#say(
      '机器人在线。直接打字就是顾客在说话，例如: 多少钱    命令: /help',
      'The bot is online. What you type is what a customer says. Commands: /help',
    )
    await this.#readLines(signal)
    await this.#until(() => this.#open <= 0, signal)
  }

  async #readLines(signal: AbortSignal): Promise<void> {
    const lines = createInterface({
      input: Readable.from(this.#io.stdin),
      crlfDelay: Number.POSITIVE_INFINITY,
    })
    const stop = () => lines.close()
    signal.addEventListener('abort', stop, { once: true })
    this.#prompt()
    for await (const line of lines) {
      if (signal.aborted || !(await this.#obey(line.trim(), signal))) break
      this.#prompt()
    }
    lines.close()
    signal.removeEventListener('abort', stop)
  }

  /** Carries out one line; false ends the playground. */
  async #obey(line: string, signal: AbortSignal): Promise<boolean> {
    const order = readLine(line, this.#speaker, this.#simulator.world)
    switch (order.kind) {
      case 'nothing':
        return true
      case 'quit':
        return false
      case 'show':
        this.#say(order.zh, order.en)
        return true
      case 'why':
        this.#say(this.#trace(), this.#trace())
        return true
      case 'become':
        this.#speaker = order.speaker
        return true
      case 'say':
        this.#open += 1
        this.#simulator.deliver(order.delivery)
        await this.#until(() => this.#open <= 0, signal)
        return true
    }
  }

  #showReplies(): void {
    const { sends } = this.#simulator
    for (const send of sends.slice(this.#shownSends)) {
      const { world } = this.#simulator
      const to = world.rooms.get(send.chat)?.topic ?? world.shownName(send.chat)
      this.#say(`机器人 → ${to}: ${send.text}`, `bot -> ${to}: ${send.text}`)
    }
    this.#shownSends = sends.length
  }

  #showWhy(decision: Decision | null): void {
    if (decision === null) return
    const trace = describeTrace(decision.trace, this.#language).split('\n')
    const winner =
      decision.kind === 'act'
        ? trace.filter((line) => /命中(?!但)|matched(?! but)/.test(line) && !/没命中/.test(line))
        : trace.slice(0, 3)
    const head = decision.kind === 'act' ? '' : this.#pick('机器人不回。', 'The bot stays silent. ')
    this.#say(`  为什么: ${head}${winner.join('；')}`, `  why: ${head}${winner.join('; ')}`)
  }

  #trace(): string {
    if (this.#lastDecision === null) return this.#pick('还没有消息', 'no message yet')
    return describeTrace(this.#lastDecision.trace, this.#language)
  }

  #prompt(): void {
    if (this.#io.stdout.isTTY !== true) return
    const { who, room } = this.#speaker
    this.#io.stdout.write(room === null ? `${who}> ` : `${room} / ${who}> `)
  }

  #say(zh: string, en: string): void {
    this.#io.stdout.write(`${this.#pick(zh, en)}\n`)
  }

  #pick(zh: string, en: string): string {
    return this.#language === 'en' ? en : zh
  }

  async #until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !isTrue()) await this.#bell.wait(signal)
  }
}
