/**
 * Kills the daemon under load and judges what the server saw.
 *
 *   npm run chaos -- --kills 200 --seed S [--policy resend|hold|all] [--init current|replay|all]
 *                    [--send naive|dedupe|all] [--rate 50] [--keep file.json]
 *   npm run chaos -- --points [--each 25]
 *
 * The last line is `survived n/n`; the exit code is 0 only when nothing was wrong.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runKills } from '../test/fault/chaos-kills.ts'
import { runPoints } from '../test/fault/chaos-points.ts'
import type { Mode } from '../test/fault/chaos-stand.ts'
import { check, type Recording } from '../test/fault/checker.ts'
import { countOf, modesOf, nameOf } from './modes.ts'

const SHOWN_PROBLEMS = 20

interface Score {
  readonly survived: number
  readonly of: number
}

const say = (line: string) => void process.stdout.write(`${line}\n`)

/** Prints what a recording comes to; returns how many kills it survived. */
function report(recording: Recording): Score {
  const { problems, figures } = check(recording)
  const { messages, replies, answered, held, lost, doubles, kills, survived } = figures
  const share = kills === 0 ? 0 : Math.round((1000 * doubles) / kills) / 10
  say(`  messages ${messages}, replies due ${replies}, said ${answered}, held ${held}, lost ${lost}`)
  say(`  kills ${kills}, doubles ${doubles} (${share} % of kills), problems ${problems.length}`)
  for (const { code, seq, text } of problems.slice(0, SHOWN_PROBLEMS)) say(`  ${code} at ${seq}: ${text}`)
  return { survived, of: kills }
}

async function kills(mode: Mode, seed: string, options: Options): Promise<Score> {
  const began = performance.now()
  const plan = {
    ...mode,
    seed,
    kills: countOf('kills', options.kills, 200),
    rate: countOf('rate', options.rate, 50),
  }
  const recording = await runKills({
    ...plan,
    onKill: (count, stand) => {
      if (count % 20 === 0) say(`  ${count} kills, ${stand.simulator.sends.length} sends`)
    },
  })
  if (options.keep !== undefined) writeFileSync(options.keep, JSON.stringify(recording))
  say(`  ${Math.round((performance.now() - began) / 1000)} s`)
  return report(recording)
}

async function points(mode: Mode, seed: string, options: Options): Promise<Score> {
  const { trials, recording } = await runPoints({ ...mode, seed, each: countOf('each', options.each, 25) })
  const names = [...new Set(trials.map((trial) => trial.point))]
  for (const name of names) {
    const own = trials.filter((trial) => trial.point === name)
    const wrong = own.filter((trial) => trial.problem !== null)
    say(`  ${name.padEnd(4)} ${own.length - wrong.length}/${own.length}  ${own[0]?.what ?? ''}`)
    for (const { problem } of wrong.slice(0, 3)) say(`       ${problem}`)
  }
  const { problems } = check(recording)
  for (const { code, seq, text } of problems.slice(0, SHOWN_PROBLEMS)) say(`  ${code} at ${seq}: ${text}`)
  const good = trials.filter((trial) => trial.problem === null).length
  return { survived: Math.max(0, good - problems.length), of: trials.length }
}

type Options = ReturnType<typeof optionsOf>

function optionsOf() {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      kills: text,
      seed: text,
      policy: text,
      init: text,
      send: text,
      rate: text,
      each: text,
      keep: text,
      points: { type: 'boolean' },
    },
  })
  return values
}

async function main(): Promise<void> {
  const options = optionsOf()
  const seed = options.seed ?? String(Math.floor(Math.random() * 1e9))
  say(`seed ${seed}`)
  let survived = 0
  let of = 0
  for (const mode of modesOf(options)) {
    say(nameOf(mode))
    const score =
      options.points === true ? await points(mode, seed, options) : await kills(mode, seed, options)
    survived += score.survived
    of += score.of
  }
  say(`survived ${survived}/${of}`)
  process.exitCode = survived === of ? 0 : 1
}

await main()
