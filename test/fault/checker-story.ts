import { createHash } from 'node:crypto'
import type { Entry, Note } from '../../src/simulator/journal.ts'
import type { Asked, Kill, Recording } from './checker-recording.ts'

const UIN = 1_000_000_001

/** Writes recordings by hand, the way the simulator would: numbered, dated, one entry per call. */
export class Story {
  readonly journal: Entry[] = []
  readonly asked: Asked[] = []
  readonly kills: Kill[] = []
  readonly starts: number[] = []
  #now = 1_800_000_000_000
  #messages = 0

  constructor() {
    this.starts.push(this.#now)
    this.note({ kind: 'session', what: 'opened', generation: 1 })
  }

  get seq(): number {
    return this.journal.length
  }

  note(note: Note): Entry {
    const entry: Entry = { ...note, seq: this.journal.length + 1, at: this.#now }
    this.journal.push(entry)
    return entry
  }

  pass(ms: number): void {
    this.#now += ms
  }

  /** A message comes and is fetched. */
  ask(chat: string, replies: readonly string[], forbidden: readonly string[] = []): Asked {
    const msgId = `msg${++this.#messages}`
    this.note({ kind: 'happened', what: 'text', msgId, chat })
    const asked = { msgId, chat, seq: this.seq, at: this.#now, replies, forbidden }
    this.asked.push(asked)
    this.pass(5)
    this.exchange('synccheck', { selector: 2 })
    this.exchange('webwxsync', { delivered: [msgId] })
    return asked
  }

  exchange(endpoint: string, answer: { selector?: number; delivered?: readonly string[] } = {}): void {
    const request = this.request(endpoint)
    this.note({ kind: 'answer', endpoint, request: request.seq, status: 200, bytes: 9, tookMs: 1, ...answer })
  }

  request(endpoint: string, body = ''): Entry {
    return this.note({
      kind: 'request',
      endpoint,
      method: 'POST',
      host: '127.0.0.1',
      connection: 1,
      query: {},
      body,
    })
  }

  /** A send that is taken; `isAnswered` false leaves the client waiting. */
  say(
    chat: string,
    text: string,
    { id = `id-${text}`, generation = 1, uin = UIN, isAnswered = true } = {},
  ): void {
    this.pass(5)
    const request = this.request('webwxsendmsg', `{"BaseRequest":{"Uin":${uin}}}`)
    const hash = createHash('sha256').update(text).digest('hex')
    const send = { msgId: `sent${this.seq}`, clientMsgId: id, to: `@${chat}`, chat, type: 1, text, hash }
    this.note({ kind: 'sent', ...send, generation })
    if (!isAnswered) return
    this.note({
      kind: 'answer',
      endpoint: 'webwxsendmsg',
      request: request.seq,
      status: 200,
      bytes: 9,
      tookMs: 1,
    })
  }

  kill(): void {
    const from = this.seq
    this.note({ kind: 'hung-up', endpoint: 'synccheck', request: this.request('synccheck').seq })
    this.kills.push({ from, until: this.seq, at: this.#now })
    this.pass(1000)
    this.starts.push(this.#now)
  }

  recording(more: Partial<Recording> = {}): Recording {
    return {
      sendMode: 'naive',
      policy: 'resend',
      uin: UIN,
      replyTtlMs: 600_000,
      ceiling: null,
      deaths: [],
      left: [],
      ...{ asked: this.asked, kills: this.kills, starts: this.starts, journal: this.journal },
      ...more,
    }
  }
}
