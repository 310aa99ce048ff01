import { asId, type ChatKey, type RunId, type StepId, stepId } from '../domain/ids.ts'
import type { DeadReason, Delivery, Effect, HeldReason, OnUncertain, StepDelay } from '../domain/run.ts'
import { assertNever } from '../support/assert-never.ts'
import type { StepRow } from './outbox-ports.ts'

/** One row of `steps` joined with its run. */
export type StepRecord = {
  seq: number
  run_seq: number
  run_id: string
  position: number
  account: string
  event: string
  rule: string
  rule_name: string
  chat: string
  effect: string
  target: string
  text: string | null
  delay_kind: string
  delay_ms: number
  on_uncertain: string
  state: string
  at: number
  attempt: number
  generation: number | null
  reason: string
  detail: string
  message_id: string
  echo_message_id: string
  client_msg_id: string | null
  id_generation: number | null
  created_at: number
  born_at: number
  born_mono: number
  epoch: string
  ttl_ms: number
  is_forced: number
  previous_ended_at: number | null
}

/** What every question about steps selects. */
export const SELECT_STEP = `SELECT s.seq, s.run_seq, r.id AS run_id, s.position, s.account, r.event, s.rule,
  r.rule_name, s.chat, s.effect, s.target, s.text, s.delay_kind, s.delay_ms, s.on_uncertain, s.state, s.at,
  s.attempt, s.generation, s.reason, s.detail, s.message_id, s.echo_message_id, s.client_msg_id, s.id_generation,
  r.created_at, s.born_at, s.born_mono, s.epoch, s.ttl_ms, s.is_forced,
  (SELECT max(p.ended_at) FROM steps p WHERE p.run_seq = s.run_seq AND p.position < s.position) AS previous_ended_at
  FROM steps s JOIN runs r ON r.seq = s.run_seq`

/** The columns that a `Delivery` is kept in. */
export interface DeliveryColumns {
  readonly state: Delivery['kind']
  readonly at: number
  readonly attempt: number | null
  readonly generation: number | null
  readonly reason: string
  readonly detail: string
  readonly messageId: string | null
}

const NOTHING = { attempt: null, generation: null, reason: '', detail: '', messageId: null }

/** Spreads a delivery over its columns; null leaves a column as it is. */
export function toColumns(delivery: Delivery): DeliveryColumns {
  const state = delivery.kind
  switch (delivery.kind) {
    case 'ready':
      return { ...NOTHING, state, at: delivery.notBefore, attempt: delivery.attempt }
    case 'sending': {
      const { since, attempt, generation } = delivery
      return { ...NOTHING, state, at: since, attempt, generation }
    }
    case 'sent':
      return { ...NOTHING, state, at: delivery.at, messageId: delivery.messageId }
    case 'retry':
      return { ...NOTHING, state, at: delivery.at, attempt: delivery.attempt, detail: delivery.problem }
    case 'uncertain':
      return { ...NOTHING, state, at: delivery.since, attempt: delivery.attempt, detail: delivery.problem }
    case 'held':
      return { ...NOTHING, state, at: delivery.since, reason: delivery.reason }
    case 'expired':
      return { ...NOTHING, state, at: delivery.at }
    case 'cancelled':
      return { ...NOTHING, state, at: delivery.at, reason: delivery.reason }
    case 'dead':
      return { ...NOTHING, state, at: delivery.at, reason: delivery.reason, detail: delivery.detail }
    default:
      return assertNever(delivery)
  }
}

/** Reads a delivery back from its columns. */
export function toDelivery(row: StepRecord): Delivery {
  const { at, attempt } = row
  const kind = row.state as Delivery['kind']
  switch (kind) {
    case 'ready':
      return { kind, notBefore: at, attempt }
    case 'sending':
      return { kind, attempt, generation: row.generation ?? 0, since: at }
    case 'sent':
      return { kind, messageId: row.message_id, at }
    case 'retry':
      return { kind, at, attempt, problem: row.detail }
    case 'uncertain':
      return { kind, since: at, attempt, problem: row.detail }
    case 'held':
      return { kind, reason: row.reason as HeldReason, since: at }
    case 'expired':
      return { kind, at }
    case 'cancelled':
      return { kind, reason: row.reason as 'takeover' | 'muted' | 'paused' | 'dropped', at }
    case 'dead':
      return { kind, reason: row.reason as DeadReason, detail: row.detail, at }
    default:
      return assertNever(kind)
  }
}

/** Splits a step's id into its run's id and position. */
export function splitStepId(id: StepId): { readonly run: string; readonly position: number } {
  const at = id.lastIndexOf('#')
  return { run: id.slice(0, at), position: Number(id.slice(at + 1)) }
}

/** True while a step still has to be carried out and holds up what comes after it in its chat. */
export function isOpen(kind: Delivery['kind']): boolean {
  return kind === 'ready' || kind === 'retry' || kind === 'sending' || kind === 'uncertain'
}

export const OWNER_EFFECT = 'send-owner'

/** The columns an effect is kept in; an owner's chat is filled in when it is resolved. */
export function effectColumns(effect: Effect): { kind: string; target: string } {
  if (effect.kind === 'reply') return { kind: 'reply', target: effect.chat }
  return effect.to === 'owner' ? { kind: OWNER_EFFECT, target: '' } : { kind: 'send', target: effect.to }
}

function toEffect({ effect, target, text }: StepRecord): Effect | null {
  if (text === null) return null
  const chat = asId<ChatKey>(target)
  if (effect === 'reply') return { kind: 'reply', chat, text }
  return { kind: 'send', to: effect === OWNER_EFFECT ? 'owner' : chat, text }
}

function toDelay(row: StepRecord): StepDelay {
  if (row.delay_kind === 'fixed') return { kind: 'fixed', ms: row.delay_ms }
  return { kind: row.delay_kind === 'human' ? 'human' : 'none' }
}

/** The row as the outbox sees it. `ageMs` is measured by the caller, who knows the clocks. */
export function toStep(row: StepRecord, ageMs: number): StepRow {
  const run = asId<RunId>(row.run_id)
  return {
    id: stepId(run, row.position),
    run,
    runSeq: row.run_seq,
    index: row.position,
    account: asId(row.account),
    event: asId(row.event),
    rule: asId(row.rule),
    ruleName: row.rule_name,
    chat: asId(row.chat),
    effect: toEffect(row),
    delay: toDelay(row),
    onUncertain: row.on_uncertain as OnUncertain,
    delivery: toDelivery(row),
    clientMsgId: row.client_msg_id === null ? null : asId(row.client_msg_id),
    idGeneration: row.id_generation,
    createdAt: row.born_at,
    expiresAt: row.born_at + row.ttl_ms,
    previousEndedAt: row.previous_ended_at,
    ageMs,
    isForced: row.is_forced === 1,
    echoMessageId: row.echo_message_id,
  }
}
