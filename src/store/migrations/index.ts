import type { Migration } from '../migrate.ts'
import { first } from './0001-first.ts'

/** Every step of the layout, oldest first; a released one is never changed. */
export const MIGRATIONS: readonly Migration[] = [first]
