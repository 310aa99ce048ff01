import type { Diagnostic } from '../domain/diagnostic.ts'

/**
 * A rules folder as read, before anything was understood: pure data, so that an editor can check a change without
 * writing it. Paths are inside the folder, with `/`; those of included neighbours begin with `../`.
 */
export interface SourceTree {
  /** The folder's own name, shown in front of paths: `rules` for `rules/10-shop.yml`. */
  readonly name: string
  /** Bytes of every text file: YAML, CSV, TXT. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Sizes of all other files (pictures and the like), in bytes. */
  readonly media: ReadonlyMap<string, number>
  /** What went wrong while reading the folder. */
  readonly problems: readonly Diagnostic[]
}

/** The same tree with one text file replaced or added. */
export function withFile(tree: SourceTree, path: string, text: string): SourceTree {
  const files = new Map(tree.files)
  files.set(path, new TextEncoder().encode(text))
  return { ...tree, files }
}

/** A tree made of texts and the sizes of media files; for the editor, the first-run examples and tests. */
export function treeOf(
  texts: Readonly<Record<string, string>>,
  media: Readonly<Record<string, number>> = {},
): SourceTree {
  const encoder = new TextEncoder()
  const files = new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]))
  return { name: 'rules', files, media: new Map(Object.entries(media)), problems: [] }
}

/** The path as people see it. */
export function shownPath(tree: SourceTree, path: string): string {
  return path.startsWith('../') ? path.slice(3) : `${tree.name}/${path}`
}

/** `a/b/../c` without the dots, keeping leading `..`; null when it is absolute or holds a backslash or NUL. */
export function normalPath(path: string): string | null {
  if (path.startsWith('/') || /[\\\0]/.test(path) || /^[a-z]:/i.test(path)) return null
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

/** Joined to the folder of `from`. */
export function resolvePath(from: string, path: string): string | null {
  const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : ''
  return path.startsWith('/') ? null : normalPath(folder + path)
}
