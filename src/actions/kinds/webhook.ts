import { z } from 'zod'
import { defineLaterAction, durationSchema } from './action.ts'

const secret = z.strictObject({ secret: z.string().min(1), prefix: z.string().optional() })
const value = z.union([z.string(), z.number(), z.boolean()])

/** `webhook`: one HTTP call; its JSON answer becomes a variable. */
export const webhook = defineLaterAction(
  'webhook',
  z
    .strictObject({
      url: z.string().min(1),
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      query: z.record(z.string(), z.union([value, secret])).optional(),
      headers: z.record(z.string(), z.union([value, secret])).optional(),
      body: z.unknown().optional(),
      timeout: durationSchema.optional(),
      save: z.string().min(1).optional().describe('结果存成这个变量。The variable that holds the answer.'),
      retry: z.int().min(0).max(5).optional(),
    })
    .describe('调用接口：{url, method, query, headers, body, timeout, save, retry}。One HTTP call.'),
  { isCall: true },
)
