import { afterEach, describe, expect, test } from '@jest/globals'
import { Stage } from './stage.ts'

let stage: Stage

afterEach(async () => {
  await stage.close()
})

describe.each([
  ['current', 'dedupe'],
  ['current', 'naive'],
  ['replay', 'dedupe'],
  ['replay', 'naive'],
] as const)('webwxinit %s, webwxsendmsg %s', (initMode, sendMode) => {
  const replies = () => stage.simulator.sends.map((send) => send.text)

  test.each([true, false])('talk, stop, talk, kill, log in anew: each once (echo: %s)', async (echoOwn) => {
    stage = await Stage.open({ initMode, sendMode, echoOwn })
    const { simulator } = stage
    const first = await stage.online()
    expect(await stage.ask('编号1')).toBe('收到1')
    await first.stop()
    simulator.deliver({ kind: 'text', from: '小王', text: '编号2' })
    const second = await stage.online()
    await simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到2')
    simulator.deliver({ kind: 'text', from: '李姐', text: '编号3' })
    await stage.nextRequest('webwxsync')
    await second.stop('SIGKILL')
    const third = await stage.online()
    await simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到3')
    expect(simulator.generation).toBe(1)

    simulator.phone.revoke()
    simulator.phone.logout()
    await third.waitFor(
      (output) => (output.match(/"event":"connection","from":"[a-z-]+","to":"online"/g)?.length ?? 0) > 1,
    )
    expect(await stage.ask('编号4')).toBe('收到4')
    expect([...new Set(replies())]).toEqual(['收到1', '收到2', '收到3', '收到4'])
    // Only the kill may have cost a repetition, and only where the server does not notice.
    expect(replies().length).toBeLessThanOrEqual(sendMode === 'naive' ? 5 : 4)
    expect(simulator.violations).toEqual([])
  })

  test('an answer that got lost is repeated at most once, under its id', async () => {
    stage = await Stage.open({ initMode, sendMode })
    await stage.online()
    stage.simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'reset_after_accept', when: { times: 1 } })
    stage.simulator.deliver({ kind: 'text', from: '小王', text: '编号7' })
    await stage.simulator.waitFor(
      (note) => (note.kind === 'sent' && stage.simulator.sends.length === 2) || note.kind === 'send-repeated',
    )
    expect(await stage.ask('编号8', '李姐')).toBe('收到8')
    const sevens = stage.simulator.sends.filter((send) => send.text === '收到7')
    expect(sevens).toHaveLength(sendMode === 'naive' ? 2 : 1)
    expect(new Set(sevens.map((send) => send.clientMsgId)).size).toBe(1)
  })
})
