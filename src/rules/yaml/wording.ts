import type { Diagnostic } from '../../domain/diagnostic.ts'
import { assertNever } from '../../support/assert-never.ts'
import type { Code } from '../codes.ts'
import { type Bilingual, diagnose } from '../diagnostic.ts'
import { lineNumberAt, lineRange, lineText, placeAt, type SourceText, writtenLine } from '../source.ts'
import type { BuildProblem } from './build.ts'
import { MAX_DEPTH, type SyntaxProblem } from './parse.ts'

interface Sentence extends Bilingual {
  readonly code: Code
}

const say = (code: Code, zh: string, en: string): Sentence => ({ code, zh, en })

/** One sentence of ours for each complaint of the YAML library; its own English never reaches an operator. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  TOO_DEEP: say('E112', `嵌套超过 ${MAX_DEPTH} 层`, `nested more than ${MAX_DEPTH} levels deep`),
  TOO_LONG: say(
    'E113',
    '规则文件合起来太长，从这里起没有读；很多问答请放进 CSV 表格',
    'the rule files together are too long and were not read from here on; put long tables into CSV',
  ),
  MANY_DOCS: say('E117', '一个文件里只能有一份内容，请删掉“---”', 'a file holds one document; remove "---"'),
  CRASHED: say('E100', 'YAML 读不懂这个文件', 'the file cannot be read as YAML'),
  TAB_AS_INDENT: say(
    'E101',
    '缩进里有制表符（Tab），YAML 只认空格',
    'tab in the indentation; YAML takes spaces only',
  ),
  BAD_INDENT: say(
    'E118',
    '缩进没有对齐，或者上面的括号没有闭合',
    'bad indentation, or a bracket above is not closed',
  ),
  BAD_DQ_ESCAPE: say(
    'E108',
    '双引号里的“\\”写法 YAML 不认识；正则请用单引号',
    'bad escape in double quotes; use single quotes',
  ),
  BAD_SCALAR_START: say(
    'E105',
    '文字不能以这个符号开头，请加引号',
    'text cannot start with this sign; quote it',
  ),
  BLOCK_AS_IMPLICIT_KEY: say(
    'E103',
    '一行里有两个“: ”，请给文字加引号',
    'two ": " on one line; quote the text',
  ),
  MULTILINE_IMPLICIT_KEY: say('E100', '这里像是字段，但没有找到“: ”', 'this looks like a key without ": "'),
  MISSING_CHAR: say(
    'E100',
    '这里少了一个符号（引号、括号或冒号）',
    'a quote, bracket or colon is missing here',
  ),
  UNEXPECTED_TOKEN: say(
    'E105',
    '这里多出了 YAML 看不懂的内容，请给文字加引号',
    'unexpected content; quote the text',
  ),
  BAD_ALIAS: say(
    'E110',
    '“*”后面的别名写法不对；如果是文字请加引号',
    'bad alias after "*"; quote it if it is text',
  ),
  BAD_COLLECTION_TYPE: say(
    'E111',
    '不支持 YAML 标签（以 ! 开头）',
    'YAML tags (starting with !) are not supported',
  ),
  KEY_OVER_1024_CHARS: say('E100', '“: ”前面的文字太长，不能当字段', 'the key before ": " is too long'),
  RESOURCE_EXHAUSTION: say('E112', '内容太复杂，YAML 读不完', 'too complex to be read'),
  BAD_DIRECTIVE: say(
    'E105',
    '以 % 开头的行是 YAML 指令；如果是文字请加引号',
    'a line starting with % is a directive',
  ),
}

const OTHER = say('E100', '这里的 YAML 写法有误', 'this is not valid YAML')

/** A complaint for which no mended line was found. */
export function wordSyntaxProblem(source: SourceText, problem: SyntaxProblem): Diagnostic {
  const stray = strayItem(source, problem)
  if (stray !== null) return stray
  const sentence = SENTENCES[problem.code] ?? OTHER
  const start = Math.min(problem.start, Math.max(0, source.text.length - 1))
  return diagnose({ source, start, end: Math.max(problem.end, start + 1) }, sentence.code, sentence)
}

/** A rule appended to a file whose last section is no list: the library complains of something else, lines above. */
function strayItem(source: SourceText, problem: SyntaxProblem): Diagnostic | null {
  if (problem.code !== 'BLOCK_AS_IMPLICIT_KEY') return null
  const at = (line: number) => lineText(source, line)
  const line = writtenLine(source, lineNumberAt(source, problem.start))
  const item = /^(\s*)- /.exec(at(line))
  let above = line - 1
  while (above > 0 && !/^[^\s#-][^:]*:/.test(at(above))) above--
  const section = /^[^:]*/.exec(at(above))?.[0] ?? ''
  if (item === null || above === 0 || above === line) return null
  const start = lineRange(source, line).start + (item[1]?.length ?? 0)
  return diagnose(
    { source, start, end: start + 1 },
    'E118',
    {
      zh: `这一条“- ”落在了“${section}:”下面，那里不是清单`,
      en: `this item "- " stands below "${section}:", which holds no list`,
    },
    { hint: { zh: '如果是一条规则，请移到“rules:”下面', en: 'a rule belongs below "rules:"' } },
  )
}

/** A problem of the tree, without a mended line. */
export function wordBuildProblem(source: SourceText, problem: BuildProblem): Diagnostic {
  const at = { source, start: problem.start, end: problem.end }
  const sentence = buildSentence(source, problem)
  return diagnose(at, sentence.code, sentence)
}

function buildSentence(source: SourceText, problem: BuildProblem): Sentence {
  const text =
    source.text.slice(problem.start, Math.min(problem.end, problem.start + 40)).split('\n')[0] ?? ''
  switch (problem.code) {
    case 'COMPLEX_KEY':
      return say(
        'E106',
        '{ } 或 [ ] 不能当字段名；如果是模板 {{…}}，请加引号',
        'a map or list cannot be a key; quote templates',
      )
    case 'UNKNOWN_ALIAS':
      return say(
        'E110',
        `“${text}”被当成别名，但没有定义；如果是文字请加引号`,
        `"${text}" is taken for an unknown alias; quote it`,
      )
    case 'CYCLIC_ALIAS':
      return say('E110', `别名“${text}”包含了它自己`, `alias "${text}" contains itself`)
    case 'ALIAS_BOMB':
      return say('E110', '别名展开后太大', 'the aliases expand to too much')
    case 'TAG':
      return say(
        'E111',
        `不支持标签“${text.trim()}”；如果是文字请加引号`,
        `tag "${text.trim()}" is not supported; quote it if it is text`,
      )
    case 'UNUSED_ANCHOR':
      return say(
        'E110',
        '以 & 开头的是锚点，这里没有用到；如果是文字请加引号',
        '"&" makes an anchor nobody uses; quote it if it is text',
      )
    case 'MERGE_KEY':
      return say(
        'E116',
        '不支持“<<”合并，请用 defaults 或直接写出来',
        '"<<" merging is not supported; use defaults or write it out',
      )
    case 'DUPLICATE_KEY':
      return duplicate(source, problem, text)
    default:
      return assertNever(problem.code)
  }
}

function duplicate(source: SourceText, problem: BuildProblem, key: string): Sentence {
  const { line, column } = placeAt(source, problem.other ?? 0)
  return say(
    'E109',
    `“${key}”写了两次，第一次在第 ${line} 行第 ${column} 列`,
    `"${key}" is written twice, first at ${line}:${column}`,
  )
}
