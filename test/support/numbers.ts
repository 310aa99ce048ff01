import { expect } from '@jest/globals'
import type { Child } from './child.ts'

/** How long a number may take to come; it comes at once, or something is wrong. */
const PATIENCE_MS = 10_000

/** The settings that open `/metrics`, for {@link FAST_SETTINGS} and its like. */
export function withNumbers(settings: string): string {
  return settings.replace('listen: off', 'listen: "127.0.0.1:0"')
}

/** What `/metrics` of a running daemon says. On loopback it needs no token. */
export class Numbers {
  readonly #url: string

  private constructor(url: string) {
    this.#url = url
  }

  static async of(bot: Child): Promise<Numbers> {
    return new Numbers(`${(await bot.waitForText(/(http:\/\/127\.0\.0\.1:\d+)\/status/))[1]}/metrics`)
  }

  /** The whole text. */
  async text(): Promise<string> {
    const answer = await fetch(this.#url)
    expect(answer.status).toBe(200)
    return await answer.text()
  }

  /** The value of one series, written as it stands there without the prefix; null when there is none. */
  async value(series: string): Promise<number | null> {
    const line = (await this.text()).split('\n').find((one) => one.startsWith(`wxreply_${series} `))
    return line === undefined ? null : Number(line.split(' ').at(-1))
  }

  /** Asks again and again until the series is as wanted; returns its value. */
  async until(series: string, isWanted: (value: number) => boolean): Promise<number> {
    const deadline = AbortSignal.timeout(PATIENCE_MS)
    for (;;) {
      const value = await this.value(series)
      if (value !== null && isWanted(value)) return value
      if (deadline.aborted) throw new Error(`${series} is ${value}: ${await this.#family(series)}`)
    }
  }

  /** All series of the same name. */
  async #family(series: string): Promise<string> {
    const name = `wxreply_${series.replace(/\{.*/, '')}`
    return (await this.text())
      .split('\n')
      .filter((line) => line.startsWith(name))
      .join('; ')
  }

  /** Waits until the series has exactly this value. */
  async become(series: string, value: number): Promise<void> {
    await this.until(series, (found) => found === value)
  }
}
