import axios, { type AxiosResponse, isAxiosError } from 'axios'
import { type ChannelFormat, isAccepted, type Notice, type Request, requestOf } from './notify-formats.ts'

/** Where a notice goes. The address may be a credential, so it is handed out only at the moment of the call. */
export interface Channel {
  readonly webhook: { expose(): string }
  readonly format: ChannelFormat
}

/** What became of one attempt. `problem` is a constant word without address or answer. */
export type NoticeOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly problem: string; readonly mayRetry: boolean }

/** The whole time of one call, and the most of an answer that is read. */
export const CALL_LIMIT_MS = 10_000
export const MAX_ANSWER_BYTES = 64 * 1024

/** One attempt to bring a notice to a channel. Never rejects. */
export async function postNotice(
  { webhook, format }: Channel,
  notice: Notice,
  signal: AbortSignal,
): Promise<NoticeOutcome> {
  const answer = await call(requestOf(format, webhook.expose(), notice), signal)
  if (answer.kind === 'failed') return answer
  return isAccepted(format, answer.body)
    ? { kind: 'delivered' }
    : { kind: 'failed', problem: 'refused', mayRetry: false }
}

/** One GET that only says "still here". Never rejects. */
export async function ping(url: { expose(): string }, signal: AbortSignal): Promise<NoticeOutcome> {
  const answer = await call({ method: 'GET', url: url.expose() }, signal)
  return answer.kind === 'failed' ? answer : { kind: 'delivered' }
}

type Called =
  | { readonly kind: 'answered'; readonly body: string }
  | Extract<NoticeOutcome, { kind: 'failed' }>

/** No redirects (a webhook that moved is told, not followed), no proxy from the environment, everything bounded. */
async function call(request: Request, signal: AbortSignal): Promise<Called> {
  try {
    const response: AxiosResponse<string> = await axios.request({
      ...request,
      signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_LIMIT_MS)]),
      proxy: false,
      maxRedirects: 0,
      maxContentLength: MAX_ANSWER_BYTES,
      responseType: 'text',
      transformResponse: [(body: unknown) => body],
      validateStatus: () => true,
    })
    const { status } = response
    if (status >= 200 && status < 300) return { kind: 'answered', body: String(response.data ?? '') }
    return { kind: 'failed', problem: `http-${status}`, mayRetry: status >= 500 || status === 429 }
  } catch (error) {
    return { kind: 'failed', problem: problemOf(error), mayRetry: true }
  }
}

/** The network's word for it; never the message, which may quote the address. */
function problemOf(error: unknown): string {
  if (!isAxiosError(error)) return 'unknown'
  return error.code === 'ERR_CANCELED' ? 'timeout' : (error.code ?? 'unknown')
}
