import * as z from 'zod'
import { type Kind, settingRegistry } from './kinds.ts'

/** A setting with a default, written the way an operator would write it. */
export function setting<T extends z.ZodType>(kind: Kind<T>, fallback: z.input<T>, zh: string, en: string) {
  const type = z.prefault(kind.type, fallback as never)
  settingRegistry.add(type, { form: kind.form, accepts: kind.accepts, zh, en, fallback })
  return type as z.ZodPrefault<T>
}

/** A setting that is simply absent unless written. */
export function optionalSetting<T extends z.ZodType>(kind: Kind<T>, zh: string, en: string) {
  const type = z.optional(kind.type)
  settingRegistry.add(type, { form: kind.form, accepts: kind.accepts, zh, en, fallback: undefined })
  return type as z.ZodOptional<T>
}

/** Settings under one key; leaving the key out means all of their defaults. */
export function group<Shape extends z.ZodRawShape>(shape: Shape) {
  const type = z.strictObject(shape)
  return z.prefault(type, {} as never) as z.ZodPrefault<z.ZodObject<Shape, z.core.$strict>>
}

/** A group that can be switched off as a whole: `key: off`. Off is null. */
export function groupOrOff<Shape extends z.ZodRawShape>(shape: Shape, zh: string, en: string) {
  const off = z.literal('off').transform((): null => null)
  const inner = z.strictObject(shape)
  const type = z.prefault(z.union([off, inner]), {} as never)
  settingRegistry.add(type, { form: 'yaml', accepts: '{…} | off', zh, en, fallback: {} })
  return type
}
