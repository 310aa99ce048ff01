import { describe, expect, test } from '@jest/globals'
import { oldDate } from '../../../src/simulator/cookies.ts'
import { FaultTable } from '../../../src/simulator/faults.ts'
import { Journal } from '../../../src/simulator/journal.ts'
import { readForm } from '../../../src/simulator/multipart.ts'
import { Names } from '../../../src/simulator/names.ts'
import { picture } from '../../../src/simulator/picture.ts'
import * as keys from '../../../src/simulator/sync-key.ts'
import { contentOfName, contentOfText, contentOfXml } from '../../../src/simulator/text.ts'
import { TokenBucket } from '../../../src/simulator/token-bucket.ts'
import { SELF, World } from '../../../src/simulator/world.ts'
import { readWorld } from '../../../src/simulator/world-file.ts'
import { DEFAULT_WORLD, generateWorld } from '../../../src/simulator/world-spec.ts'
import { seededRandom } from '../../../src/support/random.ts'

const clock = { now: () => 5, monotonic: () => 5, sleep: () => Promise.resolve() }

describe('content', () => {
  test.each([
    ['1 < 2 & "3"', '1 &lt; 2 &amp; &quot;3&quot;'],
    ['一\n二', '一<br/>二'],
    ['😄', '<span class="emoji emoji1f604"></span>'],
    ['😂', '<span class="emoji emoji1f639"></span>'],
    ['🤖', '🤖'],
    ['<br/>', '&lt;br/&gt;'],
  ])('of text %j', (text, content) => {
    expect(contentOfText(text)).toBe(content)
  })

  test('of names has every emoji as a span, of XML keeps its quotes', () => {
    expect(contentOfName('甲🤖 & 乙')).toBe('甲<span class="emoji emoji1f916"></span> &amp; 乙')
    expect(contentOfXml('<a b="1">&amp;\n</a>')).toBe('&lt;a b="1"&gt;&amp;amp;<br/>&lt;/a&gt;')
  })
})

describe('names', () => {
  const names = (secret: string) => new Names(secret, (id) => id === 'filehelper')

  test('are the same within a login and different in the next', () => {
    const one = names('a')
    expect(one.nameOf('wxid_x')).toBe(one.nameOf('wxid_x'))
    expect(one.nameOf('wxid_x')).not.toBe(names('b').nameOf('wxid_x'))
    expect(one.idOf(one.nameOf('wxid_x'))).toBe('wxid_x')
    expect(one.idOf(names('b').nameOf('wxid_x'))).toBeNull()
  })

  test('have the forms of the wire', () => {
    const one = names('a')
    expect(one.nameOf('1@chatroom')).toMatch(/^@@[0-9a-f]{64}$/)
    expect(one.nameOf(SELF)).toMatch(/^@[0-9a-f]{64}$/)
    expect(one.nameOf('filehelper')).toBe('filehelper')
    expect(one.roomOfToken(one.roomToken('1@chatroom'))).toBe('1@chatroom')
  })
})

describe('keys', () => {
  test('carry the position in queries and bodies', () => {
    const key = keys.syncKey(17, 1_700_000_000)
    expect(keys.positionOfBody(key)).toBe(17)
    expect(keys.positionOfText(keys.formatKey(key))).toBe(17)
    expect(keys.textOfBody(key)).toBe(keys.formatKey(key))
    expect(keys.formatKey(keys.checkKey(17, 1_700_000_000))).not.toBe(keys.formatKey(key))
    expect(keys.initKey(0, 1_700_000_000).Count).toBe(4)
  })

  test.each([[null], [5], [{}], [{ List: [] }], [{ List: [null] }], [{ List: [{ Key: 2, Val: 'x' }] }]])(
    'are not %j',
    (value) => {
      expect(keys.positionOfBody(value)).toBeNull()
    },
  )
})

describe('a world', () => {
  const world = new World(DEFAULT_WORLD)

  test.each([
    ['小王', 'wxid_xiaowang001'],
    ['客户-李姐', 'wxid_lijie000001'],
    ['张伟（3栋）', 'wxid_zhangwei001'],
    ['bob_fruit', 'wxid_bobsupplier'],
    ['老客户群', '10000000001@chatroom'],
    ['filehelper', 'filehelper'],
    ['self', SELF],
  ])('knows %s', (reference, id) => {
    expect(world.resolve(reference)).toBe(id)
  })

  test('refuses to guess', () => {
    expect(() => world.resolve('张伟')).toThrow('ambiguous')
    expect(() => world.resolve('无名氏')).toThrow('nobody')
    expect(() => world.room('小王')).toThrow('not a room')
  })

  test('can be generated in any size', () => {
    const spec = generateWorld({ friends: 300, rooms: 2, roomMembers: 500, displayNameLength: 50 })
    const big = new World(spec)
    const [room] = big.rooms.values()
    expect([spec.friends.length, big.rooms.size, room?.members.length]).toEqual([300, 2, 501])
    expect(room?.members[1]?.displayName).toHaveLength(50)
  })
})

describe('a world file', () => {
  const file = (rest: string) => `self: {uin: 7, nickName: 小店}\nfriends: [{nickName: 小王}]\n${rest}`

  test('is read as it is written', () => {
    const spec = readWorld(file('rooms: [{topic: 群, members: [小王, {who: 小王, displayName: 王}]}]'))
    expect(spec).toMatchObject({ self: { uin: 7 }, rooms: [{ topic: '群' }] })
    expect(readWorld(JSON.stringify(DEFAULT_WORLD))).toEqual(DEFAULT_WORLD)
  })

  test.each([
    ['x: 1', 'x is unknown'],
    ['officials: 5', 'officials is not a list'],
    ['strangers: [{}]', 'strangers[0].nickName is missing'],
    ['strangers: [{nickName: 5}]', 'strangers[0].nickName is not a string'],
    ['strangers: [{nickName: a, reception: maybe}]', 'strangers[0].reception is none of'],
    ['rooms: [{topic: a, members: [{whom: b}]}]', 'rooms[0].members[0].who is missing'],
    ['rooms: [{topic: a, members: [无名氏]}]', 'nobody is called "无名氏"'],
  ])('with %s says where', (rest, message) => {
    expect(() => readWorld(file(rest))).toThrow(message)
  })
})

describe('faults', () => {
  test('strike by number, count and probability', () => {
    const table = new FaultTable(seededRandom('x'))
    table.add({ endpoint: 'a', kind: 'status:500', when: { nth: 2 } })
    table.add({ endpoint: '*', kind: 'html200', when: { times: 1 } })
    const names = ['a', 'a', 'b', 'b'].map((endpoint) => table.pick(endpoint)?.name ?? null)
    expect(names).toEqual(['html200', 'status', null, null])
    table.release()
    const half = table.add({ endpoint: 'c', kind: 'ok', when: { probability: 0.5 } })
    for (let call = 0; call < 200; call++) table.pick('c')
    expect(half.hits).toBeGreaterThan(60)
    expect(half.hits).toBeLessThan(140)
  })

  test('keep colons of their argument, and do not exist under other names', () => {
    const table = new FaultTable(seededRandom('x'))
    expect(table.add({ endpoint: 'a', kind: 'redirect:https://b:1/' }).argument).toBe('https://b:1/')
    expect(() => table.add({ endpoint: 'a', kind: 'earthquake' })).toThrow('there is no fault')
  })
})

test('a token bucket refills with time', () => {
  const bucket = new TokenBucket(2, 1)
  expect([0, 0, 0, 500, 1000, 9000, 9000, 9000].map((now) => bucket.take(now))).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
    true,
    false,
  ])
})

describe('a journal', () => {
  const note = (what: string) => ({ kind: 'happened', what }) as const

  test('forgets the oldest entries, never the numbers', () => {
    const journal = new Journal(clock, 4)
    for (let index = 1; index <= 20; index++) journal.add(note(String(index)))
    const held = journal.since().map((entry) => entry.seq)
    expect(held.at(-1)).toBe(20)
    expect(held.length).toBeLessThanOrEqual(5)
    expect(journal.since(18).map((entry) => entry.seq)).toEqual([19, 20])
  })

  test('waits for what comes, finds what came, and stops when told', async () => {
    const journal = new Journal(clock, 100)
    const later = journal.waitFor((entry) => entry.kind === 'happened' && entry.what === 'b')
    journal.add(note('a'))
    journal.add(note('b'))
    expect(await later).toMatchObject({ seq: 2, at: 5 })
    expect(await journal.waitFor((entry) => entry.seq === 1)).toMatchObject({ what: 'a' })
    const end = new AbortController()
    const never = journal.waitFor(() => true, { since: 2, signal: end.signal })
    end.abort(new Error('enough'))
    await expect(never).rejects.toThrow('enough')
  })
})

test('forms are read byte for byte', () => {
  const body = Buffer.from(
    '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n一\r\n' +
      '--B\r\nContent-Disposition: form-data; name="filename"; filename="x.jpg"\r\n\r\n\r\n--\r\n\r\n--B--\r\n',
  )
  const form = readForm('multipart/form-data; boundary=B', body)
  expect(form?.get('a')?.value).toBe('一')
  expect(form?.get('filename')).toMatchObject({ fileName: 'x.jpg', value: '\r\n--\r\n' })
  expect(readForm('application/json', body)).toBeNull()
})

test('dates have the old form', () => {
  expect(oldDate(1_700_043_200)).toBe('Wed, 15-Nov-2023 10:13:20 GMT')
})

test('pictures of one seed are equal', () => {
  expect(picture('a')).toEqual(picture('a'))
  expect(picture('a')).not.toEqual(picture('b'))
})
