import { catalogue, type SettingRow } from './catalogue.ts'
import { isNotYet } from './not-yet.ts'
import { CODES } from './report.ts'
import { showValue } from './show.ts'

/** The table of all settings in docs/settings.md, made from the schema so that the two cannot differ. */
export function referenceTable(): string {
  const head = '| 设置 setting | 默认 default | 可以写 accepted | 说明 meaning |\n|---|---|---|---|'
  return [head, ...catalogue.map(row)].join('\n')
}

function row({ path, info }: SettingRow): string {
  const isGroup = info.accepts.startsWith('{…}')
  const fallback = isGroup ? '' : showValue(info.fallback, false)
  const cells = [
    code(path),
    code(fallback),
    info.accepts,
    `${info.zh} / ${info.en}${isNotYet(path) ? ' (W703)' : ''}`,
  ]
  return `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}

/** The table of all codes that checking settings can give. */
export function codeTable(): string {
  const rows = Object.entries(CODES).map(([name, { zh, en }]) => `| ${name} | ${zh} | ${en} |`)
  return ['| 代码 code | 意思 | meaning |', '|---|---|---|', ...rows].join('\n')
}
