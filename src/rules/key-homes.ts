import { actionCatalogue } from '../actions/kinds/index.ts'
import { matcherCatalogue } from '../engine/matchers/index.ts'
import type { Bilingual } from './diagnostic.ts'
import { canonicalKey, FILE_KEYS, JOIN_KEYS, RULE_KEYS } from './names.ts'

/** Keys of `config.yaml` that end up in rule files. */
const SETTINGS =
  'timezone language owner reload login sync send safety takeover stop_words merge commands limits quiet_hours holidays state http llm notify heartbeat server log privacy'.split(
    ' ',
  )

type Home = (written: string) => Bilingual

const inWhen: Home = (written) => ({
  zh: `“${written}”是条件，要写在 when 里面，如 when: {text: 价格, ${written}: …}`,
  en: `"${written}" is a condition: it belongs into when, as in when: {text: hello, ${written}: ...}`,
})
const inRule: Home = (written) => ({
  zh: `“${written}”是规则的字段，要和 when 左边对齐`,
  en: `"${written}" is a key of the rule: align it with when`,
})
const inDo: Home = (written) => ({
  zh: `“${written}”是动作，要写在 do 里面，如 do: [{${written}: …}]`,
  en: `"${written}" is an action: it belongs into do, as in do: [{${written}: ...}]`,
})
const inFile: Home = (written) => ({
  zh: `“${written}”要写在文件最外层，左边不留空格`,
  en: `"${written}" belongs to the outermost level of the file`,
})
const inSettings: Home = (written) => ({
  zh: `“${written}”是设置，请写到 config/config.yaml`,
  en: `"${written}" is a setting: it belongs into config/config.yaml`,
})

/** Where every key belongs; what stands later wins. */
const HOMES: ReadonlyMap<string, Home> = new Map([
  ...each(SETTINGS, inSettings),
  ...each(FILE_KEYS, inFile),
  ...each([...actionCatalogue.keys()], inDo),
  ...each(RULE_KEYS, inRule),
  ...each([...matcherCatalogue.keys(), ...JOIN_KEYS], inWhen),
])

function each(keys: readonly string[], home: Home): (readonly [string, Home])[] {
  return keys.map((key) => [key, home])
}

/** Where a key belongs that stands in the wrong place; undefined for one that belongs nowhere. */
export function homeOf(written: string): Bilingual | undefined {
  return HOMES.get(canonicalKey(written.trim()))?.(written)
}
