import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { isTranslated, logWords } from '../../../src/app/log-words.ts'
import { createLogger } from '../../../src/support/log.ts'

const SRC = fileURLToPath(new URL('../../../src', import.meta.url))
/** A line above `debug` that is not said through the narrator, with its constant text. */
const SAID = /[lL]og\.(?:info|warn|error|fatal)\(\s*(?:\{[^{}]*\}|[^,'"]*),?\s*'([^']+)'/g

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(SRC, name), 'utf8'))
}

describe('what rooms say in the log', () => {
  const texts = sources().flatMap((text) => [...text.matchAll(SAID)].map((match) => match[1] ?? ''))

  test('the search finds them', () => expect(texts.length).toBeGreaterThan(20))

  test.each(texts.map((text) => [text]))('%s: owners read it in Chinese', (text) => {
    expect(isTranslated(text)).toBe(true)
  })

  test('fields stay, texts without a translation stay, and English stays English', () => {
    const lines: string[] = []
    const write = (line: string) => void lines.push(line)
    const zh = createLogger('info', { write }, logWords('zh-CN')).child({ room: 'store' })
    zh.warn({ n: 1 }, 'upkeep failed')
    zh.warn({ n: 2 }, '小王: upkeep failed')
    createLogger('info', { write }, logWords('en')).warn({ n: 3 }, 'upkeep failed')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { n: 1, room: 'store', msg: '定期清理没做成，下次再做' },
      { n: 2, msg: '小王: upkeep failed' },
      { n: 3, msg: 'upkeep failed' },
    ])
  })
})
