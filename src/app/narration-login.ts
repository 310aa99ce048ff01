import type { Connection, ConnectionChange } from '../domain/connection.ts'
import type { Instant } from '../domain/ids.ts'
import { CODES_ARE_PACED, RESUMING, type RosterView } from '../protocol/client.ts'
import { spokenDuration } from '../support/duration.ts'
import type { HeldLine, HeldLines } from './held-lines.ts'
import type { Narrator } from './narrator.ts'
import { connectionPhrase, type Phrase } from './phrases.ts'

const PACED: Phrase = {
  zh: '二维码换得太快，先停一会儿再换新的，免得惊动微信。马上要一张: wxreply qr --refresh',
  en: 'too many codes in a short time; the next one comes later, so as not to alarm WeChat. For one now: wxreply qr --refresh',
}
/** A usual address book is read by then; who has a bigger one is not kept waiting for the good news. */
const BOOK_MS = 3000

export interface LoginSources {
  readonly narrator: Narrator
  readonly lines: HeldLines
  roster(): Pick<RosterView, 'counts' | 'isSettled' | 'settled'>
  /** When the session that runs was opened by a login; null when that is not known. */
  loggedInAt(): Instant | null
  /** Looks for names in the rules that nobody bears, once the address book is read. */
  checkNames(): void
  readonly rulesPath: string
}

type Online = Extract<Connection, { kind: 'online' }>

/** Tells how the connection changes: a login with what it brought, a resumed session, trouble and its end. */
export class LoginNarration {
  readonly #sources: LoginSources
  /** How we came in, while `online` was not reached. */
  #way: 'login' | 'resumed' | null = null
  #held: HeldLine | null = null

  constructor(sources: LoginSources) {
    this.#sources = sources
  }

  changed(change: ConnectionChange): void {
    // What waits for the address book happened before this.
    this.#held?.finish()
    this.#held = null
    const { to, reason } = change
    if (to.kind === 'starting') this.#way = reason === RESUMING ? 'resumed' : (this.#way ?? 'login')
    else if (to.kind !== 'online' && to.kind !== 'backing-off') this.#way = null
    if (to.kind === 'online') this.#online(to, change)
    else this.#tell(reason === CODES_ARE_PACED ? PACED : connectionPhrase(to, change.at), change)
  }

  #online(to: Online, change: ConnectionChange): void {
    const way = this.#way
    this.#way = null
    const { lines, roster, checkNames } = this.#sources
    const book = roster()
    if (way === 'login') {
      const held = lines.hold(() => this.#loggedIn(to, change), BOOK_MS)
      this.#held = held
      void book.settled.then(() => held.finish())
      return
    }
    this.#tell(
      way === 'resumed'
        ? this.#resumed(change.at)
        : { zh: `又连上了: ${to.nick}`, en: `connected again: ${to.nick}` },
      change,
    )
    if (way === 'resumed') void book.settled.then(checkNames)
  }

  /** What the login brought, names in the rules that nobody bears, and what comes next. */
  #loggedIn({ nick, uinEnd }: Online, change: ConnectionChange): void {
    const { narrator, roster, checkNames, rulesPath } = this.#sources
    const { counts, isSettled: isBookRead, settled } = roster()
    const book = isBookRead
      ? {
          zh: `联系人 ${counts.friends}，群 ${counts.rooms}`,
          en: `${counts.friends} contacts, ${counts.rooms} rooms`,
        }
      : { zh: '通讯录还在读', en: 'the address book is still being read' }
    narrator.info(
      {
        zh: `登录成功: ${nick} (uin …${uinEnd})，${book.zh}`,
        en: `logged in: ${nick} (uin …${uinEnd}), ${book.en}`,
      },
      { event: 'login', ...(isBookRead ? { contacts: counts.friends, rooms: counts.rooms } : {}) },
    )
    if (isBookRead) checkNames()
    else void settled.then(checkNames)
    this.#tell(
      {
        zh: `在线。收到的消息按 ${rulesPath} 处理；改完规则保存即可，无需重启。`,
        en: `online. Messages are handled by ${rulesPath}; save a rule and it takes effect, no restart needed.`,
      },
      change,
    )
  }

  #resumed(now: Instant): Phrase {
    const at = this.#sources.loggedInAt()
    const age = at === null ? null : spokenDuration(now - at)
    return {
      zh: `恢复登录成功，不用扫码${age === null ? '' : ` (会话 ${age.zh})`}。在线。`,
      en: `session resumed, no scan needed${age === null ? '' : ` (session of ${age.en})`}. Online.`,
    }
  }

  #tell(phrase: Phrase, { from, to, reason }: ConnectionChange): void {
    const { narrator } = this.#sources
    const fields = { event: 'connection', from: from.kind, to: to.kind, reason }
    if (to.kind === 'expired' || to.kind === 'refused') narrator.error(phrase, fields)
    else if (to.kind === 'backing-off') narrator.warn(phrase, fields)
    else narrator.info(phrase, fields)
  }
}
