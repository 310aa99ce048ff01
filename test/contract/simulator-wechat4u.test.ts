import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const pem = (name: string) => readFile(path(`../fixtures/tls/${name}`), 'utf8')

/** What the foreign client told so far, and a way to wait for more. */
class Story {
  readonly lines: { what: string; value: unknown }[] = []
  readonly #child: ChildProcess
  #rest = ''

  constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n')
      this.#rest = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('{')) this.lines.push(JSON.parse(line))
      child.emit('told')
    })
  }

  async until(matches: (line: { what: string; value: unknown }) => boolean): Promise<unknown> {
    for (;;) {
      const found = this.lines.find(matches)
      if (found !== undefined) return found.value
      await once(this.#child, 'told')
    }
  }
}

describe('wechat4u on the simulator', () => {
  let simulator: Simulator
  let child: ChildProcess

  beforeEach(async () => {
    const tls = { key: await pem('server.key'), cert: await pem('server.pem') }
    simulator = await startSimulator({ tls, pollHoldMs: 2000 })
    child = spawn(process.execPath, [path('../support/sim-wechat4u.ts'), String(simulator.port)], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: path('../fixtures/tls/ca.pem') },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
  })

  afterEach(async () => {
    await simulator.close()
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })

  test('logs in, lists contacts, answers a private and a room message, and logs out', async () => {
    const story = new Story(child)
    await simulator.phone.scan()
    await simulator.phone.confirm()
    await story.until((line) => line.what === 'login')
    const names = await story.until(
      (line) => line.what === 'contacts' && Array.isArray(line.value) && line.value.includes('水果批发行情'),
    )
    expect(names).toEqual(expect.arrayContaining(['小王', '李姐', '老客户群', '楼下邻居', '文件传输助手']))

    simulator.deliver({ kind: 'text', from: '小王', text: '苹果 <多少> 钱\n一斤？😄' })
    const toFriend = await simulator.waitFor(
      (entry) => entry.kind === 'sent' && entry.chat === 'wxid_xiaowang001',
    )
    expect(toFriend).toMatchObject({ text: '收到：苹果 <多少> 钱\n一斤？😄', generation: 1 })

    simulator.deliver({ kind: 'text', from: '卡罗尔', in: '老客户群', text: '还有吗' })
    const toRoom = await simulator.waitFor(
      (entry) => entry.kind === 'sent' && entry.chat === '10000000001@chatroom',
    )
    expect(toRoom).toMatchObject({ text: expect.stringMatching(/^收到：.*卡.*还有吗$/s) })

    expect(story.lines.filter((line) => line.what === 'error')).toEqual([])
    expect(simulator.sends.filter((send) => send.text.startsWith('收到'))).toHaveLength(2)
    // Its known liberties, each of which the real server lets pass; strict mode sees them all and nothing else.
    expect([...new Set(simulator.violations)].sort()).toEqual([
      'login: tip is 0, but poll 1 of a code has tip 1',
      'webwxnewloginpage: fun=new is missing',
      'webwxnewloginpage: mod=desktop is missing',
      'webwxnewloginpage: version=v2 is missing',
      'webwxsendmsg: LocalID and ClientMsgId are not both strings',
    ])
    child.stdin?.end()
    await simulator.waitFor(
      (entry) => entry.kind === 'session' && entry.what === 'ended' && entry.ret === 1100,
    )
  })
})
