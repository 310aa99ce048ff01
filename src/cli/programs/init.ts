/** Writes the files somebody begins with: the starter settings and one of the rule packs that come with the package. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from '../../config/nearest.ts'
import { UsageError } from '../command.ts'
import type { Words } from '../daemon-port.ts'
import { type CliIo, EXIT, type ExitCode } from '../io.ts'
import { type Language, pick, sayTo } from '../settings.ts'

/** What `init` was asked for. */
export interface InitCall {
  readonly io: CliIo
  readonly language: Language
  /** Null: ask. */
  readonly example: string | null
  /** As it was typed. */
  readonly dir: string
}

/** The packs in the order of the question; each is a folder below `rules/examples`. */
export const EXAMPLES: readonly { readonly name: string; readonly words: Words }[] = [
  {
    name: 'shop',
    words: { zh: '小店、代购：报价、邮费、发货、售后、下单登记', en: 'a small shop: prices, orders' },
  },
  {
    name: 'away',
    words: { zh: '自由职业：下班、放假时的自动回复，大客户例外', en: 'away replies with hours' },
  },
  {
    name: 'club',
    words: { zh: '群主：老问题、欢迎新人、防刷屏、报名', en: 'group chats: questions, newcomers' },
  },
  {
    name: 'landlord',
    words: { zh: '房东：报修登记、房租水电、合同问答', en: 'a landlord: repairs, rent, contract' },
  },
  { name: 'group', words: { zh: '只管一个群：有人@才答', en: 'one group chat, when mentioned' } },
  { name: 'minimal', words: { zh: '最小：三问三答，自己往下写', en: 'three questions to begin with' } },
]

/** The package this file belongs to, beside `src` or `dist`. */
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url))

/** Writes `config/` and `rules/` into the folder and says what comes next; refuses when any of it is there already. */
export async function runInit(call: InitCall): Promise<ExitCode> {
  const { io, language } = call
  const example = call.example === null ? await askWhich(call) : known(call.example)
  const target = resolve(io.cwd, call.dir)
  try {
    const files = filesOf(example)
    const inTheWay = thereAlready(target, [...files.keys()])
    if (inTheWay.length > 0) return refuse(call, inTheWay)
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(target, path)), { recursive: true })
      writeFileSync(join(target, path), bytes, { flag: 'wx' })
    }
    sayWhatNext(call, [...files.keys()])
    return EXIT.ok
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    sayTo(io.stderr, pick({ zh: `读写不了: ${reason}`, en: `cannot read or write: ${reason}` }, language))
    return EXIT.failed
  }
}

function refuse({ io, language, dir }: InitCall, inTheWay: readonly string[]): ExitCode {
  sayTo(io.stderr, pick(REFUSED, language))
  for (const path of inTheWay) sayTo(io.stderr, `  ${join(dir, path)}`)
  return EXIT.failed
}

const REFUSED: Words = {
  zh: '这里已经有设置或规则了，一个都没有动。换一个空文件夹（--dir），或先把它们移走：',
  en: 'there are settings or rules already; nothing was touched. Take an empty folder (--dir) or move these away:',
}

function known(name: string): string {
  if (EXAMPLES.some((one) => one.name === name)) return name
  const names = EXAMPLES.map((one) => one.name)
  const guess = nearest(name, names)
  throw new UsageError({
    zh: `没有这一套: ${name}${guess === null ? `；可以写 ${names.join('、')}` : `，是不是 ${guess}？`}`,
    en: `no such example: ${name}${guess === null ? `; there are ${names.join(', ')}` : `, did you mean ${guess}?`}`,
  })
}

const ASK_AT_MOST = 3

/** A plain numbered question; the number or the name is an answer. */
async function askWhich({ io, language }: InitCall): Promise<string> {
  if (io.stdout.isTTY !== true) throw notChosen()
  sayTo(io.stdout, pick({ zh: '从哪一套规则开始？', en: 'Which rules to begin with?' }, language))
  for (const [index, { name, words }] of EXAMPLES.entries()) {
    sayTo(io.stdout, `  ${index + 1}  ${name.padEnd(9)} ${pick(words, language)}`)
  }
  const question = pick({ zh: '请输入数字，回车: ', en: 'A number, then Enter: ' }, language)
  io.stdout.write(question)
  let asked = 1
  for await (const line of linesOf(io)) {
    const answer = line.trim()
    const chosen = EXAMPLES[Number(answer) - 1] ?? EXAMPLES.find((one) => one.name === answer.toLowerCase())
    if (chosen !== undefined) return chosen.name
    if (asked++ === ASK_AT_MOST) break
    io.stdout.write(question)
  }
  throw notChosen()
}

function notChosen(): UsageError {
  const names = EXAMPLES.map((one) => one.name).join(' | ')
  return new UsageError({ zh: `请写明用哪一套: --example ${names}`, en: `say which one: --example ${names}` })
}

/** The lines that are typed, until the end of the input or of the process. */
async function* linesOf({ stdin, signal }: CliIo): AsyncGenerator<string> {
  const chunks = stdin[Symbol.asyncIterator]()
  const decoder = new TextDecoder()
  const ended = new Promise<'ended'>((end) => {
    if (signal.aborted) end('ended')
    signal.addEventListener('abort', () => end('ended'), { once: true })
  })
  let rest = ''
  for (;;) {
    const next = await Promise.race([chunks.next(), ended])
    if (next === 'ended') return
    if (next.done === true) {
      if (rest !== '') yield rest
      return
    }
    rest += typeof next.value === 'string' ? next.value : decoder.decode(next.value, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/** Everything that is written, by its path in the target. */
function filesOf(example: string): ReadonlyMap<string, Uint8Array> {
  const from = join(PACKAGE, 'rules', 'examples', example)
  const settings = readFileSync(join(PACKAGE, 'config', 'config.yaml'), 'utf8')
  const files = new Map<string, Uint8Array>([['config/config.yaml', Buffer.from(withGentleGate(settings))]])
  for (const path of readdirSync(from, { recursive: true, encoding: 'utf8' }).sort()) {
    if (statSync(join(from, path)).isFile()) files.set(join('rules', path), readFileSync(join(from, path)))
  }
  return files
}

const GATE = /^#rules:\n#( +)test_gate: block.*$/m

/**
 * Whoever begins with a pack changes its names and texts at once, and its tests know the old ones: a test that fails
 * then only warns, or the first edit of a newcomer would change nothing.
 */
function withGentleGate(settings: string): string {
  const lines = [
    'rules:',
    '  # 改了规则、测试没跟着改时：warn 照样生效，只提醒；规则稳定以后建议写 block（测试不过，改动不生效）。',
    '  test_gate: warn',
  ]
  return settings.replace(GATE, lines.join('\n'))
}

/** What would be written over, and other rules that would run together with the new ones. */
function thereAlready(target: string, paths: readonly string[]): string[] {
  const taken = paths.filter((path) => existsSync(join(target, path)))
  const rules = join(target, 'rules')
  const others = existsSync(rules)
    ? readdirSync(rules)
        .filter((name) => /\.ya?ml$/i.test(name))
        .map((name) => join('rules', name))
    : []
  return [...new Set([...taken, ...others])].sort()
}

function sayWhatNext({ io, language, dir }: InitCall, paths: readonly string[]): void {
  const say = (zh: string, en: string) => sayTo(io.stdout, pick({ zh, en }, language))
  say('写好了：', 'Written:')
  for (const path of paths) sayTo(io.stdout, `  ${join(dir, path)}`)
  const isHere = resolve(io.cwd, dir) === resolve(io.cwd)
  say('接下来：', 'Next:')
  if (!isHere) sayTo(io.stdout, `  cd ${dir}`)
  say(
    '  用记事本打开 rules 里的文件，第一行写着要改哪几处',
    '  open the files under rules; the first lines say what to change',
  )
  say('  wxreply test          看看改得对不对', '  wxreply test          see whether all is well')
  say('  wxreply playground    不用微信先试玩', '  wxreply playground    try it without WeChat')
  say('  wxreply run           扫码开始', '  wxreply run           scan and begin')
}
