import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino'

/** A logger handed to each room as a child. Constant message text, ids as fields, never secrets. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(fields: Record<string, unknown>): Logger
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Field names whose values are never written, at any depth the rooms use. */
const SECRET_FIELDS = [
  'cookie',
  'cookies',
  'skey',
  'Skey',
  'sid',
  'Sid',
  'uin',
  'Uin',
  'wxsid',
  'wxuin',
  'passTicket',
  'pass_ticket',
  'ticket',
  'uuid',
  'token',
  'secret',
  'authorization',
]

/** Builds the root logger: one JSON object per line into `destination`, its constant texts in the words of `say`. */
export function createLogger(
  level: LogLevel,
  destination: DestinationStream,
  say: (text: string) => string = (text) => text,
): Logger {
  return pino(
    {
      hooks: {
        logMethod(args, method) {
          const [fields, text, ...rest] = args as [unknown, unknown, ...unknown[]]
          if (typeof text === 'string') method.apply(this, [fields, say(text), ...rest] as typeof args)
          else method.apply(this, args)
        },
      },
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[secret]',
      },
    },
    destination,
  )
}

/** Swallows everything; for code that runs offline. */
export const silentLogger: Logger = pino({ level: 'silent' })
