import { z } from 'zod'
import { didYouMean } from '../../domain/problem.ts'
import { foldKeyword } from '../index/fold.ts'
import type { CompileContext } from './matcher.ts'

const keyword = z.string().min(1)

/** One keyword or several; `list:名字` stands for the entries of a list. */
export const keywordsSchema = z
  .union([keyword, z.array(keyword).min(1)])
  .describe(
    '关键词，或一组关键词（任一即可）；list:名字 表示用列表。A keyword or several (any of them); list:name uses a list.',
  )

/** A keyword as written and as compared. */
export interface Keyword {
  readonly written: string
  readonly folded: string
}

/** The keywords behind a value, lists expanded; empty ones and unknown lists are reported and left out. */
export function expandKeywords(value: string | readonly string[], context: CompileContext): Keyword[] {
  const written = (typeof value === 'string' ? [value] : value).flatMap((item) => expand(item, context))
  const keywords: Keyword[] = []
  for (const word of written) {
    const folded = context.raw ? word : foldKeyword(word)
    if (folded.trim() === '') context.problem('E202')
    else keywords.push({ written: word, folded })
  }
  return keywords
}

function expand(item: string, context: CompileContext): readonly string[] {
  if (!item.startsWith('list:')) return [item]
  const name = item.slice('list:'.length).trim()
  const entries = context.list(name)
  if (entries === null) {
    context.problem('E203', { name }, didYouMean(name, context.listNames))
    return []
  }
  const words = entries.filter((entry) => typeof entry === 'string')
  if (words.length !== entries.length) context.problem('E208', { name })
  return words
}

/** How a trace names a set of keywords. */
export function describeKeywords(keywords: readonly Keyword[]): string {
  const shown = keywords.slice(0, 5).map((word) => word.written)
  return keywords.length > shown.length ? `${shown.join('、')} 等 ${keywords.length} 个` : shown.join('、')
}
