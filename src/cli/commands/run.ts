import type { CliCommand } from '../command.ts'
import { EXIT } from '../io.ts'
import { addSettingsOptions, languageOf, loadSettings, pick, reportSettings, sayTo } from '../settings.ts'

/** `run`, also without a word: the daemon. */
export const runCommand: CliCommand = {
  name: 'run',
  summary: { zh: '运行机器人（默认）', en: 'run the daemon (default)' },
  configure: addSettingsOptions,
  async run(call) {
    const loaded = loadSettings(call)
    reportSettings(loaded, call.io)
    if (loaded.config === null) return EXIT.badSettings
    const { path, isThere } = loaded.file
    const words = isThere
      ? { zh: `配置   ${path}`, en: `settings ${path}` }
      : { zh: `配置   ${path} 不存在，使用默认设置`, en: `settings ${path} is not there, defaults apply` }
    sayTo(call.io.stderr, pick(words, languageOf(loaded)))
    return call.programs.daemon(loaded.config, call.io)
  },
}
