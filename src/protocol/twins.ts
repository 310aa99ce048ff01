import type { Profile } from './identity.ts'

/** The values by which contacts of one name are told apart when the server shows nothing better. */
function fingerprint(profile: Profile): string {
  const { kind, nick, sex, province, city, attr, avatarSeq } = profile
  return JSON.stringify([kind, nick, sex, province, city, attr, avatarSeq])
}

function handleOf(profile: Profile): string {
  return profile.remark === ''
    ? fingerprint(profile)
    : JSON.stringify([profile.kind, 'remark', profile.remark])
}

/** Counts contacts that look the same, kept up to date one change at a time. */
export class TwinCounter {
  readonly #counts = new Map<string, number>()
  readonly #names = new NameCounter()

  replace(before: Profile | undefined, after: Profile): void {
    if (before !== undefined) this.#add(handleOf(before), -1)
    this.#add(handleOf(after), 1)
    this.#names.replace(before, after)
  }

  /** True when another contact cannot be told apart from this one. */
  hasTwin(profile: Profile): boolean {
    return (this.#counts.get(handleOf(profile)) ?? 0) > 1
  }

  /** Those of the names that a friend other than `userName` bears too. */
  sharedNames(userName: string, names: readonly string[]): string[] {
    return this.#names.shared(userName, names)
  }

  #add(handle: string, by: number): void {
    const count = (this.#counts.get(handle) ?? 0) + by
    if (count > 0) this.#counts.set(handle, count)
    else this.#counts.delete(handle)
  }
}

/** By which names our friends go, kept up to date one change at a time. */
class NameCounter {
  readonly #bearers = new Map<string, Set<string>>()

  replace(before: Profile | undefined, after: Profile): void {
    if (before !== undefined) for (const name of namesOf(before)) this.#remove(name, before.userName)
    for (const name of isFriend(after) ? namesOf(after) : []) {
      const bearers = this.#bearers.get(name) ?? new Set()
      this.#bearers.set(name, bearers.add(after.userName))
    }
  }

  /** Those of the names that a friend other than `userName` bears. */
  shared(userName: string, names: readonly string[]): string[] {
    return names.filter((name) => {
      const bearers = this.#bearers.get(name)
      return bearers !== undefined && bearers.size > (bearers.has(userName) ? 1 : 0)
    })
  }

  #remove(name: string, userName: string): void {
    const bearers = this.#bearers.get(name)
    bearers?.delete(userName)
    if (bearers?.size === 0) this.#bearers.delete(name)
  }
}

/** A stranger who takes a friend's name must not silence the friend. */
function isFriend({ kind, contactFlag }: Profile): boolean {
  return kind === 'person' && (contactFlag & 1) !== 0
}

function namesOf({ remark, nick, alias }: Profile): string[] {
  return [remark, nick, alias].filter((name) => name !== '')
}
