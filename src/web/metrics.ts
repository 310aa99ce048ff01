import { Counter, Gauge, Histogram, Registry } from 'prom-client'

const PREFIX = 'wxreply_'

/** Every metric with its labels. Labels are rule ids and closed lists; never names of people or rooms. */
const COUNTERS = {
  login_attempts_total: ['Login attempts by result.', ['result']],
  qr_shown_total: ['QR codes shown.', []],
  sync_total: ['Questions for news by result: long polls that brought none, fetches, failures.', ['result']],
  reconnects_total: ['Times the server was lost, by what was the matter.', ['reason']],
  unreadable_total: ['Answers of an unexpected shape by endpoint, and messages.', ['what']],
  messages_received_total: ['Messages accepted, by kind of chat and of content.', ['chat', 'kind']],
  messages_skipped_total: ['Messages not answered, by reason.', ['reason']],
  rule_matches_total: ['Decisions to act, by rule.', ['rule']],
  rule_limited_total: ['Matches silenced by a cooldown or limit.', ['rule', 'scope']],
  rule_errors_total: ['Actions that could not be carried out as written, by rule.', ['rule', 'action']],
  sends_total: ['Sends by kind and result.', ['kind', 'result']],
  sends_withheld_total: ['Replies that were not sent, by reason.', ['reason']],
  alarms_total: ['Alarms raised, by kind.', ['kind']],
  notices_total: ['Notices to push channels, by result.', ['result']],
  freezes_total: ['Pauses of all sending because the server said "too often".', []],
  gaps_total: [
    'New logins, positions that went back, replays of history: messages may be missing or came again.',
    ['kind'],
  ],
  loop_breaks_total: ['Chats silenced because the other side looked like a bot.', []],
  llm_calls_total: ['LLM calls by result.', ['result']],
  llm_tokens_total: ['LLM tokens used.', []],
  regex_timeouts_total: ['Messages whose allowance did not cover a regex of the rule.', ['rule']],
} as const

const GAUGES = {
  build_info: ['Always 1; the version is a label.', ['version', 'node']],
  login_state: ['1 for the state we are in, 0 for the others.', ['state']],
  sync_last_success_timestamp_seconds: ['Unix time of the last good sync.', []],
  send_queue_length: ['Replies waiting to be sent.', []],
  alarms_active: ['1 while an alarm of this kind holds.', ['kind']],
  sends_frozen_until_timestamp_seconds: ['Unix time until which sending is frozen; 0 when it is not.', []],
  takeovers_active: ['Chats the owner has taken over.', []],
  flows_active: ['People inside a flow.', ['flow']],
  rules_loaded: ['Rules in force, by kind.', ['kind']],
  config_last_reload_successful: ['1 if the files on disk are the running ones.', []],
  config_last_reload_success_timestamp_seconds: ['Unix time of the last good load.', []],
  config_hash: ['The running rules as a number; changes when they change.', []],
  session_age_seconds: ['Age of the session, also over restarts; 0 without one.', []],
  log_lines_dropped: ['Log lines dropped because nobody read them.', []],
} as const

const HISTOGRAMS = {
  send_latency_seconds: [
    'From the decision to reply to the reply accepted by the server.',
    [],
    [0.5, 1, 2, 5, 10, 30, 60, 120, 300],
  ],
  decision_duration_seconds: [
    'Time to decide one message.',
    [],
    [0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.005, 0.02, 0.1],
  ],
  http_action_duration_seconds: [
    'Calls made by rules.',
    ['host', 'code'],
    [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  ],
} as const

export type CounterName = keyof typeof COUNTERS
export type GaugeName = keyof typeof GAUGES
export type HistogramName = keyof typeof HISTOGRAMS
type Labels = Readonly<Record<string, string>>

/** How many label sets one metric may have; beyond, values go to `other`, so that memory stays bounded. */
const MAX_SERIES = 2000

/** The numbers of this daemon. Names are without the `wxreply_` prefix; label names outside the documented ones throw. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #counters = new Map<string, Counter>()
  readonly #gauges = new Map<string, Gauge>()
  readonly #histograms = new Map<string, Histogram>()
  readonly #series = new Map<string, Set<string>>()
  readonly #onRead: (() => void)[] = []

  constructor(version: string) {
    const registers = [this.#registry]
    for (const [name, [help, labelNames]] of Object.entries(COUNTERS)) {
      this.#counters.set(name, new Counter({ name: PREFIX + name, help, labelNames, registers }))
    }
    for (const [name, [help, labelNames]] of Object.entries(GAUGES)) {
      this.#gauges.set(name, new Gauge({ name: PREFIX + name, help, labelNames, registers }))
    }
    for (const [name, [help, labelNames, buckets]] of Object.entries(HISTOGRAMS)) {
      const options = { name: PREFIX + name, help, labelNames, buckets: [...buckets], registers }
      this.#histograms.set(name, new Histogram(options))
    }
    this.set('build_info', 1, { version, node: process.versions.node })
  }

  /** Adds to a counter. */
  count(name: CounterName, labels: Labels = {}, by = 1): void {
    this.#counters.get(name)?.inc(this.#bounded(name, labels), by)
  }

  /** Sets a gauge. */
  set(name: GaugeName, value: number, labels: Labels = {}): void {
    this.#gauges.get(name)?.set(this.#bounded(name, labels), value)
  }

  /** Sets the gauge to 1 for one word of a closed list and to 0 for the others. */
  setOneOf(name: GaugeName, label: string, words: readonly string[], current: string): void {
    for (const word of words) this.set(name, word === current ? 1 : 0, { [label]: word })
  }

  /** Forgets every label set of a gauge, so that what vanished does not stay for ever. */
  clear(name: GaugeName): void {
    this.#gauges.get(name)?.reset()
    this.#series.delete(name)
  }

  /** Records one measured duration, in milliseconds; exported in seconds. */
  observeMs(name: HistogramName, ms: number, labels: Labels = {}): void {
    this.#histograms.get(name)?.observe(this.#bounded(name, labels), ms / 1000)
  }

  /** Called whenever the numbers are read: the place to set what is looked up rather than counted. */
  onRead(look: () => void): void {
    this.#onRead.push(look)
  }

  /** The Prometheus text. */
  text(): Promise<string> {
    for (const look of this.#onRead) look()
    return this.#registry.metrics()
  }

  #bounded(name: string, labels: Labels): Record<string, string> {
    const key = JSON.stringify(Object.entries(labels).sort())
    let known = this.#series.get(name)
    if (known === undefined) {
      known = new Set()
      this.#series.set(name, known)
    }
    if (known.has(key) || known.size < MAX_SERIES) {
      known.add(key)
      return { ...labels }
    }
    return Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']))
  }
}
