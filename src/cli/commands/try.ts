import { reasonPhrase } from '../../app/phrases.ts'
import type { CliCommand } from '../command.ts'
import { addMessageOptions, rehearsing } from '../rehearsal.ts'
import { pick } from '../settings.ts'

/** `try "多少钱"`: one message, offline, prints the reply. */
export const tryCommand: CliCommand = {
  name: 'try',
  summary: { zh: '试一条消息会怎么回（离线）', en: 'what one message would be answered, offline' },
  configure(command) {
    addMessageOptions(command)
    command.argument('<text>', '消息文字 / the message')
  },
  run(call) {
    return rehearsing(call, call.args[0] ?? '', ({ decision, replies, nearest }, language) => {
      if (replies.length > 0) return [...replies]
      const zh = language !== 'en'
      const why =
        decision?.kind === 'suppressed'
          ? pick(reasonPhrase(decision.reason), language)
          : zh
            ? '没有命中规则'
            : 'no rule matches'
      const near = nearest === null ? '' : `${zh ? '，最近: ' : ', nearest: '}${nearest.name}`
      return [zh ? `（不回复: ${why}${near}）` : `(no reply: ${why}${near})`]
    })
  },
}
