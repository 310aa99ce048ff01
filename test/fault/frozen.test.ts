import { afterEach, expect, test } from '@jest/globals'
import { Stage } from './stage.ts'

let stage: Stage

afterEach(async () => {
  await stage.close()
})

test('T38: a process that stands still is unhealthy to whoever asks, and healthy again when it goes on', async () => {
  stage = await Stage.open()
  const bot = await stage.online()
  expect((await stage.command('healthcheck')).code).toBe(0)
  bot.process.kill('SIGSTOP')
  const { code, stderr } = await stage.command('healthcheck')
  expect([code, stderr]).toEqual([4, expect.stringContaining('3s')])
  bot.process.kill('SIGCONT')
  expect(await stage.ask('多少钱')).toContain('苹果')
  expect((await stage.command('healthcheck')).code).toBe(0)
})
