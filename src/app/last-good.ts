import { readFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import type { SourceTree } from '../rules/tree.ts'

interface Saved {
  readonly name: string
  readonly files: readonly (readonly [string, string])[]
  readonly media: readonly (readonly [string, number])[]
}

/** Keeps a copy of the rules that ran last, so that a start with broken files still answers. Written aside, then renamed. */
export async function saveLastGood(path: string, tree: SourceTree): Promise<void> {
  const saved: Saved = {
    name: tree.name,
    files: [...tree.files].map(([file, bytes]) => [file, Buffer.from(bytes).toString('base64')]),
    media: [...tree.media],
  }
  const aside = `${path}.new`
  await rm(aside, { force: true })
  const handle = await open(aside, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(saved))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(aside, path)
}

/** The copy; null when there is none or it cannot be read. */
export function loadLastGood(path: string): SourceTree | null {
  try {
    const saved = JSON.parse(readFileSync(path, 'utf8')) as Saved
    return {
      name: saved.name,
      files: new Map(saved.files.map(([file, text]) => [file, new Uint8Array(Buffer.from(text, 'base64'))])),
      media: new Map(saved.media),
      problems: [],
    }
  } catch {
    return null
  }
}
