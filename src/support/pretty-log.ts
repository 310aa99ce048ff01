import { prettyFactory } from 'pino-pretty'
import { escapeUnsafe } from './output.ts'

export interface PrettyLogOptions {
  /** Whose local time is shown, whatever TZ says. */
  readonly timezone: string
  readonly isColoured: boolean
}

/** Words before a line that is more than information. */
const LEVEL_MARKS: Readonly<Record<string, string>> = {
  debug: '· ',
  info: '',
  warn: '注意 ',
  error: '错误 ',
  fatal: '严重 ',
}

const COLOURS: Readonly<Record<string, string>> = { warn: '33', error: '31', fatal: '31', debug: '2' }

function coloured(level: string, text: string): string {
  const colour = COLOURS[level]
  return colour === undefined ? text : `\u001b[${colour}m${text}\u001b[0m`
}

/** Further lines of one sentence stand under it, so that no text can pass for a log line of its own. */
const CONTINUATION = `\n${' '.repeat('00:00:00 '.length)}`

/** Characters of fields shown behind a sentence. */
const MAX_FIELD_TEXT = 300

/**
 * Takes lines of JSON as the logger writes them and passes on lines that people read: local time, sentence, and at the
 * end the fields of warnings and errors. Runs in this process, so that nothing is lost when it ends.
 */
export function prettyLines(
  output: { write(text: string): void },
  options: PrettyLogOptions,
): { write(line: string): void } {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: options.timezone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  const pretty = prettyFactory({
    colorize: false,
    singleLine: true,
    hideObject: true,
    customPrettifiers: { time: () => '', level: () => '' },
    messageFormat: (log, messageKey) => {
      const at = time.format(new Date(String(log.time)))
      const level = String(log.level)
      const fields = level === 'info' || isForOwner(log.fields) ? '' : fieldText(log.fields)
      const sentence = escapeUnsafe(String(log[messageKey] ?? '')).replaceAll('\n', CONTINUATION)
      const text = `${LEVEL_MARKS[level] ?? ''}${sentence}${fields}`
      return `${at} ${options.isColoured ? coloured(level, text) : text}`
    },
  })
  return {
    write(line) {
      // Only these three go in: the library prints fields called name, caller or hostname in front, unescaped.
      const { level, time: at, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
      const text = pretty({ level, time: at, msg, fields })
      // The library puts a separator behind the (empty) level.
      if (text !== undefined) output.write(`${text.replace(/^[ :]+/, '').trimEnd()}\n`)
    },
  }
}

/** Lines that bear the name of an event are whole sentences; their fields are for programs. */
function isForOwner(fields: unknown): boolean {
  return typeof fields === 'object' && fields !== null && 'event' in fields
}

function fieldText(fields: unknown): string {
  const entries = Object.entries(typeof fields === 'object' && fields !== null ? fields : {})
  if (entries.length === 0) return ''
  const text = entries.map(([name, value]) => `${name}=${shown(value)}`).join(' ')
  return ` (${escapeUnsafe(text).replaceAll('\n', '\\n').slice(0, MAX_FIELD_TEXT)})`
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'message' in value) return String(value.message)
  return JSON.stringify(value) ?? String(value)
}
