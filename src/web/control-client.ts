import { connect } from 'node:net'
import { formatDuration } from '../support/duration.ts'
import {
  answerLimitMs,
  answerLine,
  CONTROL,
  type ControlMethod,
  type ControlParams,
  type ControlResult,
  controlAddress,
  MAX_ANSWER_BYTES,
} from './control-protocol.ts'
import { errorCode } from './error-code.ts'
import type { Bilingual } from './ports.ts'

/** The daemon answered, refused the question, or could not be talked to. */
export type ControlAnswer<Result> =
  | { readonly kind: 'answer'; readonly result: Result }
  | { readonly kind: 'refused'; readonly code: string; readonly message: Bilingual }
  | { readonly kind: 'unreachable'; readonly message: Bilingual }

type Asked<M extends ControlMethod> = Promise<ControlAnswer<ControlResult<M>>>

/** Asks the running daemon of one data folder; one method per question, none ever rejects. */
export interface ControlClient {
  health(): Asked<'health'>
  readiness(): Asked<'readiness'>
  status(): Asked<'status'>
  qr(): Asked<'qr'>
  refreshQr(): Asked<'refreshQr'>
  reload(): Asked<'reload'>
  pause(params: ControlParams<'pause'>): Asked<'pause'>
  resume(params: ControlParams<'resume'>): Asked<'resume'>
  forget(params: ControlParams<'forget'>): Asked<'forget'>
  logout(): Asked<'logout'>
  contacts(params: ControlParams<'contacts'>): Asked<'contacts'>
  rooms(): Asked<'rooms'>
  held(): Asked<'held'>
  silences(): Asked<'silences'>
  explain(params: ControlParams<'explain'>): Asked<'explain'>
}

/** A client for the daemon of `dataDir`; connects anew for each question, so it may be made before the daemon runs. */
export function connectControl(dataDir: string): ControlClient {
  const address = controlAddress(dataDir)
  const ask = async <M extends ControlMethod>(method: M, params: ControlParams<M>): Asked<M> => {
    const line = `${JSON.stringify({ method, params })}\n`
    const reply = await exchange(address, line, answerLimitMs(method))
    if (typeof reply !== 'string') return { kind: 'unreachable', message: reply }
    return readAnswer(method, reply)
  }
  return {
    health: () => ask('health', {}),
    readiness: () => ask('readiness', {}),
    status: () => ask('status', {}),
    qr: () => ask('qr', {}),
    refreshQr: () => ask('refreshQr', {}),
    reload: () => ask('reload', {}),
    pause: (params) => ask('pause', params),
    resume: (params) => ask('resume', params),
    forget: (params) => ask('forget', params),
    logout: () => ask('logout', {}),
    contacts: (params) => ask('contacts', params),
    rooms: () => ask('rooms', {}),
    held: () => ask('held', {}),
    silences: () => ask('silences', {}),
    explain: (params) => ask('explain', params),
  }
}

function readAnswer<M extends ControlMethod>(method: M, text: string): ControlAnswer<ControlResult<M>> {
  const answer = answerLine.safeParse(parseJson(text))
  if (!answer.success) return unreadable()
  if (!answer.data.ok) return { kind: 'refused', ...answer.data.error }
  const result = CONTROL[method].result.safeParse(answer.data.result)
  // The table pairs each method with its schema; the compiler cannot follow that through the union.
  return result.success ? { kind: 'answer', result: result.data as ControlResult<M> } : unreadable()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreadable() {
  const message = {
    zh: '看不懂机器人的回答，两边的版本可能不同',
    en: 'the daemon answered in an unknown form; the versions may differ',
  }
  return { kind: 'refused', code: 'unreadable', message } as const
}

/** Sends one line and reads until the daemon ends the connection; the reason in words when that fails. */
function exchange(address: string, line: string, limitMs: number): Promise<string | Bilingual> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const socket = connect({ path: address, timeout: limitMs }, () => socket.write(line))
    const fail = (words: Bilingual) => {
      resolve(words)
      socket.destroy()
    }
    socket.on('timeout', () => {
      const limit = formatDuration(limitMs)
      fail({ zh: `机器人 ${limit} 没有回答`, en: `the daemon did not answer within ${limit}` })
    })
    socket.on('error', (error) => fail(whyUnreachable(error)))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) fail({ zh: '回答太长', en: 'the answer is too long' })
    })
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      resolve(text.endsWith('\n') ? text : { zh: '连接中断了', en: 'the connection broke' })
    })
  })
}

function whyUnreachable(error: Error): Bilingual {
  const code = errorCode(error)
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      zh: '没有权限连接机器人；请用运行它的用户来执行',
      en: 'no permission to reach the daemon; run this as the user it runs as',
    }
  }
  return {
    zh: '机器人没有在运行（或数据目录不对，用 --data 指定）',
    en: 'the daemon is not running (or the data folder is another one, see --data)',
  }
}
