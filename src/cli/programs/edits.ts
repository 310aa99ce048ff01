/** What `fix`, `fmt` and `migrate` have in common: show what would change, write it when asked to. */
import { chownSync, copyFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { unifiedDiff } from '../../rules/edit/diff.ts'
import { readRulesFolder } from '../../rules/folder.ts'
import { type SourceTree, shownPath } from '../../rules/tree.ts'
import { type Call, UsageError } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { type RulesTarget, targetsOf } from '../rules-target.ts'
import { type Language, languageOf, loadSettings, pick, sayTo } from '../settings.ts'

/** One file of a rules folder, as it stands and as it should. */
export interface Edit {
  /** Inside the folder. */
  readonly path: string
  /** As people see it. */
  readonly shown: string
  readonly before: string
  readonly after: string
  readonly bytes: Uint8Array
  /** Ending of the copy to keep of the old file. */
  readonly backup?: string
}

/** A folder to edit. */
export interface EditTarget extends RulesTarget {
  readonly tree: SourceTree
  /** True for files (as shown) that were asked for. */
  isMeant(shown: string): boolean
}

/** Reads the folders that a call means and works on each; the code of the last that was not 0. */
export async function eachTarget(
  call: Call,
  work: (target: EditTarget, language: Language) => ExitCode,
): Promise<ExitCode> {
  const settings = loadSettings(call)
  const rulesDir = settings.config?.rules.path ?? call.io.cwd
  let worst: ExitCode = EXIT.ok
  for (const target of targetsOf(call.args, rulesDir, call.io.cwd)) {
    const tree = await readRulesFolder(target.dir)
    const isMeant = (shown: string) => target.onlyFile === null || target.onlyFile === shown
    const code = work({ ...target, tree, isMeant }, languageOf(settings))
    if (code !== EXIT.ok) worst = code
  }
  return worst
}

/** The YAML files of a folder that were asked for, by their path inside it. Neighbours that it includes are not its own. */
export function yamlFiles(target: EditTarget): [path: string, shown: string, bytes: Uint8Array][] {
  return [...target.tree.files]
    .filter(([path]) => /\.ya?ml$/i.test(path) && !path.startsWith('../'))
    .map(([path, bytes]): [string, string, Uint8Array] => [path, shownPath(target.tree, path), bytes])
    .filter(([, shown]) => target.isMeant(shown))
}

/** Shows every edit as a diff, or writes them all; the exit code says whether anything is left to be written. */
export function carryOut(
  call: Call,
  target: EditTarget,
  edits: readonly Edit[],
  language: Language,
): ExitCode {
  const isWriting = call.options.write === true
  for (const edit of edits) {
    if (!isWriting)
      sayTo(call.io.stdout, unifiedDiff(edit.shown, edit.before, edit.after) || encodingOnly(edit, language))
    else {
      write(join(target.dir, edit.path), edit)
      sayTo(call.io.stdout, pick({ zh: `已改 ${edit.shown}`, en: `changed ${edit.shown}` }, language))
    }
  }
  if (edits.length === 0 || isWriting) return EXIT.ok
  const words = {
    zh: `${edits.length} 个文件会改动；写进文件请加 --write`,
    en: `${edits.length} files would change; add --write to write them`,
  }
  sayTo(call.io.stdout, pick(words, language))
  return EXIT.failed
}

function encodingOnly({ shown }: Edit, language: Language): string {
  return pick({ zh: `${shown}: 换行或编码会改动`, en: `${shown}: line ends or encoding change` }, language)
}

/** Written aside and renamed, so that a crash leaves the old file or the new one; a link keeps pointing at its file. */
function write(path: string, { bytes, backup }: Edit): void {
  try {
    const real = realpathSync(path)
    if (backup !== undefined) copyFileSync(real, `${real}${backup}`)
    const aside = join(dirname(real), `.${basename(real)}.new`)
    const { mode, uid, gid } = statSync(real)
    writeFileSync(aside, bytes, { mode })
    keepOwner(aside, uid, gid)
    renameSync(aside, real)
  } catch {
    throw new UsageError({ zh: `写不了这个文件: ${path}`, en: `cannot write this file: ${path}` })
  }
}

/** Only root can give files away; for anybody else a new file is theirs anyway. */
function keepOwner(path: string, uid: number, gid: number): void {
  const { uid: mine } = statSync(path)
  if (mine !== uid) chownSync(path, uid, gid)
}
