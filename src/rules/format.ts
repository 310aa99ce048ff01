import type { Diagnostic, Severity } from '../domain/diagnostic.ts'
import { assertNever } from '../support/assert-never.ts'
import { isFixable } from './diagnostic.ts'

/** The languages messages come in. */
export type Language = 'zh-CN' | 'en'

const LABELS: Readonly<
  Record<Language, Readonly<Record<Severity | 'fixed' | 'hint' | 'repair' | 'explained', string>>>
> = {
  'zh-CN': {
    error: '错误',
    warning: '提醒',
    info: '说明',
    fixed: '改成',
    hint: '提示',
    repair: '自动修复',
    explained: '说明',
  },
  en: {
    error: 'error',
    warning: 'warning',
    info: 'note',
    fixed: 'write',
    hint: 'hint',
    repair: 'repair',
    explained: 'see',
  },
}

/** Lines longer than this are shown in part, around the mark. */
const WINDOW = 120

/** One diagnostic for people: place, sentence, the line with a mark under it, and what to write instead. */
export function formatDiagnostic(diagnostic: Diagnostic, language: Language): string {
  const label = LABELS[language]
  const { place, message, hint, code, correctedLine } = diagnostic
  const say = language === 'en' ? message.en : message.zh
  const head = `${shownPlace(place)}  ${label[diagnostic.severity]} ${code}  ${say}`
  const explained = `${label.explained}: ${pageOf(code)}`
  return [
    head,
    ...quotedLines(diagnostic),
    ...(hint === undefined ? [] : [` ${label.hint}: ${language === 'en' ? hint.en : hint.zh}`]),
    ...(correctedLine === undefined
      ? [` ${explained}`]
      : [
          ` ${label.fixed}: ${correctedLine}`,
          isFixable(diagnostic)
            ? ` ${label.repair}: wxreply fix ${place.file}      ${explained}`
            : ` ${explained}`,
        ]),
  ].join('\n')
}

/** A variable of the environment has no lines. */
function shownPlace({ file, line, column }: Diagnostic['place']): string {
  return file.startsWith('WXREPLY_') ? file : `${file}:${line}:${column}`
}

function quotedLines(diagnostic: Diagnostic): string[] {
  const { quotedLine, lineBefore, place } = diagnostic
  if (quotedLine === undefined || quotedLine.trim() === '') return []
  const from = Math.max(0, quotedLine.length > WINDOW ? place.column - 1 - WINDOW / 2 : 0)
  const cut = (line: string) => line.slice(from, from + WINDOW)
  const before =
    lineBefore === undefined || lineBefore.trim() === '' ? [] : [numbered(place.line - 1, cut(lineBefore))]
  const lead = quotedLine.slice(from, place.column - 1)
  const marked = quotedLine.slice(
    place.column - 1,
    Math.min(place.column - 1 + (diagnostic.span ?? 1), from + WINDOW),
  )
  const mark = `${' '.repeat(displayWidth(lead))}${'^'.repeat(Math.max(1, displayWidth(marked)))}`
  return [...before, numbered(place.line, cut(quotedLine)), `     | ${mark}`]
}

function numbered(line: number, text: string): string {
  return `${String(line).padStart(4)} | ${text}`.trimEnd()
}

/** Where a code is explained: those of settings stand in their own table. */
function pageOf(code: string): string {
  return /^[EWI]7/.test(code) ? 'docs/settings.md' : `docs/errors.md#${code}`
}

/** Columns a text takes in a terminal: full-width characters take two, a tab is shown as one. */
export function displayWidth(text: string): number {
  let width = 0
  for (const sign of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        sign,
      )
        ? 2
        : 1
  return width
}

/** The forms of `check --format`. */
export type CheckFormat = 'text' | 'json' | 'github' | 'sarif'

/** All diagnostics in one of the forms; '' when there are none, except for the JSON forms. */
export function formatDiagnostics(
  list: readonly Diagnostic[],
  format: CheckFormat,
  language: Language,
): string {
  switch (format) {
    case 'text':
      return list.map((one) => formatDiagnostic(one, language)).join('\n\n')
    case 'json':
      return JSON.stringify({ diagnostics: list }, null, 2)
    case 'github':
      return list.map((one) => githubLine(one, language)).join('\n')
    case 'sarif':
      return JSON.stringify(sarif(list, language), null, 2)
    default:
      return assertNever(format)
  }
}

const GITHUB: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' }

function githubLine(one: Diagnostic, language: Language): string {
  const { file, line, column } = one.place
  const text = language === 'en' ? one.message.en : one.message.zh
  const escaped = text.replace(/[%\r\n]/g, (sign) => encodeURIComponent(sign))
  const safeFile = file.replace(/[%\r\n:,]/g, (sign) => encodeURIComponent(sign))
  return `::${GITHUB[one.severity]} file=${safeFile},line=${line},col=${column},title=${one.code}::${escaped}`
}

const SARIF: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' }

function sarif(list: readonly Diagnostic[], language: Language): unknown {
  const rules = [...new Set(list.map((one) => one.code))].map((id) => ({
    id,
    helpUri: pageOf(id),
  }))
  const results = list.map((one) => ({
    ruleId: one.code,
    level: SARIF[one.severity],
    message: { text: language === 'en' ? one.message.en : one.message.zh },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(one.place.file) },
          region: { startLine: one.place.line, startColumn: one.place.column },
        },
      },
    ],
  }))
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'wxreply', rules } }, results }],
  }
}
