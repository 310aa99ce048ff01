import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PROJECT } from '../../architecture/source.ts'
import { dockerfileStages, imageInstruction } from './dockerfile.ts'

const image = dockerfileStages().at(-1) ?? []
const copied = image.filter(({ word }) => word === 'COPY').map(({ rest }) => rest)

describe('the image', () => {
  test('every stage stands on the same Node', () => {
    const bases = dockerfileStages().map(([first]) => first?.rest.split(' ')[0])
    expect(new Set(bases)).toEqual(new Set(['node:24-bookworm-slim']))
  })

  test('starts node itself, so that a stop reaches it', () => {
    expect(JSON.parse(imageInstruction('CMD'))).toEqual(['node', 'dist/main.js', 'run'])
    expect(image.some(({ word }) => word === 'ENTRYPOINT')).toBe(false)
    expect(imageInstruction('STOPSIGNAL')).toBe('SIGTERM')
  })

  test('runs as a user without rights and owns only its data', () => {
    expect(imageInstruction('USER')).toBe('1000:1000')
    expect(imageInstruction('VOLUME')).toBe('/data')
    expect(image.findIndex(({ word }) => word === 'USER')).toBeGreaterThan(
      image.findLastIndex(({ word }) => word === 'RUN' || word === 'COPY'),
    )
  })

  test('what its user has compiled once is in it, read by that user and changed by nobody', () => {
    const warming =
      image.find(({ word, rest }) => word === 'RUN' && rest.includes('main.js version'))?.rest ?? ''
    const [uid, gid] = imageInstruction('USER').split(':')
    const folder = 'node_modules/.cache'
    expect(readFileSync(join(PROJECT, 'src/main.ts'), 'utf8')).toContain(`'../${folder}/wxreply'`)
    expect(warming.split(' && ')).toEqual([
      `mkdir -p ${folder}/wxreply`,
      `chown ${uid}:${gid} ${folder}/wxreply`,
      `setpriv --reuid=${uid} --regid=${gid} --clear-groups node dist/main.js version`,
      `chown -R 0:0 ${folder}`,
      `chmod -R a+rX ${folder}`,
    ])
  })

  test('carries the mark by which the program knows that it is in a container', () => {
    const runs = image.filter(({ word }) => word === 'RUN').map(({ rest }) => rest)
    const mark = '/.wxreply-image'
    expect(runs.some((run) => run.includes(`touch ${mark}`))).toBe(true)
    expect(readFileSync(join(PROJECT, 'src/app/data-folder.ts'), 'utf8')).toContain(`'${mark}'`)
  })

  test('holds what was compiled and the packages it runs on, nothing of development', () => {
    expect(copied).toEqual([
      'package.json LICENSE ./',
      '--from=runtime-packages /app/node_modules ./node_modules',
      '--from=compile /app/dist ./dist',
      'config /config',
      'rules /rules',
      'config ./config',
      'rules ./rules',
    ])
    const runs = (dockerfileStages()[0] ?? []).filter(({ word }) => word === 'RUN')
    expect(runs.map(({ rest }) => rest)).toEqual(['npm ci --omit=dev --omit=optional'])
  })

  test('the build sees a list of files, never the whole folder', () => {
    const lines = readFileSync(join(PROJECT, '.dockerignore'), 'utf8').trim().split('\n')
    expect(lines[0]).toBe('*')
    const allowed = new Set(lines.slice(1).map((line) => line.replace(/^!/, '')))
    const wanted = dockerfileStages()
      .flat()
      .filter(({ word, rest }) => word === 'COPY' && !rest.startsWith('--from'))
      .flatMap(({ rest }) => rest.split(' ').slice(0, -1))
      .map((path) => path.replace(/^\.\//, ''))
    expect(wanted.filter((path) => !allowed.has(path))).toEqual([])
    expect([...allowed].filter((path) => !wanted.includes(path))).toEqual([])
  })
})
