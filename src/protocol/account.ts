import { createHash } from 'node:crypto'
import { type AccountKey, asId, type ChatKey, type LoginGeneration } from '../domain/ids.ts'

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** Our key of an account: the same for ever, and not the uin itself, which is one of the credentials. */
export function accountKey(uin: number): AccountKey {
  return asId(`a-${fingerprint(`wxreply/account/${uin}`)}`)
}

/**
 * The key of a contact or room met for the first time. It follows from the login and the name, so that meeting the same
 * one again after a crash gives the same key; later logins find it again by evidence.
 */
export function newContactKey(
  account: AccountKey,
  generation: LoginGeneration,
  kind: 'person' | 'room',
  userName: string,
): ChatKey {
  const prefix = kind === 'room' ? 'r' : 'p'
  return asId(`${prefix}-${fingerprint(`${account}/${generation}/${userName}`)}`)
}

/** The file helper, where the owner reads us; the same in every login. */
export const FILE_HELPER = 'filehelper'

const SPECIAL: ReadonlySet<string> = new Set(
  `filehelper fmessage weixin newsapp medianote floatbottle qmessage qqmail qqsync qqfriend tmessage weibo lbsapp
  shakeapp readerapp blogapp blogappweixin facebookapp masssendapp meishiapp feedsapp voip brandsessionholder
  weixinreminder officialaccounts notification_messages notifymessage wxitil userexperience_alarm wxid_novlwrv3lqwv11
  gh_22b87fa7cb3c exmail_tool mphelper`.split(/\s+/),
)

/** Names that are the same in every login and belong to no person. They are their own key. */
export function isSpecialName(userName: string): boolean {
  return SPECIAL.has(userName) || /@(?:qqim|lbsroom|talkroom)$/.test(userName)
}

/** True for a room's session name or real id. */
export function isRoomName(userName: string): boolean {
  return userName.startsWith('@@') || userName.endsWith('@chatroom')
}
