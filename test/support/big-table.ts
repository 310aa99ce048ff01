import { seededRandom } from '../../src/support/random.ts'

const FIRST_CHARACTER = 0x4e00
const CHARACTERS = 5000

/** A reply table of distinct keywords of 2 to 6 characters; each `version` changes the replies of every hundredth row. */
export function bigTable(rows: number, version: number): string {
  const random = seededRandom('big table')
  const words = new Set<string>()
  while (words.size < rows) words.add(word(() => random.next()))
  const lines = [...words].map(
    (one, index) => `${one},答案 ${index}${index % 100 === 0 ? `-${version}` : ''}`,
  )
  return `关键词,回复\n${lines.join('\n')}\n`
}

function word(random: () => number): string {
  const length = 2 + Math.floor(random() * 5)
  // Like in a language, some characters are far more common than others.
  const characters = Array.from({ length }, () =>
    String.fromCharCode(FIRST_CHARACTER + Math.floor(random() * random() * CHARACTERS)),
  )
  return characters.join('')
}
