import { describe, expect, test } from '@jest/globals'
import { connectionPhrase } from '../../../src/app/phrases.ts'
import { problemPhrase } from '../../../src/app/problem-phrases.ts'
import { spokenDuration } from '../../../src/support/duration.ts'

describe('what the owner reads when the network fails', () => {
  test.each([
    ['enotfound', /DNS/],
    ['econnreset', /连接断了/],
    ['timeout', /等不到回应/],
    ['cert_has_expired', /证书/],
    ['tls-too-old', /旧的加密协议/],
    ['self_signed_cert_in_chain', /证书/],
    ['unable_to_verify_leaf_signature', /证书/],
    ['err_tls_cert_altname_invalid', /证书/],
    ['http-502', /出错 502/],
    ['decode', /不是微信的数据/],
    ['something-new', /^something-new$/],
  ])('%s', (code, words) => expect(problemPhrase(code).zh).toMatch(words))

  test('the wait is told as people tell it', () => {
    const at = (retryAt: number) =>
      connectionPhrase({ kind: 'backing-off', problem: 'econnreset', retryAt, attempt: 2 }, 0).zh
    expect(at(300)).toBe('连不上微信（连接断了，econnreset），马上再试（第 2 次）')
    expect(at(61_000)).toContain('，1 分钟 1 秒后再试')
  })
})

describe('durations in sentences', () => {
  test.each([
    [0, '0 秒', '0 seconds'],
    [1000, '1 秒', '1 second'],
    [27 * 60_000, '27 分钟', '27 minutes'],
    [90 * 60_000, '1 小时 30 分钟', '1 hour 30 minutes'],
    [(86_400 + 300) * 1000, '1 天 5 分钟', '1 day 5 minutes'],
    [-5, '0 秒', '0 seconds'],
  ])('%d ms', (ms, zh, en) => expect(spokenDuration(ms)).toEqual({ zh, en }))
})
