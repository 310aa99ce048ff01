import { expect, test } from '@jest/globals'
import { Child } from '../support/child.ts'
import { readHalfBlocks } from '../support/qr-reader.ts'

/** Where the pattern begins in the text; fails when it is not there. */
function placeOf(text: string, pattern: RegExp): number {
  const at = text.search(pattern)
  expect([String(pattern), at >= 0]).toEqual([String(pattern), true])
  return at
}

test('the first success: a code, a scan, a question, the answer and why, and the end with the input', async () => {
  const child = new Child(['playground'])
  child.process.stdin?.end('多少钱\n/room 老客户群\n@我 价格\n')
  const { code, stdout } = await child.finished
  expect(code).toBe(0)
  expect(readHalfBlocks(stdout)).toMatch(/\/l\/[\w=+/%-]+$/)
  const order = [
    /[█▀▄]{5}/,
    /已扫码/,
    /机器人在线/,
    /为什么: 规则“问价”/,
    /机器人 → 小王: 苹果/,
    /机器人 → 老客户群: @小王/,
  ]
  const places = order.map((pattern) => placeOf(stdout, pattern))
  expect(places).toEqual([...places].sort((a, b) => a - b))
})
