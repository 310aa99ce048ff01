import type { SimulatorOptions } from '../../src/simulator/server.ts'

/**
 * The server's mode that `npm run fault` asks for by SERVER_MODE, such as `replay/dedupe`; the simulator's defaults
 * without it. A test that is about one mode writes its own options after these.
 */
export function serverMode(): Pick<SimulatorOptions, 'initMode' | 'sendMode'> {
  const [init, send] = (process.env.SERVER_MODE ?? 'current/naive').split('/')
  return {
    initMode: init === 'replay' ? 'replay' : 'current',
    sendMode: send === 'dedupe' ? 'dedupe' : 'naive',
  }
}
