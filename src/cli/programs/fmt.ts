import { type Formatted, formatRules, type KeyLanguage } from '../../rules/edit/fmt.ts'
import { closeText, openText } from '../../rules/edit/text-file.ts'
import type { Call } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { type Language, pick, sayTo } from '../settings.ts'
import { carryOut, type Edit, type EditTarget, eachTarget, yamlFiles } from './edits.ts'

/** Carries out `fmt`. `--lang` is the language of keys here, so it is kept from the settings. */
export function runFmt(call: Call): Promise<ExitCode> {
  const { lang, ...options } = call.options
  const keys: KeyLanguage = lang === 'zh' || lang === 'en' ? lang : null
  return eachTarget({ ...call, options }, (target, language) => fmtTarget(call, target, { keys, language }))
}

function fmtTarget(
  call: Call,
  target: EditTarget,
  { keys, language }: { readonly keys: KeyLanguage; readonly language: Language },
): ExitCode {
  const edits: Edit[] = []
  let isRefused = false
  for (const [path, shown, bytes] of yamlFiles(target)) {
    const file = openText(bytes)
    const isTestFile = /\.test\.ya?ml$/i.test(path)
    const formatted: Formatted =
      file === null ? { kind: 'broken' } : formatRules(file.text, { isTestFile, keys })
    if (file === null || formatted.kind !== 'formatted') {
      isRefused = true
      sayTo(call.io.stderr, `${shown}: ${pick(formatted.kind === 'unsafe' ? UNSAFE : BROKEN, language)}`)
    } else if (formatted.text !== file.text) {
      const after = formatted.text
      edits.push({ path, shown, before: file.text, after, bytes: closeText(file, after) })
    }
  }
  const code = carryOut(call, target, edits, language)
  if (edits.length === 0 && !isRefused) {
    sayTo(call.io.stdout, pick({ zh: '排版都好', en: 'all laid out' }, language))
  }
  return isRefused ? EXIT.failed : code
}

const BROKEN = {
  zh: '有 YAML 错误，没有动；先运行 wxreply check',
  en: 'has syntax errors and was left alone; run wxreply check first',
}
const UNSAFE = {
  zh: '重新排版会改变意思，没有动',
  en: 'cannot be laid out without changing what it says, left alone',
}
