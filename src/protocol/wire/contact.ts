import { z } from 'zod'
import { baseResponse, int, list, text } from './base.ts'

/** A member of a room. */
export const wireMember = z.object({
  UserName: text,
  NickName: text,
  DisplayName: text,
  AttrStatus: int,
})
export type WireMember = z.infer<typeof wireMember>

const members = list.transform((entries) =>
  entries.flatMap((entry) => {
    const read = wireMember.safeParse(entry)
    return read.success && read.data.UserName !== '' ? [read.data] : []
  }),
)

const flag = z.preprocess((value) => value ?? null, z.union([z.null(), int]))

/** A contact, room or official account, from any of the places that name one. Missing fields are '' or 0. */
export const wireContact = z.object({
  UserName: text,
  NickName: text,
  RemarkName: text,
  Alias: text,
  DisplayName: text,
  HeadImgUrl: text,
  /** Null where the entry does not say: then what is known stays. */
  ContactFlag: flag,
  VerifyFlag: int,
  Sex: int,
  Province: text,
  City: text,
  AttrStatus: int,
  KeyWord: text,
  EncryChatRoomId: text,
  MemberCount: int,
  MemberList: members,
})
export type WireContact = z.infer<typeof wireContact>

/** Readable entries of a contact list; others are left out. */
export function readContacts(entries: readonly unknown[]): WireContact[] {
  return entries.flatMap((entry) => {
    const read = wireContact.safeParse(entry)
    return read.success && read.data.UserName !== '' ? [read.data] : []
  })
}

/** The answer of webwxgetcontact: one page of the address book. */
export const contactPage = baseResponse.extend({ MemberList: list, Seq: int })

/** The answer of webwxbatchgetcontact. */
export const batchAnswer = baseResponse.extend({ ContactList: list })
