import { askingOf, withAnswer } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import { EXIT } from '../io.ts'
import { addSettingsOptions, sayTo } from '../settings.ts'

/** `healthcheck`: for Docker's HEALTHCHECK; 0 alive (also while waiting for a scan), 1 stalled, 4 not running. */
export const healthcheckCommand: CliCommand = {
  name: 'healthcheck',
  summary: { zh: '健康检查（给 Docker 用）', en: 'health check, for Docker' },
  configure: addSettingsOptions,
  run(call) {
    const asking = askingOf(call)
    return withAnswer(call, asking, asking.daemon.health(), (health) => {
      sayTo(call.io.stdout, health.isOk ? 'ok' : health.reasons.join('; '))
      return health.isOk ? EXIT.ok : EXIT.failed
    })
  },
}
