import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One call that somebody made. */
export interface HookCall {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What the next calls get. */
export interface HookAnswer {
  readonly status?: number
  readonly body?: string
  readonly headers?: Record<string, string>
}

/** A web server on loopback that notices, heartbeats and the like are sent to; waiting is by event. */
export class Hook {
  readonly calls: HookCall[] = []
  answer: (nth: number) => HookAnswer = () => ({})
  readonly #server: Server
  readonly #watchers = new Set<() => void>()

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://hook.invalid')
        const body = Buffer.concat(parts).toString('utf8')
        const { method = '', headers } = request
        this.calls.push({ method, path: url.pathname, query: url.searchParams, headers, body })
        const { status = 200, body: text = '', headers: extra = {} } = this.answer(this.calls.length)
        response.writeHead(status, extra).end(text)
        for (const watch of [...this.#watchers]) watch()
      })
    })
  }

  static async open(): Promise<Hook> {
    const hook = new Hook()
    await new Promise<void>((resolve) => hook.#server.listen(0, '127.0.0.1', resolve))
    return hook
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves with the first call that matches, past or future. */
  async waitFor(matches: (call: HookCall) => boolean): Promise<HookCall> {
    return await new Promise((resolve) => {
      const look = () => {
        const found = this.calls.find(matches)
        if (found === undefined) return
        this.#watchers.delete(look)
        resolve(found)
      }
      this.#watchers.add(look)
      look()
    })
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
