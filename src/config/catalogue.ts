import * as z from 'zod'
import { type SettingInfo, settingRegistry } from './kinds.ts'
import { settingsSchema } from './schema.ts'

/** One documented setting. */
export interface SettingRow {
  /** Keys joined by dots, e.g. `login.qr.style`. */
  readonly path: string
  readonly env: string
  readonly info: SettingInfo
}

export const ENV_PREFIX = 'WXREPLY_'
/** Names a variable may have besides the settings: where the settings file itself is. */
export const CONFIG_FILE_ENV = 'WXREPLY_CONFIG'

/** The variable that stands for a setting. */
export function envName(path: string): string {
  return ENV_PREFIX + path.replaceAll('.', '_').toUpperCase()
}

function shapeOf(type: z.ZodType): Readonly<Record<string, z.ZodType>> | null {
  if (type instanceof z.ZodObject) return type.shape as Record<string, z.ZodType>
  if (type instanceof z.ZodPrefault || type instanceof z.ZodOptional)
    return shapeOf(type.unwrap() as z.ZodType)
  if (type instanceof z.ZodUnion) {
    for (const option of type.options) {
      const shape = shapeOf(option as z.ZodType)
      if (shape !== null) return shape
    }
  }
  return null
}

function walk(type: z.ZodType, path: string): SettingRow[] {
  const info = settingRegistry.get(type)
  const own = info === undefined ? [] : [{ path, env: envName(path), info }]
  const inner = Object.entries(shapeOf(type) ?? {}).flatMap(([key, child]) =>
    walk(child, path === '' ? key : `${path}.${key}`),
  )
  return [...own, ...inner]
}

/** Every setting in the order of the reference; a group that can be switched off stands before its parts. */
export const catalogue: readonly SettingRow[] = walk(settingsSchema, '')

const byPath = new Map(catalogue.map((row) => [row.path, row]))

/** The setting with this path; null for groups and unknown paths. */
export function settingAt(path: string): SettingRow | null {
  return byPath.get(path) ?? null
}

/** The keys that may stand below `path` ('' for the top); empty for leaves and unknown paths. */
export function keysBelow(path: string): readonly string[] {
  const prefix = path === '' ? '' : `${path}.`
  const keys = catalogue
    .filter((row) => row.path.startsWith(prefix))
    .map((row) => row.path.slice(prefix.length).split('.')[0] ?? '')
  return [...new Set(keys)]
}
