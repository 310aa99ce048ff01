import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Child, type ChildOptions } from './child.ts'

/** Everything off that slows a test down; nothing else differs from the defaults. */
export const FAST_SETTINGS = `
send: {min_gap: 0s, typing: off}
limits: {all: off, chat: off, day: off}
safety: {loop_breaker: off}
server: {listen: off}
log: {level: debug, format: json}
`

export const SHOP_RULES = `
quick:
  营业时间 | 几点开门: 早上 8 点到晚上 9 点，全年无休。
rules:
  - name: 问价
    when: [价格, 多少钱]
    reply: 苹果 8 元一斤，香蕉 5 元一斤。
  - name: 群里问价
    when: {text: [价格, 多少钱], chat: group, room: 老客户群, mention: me}
    reply: "@{{sender.name}} 价目表私信您啦"
  - name: 运费
    when:
      regex: '寄(?<城市>.+?)(?<重量>\\d+)公斤'
    reply: 寄{{城市}} {{重量}} 公斤，运费 {{重量 | times:6 | plus:4}} 元。
  - name: 编号
    when:
      regex: '^编号(?<号>\\d+)$'
    reply: 收到{{号}}
`

/** A folder with settings, rules and data of one shop, and processes that run on it. */
export class Shop {
  readonly dir = mkdtempSync(join(tmpdir(), 'wxreply-'))
  readonly children: Child[] = []

  constructor(options: { url?: string; settings?: string; rules?: string } = {}) {
    const bases =
      options.url === undefined
        ? ''
        : `login:\n  bases: {login: "${options.url}", api: "${options.url}", file: "${options.url}", push: "${options.url}", qr: "${options.url}"}\n`
    this.write('config/config.yaml', bases + (options.settings ?? FAST_SETTINGS))
    this.write('rules/10-shop.yml', options.rules ?? SHOP_RULES)
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts)
  }

  write(path: string, text: string | Uint8Array): void {
    mkdirSync(dirname(this.path(path)), { recursive: true })
    writeFileSync(this.path(path), text)
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8')
  }

  /** The three folders as options of a command. */
  get args(): string[] {
    return [
      '--config',
      this.path('config/config.yaml'),
      '--rules',
      this.path('rules'),
      '--data',
      this.path('data'),
    ]
  }

  /** Starts `wxreply run` on this shop. */
  run(options: ChildOptions = {}): Child {
    const child = new Child(['run', ...this.args], options)
    this.children.push(child)
    return child
  }

  /** Ends what still runs and removes the folder. */
  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => child.stop('SIGKILL')))
    rmSync(this.dir, { recursive: true, force: true })
  }
}
