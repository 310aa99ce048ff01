import type { CliCommand } from '../command.ts'
import { addEditOptions } from '../edit-options.ts'

/** `migrate [paths]`: brings rule files to the newest format, keeping the old ones as `name.yml.bak-v1`. */
export const migrateCommand: CliCommand = {
  name: 'migrate',
  summary: { zh: '把旧格式的规则升级', en: 'bring rules of an older format up to date' },
  configure: (command) => addEditOptions(command, { hasLanguage: true }),
  run: async (call) => (await import('../programs/migrate.ts')).runMigrate(call),
}
