import { stringify } from 'yaml'
import type { SettingRow } from './catalogue.ts'
import { MASK, Secret } from './secret.ts'
import { isMap, type Layered, type Origin, type Raw, spotAt, valueAt } from './tree.ts'

/** One setting as it applies. */
export interface SettingSource {
  readonly path: string
  readonly env: string
  /** The value as one line of YAML, secrets masked; '' when there is none. */
  readonly shown: string
  readonly origin: Origin
}

/** A value as one line of YAML, every secret masked. `isSecret` masks the whole value. */
export function showValue(value: Raw, isSecret: boolean): string {
  if (value === undefined) return ''
  if (isSecret) return MASK
  return stringify(masked(value), {
    collectionStyle: 'flow',
    lineWidth: 0,
    flowCollectionPadding: false,
  }).trim()
}

/** The setting's effective value and source. */
export function describeSetting(row: SettingRow, layered: Layered): SettingSource {
  const written = valueAt(layered.root, row.path)
  const above = spotAt(layered, row.path)
  const parent = valueAt(layered.root, row.path.slice(0, Math.max(0, row.path.lastIndexOf('.'))))
  if (written === undefined && above !== null && parent !== undefined && !isMap(parent)) {
    // Its group is switched off.
    return { path: row.path, env: row.env, shown: '', origin: above.origin }
  }
  const spot = written === undefined ? null : above
  const value = written === undefined ? row.info.fallback : written
  return {
    path: row.path,
    env: row.env,
    shown: showValue(value, row.info.form === 'secret' && value !== undefined),
    origin: spot?.origin ?? { kind: 'default' },
  }
}

function masked(value: Raw): Raw {
  if (value instanceof Secret) return MASK
  if (Array.isArray(value)) return value.map(masked)
  if (!isMap(value)) return value
  // Addresses of channels are credentials even when written in the open.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'webhook' ? MASK : masked(inner)]),
  )
}
