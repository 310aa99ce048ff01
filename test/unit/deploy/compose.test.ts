import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { PROJECT } from '../../architecture/source.ts'
import { dockerfileHealthcheck } from './dockerfile.ts'

interface Service {
  readonly [key: string]: unknown
  readonly healthcheck?: Readonly<Record<string, unknown>>
  readonly environment?: Readonly<Record<string, string>>
}

const text = readFileSync(join(PROJECT, 'docker-compose.yml'), 'utf8')
const compose = parse(text, { merge: true }) as { services: Record<string, Service> }
const services = Object.entries(compose.services)

function service(name: string): Service {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`no service ${name}`)
  return found
}

describe('docker-compose.yml', () => {
  test('fits the schema of the compose specification', () => {
    const path = createRequire(import.meta.url).resolve('dclint/package.json')
    const { $schema: _dialect, ...schema } = JSON.parse(
      readFileSync(join(path, '../schemas/compose.schema.json'), 'utf8'),
    ) as Record<string, unknown>
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
    validate(compose)
    expect(validate.errors).toBeNull()
    expect(validate({ services: { bot: { ...service('bot'), read_onyl: true } } })).toBe(false)
  })

  test.each(services)('%s runs with nothing it does not need', (_name, one) => {
    expect(one).toMatchObject({
      init: true,
      user: expect.stringMatching(/^\$\{UID:-1000\}:\$\{GID:-1000\}$/),
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      ulimits: { core: 0 },
      mem_limit: expect.stringMatching(/^\d+m$/),
      pids_limit: expect.any(Number),
      logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
    })
    for (const key of ['privileged', 'cap_add', 'devices', 'pid', 'ipc', 'env_file', 'secrets'])
      expect(one).not.toHaveProperty(key)
    expect(one.network_mode).not.toBe('host')
    expect(JSON.stringify(one)).not.toContain('docker.sock')
  })

  test('the bot reads settings and rules, writes only its data, and is open to this machine alone', () => {
    const bot = service('bot')
    expect(bot.volumes).toEqual(['./config:/config:ro', './rules:/rules:ro', './data:/data'])
    expect(bot.ports).toEqual(['127.0.0.1:8787:8787'])
    expect(bot.environment?.WXREPLY_SERVER_LISTEN).toBe('0.0.0.0:8787')
    expect(bot.restart).toBe('unless-stopped')
    expect(bot).not.toHaveProperty('profiles')
    expect(bot).not.toHaveProperty('command')
  })

  test('a stop leaves the time that the daemon takes for it', () => {
    expect(service('bot').stop_grace_period).toBe('15s')
  })

  test('the health check is that of the image', () => {
    expect(service('bot').healthcheck).toEqual(dockerfileHealthcheck())
  })

  test('the playground has no network and keeps nothing', () => {
    const playground = service('playground')
    expect(playground).toMatchObject({
      profiles: ['playground'],
      network_mode: 'none',
      ports: [],
      restart: 'no',
      volumes: ['./rules:/rules:ro'],
    })
  })

  test('no secret stands in the environment', () => {
    const names = services.flatMap(([, one]) => Object.keys(one.environment ?? {}))
    expect(names.filter((name) => /TOKEN|KEY|SECRET|PASSWORD/.test(name))).toEqual([])
  })
})
