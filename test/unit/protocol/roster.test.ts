import { describe, expect, test } from '@jest/globals'
import { asId, type ChatKey } from '../../../src/domain/ids.ts'
import type { StoredContact } from '../../../src/protocol/client.ts'
import { readContacts } from '../../../src/protocol/wire/contact.ts'
import { ALICE, BOB, CAROL, CONTACTS, ROOM, roster, SELF } from '../../fixtures/protocol/wire.ts'

const renamed = (name: string) =>
  name.replace(/[0-9a-f]/g, (digit) => ((Number.parseInt(digit, 16) + 1) % 16).toString(16))
const nextLogin = (contacts: readonly Record<string, unknown>[]) =>
  contacts.map((contact) => ({ ...contact, UserName: renamed(String(contact.UserName)) }))

const friend = (UserName: string, NickName: string, more: Record<string, unknown> = {}) => ({
  UserName,
  NickName,
  ContactFlag: 3,
  ...more,
})

function twoLogins(
  before: readonly Record<string, unknown>[],
  after: readonly Record<string, unknown>[],
  learn: (first: ReturnType<typeof roster>) => void = () => {},
) {
  const stored = new Map<string, StoredContact>()
  const first = roster({ contacts: before, stored })
  learn(first)
  first.settle()
  const keys = new Map(
    before.map((contact) => [String(contact.UserName), first.chat(String(contact.UserName)).key]),
  )
  const second = roster({ contacts: after, stored, generation: 2, self: renamed(SELF) })
  second.settle()
  return { keys, second, first }
}

describe('the keys of contacts', () => {
  test('are found again by alias, remark and name after a new login', () => {
    const { keys, second } = twoLogins(CONTACTS, nextLogin(CONTACTS))
    for (const [userName, key] of keys)
      expect(second.resolve(key)).toEqual({ kind: 'found', userName: renamed(userName) })
  })

  test('are found again by real id although everything else changed', () => {
    const { keys, first, second } = twoLogins([friend(ALICE, '旧名')], [], (one) =>
      one.learnRealId(ALICE, 'wxid_alice'),
    )
    expect(first.person(ALICE).isAmbiguous).toBe(false)
    second.learnRealId('@new', 'wxid_alice')
    second.learn(readContacts([friend('@new', '新名')]))
    expect(second.person('@new').key).toBe(keys.get(ALICE))
  })

  test.each([
    ['two of one name now', [friend(ALICE, '张伟')], [friend('@1', '张伟'), friend('@2', '张伟')]],
    ['two of one name then', [friend(ALICE, '张伟'), friend(BOB, '张伟')], [friend('@1', '张伟')]],
  ])('are never guessed: %s', (_name, before, after) => {
    const { keys, second } = twoLogins(before, after)
    for (const key of keys.values()) expect(second.resolve(key)).toEqual({ kind: 'ambiguous' })
    expect(second.person('@1').isAmbiguous).toBe(true)
    expect([...keys.values()]).not.toContain(second.person('@1').key)
  })

  test('of two of one name are told apart by remark', () => {
    const before = [friend(ALICE, '张伟', { RemarkName: '3栋' }), friend(BOB, '张伟', { RemarkName: '5栋' })]
    const { keys, second } = twoLogins(before, nextLogin(before))
    expect(second.resolve(keys.get(ALICE) as ChatKey)).toEqual({ kind: 'found', userName: renamed(ALICE) })
    expect(second.person(renamed(ALICE)).isAmbiguous).toBe(false)
  })

  test('are not taken over by a stranger of the same name', () => {
    const { keys, second } = twoLogins(
      [friend(ALICE, '老板', { Sex: 1 })],
      [{ UserName: '@x', NickName: '老板', Sex: 1 }],
    )
    expect(second.person('@x').key).not.toBe(keys.get(ALICE))
    expect(second.resolve(keys.get(ALICE) as ChatKey)).toEqual({ kind: 'missing' })
  })

  test('are not bound where sex or attributes contradict', () => {
    const { keys, second } = twoLogins(
      [friend(ALICE, '小明', { Sex: 1, AttrStatus: 7 })],
      [friend('@x', '小明', { Sex: 2, AttrStatus: 9 })],
    )
    expect(second.resolve(keys.get(ALICE) as ChatKey)).toEqual({ kind: 'missing' })
  })

  test('are the same within a login, also after a crash before anything was stored', () => {
    expect(roster({}).person(ALICE).key).toBe(roster({}).person(ALICE).key)
    expect(roster({}).person(ALICE).key).not.toBe(roster({ generation: 2 }).person(ALICE).key)
  })

  test('of special names never change', () => {
    const people = roster({})
    expect(people.owner).toBe('filehelper')
    expect(people.resolve(asId('filehelper'))).toEqual({ kind: 'found', userName: 'filehelper' })
    expect(people.chat('fmessage').key).toBe('fmessage')
  })
})

describe('a resumed session', () => {
  test('knows names and relations before the address book is read', () => {
    const stored = new Map<string, StoredContact>()
    roster({ stored }).settle()
    const again = roster({ stored, contacts: [] })
    expect(again.person(ALICE)).toMatchObject({ name: '客户-爱丽丝', relation: 'friend' })
    expect(again.rooms()).toMatchObject([{ name: '合成测试群' }])
  })
})

describe('merging', () => {
  test('never loses a known value to an empty one', () => {
    const people = roster({})
    people.learn(
      readContacts([{ UserName: ALICE, NickName: '', RemarkName: '', ContactFlag: 0, MemberList: null }]),
    )
    expect(people.person(ALICE)).toMatchObject({ remark: '客户-爱丽丝', nick: '爱丽丝', relation: 'friend' })
  })

  test('believes flags that were pushed', () => {
    const people = roster({})
    people.learn(readContacts([{ UserName: ALICE, ContactFlag: 0 }]), true)
    expect(people.person(ALICE).relation).toBe('stranger')
  })

  test('keeps members when a change names none', () => {
    const people = roster({})
    people.learn(readContacts([{ UserName: ROOM, NickName: '新群名', MemberList: [] }]), true)
    expect(people.hasMember(ROOM, CAROL)).toBe(true)
    expect(people.chat(ROOM).name).toBe('新群名')
  })

  test('of a removed friend leaves a stranger', () => {
    const people = roster({})
    people.forget(BOB)
    expect(people.person(BOB).relation).toBe('stranger')
  })
})

test('looking up by name gives everything of that name', () => {
  const people = roster({ contacts: [friend('@a', '张伟'), friend('@b', '张伟'), ...CONTACTS] })
  expect(people.find('张伟')).toHaveLength(2)
  expect(people.find('bob_synth')).toMatchObject([{ name: 'Bob😄', relation: 'friend' }])
  expect(people.find('')).toEqual([])
  expect(people.counts).toEqual({ friends: 4, rooms: 1, officials: 1, ambiguous: 2 })
})

test('somebody of whom nothing is known cannot be told apart', () => {
  expect(roster({}).person('@nobody')).toMatchObject({ name: '', isAmbiguous: true, relation: 'stranger' })
})

test('ten thousand contacts are found again', () => {
  const many = Array.from({ length: 10_000 }, (_, n) => friend(`@${n}`, `顾客${n}`, { Sex: n % 3 }))
  const { keys, second } = twoLogins(many, nextLogin(many))
  const found = [...keys.values()].filter((key) => second.resolve(key).kind === 'found').length
  expect(found).toBe(10_000)
})
