import { ordering } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import { addSettingsOptions } from '../settings.ts'

/** `reload`: read the rules again. */
export const reloadCommand: CliCommand = {
  name: 'reload',
  summary: { zh: '重新载入规则', en: 'load the rules again' },
  configure: addSettingsOptions,
  run: (call) => ordering(call, ({ daemon }) => daemon.reload()),
}
