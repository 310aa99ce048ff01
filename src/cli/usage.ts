import type { CommanderError } from 'commander'
import type { Words } from './daemon-port.ts'

const WORDS: Readonly<Record<string, Words>> = {
  'commander.unknownOption': { zh: '没有这个选项', en: 'no such option' },
  'commander.unknownCommand': { zh: '没有这个命令', en: 'no such command' },
  'commander.missingArgument': { zh: '少了参数', en: 'an argument is missing' },
  'commander.optionMissingArgument': { zh: '选项后面少了值', en: 'the option needs a value' },
  'commander.missingMandatoryOptionValue': { zh: '少了必要的选项', en: 'an option is missing' },
  'commander.invalidArgument': { zh: '值不对', en: 'wrong value' },
  'commander.excessArguments': { zh: '多余的参数', en: 'too many arguments' },
  'commander.conflictingOption': { zh: '选项不能一起用', en: 'options exclude each other' },
  'commander.help': { zh: '还要写下一级命令', en: 'a further word is needed' },
}

/** One sentence for a mistake that the argument parser found. */
export function usageWords(error: CommanderError, argv: readonly string[]): Words {
  const words = WORDS[error.code] ?? { zh: '用法不对', en: 'wrong usage' }
  // The parser names the command when there are too many arguments; what was typed says more.
  const isExcess = error.code === 'commander.excessArguments'
  const what = isExcess ? argv.slice(1).join(' ') : (/'([^']+)'/.exec(error.message)?.[1] ?? '')
  const guess = /Did you mean (?:one of )?([^?]+)\?/.exec(error.message)?.[1]
  const tail = what === '' ? '' : `: ${what}`
  return {
    zh: `${words.zh}${tail}${guess === undefined ? '' : `，是不是 ${guess}？`}`,
    en: `${words.en}${tail}${guess === undefined ? '' : `, did you mean ${guess}?`}`,
  }
}
