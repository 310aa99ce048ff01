import { FORMAT_VERSION, migrateRules } from '../../rules/edit/migrate.ts'
import { closeText, openText } from '../../rules/edit/text-file.ts'
import type { Call } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { type Language, pick, sayTo } from '../settings.ts'
import { carryOut, type Edit, type EditTarget, eachTarget, yamlFiles } from './edits.ts'

/** Carries out `migrate`. */
export function runMigrate(call: Call): Promise<ExitCode> {
  return eachTarget(call, (target, language) => migrateTarget(call, target, language))
}

function migrateTarget(call: Call, target: EditTarget, language: Language): ExitCode {
  const edits: Edit[] = []
  let isRefused = false
  for (const [path, shown, bytes] of yamlFiles(target)) {
    const outcome = migrateFile(path, shown, bytes)
    if (typeof outcome === 'object') edits.push(outcome)
    else if (outcome !== 'newest') {
      isRefused = true
      sayTo(call.io.stderr, `${shown}: ${pick(REFUSALS[outcome], language)}`)
    }
  }
  const code = carryOut(call, target, edits, language)
  if (edits.length === 0 && !isRefused) {
    const words = {
      zh: `已是最新格式（version ${FORMAT_VERSION}），不用升级`,
      en: `already the newest format (version ${FORMAT_VERSION}), nothing to do`,
    }
    sayTo(call.io.stdout, pick(words, language))
  }
  return isRefused ? EXIT.failed : code
}

function migrateFile(
  path: string,
  shown: string,
  bytes: Uint8Array,
): Edit | 'newest' | keyof typeof REFUSALS {
  const file = openText(bytes)
  if (file === null) return 'broken'
  const migrated = migrateRules(file.text, { isTestFile: /\.test\.ya?ml$/i.test(path) })
  if (migrated.kind !== 'migrated') return migrated.kind
  const { text: after, from } = migrated
  return { path, shown, before: file.text, after, bytes: closeText(file, after), backup: `.bak-v${from}` }
}

const REFUSALS = {
  broken: {
    zh: '有 YAML 错误，没有动；先运行 wxreply check',
    en: 'has syntax errors and was left alone; run wxreply check first',
  },
  newer: {
    zh: '是给更新版本的程序写的，没有动',
    en: 'was written for a newer version of the program, left alone',
  },
}
