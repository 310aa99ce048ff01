import { z } from 'zod'

const name = z.string().min(1)

/** Whom to write to: `owner`, a name, or one that is pinned. Never a session-scoped name of the server. */
export const recipientSchema = z
  .union([name, z.strictObject({ room: name }), z.strictObject({ remark: name })])
  .describe('owner 店主、名字、{room: 群名}、{remark: 备注名}。Whom to write to.')

export type Recipient = z.output<typeof recipientSchema>

/** A recipient for a log line. */
export function describeRecipient(to: Recipient): string {
  if (typeof to === 'string') return to
  return 'room' in to ? `群 ${to.room}` : `备注 ${to.remark}`
}
