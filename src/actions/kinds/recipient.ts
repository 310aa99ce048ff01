import { z } from 'zod'
import type { NamePin } from '../facts.ts'
import type { ActionContext } from './action.ts'

const name = z.string().min(1)

/** Whom to write to: `owner`, a name, or one that is pinned. Never a session-scoped name of the server. */
export const recipientSchema = z
  .union([
    name,
    z.strictObject({ room: name }),
    z.strictObject({ remark: name }),
    z.strictObject({ alias: name }),
    z.strictObject({ nick: name }),
  ])
  .describe(
    'owner 店主、名字、{room: 群名}、{remark: 备注名}、{alias: 微信号}、{nick: 昵称}。Whom to write to.',
  )

export type Recipient = z.output<typeof recipientSchema>

/** One recipient or several; none after reporting what is wrong. */
export function readRecipients(to: unknown, context: ActionContext): readonly Recipient[] {
  const parsed = z.union([recipientSchema, z.array(recipientSchema).min(1)]).safeParse(to)
  if (parsed.success) return [parsed.data].flat()
  context.problem('E251', { key: 'to', detail: z.prettifyError(parsed.error) })
  return []
}

/** A recipient for a log line. */
export function describeRecipient(to: Recipient): string {
  if (typeof to === 'string') return to
  if ('room' in to) return `群 ${to.room}`
  const { name, pin } = pinOf(to)
  return `${PIN_WORDS[pin]} ${name}`
}

const PIN_WORDS: Readonly<Record<NamePin, string>> = {
  any: '名字',
  remark: '备注',
  alias: '微信号',
  nick: '昵称',
}

/** Which name of a person is meant. */
export function pinOf(to: Exclude<Recipient, { readonly room: string }>): {
  readonly name: string
  readonly pin: NamePin
} {
  if (typeof to === 'string') return { name: to, pin: 'any' }
  if ('remark' in to) return { name: to.remark, pin: 'remark' }
  return 'alias' in to ? { name: to.alias, pin: 'alias' } : { name: to.nick, pin: 'nick' }
}
