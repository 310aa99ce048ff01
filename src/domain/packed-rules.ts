import {
  buildHashTable,
  type HashTable,
  hashText,
  type PackedTexts,
  packTexts,
  probe,
  textAt,
} from './packed.ts'
import type { RuleSpec } from './spec.ts'

/** Rules as packed text: what 100,000 rules are kept as until one of them is asked. */
export interface PackedRules {
  readonly items: PackedTexts
  /** What most rules have in common, as JSON: each different set once. */
  readonly shapes: readonly string[]
  readonly files: readonly string[]
  /** Rules by the hash of their id. */
  readonly byId: HashTable
}

/** Stands for the rule's own place. JSON never holds this character bare. */
const OWN_PLACE = '\u0001'

type Own = 'id' | 'name' | 'place' | 'when' | 'actions'

type Shape = Omit<RuleSpec, Own>

/** Packs rules in order. They are plain data, so nothing is lost. */
export function packRules(rules: readonly RuleSpec[]): PackedRules {
  const shapes = new Map<string, number>()
  const files = new Map<string, number>()
  let last: { readonly shape: Shape; readonly number: number } | null = null
  const items = rules.map(({ id, name, place, when, actions, ...shape }) => {
    if (last === null || !isSame(last.shape, shape)) {
      last = { shape, number: numberOf(shapes, JSON.stringify(shape)) }
    }
    const own = JSON.stringify([last.number, id, name, when, actions])
    const head = `${numberOf(files, place.file)},${place.line},${place.column}`
    return `${head}\n${own.replaceAll(JSON.stringify(place), OWN_PLACE)}`
  })
  return {
    items: packTexts(items),
    shapes: [...shapes.keys()],
    files: [...files.keys()],
    byId: buildHashTable(rules.map(({ id }) => hashText(id))),
  }
}

/** True for shapes with the same values; rows of one table share even their lists. */
function isSame(one: Shape, other: Shape): boolean {
  for (const key in other) if (one[key as keyof Shape] !== other[key as keyof Shape]) return false
  return true
}

function numberOf(known: Map<string, number>, text: string): number {
  const number = known.get(text) ?? known.size
  known.set(text, number)
  return number
}

/** Reads packed rules one at a time. */
export class RuleReader {
  readonly #packed: PackedRules

  constructor(packed: PackedRules) {
    this.#packed = packed
  }

  get length(): number {
    return this.#packed.items.ends.length
  }

  /** The rule with this number. */
  at(index: number): RuleSpec | undefined {
    const { items, shapes, files } = this.#packed
    const text = textAt(items, index)
    if (text === undefined) return undefined
    const cut = text.indexOf('\n')
    const [file = 0, line = 1, column = 1] = text.slice(0, cut).split(',').map(Number)
    const place = { file: files[file] ?? '', line, column }
    const json = text.slice(cut + 1).replaceAll(OWN_PLACE, () => JSON.stringify(place))
    const [shape, id, name, when, actions] = JSON.parse(json)
    const common: Shape = JSON.parse(shapes[shape] ?? '{}')
    return { ...common, id, name, place, when, actions }
  }

  /** The number of the rule with this id; -1 when there is none. */
  numberOf(id: string): number {
    return probe(this.#packed.byId, hashText(id), (index) => this.at(index)?.id === id)
  }
}
