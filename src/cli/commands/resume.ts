import { ordering } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import { addSettingsOptions } from '../settings.ts'

/** `resume [chat]`: answer again. */
export const resumeCommand: CliCommand = {
  name: 'resume',
  summary: { zh: '恢复自动回复', en: 'answer again' },
  configure(command) {
    addSettingsOptions(command)
    command.argument('[chat]', '只恢复这个聊天 / only in this chat')
  },
  run: (call) => ordering(call, ({ daemon }) => daemon.resume({ chat: call.args[0] ?? null })),
}
