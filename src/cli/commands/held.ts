import { askingOf, localTime, withAnswer } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../io.ts'
import { oneLine } from '../names.ts'
import { addSettingsOptions, sayTo } from '../settings.ts'

/** `held`: replies that wait for a person's word. */
export const heldCommand: CliCommand = {
  name: 'held',
  summary: { zh: '列出等人处理的回复', en: 'list replies that wait for a person' },
  configure: addSettingsOptions,
  run(call) {
    const asking = askingOf(call)
    return withAnswer(call, asking, asking.daemon.held(), (held) => {
      for (const one of held) {
        const parts = [localTime(one.since, asking.timezone), one.chat, one.rule, one.reason, one.step]
        sayTo(call.io.stdout, parts.map(oneLine).join('  '))
      }
      return EXIT.ok
    })
  },
}
