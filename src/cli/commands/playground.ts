import { type CliCommand, portOption, textOption } from '../command.ts'
import { EXIT } from '../io.ts'
import { addSettingsOptions, loadSettings, reportSettings } from '../settings.ts'

/** `playground`: simulator, daemon and page together; needs no account. */
export const playgroundCommand: CliCommand = {
  name: 'playground',
  summary: { zh: '试玩：不需要微信帐号', en: 'try everything without a WeChat account' },
  configure(command) {
    addSettingsOptions(command)
    command
      .option('--port <n>', '端口，0 为自动 / port, 0 chooses one')
      .option('--write', '页面里保存时直接改规则文件 / saving in the page changes the rules themselves')
  },
  async run(call) {
    const loaded = loadSettings(call)
    reportSettings(loaded, call.io)
    if (loaded.config === null) return EXIT.badSettings
    const options = {
      port: portOption(call.options, 0),
      rulesDir: textOption(call.options, 'rules') === null ? null : loaded.config.rules.path,
      isWriting: call.options.write === true,
    }
    return call.programs.playground(options, loaded.config, call.io)
  },
}
