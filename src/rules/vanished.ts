import type { Diagnostic } from '../domain/diagnostic.ts'
import { diagnoseFile } from './diagnostic.ts'
import { type SourceTree, shownPath } from './tree.ts'

const SPACE = /^[\s\uFEFF]*$/

function isBlank(bytes: Uint8Array | undefined): boolean {
  return bytes === undefined || SPACE.test(new TextDecoder().decode(bytes))
}

/** YAML files that say something; a file whose name begins with `_` never counts. */
function speaking(tree: SourceTree): string[] {
  return [...tree.files]
    .filter(([path, bytes]) => /(^|\/)[^_/][^/]*\.ya?ml$/i.test(path) && !isBlank(bytes))
    .map(([path]) => path)
}

/**
 * What a reload must not take for a wish: a file that had content and is empty now (an editor or a full disk cut it off),
 * and a folder from which the last file with content is gone. Deleting one of several files is a change like any other.
 */
export function findVanished(before: SourceTree, after: SourceTree): Diagnostic[] {
  const old = speaking(before)
  const emptied = old.filter((path) => after.files.has(path) && isBlank(after.files.get(path)))
  const found = emptied.map((path) =>
    diagnoseFile(shownPath(after, path), 'E509', {
      zh: '这个文件变成空的了，继续用原来的规则',
      en: 'this file has become empty; the old rules stay',
    }),
  )
  if (found.length > 0 || old.length === 0 || speaking(after).length > 0) return found
  const hint = {
    zh: '真的不要规则了，就留一个写着 rules: [] 的文件',
    en: 'to run without rules, leave one file that says rules: []',
  }
  const words = {
    zh: '规则文件都不见了，继续用原来的规则',
    en: 'every rule file is gone; the old rules stay',
  }
  return [diagnoseFile(shownPath(before, old[0] ?? ''), 'E509', words, hint)]
}
