#!/usr/bin/env node
import module from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const REQUIRED = [24, 9] as const

/**
 * The rest is loaded only by a Node that can run it, and after the signals are listened to: the kernel drops a SIGTERM
 * that the first process of a container does not handle, so a stop while modules load would end in a SIGKILL.
 */
async function main(): Promise<number> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
    process.stderr.write(
      `wxreply 需要 Node ${REQUIRED.join('.')} 或更新，现在是 ${process.versions.node}；用 npm start 或 npx wxreply 启动会自动用对版本。 / needs Node ${REQUIRED.join('.')} or newer, this is ${process.versions.node}; npm start and npx wxreply pick the right one.\n`,
    )
    return 78
  }
  // Half of a start is reading our own source; what was read once is kept beside the packages, where only their owner writes.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/wxreply', import.meta.url)))
  // Before anything else is loaded: no text from outside can reach a prototype by this name, in our code or in a package.
  Reflect.deleteProperty(Object.prototype, '__proto__')
  const [{ awaitEnd }, { systemClock }] = await Promise.all([
    import('./app/lifecycle.ts'),
    import('./support/clock.ts'),
  ])
  const ending = awaitEnd((code) => process.exit(code), systemClock)
  const { runProcess } = await import('./cli/process.ts')
  return await runProcess(process.argv.slice(2), ending)
}

process.exit(await main())
