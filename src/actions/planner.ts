import { BUILTIN_NAMES } from '../domain/builtin.ts'
import { asNumber } from '../domain/comparison.ts'
import type { Event } from '../domain/event.ts'
import { type FlowState, writeFlowState } from '../domain/flow-state.ts'
import { type ContactKey, runId, stepId } from '../domain/ids.ts'
import type { Effect, FactWrite, PlannedStep, Run, StepDelay } from '../domain/run.ts'
import { type Random, seededRandom } from '../support/random.ts'
import type { CompiledAction } from './kinds/action.ts'
import type { MemoryScope } from './kinds/memory.ts'
import { describeRecipient, type Recipient } from './kinds/recipient.ts'
import { Memory } from './memory.ts'
import { partsOf } from './parts.ts'
import type { PlanNote, PlannerInput } from './planner-input.ts'
import { chatOf } from './recipients.ts'
import { MAX_OUTPUT, type Template, type Values } from './template.ts'
import { incomingText, senderOf, templateValues, type ValueSources } from './values.ts'

export type { PlanNote, PlannerInput, PlanPolicy } from './planner-input.ts'

/** How deep `rule` may call `rule`. */
const MAX_DEPTH = 3
const VARIANT_MEMORY_MS = 30 * 86_400_000

/** Collects the steps and changes of one acted rule, in order. Later actions see what earlier ones remembered. */
export class Planner {
  readonly scene: { readonly senderName: string; readonly isRoom: boolean; readonly incomingText: string }
  readonly #input: PlannerInput
  readonly #sender: ContactKey | null
  #sources: ValueSources
  #values: Values
  readonly #random: Random
  readonly #steps: { readonly effect: Effect; readonly delay: StepDelay }[] = []
  readonly #writes: FactWrite[] = []
  readonly #notes: PlanNote[] = []
  readonly #memory: Memory
  #delay: StepDelay | null = null
  #waitedMs = 0
  #choices = 0
  #depth = 0
  #hasOnError = false
  #isFailed = false
  /** What is planned now; outside of actions nothing but replies is. */
  #action = 'reply'

  constructor(input: PlannerInput) {
    const { act, event, now, policy, book, facts } = input
    this.#input = input
    this.#sender = senderOf(event)?.key ?? null
    this.#memory = input.memory ?? new Memory(facts, { chat: input.chat, sender: this.#sender, now })
    this.#random = seededRandom(`${event.id}|${input.runRule ?? act.rule}`)
    this.scene = {
      senderName: senderOf(event)?.name ?? '',
      isRoom: 'chat' in event && event.chat.kind === 'group',
      incomingText: incomingText(event),
    }
    this.#sources = {
      event,
      now,
      timezone: policy.timezone,
      ownName: policy.ownName,
      matched: act.matched,
      captures: act.captures,
      flow: act.flow?.values ?? {},
      vars: book.vars,
      remembered: (name) => this.#memory.lookUp(name),
    }
    this.#values = templateValues(this.#sources)
  }

  /** A number in [0, 1), the same for the same event and rule. */
  random(): number {
    return this.#random.next()
  }

  /** The index of one of several variants, by weight; with `avoidRepeat` not the one of last time in this chat. */
  choose(weights: readonly number[], avoidRepeat: boolean): number {
    if (weights.length === 1) return 0
    const name = `~variant/${this.#input.act.rule}/${this.#choices++}`
    const last = avoidRepeat ? asNumber(this.#memory.recall('chat', name) ?? '') : null
    const open = weights.map((weight, index) => (index === last ? 0 : weight))
    let left = this.random() * open.reduce((sum, weight) => sum + weight, 0)
    let chosen = open.findIndex((weight) => {
      left -= weight
      return weight > 0 && left < 0
    })
    if (chosen < 0) chosen = open.findLastIndex((weight) => weight > 0)
    if (avoidRepeat) this.remember('chat', name, String(chosen), VARIANT_MEMORY_MS)
    return chosen
  }

  /** The text of a template; null (and noted) when it could not be rendered. */
  render(template: Template | undefined): string | null {
    if (template === undefined) return null
    const rendered = template.render(this.#values)
    if (rendered.kind === 'problem') {
      this.warn(`模板没能算出来: ${rendered.problem}`, rendered.problem)
      return null
    }
    if (rendered.isCut)
      this.warn(`回复超过 ${MAX_OUTPUT} 字，后面的没有发`, `reply cut at ${MAX_OUTPUT} characters`)
    return rendered.text
  }

  /** A value by its template path, for `if`. */
  value(path: string): string | null {
    return this.#values.text(path)
  }

  /**
   * Does something with the captures of a `choose` branch at hand, its own before those around it; null when the
   * condition of the branch does not hold.
   */
  inBranch<T>(branch: string, work: () => T): T | null {
    const captures = this.#input.holds?.(branch) ?? null
    if (captures === null) return null
    const [sources, values] = [this.#sources, this.#values]
    this.#sources = { ...sources, captures: { ...sources.captures, ...captures } }
    this.#values = templateValues(this.#sources)
    const result = work()
    this.#sources = sources
    this.#values = values
    return result
  }

  /** A reply into the chat of the event; a long one is several messages. */
  reply(text: string): void {
    const { chat, isToOwner, policy } = this.#input
    const delay = policy.typing ? 'human' : 'none'
    if (isToOwner === true) this.send('owner', text)
    else for (const part of partsOf(text)) this.#push({ kind: 'reply', chat, text: part }, { kind: delay })
  }

  /** Text to somebody else. Nobody, or two people, behind a name: nothing is sent, and that is noted. */
  send(to: Recipient, text: string): void {
    const chat = to === 'owner' ? to : chatOf(to, this.#input.directory)
    const whom = chat === null ? describeRecipient(to) : ''
    const parts = partsOf(text)
    if (whom !== '' && parts.length > 0)
      this.warn(`找不到“${whom}”，或不止一个，没有发`, `recipient not found or not unique: ${whom}`)
    if (chat === null) return
    for (const part of parts) this.#push({ kind: 'send', to: chat, text: part }, { kind: 'none' })
  }

  wait(ms: number): void {
    const before = this.#delay?.kind === 'fixed' ? this.#delay.ms : 0
    this.#delay = { kind: 'fixed', ms: before + ms }
    this.#waitedMs += ms
  }

  waitLikeHuman(): void {
    this.#delay = { kind: 'human' }
  }

  remember(scope: MemoryScope, name: string, value: string, forMs: number | null): void {
    this.#writes.push(this.#memory.remember(scope, name, value, forMs))
  }

  forget(scope: MemoryScope, name: string): void {
    this.#writes.push(this.#memory.forget(scope, name))
  }

  /** Adds to a remembered number; one that is missing or no number counts as 0. */
  add(scope: MemoryScope, name: string, amount: number, forMs: number | null): void {
    this.#writes.push(this.#memory.add(scope, name, amount, forMs))
  }

  mute(forMs: number, reason: 'muted' | 'takeover' | 'loop-breaker' | 'stop-words'): void {
    this.#writes.push({ kind: 'mute', chat: this.#input.chat, until: this.#input.now + forMs, reason })
  }

  /** Puts the sender into the first step of a flow and asks its question. */
  startFlow(name: string): void {
    const flow = this.#input.book.flows.get(name)
    const first = flow?.steps[0]
    if (flow === undefined || first === undefined || this.#sender === null) return
    this.saveFlow({
      flow: name,
      step: first.id,
      version: this.#input.book.version,
      wrong: 0,
      steps: 1,
      expiresAt: this.#input.now + flow.timeoutMs,
      values: {},
      ...placeOf(this.#input.event),
    })
    const question = this.render(first.ask)
    if (question !== null) this.reply(question)
  }

  endFlow(): void {
    this.saveFlow(null)
  }

  saveFlow(state: FlowState | null): void {
    if (this.#sender === null) return
    const text = state === null ? null : writeFlowState(state)
    this.#writes.push({ kind: 'flow', chat: this.#input.chat, contact: this.#sender, state: text })
  }

  log(level: PlanNote['level'], text: string): void {
    this.#note(level, text, 'log')
  }

  /** What could not be carried out, in both languages. */
  warn(text: string, english: string): void {
    this.#note('warn', text, 'problem', english)
  }

  /** Plans actions in order, up to one that stops. */
  runAll(actions: readonly CompiledAction[]): 'go' | 'stop' {
    const outer = this.#action
    for (const action of actions) {
      this.#action = action.key ?? outer
      const next = action.plan(this)
      this.#action = outer
      if (next === 'stop') return 'stop'
    }
    return 'go'
  }

  /**
   * Plans actions; when one of them cannot be carried out, the rest is left out and `onError` is planned instead. An
   * empty `onError` means that what cannot be done is passed over.
   */
  runGuarded(actions: readonly CompiledAction[], onError: readonly CompiledAction[]): void {
    this.#hasOnError = onError.length > 0
    this.runAll(actions)
    if (!this.#isFailed) return
    this.#hasOnError = false
    this.runAll(onError)
  }

  /** An action cannot be carried out: what `runGuarded` does about it follows. */
  fail(text: string, english: string): 'go' | 'stop' {
    if (!this.#hasOnError) return 'go'
    this.warn(text, english)
    this.#isFailed = true
    return 'stop'
  }

  /** Plans another rule's actions here. A `stop` inside ends only that rule's list. */
  runRule(id: string): 'go' | 'stop' {
    const rule = this.#input.book.rules.get(id)
    if (rule === undefined || this.#depth >= MAX_DEPTH) {
      if (rule === undefined) this.warn(`没有规则“${id}”`, `no rule ${id}`)
      else this.warn(`规则互相调用太深: ${id}`, `rules call each other too deeply: ${id}`)
      return 'go'
    }
    this.#depth++
    this.runAll(rule.actions)
    this.#depth--
    return this.#isFailed ? 'stop' : 'go'
  }

  /** The run (null when there is nothing to send), the changes and the notes. */
  finish(options: { readonly isOnce: boolean; readonly name: string | undefined }): {
    readonly run: Run | null
    readonly writes: readonly FactWrite[]
    readonly notes: readonly PlanNote[]
  } {
    const { act, event, chat, now, policy } = this.#input
    const id = runId(event.id, this.#input.runRule ?? act.rule)
    const steps = this.#steps.map(
      (step, index): PlannedStep => ({
        id: stepId(id, index),
        ...step,
        onUncertain: options.isOnce ? 'hold' : policy.onUncertain,
      }),
    )
    const run: Run = {
      id,
      account: event.account,
      event: event.id,
      rule: this.#input.runRule ?? act.rule,
      ruleName: options.name ?? BUILTIN_NAMES[act.rule] ?? act.rule,
      chat,
      createdAt: now,
      expiresAt:
        policy.replyTtlMs === null ? Number.MAX_SAFE_INTEGER : now + policy.replyTtlMs + this.#waitedMs,
      steps,
    }
    return { run: steps.length === 0 ? null : run, writes: this.#writes, notes: this.#notes }
  }

  #note(level: PlanNote['level'], text: string, kind: PlanNote['kind'], english?: string): void {
    const note = { level, text, rule: this.#input.act.rule, action: this.#action, kind }
    this.#notes.push(english === undefined ? note : { ...note, english })
  }

  #push(effect: Effect, delay: StepDelay): void {
    this.#steps.push({ effect, delay: this.#delay ?? delay })
    this.#delay = null
  }
}

function placeOf(event: Event): Pick<FlowState, 'place'> {
  const sender = senderOf(event)
  return sender === null || !('chat' in event) ? {} : { place: { chat: event.chat, sender } }
}
