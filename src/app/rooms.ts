import type { ConnectionChange } from '../domain/connection.ts'
import { asId, type ChatKey } from '../domain/ids.ts'
import { maskFor } from '../domain/mask.ts'
import { Runner } from '../outbox/runner.ts'
import type { ProtocolClient } from '../protocol/client.ts'
import type { Store } from '../store/store.ts'
import type { AccountPin } from './account.ts'
import { AlarmDesk } from './alarm-desk.ts'
import { type Freezes, freezes } from './alarm-freeze.ts'
import { answerFrom } from './data-folder.ts'
import { HeldLines } from './held-lines.ts'
import { createJudge, directoryOf, policyOf, timed } from './judge.ts'
import { Merging } from './merging.ts'
import { tellUnknownNames } from './name-check.ts'
import { Narration } from './narration.ts'
import type { Narrator } from './narrator.ts'
import { sendingOptions } from './options.ts'
import { type GapKind, gapPhrase, type Phrase } from './phrases.ts'
import type { PipelinePorts } from './pipeline.ts'
import { connectClient, isNewLogin, senderOf } from './rooms-client.ts'
import type { RulesKeeper } from './rules-keeper.ts'
import type { DaemonObserver, DaemonSetup } from './setup.ts'
import type { SyncLoopPorts } from './sync-loop.ts'
import type { Counters } from './views.ts'

/** The rooms of one account, plugged together. */
export interface Rooms {
  readonly store: Store
  readonly pin: AccountPin
  readonly keeper: RulesKeeper
  readonly narrator: Narrator
  /** Lines of the log that wait for their end. */
  readonly lines: HeldLines
  readonly client: ProtocolClient
  readonly runner: Runner
  readonly sync: SyncLoopPorts
  readonly counters: Counters
  readonly alarms: AlarmDesk
  readonly freezes: Freezes
  /** What does not work now: the store, the HTTP server. */
  readonly trouble: Trouble
  lastChange(): ConnectionChange | null
  /** Tells everybody who watches. */
  tell(say: (observer: DaemonObserver) => void): void
  /** Adds somebody who is told of everything that happens. */
  watch(observer: DaemonObserver): void
}

export interface Trouble {
  /** The store's code; null while it takes changes. */
  store: string | null
  /** When it was last met, monotonic. */
  since: number
  /** Why the page and the numbers are not served; null while they are, or are not wanted. */
  web: Phrase | null
}

/** Who hears of what happens. */
interface Tell {
  readonly counters: Counters
  readonly trouble: Trouble
  readonly freezes: Freezes
  readonly narration: Narration
  readonly observers: readonly DaemonObserver[]
}

type Given = Pick<Rooms, 'store' | 'pin' | 'keeper' | 'narrator'>

/** Builds the rooms and introduces them to each other; nothing runs yet. */
export function connectRooms(setup: DaemonSetup, given: Given): Rooms {
  const counters: Counters = { received: 0, replied: 0, suppressed: 0 }
  const observers: DaemonObserver[] = [setup.observer]
  const trouble: Trouble = { store: null, since: 0, web: null }
  const frozen = freezes({ store: given.store, now: () => setup.clock.now() })
  const client = connectClient(setup, given, observers)
  const lines = new HeldLines(setup.clock)
  const narration = connectNarration(setup, given, client, lines)
  const told: Tell = { counters, observers, trouble, freezes: frozen, narration }
  const runner = connectRunner(setup, given, client, told)
  let last: ConnectionChange | null = null
  const tellGap = (kind: GapKind) => {
    given.narrator.info(gapPhrase(kind), { event: 'gap', gap: kind })
    for (const observer of observers) observer.onGap?.(kind)
  }
  client.onConnection((change) => {
    last = change
    narration.connection(change)
    for (const observer of observers) observer.onConnection?.(change)
    if (change.to.kind === 'online' && isNewLogin(given, client)) tellGap('new-login')
    if (change.to.kind === 'online') runner.recovered()
    else runner.wake()
  })
  observers.push({ onCaughtUp: () => runner.wake() })
  const pipeline = connectPipeline(setup, given, client, { runner, ...told })
  const sync = connectSync(setup, given, pipeline, { client, trouble, tellGap })
  return {
    ...given,
    lines,
    client,
    runner,
    sync,
    counters,
    alarms: new AlarmDesk(given.store.meta),
    freezes: frozen,
    trouble,
    tell(say) {
      for (const observer of observers) say(observer)
    },
    lastChange: () => last,
    watch: (observer) => observers.push(observer),
  }
}

function connectNarration(
  { config, clock }: DaemonSetup,
  { narrator, keeper }: Given,
  client: ProtocolClient,
  lines: HeldLines,
): Narration {
  const checkNames = () => tellUnknownNames(keeper.current.names, client.roster, narrator)
  keeper.onSwap(() => {
    if (client.roster.isSettled) checkNames()
  })
  return new Narration({
    narrator,
    lines,
    clock,
    writing: { logging: config.log.messages, mask: maskFor(config.privacy.redact) },
    roster: () => client.roster,
    loggedInAt: () => client.sessionSince,
    checkNames,
    rulesPath: config.rules.path,
  })
}

function connectRunner(setup: DaemonSetup, given: Given, client: ProtocolClient, tell: Tell): Runner {
  const { store, narrator } = given
  return new Runner({
    port: {
      ...store.outbox,
      transaction: (work) => store.transaction(work),
      deferred: (work) => store.deferred(work),
    },
    sender: senderOf(setup, given, client),
    clock: setup.clock,
    random: setup.random,
    log: setup.log.child({ room: 'outbox' }),
    sending: sendingOptions(setup.config),
    freezes: tell.freezes,
    onDelivery(change) {
      if (change.to.kind === 'sent') tell.counters.replied++
      const { roster } = client
      const name = roster.byKey(asId<ChatKey>(change.chat))?.name ?? ''
      tell.narration.delivered(change, { name, isOwner: change.chat === roster.owner })
      for (const observer of tell.observers) observer.onDelivery?.(change)
    },
    onAlarm(error) {
      tell.trouble.since = setup.clock.monotonic()
      if (tell.trouble.store === error.code) return
      tell.trouble.store = error.code
      narrator.error(
        {
          zh: `数据目录写不进去 (${error.code})，暂停发送`,
          en: `the data folder refuses writes (${error.code}); sending is suspended`,
        },
        { event: 'store', code: error.code },
      )
    },
  })
}

function connectPipeline(
  setup: DaemonSetup,
  { store, keeper }: Given,
  client: ProtocolClient,
  { runner, counters, observers, narration }: Tell & { runner: Runner },
): PipelinePorts {
  const { config, clock, log } = setup
  const mask = maskFor(config.privacy.redact)
  const ownName = () => (client.connection.kind === 'online' ? client.connection.nick : '')
  const judge = createJudge({
    config,
    rules: () => keeper.current,
    ownName,
    directory: directoryOf(() => client.roster),
    outbox: store.outbox,
    answerFrom: answerFrom(store),
  })
  return {
    store,
    judge: timed(judge, clock, (event, tookMs) => {
      for (const observer of observers) observer.onJudged?.(event, tookMs)
    }),
    mask,
    merging: config.mergeMs === null ? null : new Merging(config.mergeMs, policyOf(config)),
    now: () => clock.now(),
    onDecided(event, verdict) {
      if (event.kind === 'message.received') {
        counters.received++
        if (verdict.decision?.kind === 'suppressed') counters.suppressed++
      }
      if (event.kind === 'chat.noticed' && event.topic === 'rate-limited') runner.slowDown()
      narration.decided(event, verdict)
      for (const observer of observers) observer.onDecided?.(event, verdict)
    },
    onPoison(event, problem) {
      log.error(
        { event: 'poison', eventId: event.id, problem: problem instanceof Error ? problem.message : '' },
        'event set aside',
      )
    },
    wakeOutbox: () => runner.wake(),
  }
}

function connectSync(
  setup: DaemonSetup,
  { store, narrator }: Given,
  pipeline: PipelinePorts,
  {
    client,
    trouble,
    tellGap,
  }: { readonly client: ProtocolClient; readonly trouble: Trouble; tellGap: (kind: GapKind) => void },
): SyncLoopPorts {
  return {
    client,
    store,
    pipeline,
    clock: setup.clock,
    random: setup.random,
    onBatch({ fresh, duplicates }, { wentBack }) {
      if (wentBack === true) tellGap('position-back')
      if (duplicates > 0) tellGap('replay')
      if (duplicates > 0) setup.log.debug({ fresh, duplicates }, 'batch stored')
    },
    onStoreTrouble(error) {
      const before = trouble.store
      trouble.since = setup.clock.monotonic()
      trouble.store = error?.code ?? null
      if (trouble.store === before) return
      if (error === null)
        narrator.info(
          { zh: '数据目录又能写了', en: 'the data folder takes writes again' },
          { event: 'store' },
        )
      else
        narrator.error(
          {
            zh: `数据目录写不进去 (${error.code})，暂停收消息`,
            en: `the data folder refuses writes (${error.code}); no new messages are taken`,
          },
          { event: 'store', code: error.code },
        )
    },
  }
}
