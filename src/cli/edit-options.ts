import type { Command } from 'commander'
import { addSettingsOptions } from './settings.ts'

/** Adds what `fix`, `fmt` and `migrate` take. `hasLanguage`: `--lang` is the language of messages. */
export function addEditOptions(command: Command, options: { readonly hasLanguage: boolean }): void {
  addSettingsOptions(command, options)
  command
    .argument('[paths...]', '规则目录或文件 / rules folders or files')
    .option('--write', '写进文件；不加只显示 / write the files; otherwise only show')
}
