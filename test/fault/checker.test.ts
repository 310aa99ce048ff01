import { describe, expect, test } from '@jest/globals'
import { check, type ProblemCode, type Recording } from './checker.ts'
import { Story } from './checker-story.ts'

/** Two chats, a reply in two parts, a kill whose double is a retry, a message nobody may answer. */
function honest(): Story {
  const story = new Story()
  story.ask('wang', ['a1'])
  story.ask('li', ['b1', 'b2'])
  story.ask('wang', [], ['own'])
  story.say('wang', 'a1')
  story.say('li', 'b1', { isAnswered: false })
  story.kill()
  story.say('li', 'b1')
  story.say('li', 'b2')
  story.ask('wang', ['a2'])
  story.say('wang', 'a2')
  return story
}

const codes = (recording: Recording) => [...new Set(check(recording).problems.map((problem) => problem.code))]

describe('a run that kept the promise passes', () => {
  test('with a double that one kill explains', () => {
    const verdict = check(honest().recording())
    expect(verdict.problems).toEqual([])
    expect(verdict.figures).toMatchObject({
      messages: 3,
      replies: 4,
      answered: 4,
      lost: 0,
      doubles: 1,
      survived: 1,
    })
  })

  test('with a reply that is held after a kill', () => {
    const story = new Story()
    const { msgId } = story.ask('wang', ['a1'])
    story.say('wang', 'a1', { isAnswered: false })
    story.kill()
    const recording = story.recording({ policy: 'hold', left: [{ msgId, part: 0, state: 'held' }] })
    expect(check(recording).problems).toEqual([])
  })

  test('with an answer that was cut, repeated once', () => {
    const story = new Story()
    story.ask('wang', ['a1'])
    story.say('wang', 'a1', { isAnswered: false })
    const request = story.seq - 1
    story.note({ kind: 'hung-up', endpoint: 'webwxsendmsg', request, fault: 'reset_after_accept' })
    story.say('wang', 'a1')
    expect(check(story.recording()).problems).toEqual([])
  })

  test('with a reply that grew too old and says so', () => {
    const story = new Story()
    const { msgId } = story.ask('wang', ['a1'])
    expect(check(story.recording({ left: [{ msgId, part: 0, state: 'expired' }] })).problems).toEqual([])
  })

  test('at full load, at the limit of sends, under a fault that slows everything down', () => {
    const story = new Story()
    for (let n = 0; n < 200; n++) {
      story.ask('wang', [`a${n}`])
      story.say('wang', `a${n}`)
      story.pass(90)
    }
    for (let n = 0; n < 30; n++) {
      story.request('synccheck')
      story.pass(600)
    }
    expect(check(story.recording({ ceiling: { max: 10, inMs: 1000 } })).problems).toEqual([])
  })
})

interface Doctored {
  readonly name: string
  readonly expect: ProblemCode
  readonly tell: () => Recording
}

/** A recording told anew: the honest story and then something that must not be. */
function after(tell: (story: Story) => void, more: Partial<Recording> = {}): () => Recording {
  return () => {
    const story = honest()
    tell(story)
    return story.recording(more)
  }
}

const DOCTORED: readonly Doctored[] = [
  { name: 'a message is lost', expect: 'lost', tell: after((story) => void story.ask('wang', ['gone'])) },
  {
    name: 'the second part of a reply is lost',
    expect: 'lost',
    tell: after((story) => {
      story.ask('wang', ['c1', 'c2'])
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'a reply waits for ever',
    expect: 'undrained',
    tell() {
      const story = honest()
      const { msgId } = story.ask('wang', ['c1'])
      return story.recording({ left: [{ msgId, part: 0, state: 'waiting' }] })
    },
  },
  {
    name: 'a reply is called expired though it was said',
    expect: 'false-report',
    tell: () => honest().recording({ left: [{ msgId: 'msg1', part: 0, state: 'expired' }] }),
  },
  {
    name: 'the store holds what nobody asked for',
    expect: 'false-report',
    tell: () => honest().recording({ left: [{ msgId: 'msg1', part: 7, state: 'held' }] }),
  },
  {
    name: 'more replies are held than outcomes were unknown',
    expect: 'held-without-cause',
    tell() {
      const story = new Story()
      const { msgId } = story.ask('wang', ['a1'])
      return story.recording({ left: [{ msgId, part: 0, state: 'held' }] })
    },
  },
  { name: 'a text of nobody', expect: 'unknown-text', tell: after((story) => story.say('wang', 'hello')) },
  {
    name: 'an answer to its own message',
    expect: 'answered-silent',
    tell: after((story) => story.say('wang', 'own')),
  },
  {
    name: 'an answer in the wrong chat',
    expect: 'wrong-chat',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.say('li', 'c1')
    }),
  },
  {
    name: 'an answer before the message',
    expect: 'early',
    tell: after((story) => {
      story.say('wang', 'c1')
      story.ask('wang', ['c1'])
    }),
  },
  {
    name: 'an answer after its time',
    expect: 'late',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.pass(700_000)
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'two answers of one chat swapped',
    expect: 'out-of-order',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.ask('wang', ['c2'])
      story.say('wang', 'c2')
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'the parts of one answer swapped',
    expect: 'out-of-order',
    tell: after((story) => {
      story.ask('wang', ['c1', 'c2'])
      story.say('wang', 'c2')
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'a double after a later answer',
    expect: 'out-of-order',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.ask('wang', ['c2'])
      story.say('wang', 'c1')
      story.say('wang', 'c2')
      story.kill()
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'a double without a kill',
    expect: 'double-without-cause',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.say('wang', 'c1')
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'two doubles by one kill',
    expect: 'double-without-cause',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.ask('li', ['d1'])
      story.say('wang', 'c1')
      story.say('li', 'd1')
      story.kill()
      story.say('wang', 'c1')
      story.say('li', 'd1')
    }),
  },
  {
    name: 'three times by one kill',
    expect: 'double-without-cause',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.say('wang', 'c1')
      story.kill()
      story.say('wang', 'c1')
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'a kill that came before both',
    expect: 'double-without-cause',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.kill()
      story.say('wang', 'c1')
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'a double under two ids',
    expect: 'double-two-ids',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.say('wang', 'c1', { isAnswered: false })
      story.kill()
      story.say('wang', 'c1', { id: 'another' })
    }),
  },
  {
    name: 'a double on a server that drops repeats',
    expect: 'double-on-dedupe',
    tell: () => honest().recording({ sendMode: 'dedupe' }),
  },
  {
    name: 'a double under the policy that holds',
    expect: 'double-on-hold',
    tell: () => honest().recording({ policy: 'hold' }),
  },
  {
    name: 'a retry in another login',
    expect: 'double-across-logins',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.say('wang', 'c1', { isAnswered: false })
      story.kill()
      story.note({ kind: 'session', what: 'ended', generation: 1 })
      story.note({ kind: 'session', what: 'opened', generation: 2 })
      story.say('wang', 'c1', { generation: 2 })
    }),
  },
  {
    name: 'an id used for two replies',
    expect: 'id-reused',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.say('wang', 'c1', { id: 'id-a1' })
    }),
  },
  {
    name: 'a send while another is under way',
    expect: 'two-in-flight',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.ask('li', ['d1'])
      story.say('wang', 'c1', { isAnswered: false })
      story.say('li', 'd1')
    }),
  },
  {
    name: 'a send by another account',
    expect: 'other-account',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.say('wang', 'c1', { uin: 7 })
    }),
  },
  {
    name: 'a send in a login that is over',
    expect: 'dead-login',
    tell: after((story) => {
      story.ask('wang', ['c1'])
      story.note({ kind: 'session', what: 'ended', generation: 1, ret: 1101 })
      story.say('wang', 'c1')
    }),
  },
  {
    name: 'a poll that runs away',
    expect: 'runaway',
    tell: after((story) => {
      for (let n = 0; n < 80; n++) story.exchange('synccheck', { selector: 2 })
    }),
  },
  {
    name: 'too many sends in a second',
    expect: 'ceiling',
    tell: after(
      (story) => {
        for (let n = 0; n < 12; n++) {
          story.ask('wang', [`c${n}`])
          story.say('wang', `c${n}`)
        }
      },
      { ceiling: { max: 10, inMs: 1000 } },
    ),
  },
  {
    name: 'a logout nobody asked for',
    expect: 'logout',
    tell: after((story) => void story.request('webwxlogout')),
  },
  {
    name: 'a request the server calls wrong',
    expect: 'violation',
    tell: after(
      (story) => void story.note({ kind: 'violation', endpoint: 'webwxsync', request: 1, text: 'wrong key' }),
    ),
  },
  { name: 'a process that ended by itself', expect: 'died', tell: after(() => {}, { deaths: ['exit 70'] }) },
  {
    name: 'a journal with a hole',
    expect: 'journal-gap',
    tell() {
      const recording = honest().recording()
      return { ...recording, journal: recording.journal.toSpliced(3, 1) }
    },
  },
]

describe('a run that broke it is flagged', () => {
  test.each(DOCTORED)('$name', ({ expect: code, tell }) => {
    // Through JSON: what is kept on disk is judged the same.
    const recording = JSON.parse(JSON.stringify(tell())) as Recording
    expect(codes(recording)).toContain(code)
  })

  test('every kind of problem is provoked above', () => {
    expect(new Set(DOCTORED.map((one) => one.expect)).size).toBe(25)
  })
})
