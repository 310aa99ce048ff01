import type { CliCommand } from '../command.ts'
import { addSettingsOptions } from '../settings.ts'

/** `replay --since 24h --rules new/`: which kept decisions other rules would change. Reads beside a running daemon. */
export const replayCommand: CliCommand = {
  name: 'replay',
  summary: {
    zh: '用新规则重看收到过的消息，只列出会变的',
    en: 'what other rules would change about kept messages',
  },
  configure(command) {
    addSettingsOptions(command)
    command.option('--since <duration>', '看多久以内的，默认 24h / how far back, 24h by default')
  },
  run: async (call) => (await import('../programs/replay.ts')).runReplay(call),
}
