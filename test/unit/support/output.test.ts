import { EventEmitter } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { createLogger } from '../../../src/support/log.ts'
import { escapeUnsafe, GuardedOutput, jsonLines } from '../../../src/support/output.ts'
import { prettyLines } from '../../../src/support/pretty-log.ts'

/** A stream whose reader the test plays. */
class Reader extends EventEmitter {
  readonly read: string[] = []
  readonly #pending: (() => void)[] = []
  isReading = true
  isBroken = false

  write(text: string, done?: () => void): boolean {
    if (this.isBroken) throw new Error('write EPIPE')
    this.read.push(text)
    if (this.isReading) done?.()
    else if (done !== undefined) this.#pending.push(done)
    return this.isReading
  }

  resume(): void {
    this.isReading = true
    for (const done of this.#pending.splice(0)) done()
    this.emit('drain')
  }
}

describe('guarded output', () => {
  test('passes lines on in order', async () => {
    const reader = new Reader()
    const output = new GuardedOutput(reader)
    output.write('a\n')
    output.write('b\n')
    await output.flushed()
    expect(reader.read.join('')).toBe('a\nb\n')
    expect(output.dropped).toBe(0)
  })

  test('a reader that stands still costs bounded memory, then whole lines; what waited arrives in order', async () => {
    const reader = new Reader()
    const output = new GuardedOutput(reader, 10)
    reader.isReading = false
    for (let line = 0; line < 100; line++) output.write(`${line % 10}xyz\n`)
    expect(reader.read).toEqual(['0xyz\n'])
    expect(output.dropped).toBe(97)
    const flushed = output.flushed()
    reader.resume()
    await flushed
    expect(reader.read.filter((text) => text !== '')).toEqual(['0xyz\n', '1xyz\n', '2xyz\n'])
    output.write('later\n')
    expect(reader.read.at(-1)).toBe('later\n')
  })

  test('a reader that has gone is no error', async () => {
    const reader = new Reader()
    const output = new GuardedOutput(reader)
    reader.emit('error', new Error('write EPIPE'))
    output.write('a\n')
    await output.flushed()
    expect(reader.read).toEqual([])
    expect(output.dropped).toBe(1)
    const broken = new Reader()
    broken.isBroken = true
    const second = new GuardedOutput(broken)
    second.write('a\n')
    second.write('b\n')
    expect(second.dropped).toBe(2)
  })

  test('leaving ends the wait of whoever flushes', async () => {
    const reader = new Reader()
    const output = new GuardedOutput(reader)
    reader.isReading = false
    output.write('a\n')
    output.write('b\n')
    const flushed = output.flushed()
    reader.emit('error', new Error('write EPIPE'))
    await flushed
    expect(output.dropped).toBe(1)
  })
})

const HOSTILE = '\u001b[2Jx\r\u202ey\u2028z\u009b1m\ufeff'

describe('log lines', () => {
  function logged(pretty: boolean): { lines: string[]; log: ReturnType<typeof createLogger> } {
    const lines: string[] = []
    const output = { write: (text: string) => void lines.push(text) }
    const destination = pretty
      ? prettyLines(output, { timezone: 'Asia/Shanghai', isColoured: false })
      : jsonLines(output)
    return { lines, log: createLogger('debug', destination) }
  }

  test.each([true, false])('T16: carry no terminal escapes (pretty: %s)', (pretty) => {
    const { lines, log } = logged(pretty)
    log.warn({ name: HOSTILE }, `from ${HOSTILE}`)
    expect(lines).toHaveLength(1)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
    expect(lines[0]).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029\ufeff]/)
    expect(lines[0]?.match(/\n/g)).toHaveLength(1)
  })

  test('JSON stays JSON and keeps every character', () => {
    const { lines, log } = logged(false)
    log.info(`多少钱 ${HOSTILE}`)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', msg: `多少钱 ${HOSTILE}` })
  })

  test('pretty lines begin with the local time of the settings and hide fields of information', () => {
    const { lines, log } = logged(true)
    log.info({ eventId: 'e1' }, '在线')
    log.error({ eventId: 'e1', skey: 'canary', err: new Error('broken\npipe') }, 'send failed')
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d 在线\n$/)
    expect(lines[1]).toMatch(
      /^\d\d:\d\d:\d\d 错误 send failed \(eventId=e1 skey=\[secret\] err=broken\\npipe\)\n$/,
    )
    const [hour] = (lines[0] ?? '').split(':')
    const now = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Shanghai',
      hour: '2-digit',
      hourCycle: 'h23',
    })
    expect(hour).toBe(now.format(new Date(JSON.parse(jsonTime()))))
  })

  function jsonTime(): string {
    const { lines, log } = logged(false)
    log.info('now')
    return JSON.stringify((JSON.parse(lines[0] ?? '') as { time: string }).time)
  }

  test('T16: a second line of a sentence cannot pass for a line of its own', () => {
    const { lines, log } = logged(true)
    log.info('规则有误:\n09:00:00 在线')
    expect(lines[0]?.split('\n')[1]).toBe('         09:00:00 在线')
  })

  test('escaping leaves ordinary text alone', () => {
    const text = '你好，world 👋🏽 한국어 é\n'
    expect(escapeUnsafe(text)).toBe(text)
  })
})
