import { z } from 'zod'

/** A field that may be missing or null in error answers and then counts as ''. Numbers are accepted as their digits. */
export const text = z.preprocess((value) => {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : ''
}, z.string())

/** A number that may come as a string, or not at all (then 0). */
export const int = z.preprocess((value) => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : 0
}, z.number())

/**
 * A list that may be missing or null. Anything else is an error: taking it for "nothing" would lose what it meant.
 * Entries are left to the reader of one entry.
 */
export const list = z
  .array(z.unknown())
  .nullish()
  .transform((value) => value ?? [])

/** A verdict: a whole number or its digits. Nothing else may count as 0, which means "yes". */
export const ret = z.union([
  z.number().int(),
  z
    .string()
    .regex(/^-?\d{1,9}$/)
    .transform(Number),
])

/** The envelope of every JSON answer. An answer without it is no answer of this server. */
export const baseResponse = z.object({ BaseResponse: z.object({ Ret: ret, ErrMsg: text }) })

/** The identity repeated in most request bodies. */
export interface BaseRequest {
  readonly Uin: number
  readonly Sid: string
  readonly Skey: string
  readonly DeviceID: string
}

/** The keys of the stream. `Count` 0 means: keep the old one. */
export const syncKey = z.object({
  Count: z.number().int(),
  List: z.array(z.object({ Key: z.number().int(), Val: z.number() })).max(200),
})
export type SyncKey = z.infer<typeof syncKey>
