import { Option } from 'commander'
import type { CliCommand } from '../command.ts'
import { addEditOptions } from '../edit-options.ts'

/** `fmt [paths]`: one layout for all rule files, comments kept; 1 while a file is not laid out so. */
export const fmtCommand: CliCommand = {
  name: 'fmt',
  summary: { zh: '统一规则文件的排版', en: 'lay the rule files out' },
  configure(command) {
    addEditOptions(command, { hasLanguage: false })
    command.addOption(
      new Option('--lang <language>', '字段名改用中文或英文 / spell keys in Chinese or English').choices([
        'zh',
        'en',
      ]),
    )
  },
  run: async (call) => (await import('../programs/fmt.ts')).runFmt(call),
}
