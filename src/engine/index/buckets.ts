/** Who the rules are asked about, as far as the index divides by it. */
export interface Faceted {
  readonly facets: readonly string[]
}

/** A bucket of more rules than this is divided by facet. */
const MANY = 8

/** Numbered lists of rules, packed; long ones divided by what their rules need (the room, the sender, the kind). */
export class Buckets {
  readonly #starts: Int32Array
  readonly #orders: Int32Array
  readonly #divided = new Map<number, ReadonlyMap<string, Int32Array>>()

  constructor(lists: readonly (readonly number[])[], facets: readonly (readonly string[] | null)[]) {
    const plain = lists.map((list, bucket) => {
      if (list.length <= MANY) return list
      const { undivided, byFacet } = divide(list, facets)
      if (byFacet.size > 0) this.#divided.set(bucket, byFacet)
      return undivided
    })
    this.#starts = new Int32Array(lists.length + 1)
    plain.forEach((list, bucket) => {
      this.#starts[bucket + 1] = (this.#starts[bucket] ?? 0) + list.length
    })
    this.#orders = new Int32Array(this.#starts[lists.length] ?? 0)
    plain.forEach((list, bucket) => {
      this.#orders.set(list, this.#starts[bucket])
    })
  }

  get bytes(): number {
    return this.#starts.byteLength + this.#orders.byteLength
  }

  /** Calls `visit` for each rule of a bucket that the subject's facets allow; a rule may be visited twice. */
  each(bucket: number, subject: Faceted, visit: (order: number) => void): void {
    const end = this.#starts[bucket + 1] ?? 0
    for (let i = this.#starts[bucket] ?? 0; i < end; i++) visit(this.#orders[i] ?? 0)
    const divided = this.#divided.size === 0 ? undefined : this.#divided.get(bucket)
    if (divided === undefined) return
    for (const facet of subject.facets) {
      const orders = divided.get(facet)
      if (orders !== undefined) for (const order of orders) visit(order)
    }
  }
}

function divide(
  list: readonly number[],
  facets: readonly (readonly string[] | null)[],
): { readonly undivided: readonly number[]; readonly byFacet: ReadonlyMap<string, Int32Array> } {
  const undivided: number[] = []
  const groups = new Map<string, number[]>()
  for (const order of list) {
    const own = facets[order] ?? null
    if (own === null) undivided.push(order)
    for (const facet of own ?? []) {
      const group = groups.get(facet)
      if (group === undefined) groups.set(facet, [order])
      else group.push(order)
    }
  }
  return {
    undivided,
    byFacet: new Map([...groups].map(([facet, orders]) => [facet, Int32Array.from(orders)])),
  }
}
