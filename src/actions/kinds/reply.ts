import { z } from 'zod'
import type { Planner } from '../planner.ts'
import type { Template } from '../template.ts'
import { type ActionContext, type CompiledAction, defineAction, textSchema } from './action.ts'

const variant = z.union([
  textSchema,
  z.strictObject({ text: textSchema, weight: z.number().positive().max(1000).optional() }),
])

const form = z.strictObject({
  text: textSchema.optional(),
  template: z.string().min(1).optional().describe('templates: 里的名字。A name under templates:.'),
  one_of: z.array(variant).min(1).optional().describe('随机选一句。One of these, chosen by weight.'),
  avoid_repeat: z.boolean().optional().describe('不连着说同一句。Do not say the same twice in a row.'),
  quote: z.boolean().optional().describe('引用对方的话。Quote what is answered.'),
  at_sender: z
    .boolean()
    .optional()
    .describe('群里在前面加 @名字（不会提醒对方）。Begin with @name in a room.'),
})

type Form = z.output<typeof form>

const one = z.union([textSchema, form])

/** `reply`: one message, several in order, or one of several; in a room it goes to the room. */
export const reply = defineAction({
  key: 'reply',
  schema: z
    .union([one, z.array(one).min(1)])
    .describe(
      '回复的文字；一组文字按顺序各发一条；{one_of: […]} 随机一条。Text, several texts in order, or one of several.',
    ),
  compile(params, context) {
    const list = Array.isArray(params) ? params : [params]
    const messages = list.map((item) => compileOne(typeof item === 'string' ? { text: item } : item, context))
    const good = messages.filter((message) => message !== null)
    if (good.length !== messages.length) return null
    return {
      plan(planner) {
        for (const message of good) message.plan(planner)
        return 'go'
      },
    }
  },
})

function compileOne(item: Form, context: ActionContext): CompiledAction | null {
  const named = [item.text, item.template, item.one_of].filter((part) => part !== undefined)
  if (named.length !== 1) {
    context.problem('E251', { key: 'reply', detail: 'text / template / one_of 要写且只写一个 (exactly one)' })
    return null
  }
  const weights = item.one_of?.map((part) => (typeof part === 'string' ? 1 : (part.weight ?? 1))) ?? [1]
  const templates = templatesOf(item, context)
  if (templates === null) return null
  if (textsOf(item).some((text) => text.length > LONG)) context.problem('W251')
  return {
    plan(planner) {
      const index = planner.choose(weights, item.avoid_repeat === true)
      const text = planner.render(templates[index] ?? templates[0])
      if (text !== null && text.trim() !== '') planner.reply(decorate(text, item, planner))
      return 'go'
    },
  }
}

/** Longer replies are hard to read on a phone. */
const LONG = 2000

/** The texts as written; none when a shared template is named. */
function textsOf(item: Form): readonly string[] {
  if (item.template !== undefined) return []
  return item.one_of?.map((part) => (typeof part === 'string' ? part : part.text)) ?? [item.text ?? '']
}

function templatesOf(item: Form, context: ActionContext): readonly Template[] | null {
  if (item.template !== undefined) {
    const named = context.namedTemplate(item.template)
    return named === null ? null : [named]
  }
  const templates = textsOf(item).map((source) => context.template(source))
  const good = templates.filter((template) => template !== null)
  return good.length === templates.length ? good : null
}

/** What WeChat puts after a name that is mentioned. It notifies nobody when sent from the web. */
const MENTION_END = '\u2005'

function decorate(text: string, item: Form, planner: Planner): string {
  const { senderName, isRoom, incomingText } = planner.scene
  const mention = item.at_sender === true && isRoom && senderName !== '' ? `@${senderName}${MENTION_END}` : ''
  const quoted = item.quote === true ? `「${senderName}：${incomingText}」\n- - - - - - - - - - -\n` : ''
  return `${quoted}${mention}${text}`
}
