import { describeOutcome } from '../../app/explain.ts'
import { reasonPhrase } from '../../app/phrases.ts'
import type { TraceEntry } from '../../domain/decision.ts'
import { askingOf, withAnswer } from '../ask.ts'
import { type Call, type CliCommand, textOption, UsageError } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { addMessageOptions, rehearsing } from '../rehearsal.ts'
import { type Language, pick, sayTo } from '../settings.ts'

/** `explain "多少钱"`: every rule and why, offline; `explain --message <id>`: the kept trace of the running daemon. */
export const explainCommand: CliCommand = {
  name: 'explain',
  summary: { zh: '一条消息为什么这样处理', en: 'why a message is handled as it is' },
  configure(command) {
    addMessageOptions(command)
    command
      .argument('[text]', '消息文字 / the message')
      .option(
        '--message <id>',
        '日志里的 eventId、MsgID 或 ClientMsgId / an eventId of the log, a MsgID or a ClientMsgId',
      )
  },
  async run(call) {
    const event = textOption(call.options, 'message')
    const text = call.args[0]
    if ((event === null) === (text === undefined)) {
      throw new UsageError({ zh: '要写消息文字，或者 --message', en: 'give a text, or --message' })
    }
    return event === null ? offline(call, text ?? '') : kept(call, event)
  },
}

function offline(call: Call, text: string): Promise<ExitCode> {
  return rehearsing(call, text, ({ decision, rules, replies }, language) => {
    const zh = language !== 'en'
    const safety = decision?.trace.safety
    const asked = new Set(rules.map((entry) => entry.rule))
    const builtin = decision?.trace.tried.filter((entry) => !asked.has(entry.rule)) ?? []
    const unasked = zh ? '没有问规则，问了的话:' : 'rules were not asked; had they been:'
    return [
      ...(safety
        ? [
            `${zh ? '没有问规则' : 'rules were not asked'}: ${pick(reasonPhrase(safety.reason), language)} ${safety.detail}`.trimEnd(),
          ]
        : []),
      ...builtin.map((entry) => ruleLine(entry, language)),
      ...(builtin.length > 0 ? [unasked] : []),
      ...rules.map((entry) => ruleLine(entry, language)),
      ...replies.map((reply) => `${zh ? '回复' : 'reply'}: ${reply}`),
    ]
  })
}

function ruleLine(entry: TraceEntry, language: Language): string {
  const { name, place } = entry
  return `${place.file}:${place.line}  ${name}  ${describeOutcome(entry, language)}`
}

function kept(call: Call, event: string): Promise<ExitCode> {
  const asking = askingOf(call)
  return withAnswer(call, asking, asking.daemon.explain({ event }), (text) => {
    if (text !== null) sayTo(call.io.stdout, text)
    else {
      const words = { zh: '没有这条消息的记录（或已过期）', en: 'no record of this message (any more)' }
      sayTo(call.io.stderr, pick(words, asking.language))
    }
    return text === null ? EXIT.failed : EXIT.ok
  })
}
