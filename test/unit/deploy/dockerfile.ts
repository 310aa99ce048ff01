import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from '../../architecture/source.ts'

/** One instruction of the Dockerfile, its continued lines joined. */
export interface Instruction {
  readonly word: string
  readonly rest: string
}

/** The instructions of each stage, the last stage being the image. */
export function dockerfileStages(): readonly (readonly Instruction[])[] {
  const text = readFileSync(join(PROJECT, 'Dockerfile'), 'utf8').replace(/\\\n/g, ' ')
  const stages: Instruction[][] = []
  for (const line of text.split('\n')) {
    const [, word, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (word === undefined || rest === undefined) continue
    if (word === 'FROM') stages.push([])
    stages.at(-1)?.push({ word, rest: rest.replace(/\s+/g, ' ').trim() })
  }
  return stages
}

/** What one instruction of the image says; throws unless there is exactly one. */
export function imageInstruction(word: string): string {
  const found = (dockerfileStages().at(-1) ?? []).filter((instruction) => instruction.word === word)
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} × ${word}`)
  return found[0].rest
}

/** The image's health check under the keys of a compose file. */
export function dockerfileHealthcheck(): Record<string, unknown> {
  const [options = '', command = '[]'] = imageInstruction('HEALTHCHECK').split(' CMD ')
  const numbers = Object.fromEntries(
    [...options.matchAll(/--([a-z-]+)=(\S+)/g)].map(([, key = '', value = '']) => [
      key.replace('-', '_'),
      key === 'retries' ? Number(value) : value,
    ]),
  )
  return { test: ['CMD', ...(JSON.parse(command) as string[])], ...numbers }
}
