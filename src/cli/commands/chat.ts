import type { CliCommand } from '../command.ts'
import { addSettingsOptions } from '../settings.ts'

/** `chat`: a conversation with the rules, offline, with a clock that can be moved. */
export const chatCommand: CliCommand = {
  name: 'chat',
  summary: { zh: '和规则对话（离线）', en: 'talk with the rules, offline' },
  configure(command) {
    addSettingsOptions(command)
    command
      .option('--from <name>', '以谁的身份说话 / who speaks')
      .option('--room <name>', '在哪个群 / in which room')
      .option('--at <time>', '从什么时候开始，例如 "2027-01-05 23:10" / when it begins')
  },
  run: async (call) => (await import('../programs/chat.ts')).runChat(call),
}
