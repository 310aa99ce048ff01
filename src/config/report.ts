import type { Diagnostic, Place, Severity } from '../domain/diagnostic.ts'

/**
 * Stable codes of everything that can be wrong with settings; docs/settings.md lists them.
 * E... stops the start with exit code 78, W... and I... do not.
 */
export const CODES = {
  E701: { zh: '设置文件读不了', en: 'the file cannot be read' },
  E702: { zh: '不是正确的 YAML', en: 'not valid YAML' },
  E703: { zh: '没有这个设置', en: 'unknown key' },
  E704: { zh: '值不对', en: 'wrong value' },
  E705: { zh: '没有这个 WXREPLY_ 变量', en: 'unknown WXREPLY_ variable' },
  E706: { zh: '变量和它的 _FILE 形式同时设置了', en: 'a variable and its _FILE form are both set' },
  E707: { zh: '_FILE 变量指向的文件读不了', en: 'the file named by a _FILE variable cannot be read' },
  E708: { zh: '没有设置密钥', en: 'a secret is not set' },
  E709: { zh: '同一个设置用两个名字写了', en: 'the same setting under two names' },
  E710: { zh: '几个设置互相不配', en: 'settings that do not fit together' },
  W701: { zh: '口令太短', en: 'a weak token' },
  W702: { zh: '没有找到节假日文件', en: 'the holiday file is missing' },
  W703: { zh: '读懂了，但这一版还不起作用', en: 'understood, but without effect in this version' },
  I701: { zh: '没有设置文件，使用默认值', en: 'no settings file, defaults apply' },
} as const

export type ConfigCode = keyof typeof CODES

/** A sentence in both languages. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** The start of a file, or a variable or flag as a place. */
export function placeOf(file: string, line = 1, column = 1): Place {
  return { file, line, column }
}

/** One finding; the severity follows from the code's letter. */
export function report(
  code: ConfigCode,
  place: Place,
  message: Words,
  more: { readonly hint?: Words | null; readonly quotedLine?: string; readonly span?: number } = {},
): Diagnostic {
  const severity: Severity = code.startsWith('E') ? 'error' : code.startsWith('W') ? 'warning' : 'info'
  return {
    severity,
    code,
    place,
    message,
    ...(more.hint ? { hint: more.hint } : {}),
    ...(more.quotedLine ? { quotedLine: more.quotedLine, span: more.span ?? 1 } : {}),
  }
}

/** "did you mean" in both languages, or null when there is nothing to suggest. */
export function didYouMean(word: string | null): Words | null {
  return word === null ? null : { zh: `是不是想写 ${word}？`, en: `did you mean ${word}?` }
}
