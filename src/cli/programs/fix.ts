import { fixRules } from '../../rules/edit/fix.ts'
import { formatDiagnostics } from '../../rules/format.ts'
import type { Call } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { type Language, pick, sayTo } from '../settings.ts'
import { carryOut, type EditTarget, eachTarget } from './edits.ts'

/** Carries out `fix`. */
export function runFix(call: Call): Promise<ExitCode> {
  return eachTarget(call, (target, language) => fixTarget(call, target, language))
}

function fixTarget(call: Call, target: EditTarget, language: Language): ExitCode {
  const { edits, count, left } = fixRules(target.tree, target.isMeant)
  const code = carryOut(call, target, edits, language)
  const errors = left.filter((one) => one.severity === 'error' && target.isMeant(one.place.file))
  if (errors.length > 0) sayTo(call.io.stdout, formatDiagnostics(errors, 'text', language))
  const words =
    count + errors.length === 0
      ? { zh: '没有要改的', en: 'nothing to repair' }
      : {
          zh: `能自动改 ${count} 处，还有 ${errors.length} 个错误要自己改`,
          en: `${count} repaired by itself, ${errors.length} errors are left for you`,
        }
  sayTo(call.io.stdout, pick(words, language))
  return errors.length > 0 ? EXIT.failed : code
}
