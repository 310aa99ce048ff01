import { readFileSync } from 'node:fs'
import { readWorld, type Simulator, startSimulator, type WorldSpec } from '../../simulator/server.ts'
import { aborted } from '../../support/abort.ts'
import type { SimulatorOptions } from '../command.ts'
import { type CliIo, EXIT, type ExitCode } from '../io.ts'

/** The simulated server alone, until it is stopped. Its address goes to stdout, so that scripts can read it. */
export async function simulatorProgram(options: SimulatorOptions, io: CliIo): Promise<ExitCode> {
  let world: WorldSpec | undefined
  try {
    world = options.world === null ? undefined : readWorld(readFileSync(options.world, 'utf8'))
  } catch (error) {
    return fail(
      io,
      EXIT.failed,
      `世界文件 ${options.world} 读不了 / the world file cannot be read: ${words(error)}`,
    )
  }
  let simulator: Simulator
  try {
    simulator = await startSimulator({
      port: options.port,
      control: true,
      ...(world === undefined ? {} : { world }),
    })
  } catch (error) {
    return fail(
      io,
      EXIT.failed,
      `端口 ${options.port} 用不了，换一个 --port / port ${options.port} cannot be used, try another --port: ${words(error)}`,
    )
  }
  io.stdout.write(`${simulator.url}\n`)
  io.stderr.write(
    `模拟微信服务器已启动，只在本机。控制: ${simulator.url}/__sim/state\n` +
      `the simulated WeChat server is up, on this machine only. Control: ${simulator.url}/__sim/state\n`,
  )
  await aborted(io.signal)
  await simulator.close()
  return EXIT.ok
}

function fail(io: CliIo, code: ExitCode, text: string): ExitCode {
  io.stderr.write(`${text}\n`)
  return code
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
