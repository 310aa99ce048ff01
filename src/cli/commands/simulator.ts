import { type CliCommand, portOption, textOption } from '../command.ts'

/** `simulator`: the simulated WeChat server alone. */
export const simulatorCommand: CliCommand = {
  name: 'simulator',
  summary: { zh: '只运行模拟的微信服务器', en: 'run the simulated WeChat server alone' },
  configure(command) {
    command
      .option('--port <n>', '端口，0 为自动 / port, 0 chooses one')
      .option('--world <file>', '世界描述文件 / a file that describes the world')
  },
  async run(call) {
    return call.programs.simulator(
      { port: portOption(call.options, 0), world: textOption(call.options, 'world') },
      call.io,
    )
  },
}
