import { startControl } from '../web/control.ts'
import { Metrics } from '../web/metrics.ts'
import type { DaemonCommands, DaemonViews } from '../web/ports.ts'
import { drawQr, removeQrPng, writeQrPng } from '../web/qr-draw.ts'
import { startWeb } from '../web/server.ts'
import { resolveToken } from '../web/token.ts'
import { daemonCommands } from './commands.ts'
import type { SignalHandlers } from './lifecycle.ts'
import { feedMetrics } from './measures.ts'
import { connectionPhrase } from './phrases.ts'
import { QrDesk } from './qr-desk.ts'
import type { Rooms } from './rooms.ts'
import { type DaemonSetup, qrPngPath } from './setup.ts'
import { daemonViews } from './views.ts'

/** What serves people beside the message path: the login code, the control socket, the HTTP server. */
export interface Services {
  readonly signals: SignalHandlers
  close(): Promise<void>
}

type Closer = () => Promise<void>

/** Starts them. A service that cannot start (port in use) is told and left out; the bot answers without it. */
export async function startServices(setup: DaemonSetup, rooms: Rooms): Promise<Services> {
  const views = viewsOf(setup, rooms)
  const commands = daemonCommands({
    client: rooms.client,
    store: rooms.store,
    pin: rooms.pin,
    reload: () => rooms.keeper.reload(),
    wakeOutbox: () => rooms.runner.wake(),
    now: () => setup.clock.now(),
  })
  const desk = startDesk(setup, rooms)
  const closers: Closer[] = [
    () => desk.close(),
    ...(await startControlSocket(setup, rooms, views, commands)),
    ...(await startHttp(setup, rooms, views, commands)),
  ]
  return {
    signals: {
      reload: () =>
        void rooms.keeper
          .reload()
          .catch((problem: unknown) => setup.log.error({ problem: String(problem) }, 'reload failed')),
      describe() {
        desk.again()
        rooms.narrator.info(connectionPhrase(rooms.client.connection, setup.clock.now()), { event: 'status' })
      },
    },
    async close() {
      for (const close of closers.reverse()) await close()
    },
  }
}

function viewsOf(setup: DaemonSetup, rooms: Rooms): DaemonViews {
  const startedAt = setup.clock.now()
  return daemonViews({
    ...rooms,
    version: setup.version,
    startedAt,
    lastTickAt: () => Math.max(startedAt, rooms.client.lastSyncAt ?? 0, rooms.lastChange()?.at ?? 0),
    rules: () => rooms.keeper.view(),
    stallAfterMs: setup.config.sync.stallAfterMs,
    now: () => setup.clock.now(),
  })
}

function startDesk(setup: DaemonSetup, rooms: Rooms): QrDesk {
  const { login, language } = setup.config
  const options = { style: login.qr.style, showUrl: login.qr.url, pngPath: qrPngPath(setup.config), language }
  const tools = {
    draw: async (text: string, style: typeof login.qr.style) => drawQr(text, style),
    writePng: writeQrPng,
    remove: removeQrPng,
  }
  const desk = new QrDesk(options, tools, (text) => setup.print(text), setup.log)
  rooms.client.onConnection(({ to }) => desk.follow(to))
  return desk
}

async function startControlSocket(
  setup: DaemonSetup,
  rooms: Rooms,
  views: DaemonViews,
  commands: DaemonCommands,
): Promise<Closer[]> {
  const log = setup.log.child({ room: 'web' })
  const started = await startControl({ dataDir: setup.config.data.path, views, commands, log })
  if (started.kind === 'listening') return [() => started.server.close()]
  rooms.narrator.warn(started.message, { event: 'control', code: started.code })
  return []
}

async function startHttp(
  setup: DaemonSetup,
  rooms: Rooms,
  views: DaemonViews,
  commands: DaemonCommands,
): Promise<Closer[]> {
  const { listen, token: configured } = setup.config.server
  if (listen === null) return []
  const token = await resolveToken(configured, setup.config.data.path)
  const metrics = new Metrics(setup.version)
  feedMetrics(metrics, setup, rooms)
  const log = setup.log.child({ room: 'web' })
  const started = await startWeb(
    { listen, token: token.token, clock: setup.clock, log },
    { views, commands, metrics },
  )
  if (started.kind === 'failed') {
    rooms.narrator.error(started.message, { event: 'web', code: started.code, port: started.port })
    rooms.trouble.web = started.message
    return []
  }
  const where = token.file === null ? '' : token.file
  rooms.narrator.info(
    {
      zh: `状态   ${started.server.url}/status  （口令在 ${where || '设置里'}）`,
      en: `status ${started.server.url}/status  (token in ${where || 'the settings'})`,
    },
    { event: 'web', port: started.server.port },
  )
  return [() => started.server.close()]
}
