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

  replace(before: Profile | undefined, after: Profile): void {
    if (before !== undefined) this.#add(handleOf(before), -1)
    this.#add(handleOf(after), 1)
  }

  /** True when another contact cannot be told apart from this one. */
  hasTwin(profile: Profile): boolean {
    return (this.#counts.get(handleOf(profile)) ?? 0) > 1
  }

  #add(handle: string, by: number): void {
    const count = (this.#counts.get(handle) ?? 0) + by
    if (count > 0) this.#counts.set(handle, count)
    else this.#counts.delete(handle)
  }
}
