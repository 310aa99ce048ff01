import { afterEach, describe, expect, test } from '@jest/globals'
import { endAll, MINUTE, play } from './clockwork.ts'

afterEach(endAll)

/** Words that never repeat, so that only the speed of the other side gives it away. */
const RULES = `
rules:
  - name: 都答
    when: any
    do: [{add: {轮: 1}}, {reply: "第{{轮}}次"}]
`

describe('F67: a machine that answers whatever it hears, never twice the same', () => {
  test.each<[name: string, lines: number, settings: string]>([
    ['one line', 1, ''],
    ['three lines at once', 3, ''],
    ['one line, and we wait for more', 1, 'merge: 3s\n'],
    ['three lines at once, and we take them together', 3, 'merge: 3s\n'],
  ])('%s: we stop within five replies', async (_name, lines, settings) => {
    const { clock, simulator, bot } = await play({ rules: RULES, settings })
    let spoken = 0
    const speak = () => simulator.deliver({ kind: 'text', from: '小王', text: `第${++spoken}句` })
    speak()
    let heard = 0
    const end = clock.monotonic() + 9 * MINUTE
    while (clock.monotonic() < end) {
      await clock.leap(500)
      const replies = simulator.sends.filter(({ chat }) => chat === 'wxid_xiaowang001').length
      for (; heard < replies; heard++) for (let line = 0; line < lines; line++) speak()
    }
    expect(heard).toBeGreaterThan(0)
    expect(heard).toBeLessThanOrEqual(5)
    expect(bot.log).toContain('像机器人')
  })
})
