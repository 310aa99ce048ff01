/** Mistakes that only show when settings are looked at together. */
import type { Diagnostic } from '../domain/diagnostic.ts'
import { placeAt, wrongValue } from './issues.ts'
import { nearest } from './nearest.ts'
import { didYouMean, report, type Words } from './report.ts'
import type { Settings } from './schema.ts'
import type { Layered } from './tree.ts'

const MIN_TOKEN_LENGTH = 16

/** Checks names that must exist elsewhere, ranges that must be in order, and parts that need each other. */
export function checkFit(settings: Settings, layered: Layered): Diagnostic[] {
  return [
    ...unknownChannels(settings, layered),
    ...unfinishedLlm(settings, layered),
    ...desktop(settings, layered),
    ...backoff(settings, layered),
    ...weakToken(settings, layered),
  ]
}

function misfit(layered: Layered, path: string, words: Words, hint: Words | null = null): Diagnostic {
  return { ...wrongValue(layered, path, words), code: 'E710', ...(hint === null ? {} : { hint }) }
}

function unknownChannels(settings: Settings, layered: Layered): Diagnostic[] {
  const known = ['owner', ...Object.keys(settings.notify.channels)]
  const used = Object.entries(settings.notify.on).flatMap(([occasion, names]) =>
    names.map((name, index) => ({ name, path: `notify.on.${occasion}.${index}` })),
  )
  const breaker = settings.safety.loop_breaker?.then.notify
  if (breaker) used.push({ name: breaker, path: 'safety.loop_breaker.then.notify' })
  return used
    .filter(({ name }) => !known.includes(name))
    .map(({ name, path }) =>
      misfit(
        layered,
        path,
        { zh: `notify.channels 里没有“${name}”`, en: `there is no "${name}" in notify.channels` },
        didYouMean(nearest(name, known)),
      ),
    )
}

function unfinishedLlm(settings: Settings, layered: Layered): Diagnostic[] {
  const { url, model } = settings.llm
  if ((url === undefined) === (model === undefined)) return []
  const [has, lacks] = url === undefined ? ['llm.model', 'llm.url'] : ['llm.url', 'llm.model']
  return [misfit(layered, has, { zh: `还要写 ${lacks}`, en: `${lacks} is needed as well` })]
}

function desktop(settings: Settings, layered: Layered): Diagnostic[] {
  const { mode, desktop: values } = settings.login
  if (mode !== 'desktop' || (values.client_version && values.extspam)) return []
  return [
    misfit(layered, 'login.mode', {
      zh: 'desktop 需要 login.desktop.client_version 和 login.desktop.extspam',
      en: 'desktop needs login.desktop.client_version and login.desktop.extspam',
    }),
  ]
}

function backoff(settings: Settings, layered: Layered): Diagnostic[] {
  const { first, max } = settings.sync.backoff
  if (first <= max) return []
  return [
    misfit(layered, 'sync.backoff.max', {
      zh: 'max 不能小于 first',
      en: 'max cannot be smaller than first',
    }),
  ]
}

function weakToken(settings: Settings, layered: Layered): Diagnostic[] {
  const token = settings.server.token
  if (token === undefined || token.expose().length >= MIN_TOKEN_LENGTH) return []
  const message = {
    zh: `server.token 太短，至少 ${MIN_TOKEN_LENGTH} 个字符`,
    en: `server.token is short, use at least ${MIN_TOKEN_LENGTH} characters`,
  }
  const hint = { zh: '可以用 openssl rand -hex 16 生成', en: 'make one with: openssl rand -hex 16' }
  return [report('W701', placeAt(layered, 'server.token'), message, { hint })]
}
