import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type Loaded, loadConfig } from '../config/load.ts'
import { formatDiagnostic } from '../rules/format.ts'
import { escapeUnsafe } from '../support/output.ts'
import { type Call, type Options, textOption, UsageError } from './command.ts'
import type { Words } from './daemon-port.ts'
import type { CliIo } from './io.ts'

export type Language = 'zh-CN' | 'en'

/** Flags that stand for a setting. */
const FLAG_PATHS: Readonly<Record<string, string>> = {
  rules: 'rules.path',
  data: 'data.path',
  lang: 'language',
}

/** Adds the options by which any command finds its settings. */
export function addSettingsOptions(
  command: Command,
  { hasLanguage }: { readonly hasLanguage: boolean } = { hasLanguage: true },
): void {
  command
    .option('-c, --config <file>', '设置文件 / settings file')
    .option('--rules <dir>', '规则目录 / rules folder')
    .option('--data <dir>', '数据目录 / data folder')
  if (hasLanguage) command.option('--lang <language>', 'zh-CN | en')
  command.option('--set <path=value>', '改一个设置，可重复 / one setting, repeatable', collect)
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** Reads the settings as this call's flags, variables and file give them. */
export function loadSettings(call: Call): Loaded {
  return loadConfig({
    file: textOption(call.options, 'config'),
    env: call.io.env,
    flags: flagsOf(call.options),
    cwd: call.io.cwd,
  })
}

function flagsOf(options: Options): Record<string, string> {
  const flags: Record<string, string> = {}
  for (const [flag, path] of Object.entries(FLAG_PATHS)) {
    const text = textOption(options, flag)
    if (text !== null) flags[path] = text
  }
  const pairs = Array.isArray(options.set) ? options.set.map(String) : []
  for (const pair of pairs) {
    const cut = pair.indexOf('=')
    if (cut < 1) {
      throw new UsageError({ zh: `--set 要写成 路径=值: ${pair}`, en: `--set takes path=value: ${pair}` })
    }
    flags[pair.slice(0, cut).trim()] = pair.slice(cut + 1)
  }
  return flags
}

/** The data folder, also when other settings are wrong: asking a running daemon needs nothing else. */
export function dataDirOf(loaded: Loaded, io: CliIo): string {
  const shown = loaded.sources.find((source) => source.path === 'data.path')?.shown ?? 'data'
  return loaded.config?.data.path ?? resolve(io.cwd, shown)
}

export function languageOf(loaded: Loaded): Language {
  const shown = loaded.sources.find((source) => source.path === 'language')?.shown
  return shown === 'en' ? 'en' : 'zh-CN'
}

/** The sentence in the chosen language. */
export function pick(words: Words, language: Language): string {
  return language === 'en' ? words.en : words.zh
}

/** A line of text that may hold names people chose: nothing in it can move the cursor. */
export function sayTo(output: { write(text: string): unknown }, text: string): void {
  output.write(`${escapeUnsafe(text)}\n`)
}

/** Prints what is wrong with the settings; remarks only when asked for. */
export function reportSettings(loaded: Loaded, io: CliIo): void {
  const language = languageOf(loaded)
  for (const one of loaded.diagnostics) {
    if (one.severity !== 'info') sayTo(io.stderr, formatDiagnostic(one, language))
  }
}
