import { ordering } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import { addSettingsOptions } from '../settings.ts'

/** `forget <name>`: removes what is kept about a person or a room. */
export const forgetCommand: CliCommand = {
  name: 'forget',
  summary: {
    zh: '删掉一个人或一个群留下的记录（消息、回复、记住的内容、备份）',
    en: 'remove what is kept about a person or room (messages, replies, remembered values, backups)',
  },
  configure(command) {
    addSettingsOptions(command)
    command.argument('<name>', '名字，和规则里写的一样 / the name, as in rules')
  },
  run: (call) => ordering(call, ({ daemon }) => daemon.forget({ who: call.args[0] ?? '' })),
}
