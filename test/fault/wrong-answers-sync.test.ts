import { describe } from '@jest/globals'
import { EVERYWHERE, JSON_ONLY, SYNC, SYNCCHECK, TRICKLE } from './garbage.ts'
import { testWrongAnswers } from './wrong-answers.ts'

describe('wrong polls: it stays logged in and asks again', () => {
  testWrongAnswers({
    endpoint: 'synccheck',
    wrongs: [...EVERYWHERE, ...SYNCCHECK],
    when: 'online',
    times: 2,
    unspaced: ['an instant nothing', 'an endless selector'],
  })
})

describe('wrong streams: nothing is lost in them', () => {
  testWrongAnswers({
    endpoint: 'webwxsync',
    wrongs: [...EVERYWHERE, ...JSON_ONLY, ...SYNC, TRICKLE],
    when: 'online',
    times: 2,
    unspaced: [
      'null lists',
      'no SyncKey',
      'a key of Count 0',
      'a key of wrong types',
      'ContinueFlag for ever',
    ],
  })
})
