import { z } from 'zod'
import { parseDuration } from '../../support/duration.ts'
import { type ActionContext, durationSchema } from './action.ts'

/** Where a remembered value belongs. `room` is the chat it was written in. */
export const scopeSchema = z
  .enum(['contact', 'chat', 'room', 'global'])
  .describe('contact 这个人（默认）、chat/room 这个聊天、global 全部。Whose value it is; contact by default.')

export type MemoryScope = 'contact' | 'chat' | 'global'

/** The scope in the words of the store. */
export function memoryScope(scope: z.output<typeof scopeSchema> | undefined): MemoryScope {
  return scope === 'room' ? 'chat' : (scope ?? 'contact')
}

/** Values by name, beside the reserved words `for` and `scope`. */
export function memorySchema<Value extends z.ZodType>(value: Value) {
  return z
    .object({ for: durationSchema.optional(), scope: scopeSchema.optional() })
    .catchall(value)
    .refine((written) => Object.keys(written).some((name) => !RESERVED.has(name)), {
      error: '要写至少一个“名字: 值” (name at least one value)',
    })
}

const RESERVED = new Set(['for', 'scope'])

/** The named values of such a map, without the reserved words. */
export function namedValues(
  params: Readonly<Record<string, unknown>>,
): readonly (readonly [string, string])[] {
  return Object.entries(params)
    .filter(([name]) => !RESERVED.has(name))
    .map(([name, value]) => [name, String(value)])
}

/** A duration in milliseconds; null when absent; undefined after reporting that it cannot be read. */
export function optionalDuration(
  text: string | undefined,
  context: ActionContext,
): number | null | undefined {
  if (text === undefined) return null
  const ms = parseDuration(text)
  if (ms !== null) return ms
  context.problem('E258', { text })
  return undefined
}
