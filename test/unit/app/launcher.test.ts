import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const LAUNCHER = new URL('../../../src/app/launcher.ts', import.meta.url).href
const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const TELL = `import('${LAUNCHER}').then((it) => console.log(JSON.stringify([it.launchers(), process.ppid])))`

test('whoever stands above the parent and is not npm may go, as a login shell does', () => {
  const [launchers] = JSON.parse(execFileSync(process.execPath, ['-e', TELL], { encoding: 'utf8' }))
  expect(launchers).toBe(`${process.pid} `)
})

test('npm above its shell is watched too', () => {
  const said = execFileSync('npm', ['exec', '--silent', '--call', `node -e "${TELL}"; true`], {
    cwd: PROJECT,
    encoding: 'utf8',
  })
  const [launchers, shell] = JSON.parse(said)
  expect(launchers).toMatch(new RegExp(`^${shell} \\d+$`))
})
