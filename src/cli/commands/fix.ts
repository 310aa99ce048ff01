import type { CliCommand } from '../command.ts'
import { addEditOptions } from '../edit-options.ts'

/** `fix [paths]`: puts the lines that diagnostics suggest into the files; 1 while anything is left to be done. */
export const fixCommand: CliCommand = {
  name: 'fix',
  summary: { zh: '自动改正规则里的错误', en: 'repair mistakes in the rules' },
  configure: (command) => addEditOptions(command, { hasLanguage: true }),
  run: async (call) => (await import('../programs/fix.ts')).runFix(call),
}
