import { describe } from '@jest/globals'
import { A_FEW, CONTACTS, EVERYWHERE, INIT, JSLOGIN, JSON_ONLY, LOGIN_POLL, TICKET } from './garbage.ts'
import { testWrongAnswers } from './wrong-answers.ts'

describe('wrong codes: it stays up and asks for another', () => {
  testWrongAnswers({ endpoint: 'jslogin', wrongs: [...A_FEW, ...JSLOGIN], when: 'login', times: 2 })
})

describe('wrong polls: the code stays, or a new one comes', () => {
  testWrongAnswers({
    endpoint: 'login',
    wrongs: [...A_FEW, ...LOGIN_POLL],
    when: 'login',
    times: 2,
    unspaced: ['an instant 408', 'an instant 201', 'code 400'],
  })
})

describe('wrong tickets: nobody scans twice for them', () => {
  testWrongAnswers({
    endpoint: 'webwxnewloginpage',
    wrongs: [...EVERYWHERE, ...TICKET],
    when: 'login',
    times: 2,
  })
})

describe('a wrong beginning', () => {
  testWrongAnswers({
    endpoint: 'webwxinit',
    wrongs: [...A_FEW, ...JSON_ONLY, ...INIT],
    when: 'login',
    times: 2,
  })
})

describe('wrong address books: answering does not wait for them to be right', () => {
  testWrongAnswers({ endpoint: 'webwxgetcontact', wrongs: [...A_FEW, ...CONTACTS], when: 'login', times: 1 })
  testWrongAnswers({
    endpoint: 'webwxbatchgetcontact',
    wrongs: [...A_FEW, ...CONTACTS],
    when: 'login',
    times: 1,
  })
})
