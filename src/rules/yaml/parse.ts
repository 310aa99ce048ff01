import { Composer, type Document, Lexer, type ParsedNode, Parser, type YAMLParseError } from 'yaml'

/** Nesting deeper than this is refused; nothing a person writes comes near. */
export const MAX_DEPTH = 64
/** After so many complaints of the YAML library the rest is noise. */
const MAX_COMPLAINTS = 200

/** One complaint about the syntax, before it was worded for people. */
export interface SyntaxProblem {
  /** The YAML library's code, or one of ours: `TOO_DEEP`, `MANY_DOCS`, `CRASHED` and those of build.ts. */
  readonly code: string
  readonly start: number
  readonly end: number
}

export interface Parsed {
  /** Null when the text could not be composed at all. */
  readonly document: Document.Parsed<ParsedNode> | null
  /** In order of position. */
  readonly problems: readonly SyntaxProblem[]
  /** How many tokens were read; the time it took goes with it. */
  readonly tokens: number
}

/** Tokens of a whole folder: ten thousand rules have about 400,000, and a reload has two seconds. */
export const MAX_TOKENS = 600_000

class TooDeep extends Error {
  readonly offset: number
  constructor(offset: number) {
    super('nested too deeply')
    this.offset = offset
  }
}
class TooMany extends Error {}
class Unwanted extends Error {
  readonly problem: SyntaxProblem
  constructor(problem: SyntaxProblem) {
    super(problem.code)
    this.problem = problem
  }
}

/**
 * Parses one YAML text within bounds: the composer is recursive and keeps every complaint, so depth is counted on the
 * token stream before it runs and the flood of complaints that garbage causes is cut off. Never throws.
 */
export function parseYaml(text: string, maxTokens = MAX_TOKENS): Parsed {
  const read = { tokens: 0, max: maxTokens }
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, prettyErrors: false })
  const complaints = collectComplaints(composer)
  try {
    const documents = [...composer.compose(tokens(text, read), true, text.length)]
    const [document, second] = documents
    const problems = [...complaints, ...(document?.errors ?? []).map(fromLibrary)]
    if (second !== undefined)
      problems.push({ code: 'MANY_DOCS', start: second.range[0], end: second.range[0] + 3 })
    return {
      document: document === undefined || second !== undefined ? null : asParsed(document),
      problems: unique(problems),
      tokens: read.tokens,
    }
  } catch (error) {
    return { document: null, problems: [...unique(complaints), ...explain(error)], tokens: read.tokens }
  }
}

function asParsed(document: Document): Document.Parsed<ParsedNode> {
  return document as Document.Parsed<ParsedNode>
}

function fromLibrary(error: YAMLParseError): SyntaxProblem {
  return { code: error.code, start: error.pos[0], end: error.pos[1] }
}

function explain(error: unknown): SyntaxProblem[] {
  if (error instanceof TooDeep) return [{ code: 'TOO_DEEP', start: error.offset, end: error.offset + 1 }]
  if (error instanceof Unwanted) return [error.problem]
  if (error instanceof TooMany) return []
  return [{ code: 'CRASHED', start: 0, end: 1 }]
}

/**
 * Copies complaints as they are made and stops the composer after {@link MAX_COMPLAINTS}: one megabyte of commas makes a
 * million errors, six seconds. The library offers no hook, so its own reporting function is wrapped; should a later
 * version rename it, complaints still arrive through `document.errors`, only unbounded (a test measures that).
 */
function collectComplaints(composer: Composer): SyntaxProblem[] {
  const complaints: SyntaxProblem[] = []
  const report: unknown = Reflect.get(composer, 'onError')
  if (typeof report !== 'function') return complaints
  Reflect.set(composer, 'onError', (...args: unknown[]) => {
    const [at, code, , isWarning] = args
    if (isWarning !== true) complaints.push({ code: String(code), ...stretch(at) })
    if (complaints.length > MAX_COMPLAINTS) throw new TooMany()
    return Reflect.apply(report, composer, args)
  })
  return complaints
}

function stretch(at: unknown): { start: number; end: number } {
  if (typeof at === 'number') return { start: at, end: at + 1 }
  if (Array.isArray(at)) return { start: Number(at[0]), end: Number(at[1]) }
  if (typeof at !== 'object' || at === null || !('offset' in at)) return { start: 0, end: 1 }
  const start = Number(at.offset)
  const length = 'source' in at && typeof at.source === 'string' ? at.source.length : 1
  return { start, end: start + Math.max(1, length) }
}

function unique(problems: readonly SyntaxProblem[]): SyntaxProblem[] {
  const seen = new Set<string>()
  return [...problems]
    .sort((a, b) => a.start - b.start)
    .filter((one) => !seen.has(`${one.start} ${one.code}`) && seen.add(`${one.start} ${one.code}`))
}

/** The library's tokens, ended by {@link TooDeep} as soon as brackets, dashes on a line or indents nest too deeply. */
function* tokens(text: string, read: { tokens: number; readonly max: number }) {
  const parser = new Parser()
  const depth = new DepthGauge()
  let [offset, documents, directives] = [0, 0, 0]
  for (const lexeme of new Lexer().lex(text)) {
    if (++read.tokens > read.max) throw new Unwanted({ code: 'TOO_LONG', start: offset, end: offset + 1 })
    if (depth.add(lexeme) > MAX_DEPTH) throw new TooDeep(offset)
    if (lexeme === '---' && ++documents > 2)
      throw new Unwanted({ code: 'MANY_DOCS', start: offset, end: offset + 3 })
    // The composer's time grows with the square of the directives; more than one has no use here.
    if (lexeme[0] === '%' && ++directives > 1) {
      throw new Unwanted({ code: 'BAD_DIRECTIVE', start: offset, end: offset + lexeme.length })
    }
    // The lexer marks document and scalar starts with control characters that are not in the text.
    if (lexeme !== '\u0002' && lexeme !== '\u001f' && lexeme !== '\u0018') offset += lexeme.length
    yield* parser.next(lexeme)
  }
  yield* parser.end()
}

class DepthGauge {
  #brackets = 0
  #indicators = 0
  #isLineStart = true
  readonly #indents: number[] = []

  /** The depth after this lexeme, an upper bound of what the composer will recurse into. */
  add(lexeme: string): number {
    const first = lexeme[0]
    if (first === '\n' || first === '\r') {
      this.#isLineStart = true
      this.#indicators = 0
      return 0
    }
    if (this.#isLineStart) this.#indent(first === ' ' ? lexeme.length : 0)
    this.#isLineStart = false
    if (lexeme === '[' || lexeme === '{') this.#brackets++
    else if (lexeme === ']' || lexeme === '}') this.#brackets = Math.max(0, this.#brackets - 1)
    else if (this.#brackets === 0 && (lexeme === '-' || lexeme === '?' || lexeme === ':')) this.#indicators++
    return this.#brackets > 0 ? this.#brackets : this.#indents.length + this.#indicators
  }

  #indent(column: number): void {
    while ((this.#indents.at(-1) ?? -1) >= column) this.#indents.pop()
    this.#indents.push(column)
  }
}

/** The comments of a text, in order, each from its sign on. */
export function commentsOf(text: string): string[] {
  return [...new Lexer().lex(text)].filter((lexeme) => lexeme.startsWith('#')).map((one) => one.trimEnd())
}
