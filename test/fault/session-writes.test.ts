import { afterEach, expect, test } from '@jest/globals'
import { seededRandom } from '../../src/support/random.ts'
import { Stage, TOLD_ONLINE } from './stage.ts'

const ROUNDS = 25
const WITHIN_MS = 60
const PATIENCE_MS = 300_000

let stage: Stage

afterEach(async () => {
  await stage.close()
})

test(
  'F8: killed while the session is written, round after round: the next start never needs a code',
  async () => {
    stage = await Stage.open({ pollHoldMs: 200 })
    const random = seededRandom('session-writes')
    const { simulator } = stage
    let bot = await stage.online()
    simulator.faults.add({ endpoint: 'webwxsync', kind: 'set_cookie:webwx_round=1; Path=/' })
    for (let round = 0; round < ROUNDS; round++) {
      const since = simulator.journal.seq
      simulator.deliver({ kind: 'text', from: '李姐', text: `在吗${round}` })
      await simulator.waitFor((note) => note.kind === 'answer' && note.endpoint === 'webwxsync', { since })
      const kill = AbortSignal.timeout(Math.floor(random.next() * WITHIN_MS))
      await new Promise<void>((resolve) => kill.addEventListener('abort', () => resolve(), { once: true }))
      await bot.stop('SIGKILL')
      expect(JSON.parse(stage.shop.read('data/session.json'))).toEqual(expect.any(Object))
      bot = stage.shop.run()
      await bot.waitForText(TOLD_ONLINE)
    }
    expect(stage.requests('jslogin')).toHaveLength(1)
    expect(await stage.ask('多少钱')).toContain('苹果')
  },
  PATIENCE_MS,
)
