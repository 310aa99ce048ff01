import { ordering } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import { addSettingsOptions } from '../settings.ts'

/** `logout`: end the session at the server; nothing else ever does. */
export const logoutCommand: CliCommand = {
  name: 'logout',
  summary: { zh: '退出网页微信登录（下次要重新扫码）', en: 'log out (the next start needs a scan)' },
  configure: addSettingsOptions,
  run: (call) => ordering(call, ({ daemon }) => daemon.logout()),
}
