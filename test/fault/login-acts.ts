import { expect } from '@jest/globals'
import type { Child } from '../support/child.ts'
import type { Stage } from './stage.ts'

/** The owner scans the code on show and says yes. */
export async function scan({ simulator }: Stage): Promise<void> {
  await simulator.phone.scan()
  await simulator.phone.confirm()
}

/** Starts the daemon on a stage whose phone does nothing by itself, and scans. */
export async function loggedIn(stage: Stage): Promise<Child> {
  const bot = stage.shop.run()
  await scan(stage)
  await moved(bot, 'online')
  return bot
}

/** What `wxreply status --json` says. */
export async function state(stage: Stage): Promise<Record<string, unknown>> {
  const { stdout, code } = await stage.command('status', '--json')
  expect(code).toBe(0)
  return JSON.parse(stdout) as Record<string, unknown>
}

/** Waits for the n-th time the program says that it moved to this state. */
export async function moved(bot: Child, to: string, times = 1): Promise<void> {
  const told = new RegExp(`"event":"connection","from":"[a-z-]+","to":"${to}"`, 'g')
  await bot.waitFor((output) => (output.match(told)?.length ?? 0) >= times)
}
