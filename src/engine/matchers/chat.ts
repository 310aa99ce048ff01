import { z } from 'zod'
import { defineMatcher, HELD } from './matcher.ts'

const place = z.enum(['private', 'group', 'filehelper', 'official'])

/** `chat`: in what sort of chat it was written. */
export const chat = defineMatcher({
  key: 'chat',
  schema: z
    .union([place, z.array(place).min(1)])
    .describe('private 私聊、group 群、filehelper 文件传输助手、official 公众号。Sort of chat.'),
  textual: false,
  compile(value) {
    const kinds: readonly string[] = typeof value === 'string' ? [value] : value
    return {
      expected: `chat=${kinds.join('、')}`,
      facets: kinds.map((one) => `chat:${one}`),
      test: (subject) => (kinds.includes(subject.chat.kind) ? HELD : null),
      actual: (subject) => `chat=${subject.chat.kind}`,
    }
  },
})
