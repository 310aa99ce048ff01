/** Where a command writes. */
export interface TextOutput {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  /** Pieces that could not be written so far. */
  readonly dropped?: number
}

/** The world a command runs in, handed in so that tests own all of it. */
export interface CliIo {
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  readonly stdin: AsyncIterable<string | Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Fires on SIGINT or SIGTERM. */
  readonly signal: AbortSignal
}

/** What the process ends with (documented in docs/operations.md). */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  warnings: 3,
  unreachable: 4,
  internal: 70,
  dataNotWritable: 73,
  badSettings: 78,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
