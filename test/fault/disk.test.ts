import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Child } from '../support/child.ts'
import { noteServed } from '../support/served.ts'
import { openSmallDisk, PlantedDisk, type SmallDisk } from '../support/small-disk.ts'
import { Stage, TOLD_ONLINE } from './stage.ts'

const CHILD = fileURLToPath(new URL('./disk-child.ts', import.meta.url))
/** Space is back: from here on a message must be answered within this time. */
const RECOVERY_MS = 30_000
const REFUSED = /"event":"store","code":"(?:disk-full|read-only)"/
const ALARM = /"event":"alarm","alarm":"store","state":"raised"/
const CLEARED = /"event":"alarm","alarm":"store","state":"cleared"/

let stage: Stage
let disk: SmallDisk

beforeEach(async () => {
  stage = await Stage.open({ pollHoldMs: 1000 })
})

afterEach(async () => {
  await stage.close()
  await disk.close()
})

async function onSmallDisk(): Promise<Child> {
  disk = await openSmallDisk(stage.shop.path('data'))
  return await stage.online(disk.child)
}

function onPlantedDisk(): { planted: PlantedDisk } {
  const planted = new PlantedDisk(stage.shop.path('data'))
  disk = planted
  return { planted }
}

/** What a customer got; the owner's notices are not meant. */
const replies = () =>
  stage.simulator.sends.filter((send) => send.chat !== 'filehelper').map((send) => send.text)
const say = (number: number) => stage.simulator.deliver({ kind: 'text', from: '小王', text: `编号${number}` })

async function answered(number: number): Promise<void> {
  await stage.simulator.waitFor((note) => note.kind === 'sent' && note.text === `收到${number}`)
}

/** Answered, and the success is on disk: what happens to the disk from here on cannot repeat it. */
async function booked(bot: Child): Promise<void> {
  say(1)
  await bot.waitForText(/"to":"sent"/)
}

/** The store refuses: the daemon says so, asks on slowly with its old position, and answers nobody. */
async function suffers(bot: Child): Promise<void> {
  await bot.waitForText(REFUSED)
  await bot.waitForText(ALARM)
  const since = stage.simulator.journal.seq
  await stage.nextRequest('webwxsync', since)
  await stage.nextRequest('webwxsync')
  const [first, ...later] = stage.requests(null, since)
  const last = later.at(-1)
  const seconds = ((last?.at ?? 0) - (first?.at ?? 0)) / 1000
  expect(later.length).toBeLessThanOrEqual(5 + 2 * seconds)
  expect(bot.process.exitCode).toBeNull()
}

/** All of it was answered, each once, in time, and the alarm is over. */
async function recovers(bot: Child, numbers: readonly number[]): Promise<void> {
  const freedAt = Date.now()
  for (const number of numbers) await answered(number)
  noteServed(Date.now() - freedAt)
  expect(Date.now() - freedAt).toBeLessThan(RECOVERY_MS)
  await bot.waitForText(CLEARED)
  expect(replies().toSorted()).toEqual(numbers.map((number) => `收到${number}`))
}

describe('a disk without room', () => {
  test('F14: nothing is taken until there is room, then everything is answered once', async () => {
    const bot = await onSmallDisk()
    await booked(bot)
    disk.fill()
    say(2)
    await suffers(bot)
    say(3)
    expect(replies()).toEqual(['收到1'])
    disk.free()
    await recovers(bot, [1, 2, 3])
    expect((await bot.stop()).code).toBe(0)
  })

  test('F14: a start on a full disk waits for room, too: no crash loop', async () => {
    const first = await onSmallDisk()
    await booked(first)
    disk.fill()
    say(2)
    await first.waitForText(ALARM)
    await first.stop('SIGKILL')
    disk.fill()
    const bot = stage.shop.run(disk.child)
    await bot.waitForText(REFUSED)
    disk.free()
    await bot.waitForText(TOLD_ONLINE)
    await answered(2)
    expect(replies()).toEqual(['收到1', '收到2'])
    expect(stage.requests('jslogin')).toHaveLength(1)
  })
})

test('F15: with the reserve given back, a full disk can be cleaned', async () => {
  const dir = stage.shop.path('data')
  disk = await openSmallDisk(dir)
  const { wrap, nodeArgs, env } = disk.child
  const [command = '', ...args] = [...wrap, process.execPath, ...nodeArgs, CHILD, dir]
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  expect(await next()).toBe('ready')
  disk.fill()
  child.stdin.write('\n')
  expect(await next()).toBe('disk-full')
  expect(Number(/^cleaned (\d+)$/.exec(await next())?.[1])).toBeGreaterThanOrEqual(400)
  expect(await next()).toBe('full true')
  disk.free()
  child.stdin.write('\n')
  expect(await next()).toBe('stored')
  expect(await next()).toBe('full false')
  child.stdin.end()
})

test('F14: a start that waits for room ends when it is told to', async () => {
  const first = await onSmallDisk()
  await first.stop('SIGKILL')
  disk.fill()
  say(1)
  const bot = stage.shop.run(disk.child)
  await bot.waitForText(REFUSED)
  expect((await bot.stop()).code).toBe(0)
})

describe('a volume that takes no writes', () => {
  test('F17: at the start it is told and nothing is asked of the server: 73', async () => {
    const bot = await onSmallDisk()
    await bot.stop()
    disk.makeReadOnly()
    const since = stage.simulator.journal.seq
    const { code, stdout, stderr } = await stage.shop.run(disk.child).finished
    expect(code).toBe(73)
    expect(stdout).toContain('只读')
    expect(stdout).not.toContain('chown')
    expect(stdout + stderr).not.toMatch(/qrcode|\n\s+at /)
    expect(stage.requests(null, since)).toEqual([])
  })

  test('F18: at run time it is like a full disk', async () => {
    const { planted } = onPlantedDisk()
    const bot = await stage.online(planted.child)
    await booked(bot)
    planted.answer('read-only')
    say(2)
    await suffers(bot)
    planted.answer('')
    await recovers(bot, [1, 2])
  })
})

test('F16: a flush that fails ends the daemon; it never goes on as if all were on disk', async () => {
  const { planted } = onPlantedDisk()
  const bot = await stage.online(planted.child)
  await booked(bot)
  planted.answer('no-flush')
  say(2)
  const { code, stdout } = await bot.finished
  expect(code).toBe(70)
  expect(stdout).toMatch(/检查磁盘/)
  expect(replies()).toEqual(['收到1'])
  planted.answer('')
  await stage.online(planted.child)
  await answered(2)
  expect(replies()).toEqual(['收到1', '收到2'])
})
