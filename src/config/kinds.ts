/** The kinds of value a setting may have: what is written in YAML or in a variable -> what the program uses. */
import * as z from 'zod'
import { parseDuration } from '../support/duration.ts'
import type { DayWindow, Listen } from './config.ts'
import { Secret } from './secret.ts'

/** How a setting's text in a variable, a file or a flag is read: as it stands, or as YAML. */
export type Form = 'text' | 'yaml' | 'secret'

/** Characters of a key at least: 16 random ones cannot be tried out. */
const MIN_KEY_LENGTH = 16

/** What is known about one setting besides its type. */
export interface SettingInfo {
  readonly form: Form
  /** What one may write, for the reference. */
  readonly accepts: string
  readonly zh: string
  readonly en: string
  /** The default as raw input; undefined when there is none. */
  readonly fallback: unknown
}

/** Information about each leaf of the schema, by its zod type. */
export const settingRegistry = z.registry<SettingInfo>()

/** A kind of value before it becomes a setting. */
export interface Kind<T extends z.ZodType> {
  readonly type: T
  readonly form: Form
  readonly accepts: string
}

/** What is wrong with a raw value, in both languages. */
class Problem {
  readonly zh: string
  readonly en: string

  constructor(zh: string, en: string) {
    this.zh = zh
    this.en = en
  }
}

/** Reads the raw value or says what is wrong with it. */
function reading<Out>(read: (raw: unknown) => Out) {
  return z.unknown().transform((raw, context): Exclude<Out, Problem> => {
    const result = read(raw)
    if (result instanceof Problem) {
      context.issues.push({ code: 'custom', input: raw, params: { zh: result.zh, en: result.en } })
      return z.NEVER
    }
    return result as Exclude<Out, Problem>
  })
}

function problem(zh: string, en: string): Problem {
  return new Problem(zh, en)
}

function kind<T extends z.ZodType>(type: T, accepts: string, form: Form = 'text'): Kind<T> {
  return { type, accepts, form }
}

/** One word of a closed list. */
export function oneOf<const Word extends string>(...words: Word[]) {
  return kind(z.enum(words), words.join(' | '))
}

/** `true` or `false`. */
export const yesNo = kind(z.boolean(), 'true | false', 'yaml')

/** A whole number in a range. */
export function wholeNumber(min: number, max: number) {
  return kind(z.int().min(min).max(max), `${min}..${max}`, 'yaml')
}

/** Any number in a range. */
export function numberBetween(min: number, max: number) {
  return kind(z.number().min(min).max(max), `${min}..${max}`, 'yaml')
}

/** Text that is not empty, at most 500 characters. */
export const words = kind(
  reading((raw) => {
    if (typeof raw !== 'string') return problem('这里要写文字', 'text is expected here')
    const text = raw.trim()
    if (text === '') return problem('这里不能是空的', 'this cannot be empty')
    return text.length > 500
      ? problem('太长了（最多 500 个字符）', 'too long (at most 500 characters)')
      : text
  }),
  '文字 text',
)

/** A path; made absolute by the loader. */
export const path = kind(
  reading((raw) => {
    if (typeof raw !== 'string' || raw.trim() === '')
      return problem('这里要写路径', 'a path is expected here')
    return raw.includes('\0') ? problem('路径里有空字符', 'the path holds a NUL character') : raw.trim()
  }),
  '路径 path',
)

/** A list of words; `off` is the empty list. */
export const wordList = kind(
  z.union([z.literal('off').transform((): string[] => []), z.array(words.type).max(200)]),
  '[文字 text, …] | off',
  'yaml',
)

/** Milliseconds, written `90s`, `10m`, `1h30m`; a unit is required. */
export function duration(minMs = 0, maxMs = 10 * 365 * 86_400_000) {
  return kind(
    reading((raw) => {
      if (raw === 0) return minMs === 0 ? 0 : problem('不能是 0', 'cannot be 0')
      if (typeof raw !== 'string') {
        return problem('时长要带单位，例如 90s、10m、1h', 'a duration needs a unit, e.g. 90s, 10m, 1h')
      }
      const ms = parseDuration(raw)
      if (ms === null) {
        return problem('看不懂这个时长，例如 90s、10m、1h', 'not a duration; write e.g. 90s, 10m, 1h')
      }
      if (ms < minMs) return problem(`太短了，至少 ${minMs}ms`, `too short, at least ${minMs}ms`)
      return ms > maxMs ? problem('太长了', 'too long') : ms
    }),
    '时长 duration',
  )
}

/** Either `off`, which becomes null, or the other kind. */
export function orOff<T extends z.ZodType>(other: Kind<T>) {
  const off = z.literal('off').transform((): null => null)
  return kind(z.union([off, other.type]), `${other.accepts} | off`, other.form)
}

/** An IANA time zone this machine knows. */
export const zone = kind(
  reading((raw) => {
    if (typeof raw === 'string' && isZone(raw)) return raw
    return problem(
      '没有这个时区，例如 Asia/Shanghai、Europe/Berlin、UTC',
      'no such time zone; write e.g. Asia/Shanghai, Europe/Berlin, UTC',
    )
  }),
  '时区 IANA zone',
)

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** `23:30-07:30`. */
export const dayWindow = kind(
  reading((raw): DayWindow | Problem => {
    const parts =
      typeof raw === 'string' ? /^(\d{1,2}):(\d\d)\s*[-–~至]\s*(\d{1,2}):(\d\d)$/.exec(raw.trim()) : null
    const [fromHour, fromMinute, toHour, toMinute] = (parts ?? []).slice(1).map(Number)
    const from = minuteOf(fromHour, fromMinute)
    const to = minuteOf(toHour, toMinute)
    if (from === null || to === null || from === 1440) {
      return problem('要写成 23:30-07:30 这样', 'write it like 23:30-07:30')
    }
    return from === to
      ? problem('开始和结束相同', 'start and end are equal')
      : { fromMinute: from, toMinute: to }
  }),
  'HH:MM-HH:MM',
)

function minuteOf(hour: number | undefined, minute: number | undefined): number | null {
  if (hour === undefined || minute === undefined || minute > 59) return null
  const total = hour * 60 + minute
  return total <= 1440 ? total : null
}

/** `127.0.0.1:8787`, `[::]:8787`, `localhost:8787` or `:8787` (loopback). Port 0 lets the system choose. */
export const listenAddress = kind(
  reading((raw): Listen | Problem => {
    const parts =
      typeof raw === 'string' ? /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(raw.trim()) : null
    const port = Number(parts?.[3] ?? Number.NaN)
    if (parts === null || !(port <= 65_535)) {
      return problem('要写成 127.0.0.1:8787 这样', 'write it like 127.0.0.1:8787')
    }
    const host = parts[1] ?? parts[2] ?? ''
    return { host: host === '' ? '127.0.0.1' : host, port }
  }),
  'HOST:PORT',
)

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** An https address without a trailing slash; http only on this machine (for the simulator). */
export const serviceAddress = kind(
  reading((raw) => {
    const url = typeof raw === 'string' ? URL.parse(raw.trim()) : null
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      return problem('这里要写 https:// 开头的网址', 'an address that begins with https:// is expected')
    }
    if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname)) {
      return problem('除了本机，只能用 https', 'only https, except on this machine')
    }
    if (url.username !== '' || url.password !== '' || url.hash !== '') {
      return problem('网址里不能有用户名、密码或 #', 'no user name, password or # in this address')
    }
    return url.href.replace(/\/+$/, '')
  }),
  'https://…',
)

/** `api.example.com` or `*.example.com`. */
export const hostPattern = kind(
  reading((raw) => {
    const text = typeof raw === 'string' ? raw.trim().toLowerCase() : ''
    return /^(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?$/.test(text)
      ? text
      : problem(
          '这里只写主机名，例如 api.example.com 或 *.example.cn',
          'a host name is expected, e.g. api.example.com or *.example.cn',
        )
  }),
  '主机名 host',
)

/** A secret; the loader has already put its value in place of `{secret: NAME}`. */
export const secret = kind(
  reading((raw) => {
    if (raw instanceof Secret) return raw
    return problem(
      '这里要写 {secret: 变量名}，值放在环境变量里',
      'write {secret: NAME} here and put the value into the environment',
    )
  }),
  '{secret: NAME}',
  'secret',
)

/** A secret from which a key is drawn: short ones can be tried out. */
export const longSecret = kind(
  reading((raw) => {
    if (!(raw instanceof Secret)) {
      return problem(
        '这里要写 {secret: 变量名}，值放在环境变量或文件里',
        'write {secret: NAME} here and put the value into the environment or a file',
      )
    }
    return raw.expose().length >= MIN_KEY_LENGTH
      ? raw
      : problem(
          `密钥太短，至少 ${MIN_KEY_LENGTH} 个字符（例如 openssl rand -base64 32）`,
          `the key is too short, at least ${MIN_KEY_LENGTH} characters (such as openssl rand -base64 32)`,
        )
  }),
  '{secret: NAME}',
  'secret',
)

/** A web address that may itself be a credential (webhook, proxy, heartbeat): a secret, or the plain address. */
export const secretAddress = kind(
  reading((raw) => {
    const text = raw instanceof Secret ? raw.expose() : typeof raw === 'string' ? raw.trim() : ''
    const url = URL.parse(text)
    if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
      return problem(
        '这里要写网址（https://…）或 {secret: 变量名}，变量里放网址',
        'an address (https://…) or {secret: NAME} holding one is expected',
      )
    }
    return new Secret(text)
  }),
  '{secret: NAME} | https://…',
  'secret',
)

/** A list of the given kind. */
export function listOf<T extends z.ZodType>(item: Kind<T>, max = 200) {
  return kind(z.array(item.type).max(max), `[${item.accepts}, …]`, 'yaml')
}
