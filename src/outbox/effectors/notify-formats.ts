import { assertNever } from '../../support/assert-never.ts'

/** The services whose words we know; `json` is for everything else. */
export type ChannelFormat = 'bark' | 'serverchan' | 'ntfy' | 'wecom' | 'json'

/** What a person is told beside WeChat. */
export interface Notice {
  /** A constant word for machines. */
  readonly about: string
  readonly state: 'raised' | 'cleared' | 'happened'
  readonly title: string
  readonly text: string
  /** ISO time. */
  readonly at: string
}

/** One call, as axios takes it. */
export interface Request {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly data?: string
}

/** Enterprise WeChat takes 2048 bytes of text, the others more. */
const MAX_TEXT = 600

function json(url: string, body: Readonly<Record<string, unknown>>): Request {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' }
  return { method: 'POST', url, headers, data: JSON.stringify(body) }
}

/** The call that brings a notice to a service. */
export function requestOf(format: ChannelFormat, url: string, notice: Notice): Request {
  const { title } = notice
  const text = Array.from(notice.text).slice(0, MAX_TEXT).join('')
  switch (format) {
    case 'bark':
      return json(url, { title, body: text, group: 'wxreply' })
    case 'serverchan':
      return json(url, { title, desp: text })
    case 'ntfy':
      return ntfy(url, title, text)
    case 'wecom':
      return json(url, { msgtype: 'text', text: { content: `${title}\n${text}` } })
    case 'json':
      return json(url, { source: 'wxreply', ...notice, text })
    default:
      return assertNever(format)
  }
}

/** ntfy reads the title from the query too; a header could not carry Chinese. */
function ntfy(url: string, title: string, text: string): Request {
  const address = new URL(url)
  address.searchParams.set('title', title)
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' }
  return { method: 'POST', url: address.href, headers, data: text }
}

/** Which field of an answer says yes, by service: some refuse with status 200. */
const VERDICTS: Readonly<Partial<Record<ChannelFormat, { readonly field: string; readonly yes: number }>>> = {
  bark: { field: 'code', yes: 200 },
  serverchan: { field: 'code', yes: 0 },
  wecom: { field: 'errcode', yes: 0 },
}

/** False when the answer says no in the service's own words. An answer without that field is taken as a yes. */
export function isAccepted(format: ChannelFormat, body: string): boolean {
  const verdict = VERDICTS[format]
  if (verdict === undefined) return true
  const value = fieldOf(body, verdict.field)
  return typeof value !== 'number' || value === verdict.yes
}

function fieldOf(body: string, field: string): unknown {
  try {
    const answer: unknown = JSON.parse(body)
    return typeof answer === 'object' && answer !== null ? Reflect.get(answer, field) : undefined
  } catch {
    return undefined
  }
}
