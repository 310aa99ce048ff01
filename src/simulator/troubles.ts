import type { Core } from './core.ts'
import { deliver } from './deliver.ts'

/** Loads and oddities that a script can bring about. */
export interface Troubles {
  /** This many texts at once, from the friends in turn. Returns their ids. */
  backlog(count: number): readonly string[]
  /** Texts from the friends in turn at this many per second, until stopped or closed. */
  flood(perSecond: number): { stop(): Promise<void> }
  /** Delivers the newest message, or the one with this id, once more with the same id. Throws when there is none. */
  duplicate(msgId?: string): void
  /** The next `answers` webwxsync answers present their messages backwards. */
  reorder(answers?: number): void
  /** The next webwxsync answer carries a key that is `changes` too old. */
  regressKey(changes?: number): void
  /** synccheck answers this selector at once, news or not; null ends it. */
  stuckSelector(selector: number | null): void
  /** The selector that news shows as; null for the honest one. */
  newsSelector(selector: number | null): void
  /** synccheck does not notice news while on. */
  silentSelector(on: boolean): void
  /** The next webwxsync answer brings a new skey, or sets a new data ticket. */
  renew(what: 'skey' | 'cookie'): void
  /** Push login is refused by risk control while on. */
  antispam(on: boolean): void
  /** Ends the session: 1100, 1101 or 1102 from now on. */
  kick(code: number): void
}

/** The troubles of this simulator. */
export function troublesOf(core: Core): Troubles {
  const { oddities } = core
  return {
    backlog: (count) => backlog(core, count),
    flood: (perSecond) => flood(core, perSecond),
    duplicate: (msgId) => duplicate(core, msgId),
    reorder(answers = 1) {
      oddities.reorderNext = answers
    },
    regressKey(changes = 1) {
      oddities.regressNext = changes
    },
    stuckSelector(selector) {
      oddities.stuckSelector = selector
      core.feed.bell.ring()
    },
    newsSelector(selector) {
      oddities.newsSelector = selector
    },
    silentSelector(on) {
      oddities.isSilent = on
      core.feed.bell.ring()
    },
    renew(what) {
      if (what === 'skey') oddities.renewSkeyNext = true
      else oddities.renewCookieNext = true
    },
    antispam(on) {
      oddities.isAntispam = on
    },
    kick(code) {
      if (core.session !== null) core.endSession(core.session, code)
    },
  }
}

/** Says one text per call, from the friends of the moment in turn. */
function chatter(core: Core): () => string {
  const friends = [...core.world.persons.values()].filter((person) => person.kind === 'friend')
  let count = 0
  return () => {
    const friend = friends[count % friends.length]
    if (friend === undefined) throw new Error('this world has no friends')
    return deliver(core, { kind: 'text', from: friend.id, text: `第${++count}条` })
  }
}

function backlog(core: Core, count: number): string[] {
  const say = chatter(core)
  return Array.from({ length: count }, say)
}

function flood(core: Core, perSecond: number): { stop(): Promise<void> } {
  const end = new AbortController()
  const signal = AbortSignal.any([end.signal, core.stop.signal])
  const say = chatter(core)
  const run = async () => {
    while (!signal.aborted) {
      say()
      await core.settings.clock.sleep(1000 / perSecond, signal)
    }
  }
  const running = run().catch((error: unknown) => {
    // The sleep rejects when the flood is stopped; anything else is for whoever stops it.
    if (!signal.aborted) throw error
  })
  return {
    stop() {
      end.abort()
      return running
    },
  }
}

function duplicate(core: Core, msgId?: string): void {
  const draft = msgId === undefined ? core.feed.lastMessage() : core.feed.message(msgId)
  if (draft === null) throw new Error('there is no such message to repeat')
  core.feed.append({ kind: 'message', draft })
  core.journal.add({ kind: 'happened', what: 'duplicate', msgId: draft.msgId, chat: draft.from })
}
