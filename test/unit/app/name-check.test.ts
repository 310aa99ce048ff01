import { describe, expect, test } from '@jest/globals'
import { unknownNames } from '../../../src/app/name-check.ts'
import { asId } from '../../../src/domain/ids.ts'
import type { RosterEntry } from '../../../src/protocol/client.ts'
import { loadRules } from '../../../src/rules/load.ts'
import { namesUsed } from '../../../src/rules/names-used.ts'
import { treeOf } from '../../../src/rules/tree.ts'

const RULES = `
lists:
  熟客: [李姐, {remark: 老王}]
rules:
  - name: 群里
    when: {text: 价格, chat: group, room: 老客户裙}
    reply: 好
  - name: 通配
    when: {text: 价格, room: '*客户*', from: [{not: 黑名单的人}, 小王八]}
    reply: 好
  - name: 名单
    when: {text: 你好, from: 'list:熟客'}
    do:
      - send: {to: {room: 员工裙}, text: 有人来了}
      - send: {to: owner, text: 好}
      - notify: {to: owner, text: 好}
  - name: 关掉的
    enabled: false
    when: {text: 在, room: 没有这个群}
    reply: 好
schedules:
  - name: 早报
    at: 每天 09:00
    to: {room: 早报群}
    do:
      - reply: 早
`

function used(text = RULES) {
  const { spec, diagnostics } = loadRules(treeOf({ 'a.yml': text }))
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  return spec === null ? [] : namesUsed(spec)
}

const room = (name: string, otherNames: string[] = []): RosterEntry => ({
  key: asId(name),
  kind: 'room',
  relation: 'room',
  name,
  remark: '',
  alias: '',
  nick: name,
  memberCount: 3,
  otherNames,
  isAmbiguous: false,
})
const roster = (rooms: RosterEntry[], names: string[]) => ({ rooms: () => rooms, names: () => names })

describe('names that rules go by', () => {
  test('conditions, lists, exceptions, actions and schedules are read; patterns, the owner and disabled rules are not', () => {
    expect(used().map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'room 老客户裙',
      'person 黑名单的人',
      'person 小王八',
      'person 李姐',
      'person 老王',
      'room 员工裙',
      'room 早报群',
    ])
  })

  test('each has its place', () => {
    expect(used()[0]?.place).toMatchObject({ file: expect.stringContaining('a.yml'), line: 6 })
  })
})

describe('names that nobody bears', () => {
  const unknown = (rooms: RosterEntry[], names: string[]) =>
    unknownNames(used(), roster(rooms, names)).map((one) => `${one.used.name} ${one.nearest ?? '-'}`)

  test('a room always, with the one that was probably meant; a person only when one is close', () => {
    expect(unknown([room('老客户群')], ['老客户群', '小王', '李姐', '老王'])).toEqual([
      '老客户裙 老客户群',
      '小王八 小王',
      '员工裙 -',
      '早报群 -',
    ])
  })

  test('other names of a room count, and so do members of rooms', () => {
    const rooms = [room('客户', ['老客户裙', '员工裙']), room('早报群')]
    expect(unknown(rooms, ['小王', '小王八', '李姐'])).toEqual([])
  })

  test('of very many names, no more are compared than can be in passing', () => {
    const letters = (n: number) =>
      String.fromCodePoint(0x4e00 + (n % 5000), 0x4e00 + Math.floor(n / 5000), 0x5f20)
    const crowd = Array.from({ length: 100_000 }, (_, n) => letters(n))
    const [first] = used()
    const mistyped = Array.from({ length: 100 }, (_, n) => ({
      kind: 'person' as const,
      name: `${letters(n)}三`,
      place: first?.place ?? { file: '', line: 1, column: 1 },
    }))
    const found = unknownNames(mistyped, roster([], crowd))
    expect(found.map((one) => one.nearest)).toEqual(crowd.slice(0, 3))
  })

  test('an address book that could not be read accuses nobody', () => {
    expect(unknown([], [''])).toEqual([])
  })
})
