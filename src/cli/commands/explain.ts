import { askingOf, withAnswer } from '../ask.ts'
import { type CliCommand, textOption } from '../command.ts'
import { EXIT } from '../io.ts'
import { addSettingsOptions, pick, sayTo } from '../settings.ts'

/** `explain --message <id>`: why the daemon decided as it did about a message; reads the kept trace. */
export const explainCommand: CliCommand = {
  name: 'explain',
  summary: { zh: '一条消息为什么这样处理', en: 'why a message was handled as it was' },
  configure(command) {
    addSettingsOptions(command)
    command.requiredOption('--message <id>', '日志里的 eventId / the eventId of the log')
  },
  run(call) {
    const asking = askingOf(call)
    const event = textOption(call.options, 'message') ?? ''
    return withAnswer(call, asking, asking.daemon.explain({ event }), (text) => {
      if (text !== null) sayTo(call.io.stdout, text)
      else {
        const words = { zh: '没有这条消息的记录（或已过期）', en: 'no record of this message (any more)' }
        sayTo(call.io.stderr, pick(words, asking.language))
      }
      return text === null ? EXIT.failed : EXIT.ok
    })
  },
}
