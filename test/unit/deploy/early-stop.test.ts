import { afterEach, expect, test } from '@jest/globals'
import { Shop } from '../../support/shop.ts'

/** Sends the signal to itself at the instant the command line is about to be loaded. */
const SIGNAL_WHILE_LOADING = `
import { registerHooks } from 'node:module'
registerHooks({
  load(url, context, next) {
    if (url.endsWith('/src/cli/process.ts')) process.kill(process.pid, 'SIGTERM')
    return next(url, context)
  },
})
console.error('hooked')
`

const shop = new Shop({ url: 'http://127.0.0.1:1' })

afterEach(() => shop.close())

test('a stop that comes while the program still loads ends it with 0, as a later one does', async () => {
  const preload = `data:text/javascript,${encodeURIComponent(SIGNAL_WHILE_LOADING)}`
  const bot = shop.run({ nodeArgs: ['--import', preload] })
  const end = await bot.finished
  expect(end.stderr).toContain('hooked')
  expect({ code: end.code, signal: end.signal }).toEqual({ code: 0, signal: null })
})
