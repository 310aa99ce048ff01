import type { Diagnostic } from '../domain/diagnostic.ts'
import { type Environment, readSecret } from './environment.ts'
import { placeOf, report } from './report.ts'
import { Secret } from './secret.ts'
import { isMap, type Layered, type Raw, spotAt } from './tree.ts'

/**
 * Replaces every `{secret: NAME}` by its value from the environment. A name that is not set is reported and an unusable
 * secret is left in its place, so that nothing else is reported about the same spot.
 */
export function resolveSecrets(layered: Layered, env: Environment): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const visit = (value: Raw, path: string): Raw => {
    if (Array.isArray(value)) return value.map((item, index) => visit(item, `${path}.${index}`))
    if (!isMap(value)) return value
    const name = value.secret
    if (typeof name === 'string' && Object.keys(value).length === 1) {
      const secret = /^[A-Za-z_]\w*$/.test(name) ? readSecret(env, name) : null
      if (secret !== null) return secret
      diagnostics.push(missing(layered, path, name))
      return new Secret('https://secret.invalid/')
    }
    for (const [key, inner] of Object.entries(value)) {
      value[key] = visit(inner, path === '' ? key : `${path}.${key}`)
    }
    return value
  }
  visit(layered.root, '')
  return diagnostics
}

function missing(layered: Layered, path: string, name: string): Diagnostic {
  const spot = spotAt(layered, path)
  const place = spot?.value ?? placeOf(path)
  const message = {
    zh: `没有设置环境变量 ${name}，也没有可读的 ${name}_FILE`,
    en: `neither ${name} nor a readable ${name}_FILE is set in the environment`,
  }
  return report('E708', place, message, {
    ...(spot === null ? {} : { quotedLine: spot.quotedLine, span: spot.span }),
  })
}
