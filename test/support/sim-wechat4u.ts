// A process around wechat4u, a client that nobody here wrote: logs in, lists its contacts, and answers every text of
// somebody else with an echo. Started with the simulator's port; the real host names lead there, TLS checks included.
// It tells what happens as JSON lines and ends when its input does.
import { Agent } from 'node:https'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

interface Message {
  readonly MsgType: number
  readonly FromUserName: string
  readonly Content: string
  readonly isSendBySelf: boolean
}

interface Bot {
  readonly contacts: Readonly<Record<string, { readonly NickName: string; readonly UserName: string }>>
  on(event: 'message', listener: (message: Message) => void): void
  on(event: 'error', listener: (error: Error) => void): void
  on(event: 'uuid' | 'login' | 'logout' | 'contacts-updated', listener: (value: unknown) => void): void
  start(): Promise<void>
  stop(): void
  sendMsg(text: string, to: string): Promise<unknown>
}

const port = Number(process.argv[2])
const connect = Agent.prototype.createConnection
Agent.prototype.createConnection = function redirected(options, callback) {
  return connect.call(this, { ...options, servername: options.host ?? '', host: '127.0.0.1', port }, callback)
}

const Wechat: new () => Bot = createRequire(import.meta.url)('wechat4u')
const bot = new Wechat()

function tell(what: string, value: unknown = null): void {
  process.stdout.write(`${JSON.stringify({ what, value })}\n`)
}

bot.on('uuid', (uuid) => tell('uuid', uuid))
bot.on('login', () => tell('login'))
bot.on('logout', () => tell('logout'))
bot.on('error', (error) => tell('error', String(error)))
bot.on('contacts-updated', () => {
  tell(
    'contacts',
    Object.values(bot.contacts).map((contact) => contact.NickName),
  )
})
bot.on('message', (message) => {
  if (message.MsgType !== 1 || message.isSendBySelf) return
  tell('message', message.Content)
  bot.sendMsg(`收到：${message.Content}`, message.FromUserName).catch((error) => tell('error', String(error)))
})
createInterface({ input: process.stdin }).on('close', () => bot.stop())
await bot.start()
