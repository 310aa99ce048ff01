import { InvariantError } from '../domain/errors.ts'
import type { ChatKey, ClientMsgId } from '../domain/ids.ts'
import type { Delivery, Effect, SendOutcome } from '../domain/run.ts'
import type { Random } from '../support/random.ts'
import { nextClientMsgId } from './client-msg-id.ts'
import { judgeUncertain, needsNewId, transition } from './delivery.ts'
import { destinationOf } from './effectors/send.ts'
import type { Moment } from './lanes.ts'
import type { DeliveryChange, OutboxPort, Sender, SendingOptions, Step } from './ports.ts'

/** A step whose `sending` is on disk: the bytes may go. */
export interface Begun {
  readonly step: Step
  readonly effect: Effect
  readonly chat: ChatKey
  readonly clientMsgId: ClientMsgId
  readonly sending: Delivery
  readonly wasUncertain: boolean
}

export interface DeskOptions {
  readonly port: OutboxPort
  readonly sender: Sender
  readonly random: Random
  readonly options: SendingOptions
  /** Told after each change is on disk. */
  readonly onDelivery: (change: DeliveryChange) => void
}

/** Takes steps out and books what became of them; every change is one transaction. */
export class Desk {
  readonly #parts: DeskOptions

  constructor(parts: DeskOptions) {
    this.#parts = parts
  }

  /**
   * The last look before the first byte: silence, staleness, doubt about an earlier attempt, recipient. Null when the
   * step was settled otherwise or is not waiting any more. `uncertainAgeMs` is the age of an unknown outcome.
   */
  begin(found: Step, { wall }: Moment, uncertainAgeMs: number): Begun | null {
    const { port } = this.#parts
    const { begun, change } = port.transaction(() => {
      const step = port.find(found.id)
      if (step === null || !isTakeable(step.delivery)) return { begun: null, change: null }
      const refusal = this.#refusal(step, wall, uncertainAgeMs)
      if (refusal === null) return this.#takeOut(step, wall)
      port.save({ id: step.id, delivery: refusal }, wall)
      return { begun: null, change: changeOf(step, refusal) }
    })
    if (change !== null) this.#parts.onDelivery(change)
    return begun
  }

  /**
   * Books an outcome; `retryAt` is when a further attempt may be made. Returns what the step is now. Not waiting for the
   * disk shortens the moment in which a crash leaves an accepted send in doubt; a power loss puts it in doubt again.
   */
  settle(begun: Begun, outcome: SendOutcome, { wall }: Moment, retryAt: number): Delivery {
    const { port } = this.#parts
    const { step, sending, wasUncertain } = begun
    const booked = port.deferred(() => {
      const current = port.find(step.id)
      if (current?.delivery.kind !== 'sending') return null
      const proven = provenOutcome(outcome, current.echoMessageId)
      const delivery = transition(sending, { kind: 'outcome', outcome: proven, retryAt, wasUncertain }, wall)
      const change = { id: step.id, delivery }
      port.save(needsNewId(proven) ? { ...change, clientMsgId: null, idGeneration: null } : change, wall)
      return { to: delivery, ageMs: current.ageMs }
    })
    if (booked === null) return sending
    this.#parts.onDelivery({ step: step.id, chat: step.chat, from: sending, ...booked })
    return booked.to
  }

  /** Why the step must not go out now, as the state it moves to; null when it may. */
  #refusal(step: Step, now: number, uncertainAgeMs: number): Delivery | null {
    const { port, sender, options } = this.#parts
    const { delivery, effect } = step
    if (effect === null) return transition(delivery, { kind: 'fail', detail: 'text purged' }, now)
    const reason = port.silence(step.id, now)
    if (reason !== null) return transition(delivery, { kind: 'silence', reason }, now)
    if (delivery.kind === 'uncertain') {
      const policy = options.onUncertain === 'hold' ? 'hold' : step.onUncertain
      const isSameGeneration = step.idGeneration === sender.generation
      const verdict = judgeUncertain({
        policy,
        attempt: delivery.attempt,
        ageMs: uncertainAgeMs,
        isSameGeneration,
      })
      if (verdict === 'hold') return transition(delivery, { kind: 'hold', reason: 'uncertain' }, now)
    } else if (step.ageMs >= step.expiresAt - step.createdAt)
      return transition(delivery, { kind: 'expire' }, now)
    if (destinationOf(effect, sender) !== null) return null
    return transition(delivery, { kind: 'hold', reason: 'recipient-missing' }, now)
  }

  #takeOut(step: Step, now: number): { begun: Begun; change: DeliveryChange } {
    const { port, sender } = this.#parts
    const { effect, delivery } = step
    const chat = effect === null ? null : destinationOf(effect, sender)
    if (effect === null || chat === null)
      throw new InvariantError('a step without text or recipient was let through')
    const clientMsgId = this.#idFor(step, now)
    const sending = transition(delivery, { kind: 'begin', generation: sender.generation }, now)
    const idGeneration = sender.generation
    port.save({ id: step.id, delivery: sending, clientMsgId, idGeneration, resolvedChat: chat }, now)
    const wasUncertain = delivery.kind === 'uncertain'
    return {
      begun: { step, effect, chat, clientMsgId, sending, wasUncertain },
      change: changeOf(step, sending),
    }
  }

  #idFor({ clientMsgId, idGeneration }: Step, now: number): ClientMsgId {
    const { port, sender, random } = this.#parts
    if (clientMsgId !== null && idGeneration === sender.generation) return clientMsgId
    const id = nextClientMsgId(now, port.lastClientMsgId(), random)
    port.useClientMsgId(id)
    return id
  }
}

function isTakeable({ kind }: Delivery): boolean {
  return kind === 'ready' || kind === 'retry' || kind === 'uncertain'
}

/** An echo in the server's stream proves a send whose own answer never came. */
function provenOutcome(outcome: SendOutcome, echoMessageId: string): SendOutcome {
  if (outcome.kind !== 'uncertain' || echoMessageId === '') return outcome
  return { kind: 'sent', messageId: echoMessageId === 'echo' ? '' : echoMessageId }
}

function changeOf(step: Step, to: Delivery): DeliveryChange {
  return { step: step.id, chat: step.chat, from: step.delivery, to }
}
