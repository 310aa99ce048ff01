import { buildHashTable, type HashTable, hashText, probe } from '../../domain/packed.ts'

/** Who the rules are asked about, as far as the index divides by it. */
export interface Faceted {
  readonly facets: readonly string[]
}

/** The tables of {@link Buckets}; plain data, so that another thread can build them. */
export interface BucketTables {
  readonly undivided: PackedLists
  /** For each bucket 1 when parts of it are in `groups`. */
  readonly isDivided: Uint8Array
  readonly groups: PackedLists
  /** Groups by the hash of their bucket and facet. */
  readonly byFacet: HashTable
}

interface PackedLists {
  readonly starts: Int32Array
  readonly items: Int32Array
}

/** A bucket of more rules than this is divided by facet. */
const MANY = 8

/** Numbered lists of rules, packed; long ones divided by what their rules need (the room, the sender, the kind). */
export class Buckets {
  readonly #tables: BucketTables

  constructor(tables: BucketTables) {
    this.#tables = tables
  }

  get bytes(): number {
    const { undivided, groups, isDivided, byFacet } = this.#tables
    const lists = [undivided.starts, undivided.items, groups.starts, groups.items]
    return [...lists, isDivided, byFacet.slots].reduce((sum, one) => sum + one.byteLength, 0)
  }

  /** Calls `visit` for each rule of a bucket that the subject's facets allow; a rule may be visited twice, or in vain. */
  each(bucket: number, subject: Faceted, visit: (order: number) => void): void {
    const { undivided, isDivided, groups, byFacet } = this.#tables
    eachOf(undivided, bucket, visit)
    if (isDivided[bucket] !== 1) return
    const visitGroup = (group: number) => {
      eachOf(groups, group, visit)
      return false
    }
    for (const facet of subject.facets) probe(byFacet, hashText(facet, bucket), visitGroup)
  }
}

function eachOf({ starts, items }: PackedLists, list: number, visit: (order: number) => void): void {
  const end = starts[list + 1] ?? 0
  for (let i = starts[list] ?? 0; i < end; i++) visit(items[i] ?? 0)
}

/** Builds the tables of {@link Buckets}: lists of rule numbers, and for each rule the facets it needs one of. */
export function bucketTables(
  lists: readonly (readonly number[])[],
  facets: readonly (readonly string[] | null)[],
): BucketTables {
  const isDivided = new Uint8Array(lists.length)
  const groups: (readonly number[])[] = []
  const hashes: number[] = []
  const undivided = lists.map((list, bucket) => {
    if (list.length <= MANY) return list
    const parts = divide(list, facets)
    if (parts.byFacet.size > 0) isDivided[bucket] = 1
    for (const [facet, group] of parts.byFacet) {
      groups.push(group)
      hashes.push(hashText(facet, bucket))
    }
    return parts.undivided
  })
  const byFacet = buildHashTable(hashes)
  return { undivided: packLists(undivided), isDivided, groups: packLists(groups), byFacet }
}

function packLists(lists: readonly (readonly number[])[]): PackedLists {
  const starts = new Int32Array(lists.length + 1)
  lists.forEach((list, index) => {
    starts[index + 1] = (starts[index] ?? 0) + list.length
  })
  const items = new Int32Array(starts[lists.length] ?? 0)
  lists.forEach((list, index) => {
    items.set(list, starts[index])
  })
  return { starts, items }
}

function divide(
  list: readonly number[],
  facets: readonly (readonly string[] | null)[],
): { readonly undivided: readonly number[]; readonly byFacet: ReadonlyMap<string, readonly number[]> } {
  const undivided: number[] = []
  const byFacet = new Map<string, number[]>()
  for (const order of list) {
    const own = facets[order] ?? null
    if (own === null) undivided.push(order)
    for (const facet of own ?? []) {
      const group = byFacet.get(facet)
      if (group === undefined) byFacet.set(facet, [order])
      else group.push(order)
    }
  }
  return { undivided, byFacet }
}
