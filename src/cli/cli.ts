/** The door of the room: what was typed -> one command -> an exit code. */
import { Command, CommanderError } from 'commander'
import { nearest } from '../config/nearest.ts'
import { InvariantError } from '../domain/errors.ts'
import { type CliCommand, type Options, type Programs, UsageError } from './command.ts'
import { commands } from './commands.ts'
import type { Words } from './daemon-port.ts'
import { type CliIo, EXIT, type ExitCode } from './io.ts'
import { sayTo } from './settings.ts'
import { usageWords } from './usage.ts'

/** Carries out what was typed (without node and script) and returns what the process should end with. Never rejects. */
export async function runCli(argv: readonly string[], io: CliIo, programs: Programs): Promise<ExitCode> {
  try {
    return await dispatch(argv, io, programs)
  } catch (error) {
    if (error instanceof UsageError) return complain(io, error.words)
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.ok : complain(io, usageWords(error, argv))
    }
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    sayTo(io.stderr, `程序内部错误，请报告 / internal error, please report:\n${detail}`)
    return EXIT.internal
  }
}

async function dispatch(argv: readonly string[], io: CliIo, programs: Programs): Promise<ExitCode> {
  checkCommandName(argv[0])
  let exitCode: ExitCode | null = null
  const program = buildProgram(io, programs, (code) => {
    exitCode = code
  })
  await program.parseAsync([...argv], { from: 'user' })
  if (exitCode === null) throw new InvariantError('a command ended without an exit code')
  return exitCode
}

/** A word that is no command would be taken for an argument of the default one; say what was probably meant instead. */
function checkCommandName(word: string | undefined): void {
  if (word === undefined || word.startsWith('-')) return
  const names = [...new Set(commands.map((command) => command.name.split(' ')[0] ?? '')), 'help', 'version']
  if (names.includes(word)) return
  const guess = nearest(word, names)
  throw new UsageError({
    zh: `没有这个命令: ${word}${guess === null ? '' : `，是不是 ${guess}？`}`,
    en: `no such command: ${word}${guess === null ? '' : `, did you mean ${guess}?`}`,
  })
}

function complain(io: CliIo, words: Words): ExitCode {
  sayTo(io.stderr, `${words.zh} / ${words.en}`)
  sayTo(io.stderr, '用法 / usage: wxreply --help')
  return EXIT.usage
}

function buildProgram(io: CliIo, programs: Programs, end: (code: ExitCode) => void): Command {
  const program = prepared(new Command('wxreply'), io)
  program
    .description('按规则自动回复微信消息 / answers WeChat messages by rules')
    .version(programs.version, '-V, --version', '版本 / version')
    .helpCommand('help [command]', '用法 / help')
  program
    .command('version')
    .description('版本 / version')
    .action(() => {
      sayTo(io.stdout, programs.version)
      end(EXIT.ok)
    })
  for (const command of commands) addCommand(program, command, io, programs, end)
  return program
}

/** Errors are thrown, texts go to the given outputs, labels are bilingual. */
function prepared(command: Command, io: CliIo): Command {
  return command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined,
    })
    .configureHelp({ styleTitle: (title) => TITLES[title] ?? title, showGlobalOptions: false })
    .helpOption('-h, --help', '用法 / help')
    .allowExcessArguments(false)
}

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '用法 Usage:',
  'Commands:': '命令 Commands:',
  'Options:': '选项 Options:',
  'Arguments:': '参数 Arguments:',
}

function addCommand(
  program: Command,
  definition: CliCommand,
  io: CliIo,
  programs: Programs,
  end: (code: ExitCode) => void,
): void {
  const words = definition.name.split(' ')
  const last = words.pop() ?? ''
  const parent = words.reduce((above, word) => groupBelow(above, word, io), program)
  const command = prepared(parent.command(last, { isDefault: definition.name === 'run' }), io)
  command.description(`${definition.summary.zh} / ${definition.summary.en}`)
  definition.configure(command)
  command.action(async () => {
    const args = command.processedArgs.flat().filter((arg) => arg !== undefined)
    const options: Options = command.opts()
    end(await definition.run({ io, programs, args: args.map(String), options }))
  })
}

function groupBelow(above: Command, word: string, io: CliIo): Command {
  const known = above.commands.find((command) => command.name() === word)
  return known ?? prepared(above.command(word), io).description(GROUPS[word] ?? '')
}

/** Words that only stand before other words. */
const GROUPS: Readonly<Record<string, string>> = { config: '设置 / settings', contacts: '联系人 / contacts' }
