import { type CliCommand, textOption } from '../command.ts'
import { languageOf, loadSettings } from '../settings.ts'

/** `init`: a settings file and a ready rule pack to begin with; writes over nothing, 1 when something is there already. */
export const initCommand: CliCommand = {
  name: 'init',
  summary: { zh: '写出第一份设置和规则', en: 'write the first settings and rules' },
  configure(command) {
    command
      .option('--example <name>', 'shop | away | club | landlord | group | minimal')
      .option('--dir <dir>', '写到哪个文件夹，默认当前 / folder to write into, here by default')
      .option('--lang <language>', 'zh-CN | en')
  },
  async run(call) {
    const { runInit } = await import('../programs/init.ts')
    return await runInit({
      io: call.io,
      language: languageOf(loadSettings(call)),
      example: textOption(call.options, 'example'),
      dir: textOption(call.options, 'dir') ?? '.',
    })
  },
}
