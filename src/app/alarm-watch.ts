import type { Config, NotifyOccasion } from '../config/config.ts'
import { StoreError } from '../domain/errors.ts'
import type { Event } from '../domain/event.ts'
import type { AccountKey } from '../domain/ids.ts'
import { Bell } from '../support/abort.ts'
import type { AlarmChange, AlarmKind } from './alarm.ts'
import { conditions, type Situation } from './alarm-conditions.ts'
import { LimitTeller } from './alarm-limits.ts'
import { alarmPhrase } from './alarm-phrases.ts'
import { Post } from './alarm-post.ts'
import { SilenceMeter } from './alarm-silence.ts'
import { LogLoss } from './log-loss.ts'
import { tellOwner } from './owner-notice.ts'
import type { Verdict } from './pipeline.ts'
import type { Rooms } from './rooms.ts'
import type { DaemonSetup } from './setup.ts'

/** How often is looked, beside the moments when something is known to have changed. */
const LOOK_EVERY_MS = 2000

const OCCASIONS: Readonly<Record<AlarmKind, NotifyOccasion>> = {
  offline: 'loggedOut',
  stuck: 'blocked',
  'logged-out': 'loggedOut',
  refused: 'refused',
  qr: 'qr',
  frozen: 'blocked',
  suspended: 'blocked',
  store: 'blocked',
  web: 'blocked',
  'reload-failed': 'reloadFailed',
  'loop-broken': 'loopBroken',
}

/** Looks how things stand and tells changes, once each, to whom the settings name. Ends when the signal aborts. */
export async function runAlarms(setup: DaemonSetup, rooms: Rooms, signal: AbortSignal): Promise<void> {
  const posts = postsOf(setup, rooms)
  const bell = new Bell()
  rooms.watch({
    onConnection: () => bell.ring(),
    onDecided(event, verdict) {
      if (noteLoop(event, verdict, rooms, setup.clock.now())) bell.ring()
    },
    onDelivery({ to }) {
      if (to.kind === 'ready') bell.ring()
    },
  })
  const eyes: Eyes = {
    meter: new SilenceMeter(setup.clock.monotonic()),
    limits: new LimitTeller(),
    logLoss: new LogLoss(),
    posts,
  }
  const look = () => lookAround(setup, rooms, eyes)
  await Promise.all([
    ...[...posts.values()].map((post) => post.run(signal)),
    lookAgainAndAgain(setup, { bell, look }, signal),
  ])
}

function postsOf({ config, clock, random, log }: DaemonSetup, rooms: Rooms): Map<string, Post> {
  const onDone = (outcome: 'delivered' | 'given-up') => rooms.tell((one) => one.onNotice?.(outcome))
  const tools = { clock, random, log: log.child({ room: 'outbox' }), onDone }
  return new Map(config.notify.channels.map((channel) => [channel.name, new Post(channel, tools)]))
}

async function lookAgainAndAgain(
  { clock, log }: DaemonSetup,
  { bell, look }: { readonly bell: Bell; look(): void },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      look()
    } catch (error) {
      // The loops that cannot go on without the store say so themselves.
      if (!(error instanceof StoreError)) throw error
      log.debug({ code: error.code }, 'alarms could not be looked at')
    }
    const waking = new AbortController()
    const timer = clock.sleep(LOOK_EVERY_MS, waking.signal).then(
      () => bell.ring(),
      () => {},
    )
    await bell.wait(signal)
    waking.abort()
    await timer
  }
}

interface Eyes {
  readonly meter: SilenceMeter
  readonly limits: LimitTeller
  readonly logLoss: LogLoss
  readonly posts: ReadonlyMap<string, Post>
}

function lookAround(setup: DaemonSetup, rooms: Rooms, { meter, limits, logLoss, posts }: Eyes): void {
  const now = setup.clock.now()
  probeStore(setup, rooms)
  if (rooms.trouble.store === null) endSuspension(rooms)
  rooms.alarms.look(conditions(situationOf(setup, rooms, meter)), now)
  const limited = limits.look(rooms.runner.brake, rooms.store.outbox, rooms.pin.current())
  if (limited !== null) rooms.narrator.warn(limited, { event: 'limit', brake: rooms.runner.brake })
  tellLogLoss(setup, rooms, logLoss)
  for (const change of rooms.alarms.take(now)) {
    announce(change, setup, rooms)
    tellPeople(change, { setup, rooms, posts })
  }
}

function tellLogLoss({ lostLines }: DaemonSetup, rooms: Rooms, logLoss: LogLoss): void {
  const total = lostLines?.() ?? 0
  const lost = logLoss.look(total)
  if (lost === null) return
  rooms.tell((one) => one.onLinesLost?.(total))
  const words = {
    zh: `有 ${lost} 行日志没写出去：读日志的程序停住了，或日志没有地方写`,
    en: `${lost} lines of the log were lost: its reader stood still, or there was no room for it`,
  }
  rooms.narrator.warn(words, { event: 'log', lost })
}

function situationOf(setup: DaemonSetup, rooms: Rooms, meter: SilenceMeter): Situation {
  const { client, runner, keeper, pin, freezes, trouble } = rooms
  const account = pin.current()
  return {
    now: setup.clock.now(),
    connection: client.connection,
    isStuck: client.isStuck,
    isLooping: client.isLooping,
    silentMs: meter.look(client.connection.kind, client.lastSyncAt, setup.clock.monotonic()),
    stallAfterMs: setup.config.sync.stallAfterMs,
    frozenUntil: runner.frozenUntil,
    isFreezeUntried: account !== null && isFreezeUntried(rooms, account),
    isSuspended: account !== null && freezes.isSuspended(account),
    storeProblem: trouble.store,
    webProblem: trouble.web,
    reloadError: keeper.view().reloadError,
  }
}

function isFreezeUntried({ freezes, store }: Rooms, account: AccountKey): boolean {
  if (freezes.load(account)?.isOpen !== true) return false
  const waiting = store.outbox.counts(account)
  return (['ready', 'retry', 'sending'] as const).some((kind) => (waiting.get(kind) ?? 0) > 0)
}

/** A person lifted the pause: what the server complained of before is forgiven. */
function endSuspension({ pin, freezes, runner }: Rooms): void {
  const account = pin.current()
  if (account !== null && freezes.settle(account)) runner.forgiveFreezes()
}

/** Who met the trouble tries again within this time, and tells when it is over. */
const TROUBLE_LASTS_MS = 45_000

/** Nobody may have anything to store for hours, so whether the store takes changes again is tried. */
function probeStore({ clock }: DaemonSetup, { store, trouble }: Rooms): void {
  if (trouble.store === null || clock.monotonic() - trouble.since < TROUBLE_LASTS_MS) return
  try {
    store.transaction(() => store.meta.set('probe', String(clock.now())))
    trouble.store = null
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    trouble.store = error.code
  }
}

function noteLoop(event: Event, { writes }: Verdict, rooms: Rooms, now: number): boolean {
  const isBroken = writes.some((write) => write.kind === 'mute' && write.reason === 'loop-breaker')
  if (!isBroken || !('chat' in event)) return false
  rooms.alarms.happen('loop-broken', { zh: event.chat.name, en: event.chat.name }, now)
  return true
}

/** What happens here is told in the log when it happens. */
const HAS_OWN_LINE: ReadonlySet<AlarmKind> = new Set(['logged-out', 'refused', 'reload-failed', 'store'])

/** The log line of a change. The address of a login code is a credential and stays out of it. */
function announce(change: AlarmChange, { log }: DaemonSetup, rooms: Rooms): void {
  const { kind, state } = change
  const { title, text } = alarmPhrase(change)
  const fields = { event: 'alarm', alarm: kind, state }
  const phrase = kind === 'qr' ? title : { zh: `${title.zh}: ${text.zh}`, en: `${title.en}: ${text.en}` }
  if (kind === 'qr') log.debug(fields, 'login code shown')
  else if (HAS_OWN_LINE.has(kind)) rooms.narrator.debug(phrase, fields)
  else if (state === 'cleared') rooms.narrator.info(phrase, fields)
  else rooms.narrator.error(phrase, fields)
  rooms.tell((one) => one.onAlarm?.(change))
}

interface Telling {
  readonly setup: DaemonSetup
  readonly rooms: Rooms
  readonly posts: ReadonlyMap<string, Post>
}

function tellPeople(change: AlarmChange, { setup, rooms, posts }: Telling): void {
  // A code that was scanned or ran out needs no further word.
  if (change.kind === 'qr' && change.state === 'cleared') return
  const { title, text } = alarmPhrase(change)
  const { narrator } = rooms
  const words = { title: `wxreply ${narrator.text(title)}`, text: narrator.text(text) }
  for (const name of whomToTell(change.kind, setup.config)) {
    if (name === 'owner') writeToOwner(change, `${words.title}\n${words.text}`, rooms)
    else {
      const at = new Date(change.at).toISOString()
      posts.get(name)?.add({ about: change.kind, state: change.state, ...words, at })
    }
  }
}

/** Names of channels, or `owner`. */
export function whomToTell(kind: AlarmKind, { notify, safety }: Config): ReadonlySet<string> {
  const names = new Set(notify.on[OCCASIONS[kind]])
  if (kind !== 'loop-broken') return names
  const chosen = safety.loopBreaker?.onTrip.notify ?? null
  if (chosen !== null) names.add(chosen)
  // Then the reaction itself has written to the owner, with the chat's other steps.
  if (chosen === 'owner') names.delete('owner')
  return names
}

function writeToOwner(change: AlarmChange, text: string, { store, pin, client, runner }: Rooms): void {
  const account = pin.current()
  if (account === null || !canReachOwner(change)) return
  if (tellOwner(store, { account, lane: client.roster.owner, change, text })) runner.wake()
}

/** WeChat cannot carry the news that WeChat is away, and a pause that is over was told with its beginning. */
function canReachOwner({ kind, state }: AlarmChange): boolean {
  switch (kind) {
    case 'qr':
      return false
    case 'offline':
    case 'logged-out':
    case 'refused':
      return state === 'cleared'
    case 'frozen':
      return state !== 'cleared'
    case 'stuck':
    case 'suspended':
    case 'store':
    case 'web':
    case 'reload-failed':
    case 'loop-broken':
      return true
  }
}
