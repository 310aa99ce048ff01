import { z } from 'zod'
import { defineLaterAction, durationSchema, textSchema } from './action.ts'

/** `llm`: asks a language model; its answer becomes a variable. */
export const llm = defineLaterAction(
  'llm',
  z
    .strictObject({
      prompt: textSchema,
      system: textSchema.optional(),
      model: z.string().min(1).optional(),
      max_tokens: z.int().positive().optional(),
      history: z.int().min(0).max(50).optional(),
      save: z.string().min(1).optional(),
      timeout: durationSchema.optional(),
    })
    .describe('问大模型：{prompt, system, model, max_tokens, history, save, timeout}。Ask a language model.'),
  { isCall: true },
)
