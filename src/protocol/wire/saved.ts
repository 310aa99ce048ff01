import { z } from 'zod'

/** The version written now. Another one is treated as no session. */
export const SAVED_VERSION = 1

const short = z.string().max(4096)

/** One cookie with the rules that decide where it may go. Expiry is left out on purpose: the server decides. */
export const savedCookie = z.strictObject({
  key: short,
  value: short,
  domain: z.string().min(1).max(255),
  path: z.string().min(1).max(1024),
  secure: z.boolean(),
  httpOnly: z.boolean(),
  hostOnly: z.boolean(),
})

/** The keys of the server's stream, as received. */
export const savedKey = z.strictObject({
  Count: z.number().int(),
  List: z.array(z.strictObject({ Key: z.number().int(), Val: z.number() })).max(200),
})

/** Position in the stream: what the next webwxsync and the next synccheck present. */
export const savedCursor = z.strictObject({ sync: savedKey, check: savedKey })

/** What survives a restart: plain data, a bearer credential. Everything is bounded; unknown fields are refused. */
export const savedSession = z.strictObject({
  version: z.literal(SAVED_VERSION),
  savedAt: z.number(),
  /** When the session was logged in; null in files from before this was written down. */
  openedAt: z.number().nullable().default(null),
  generation: z.number().int().min(1),
  account: z.string().min(1).max(64),
  /** False once the server ended it: only good for a push login. */
  isAlive: z.boolean(),
  /** The host of redirect_uri; all others follow from it. */
  host: z.string().min(1).max(300),
  uin: z.number().int().min(1).max(0xffffffff),
  sid: short,
  skey: short,
  passTicket: short,
  userName: short,
  nick: short,
  /** Where the stream stood right after login, for a restart before the first stored batch. */
  firstCursor: savedCursor,
  cookies: z.array(savedCookie).max(100),
})

export type SavedCookie = z.infer<typeof savedCookie>
export type StreamCursor = z.infer<typeof savedCursor>
export type SavedSession = z.infer<typeof savedSession>
