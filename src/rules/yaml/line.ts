/** One line of a rule file cut into its parts; together they are the line again. */
export interface LineParts {
  /** Indentation and dashes, with the space after them. */
  readonly lead: string
  /** The key as typed with its quotes, '' when there is none. */
  readonly key: string
  /** From the colon to the value. */
  readonly colon: string
  readonly value: string
  /** A comment and the space before it. */
  readonly comment: string
}

const LINE =
  /^([ \t]*(?:-[ \t]+)*)(?:("[^"]*"|'[^']*'|[^\s'"[{#&*!|>%@`-][^:#]*?)([ \t]*:(?:[ \t]+|$)))?(.*)$/

/** Cuts a line where a person would. Knows nothing of the lines around it. */
export function splitLine(line: string): LineParts {
  const found = LINE.exec(line)
  const [lead, key, colon, rest] = [found?.[1] ?? '', found?.[2] ?? '', found?.[3] ?? '', found?.[4] ?? line]
  const cut = commentStart(rest)
  return {
    lead,
    key,
    colon,
    value: rest.slice(0, cut).trimEnd(),
    comment: rest.slice(rest.slice(0, cut).trimEnd().length),
  }
}

/** The line with another value. */
export function joinLine(parts: LineParts, value: string): string {
  return `${parts.lead}${parts.key}${parts.colon}${value}${parts.comment}`
}

/** Quotes a text so that YAML takes it as it stands. */
export function quote(text: string): string {
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`
}

/** Where the comment of a value begins (outside quotes, after a space); the length when there is none. */
function commentStart(value: string): number {
  const opening = value[0]
  const from = opening === '"' || opening === "'" ? closingQuote(value, 0) : 0
  const found = /(^|[ \t])#/.exec(value.slice(Math.max(0, from)))
  return found === null ? value.length : Math.max(0, from) + found.index
}

/** Index of the quote that closes the one at `at`; -1 when it stays open on this line. */
export function closingQuote(text: string, at: number): number {
  const mark = text[at]
  for (let i = at + 1; i < text.length; i++) {
    if (mark === '"' && text[i] === '\\') i++
    else if (text[i] === mark && mark === "'" && text[i + 1] === "'") i++
    else if (text[i] === mark) return i
  }
  return -1
}

/** The brackets of a flow value that stay open at the end of the text, and where the first of them stands. */
export function openBrackets(text: string): { readonly closers: string; readonly first: number } {
  const open: { closer: string; at: number }[] = []
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]
    if ((sign === '"' || sign === "'") && /[[{,: ]/.test(text[i - 1] ?? ' ')) i = skip(text, i)
    else if (sign === '[' || sign === '{') open.push({ closer: sign === '[' ? ']' : '}', at: i })
    else if (sign === ']' || sign === '}') open.pop()
  }
  return {
    closers: open
      .map((one) => one.closer)
      .reverse()
      .join(''),
    first: open[0]?.at ?? -1,
  }
}

function skip(text: string, at: number): number {
  const end = closingQuote(text, at)
  return end === -1 ? text.length : end
}

/** Column (from 0) at which the value of a line begins. */
export function valueColumn(parts: LineParts): number {
  return parts.lead.length + parts.key.length + parts.colon.length
}
