import type { SettingSource } from '../../config/show.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../io.ts'
import {
  addSettingsOptions,
  type Language,
  languageOf,
  loadSettings,
  reportSettings,
  sayTo,
} from '../settings.ts'

/** `config show`: the settings as they apply, each with its source, secrets masked. */
export const configShowCommand: CliCommand = {
  name: 'config show',
  summary: { zh: '显示生效的设置和来源', en: 'show the settings in force and their sources' },
  configure(command) {
    addSettingsOptions(command)
    command.option('--json', '输出 JSON / as JSON')
  },
  async run(call) {
    const loaded = loadSettings(call)
    const rows = loaded.sources.filter(
      (source) => source.shown !== '' && !isWholeGroup(source, loaded.sources),
    )
    if (call.options.json === true) {
      const plain = rows.map(({ path, shown, origin }) => ({ path, value: shown, origin }))
      sayTo(call.io.stdout, JSON.stringify(plain, null, 2))
    } else {
      const width = Math.max(...rows.map((row) => `${row.path}: ${row.shown}`.length), 0)
      for (const row of rows) {
        const text = `${row.path}: ${row.shown}`
        sayTo(call.io.stdout, `${text.padEnd(Math.min(width, 60))}  # ${sourceText(row, languageOf(loaded))}`)
      }
    }
    reportSettings(loaded, call.io)
    return loaded.config === null ? EXIT.badSettings : EXIT.ok
  },
}

/** A group whose parts are listed one by one; `off` has no parts and is shown itself. */
function isWholeGroup(source: SettingSource, all: readonly SettingSource[]): boolean {
  return all.some((other) => other.path.startsWith(`${source.path}.`) && other.shown !== '')
}

function sourceText({ origin, env }: SettingSource, language: Language): string {
  const zh = language !== 'en'
  switch (origin.kind) {
    case 'default':
      return zh ? `默认 (${env})` : `default (${env})`
    case 'file':
      return `${origin.place.file}:${origin.place.line}`
    case 'env':
      return origin.name
    case 'flag':
      return origin.name
  }
}
