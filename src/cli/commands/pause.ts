import { parseDuration } from '../../support/duration.ts'
import { ordering } from '../ask.ts'
import { type CliCommand, textOption, UsageError } from '../command.ts'
import { addSettingsOptions } from '../settings.ts'

/** `pause [chat] [--for 1h]`: stay silent, everywhere or in one chat. */
export const pauseCommand: CliCommand = {
  name: 'pause',
  summary: { zh: '暂停自动回复', en: 'stop answering' },
  configure(command) {
    addSettingsOptions(command)
    command
      .argument('[chat]', '只暂停这个聊天 / only in this chat')
      .option('--for <duration>', '多久，例如 1h；不写则直到 resume / how long, e.g. 1h')
  },
  run: async (call) => {
    const written = textOption(call.options, 'for')
    const forMs = written === null ? null : parseDuration(written)
    if (written !== null && (forMs === null || forMs <= 0)) {
      throw new UsageError({ zh: `看不懂时长: ${written}`, en: `not a duration: ${written}` })
    }
    return ordering(call, ({ daemon }) => daemon.pause({ chat: call.args[0] ?? null, forMs }))
  },
}
