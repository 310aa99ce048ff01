import type { CliCommand } from '../command.ts'
import { addSettingsOptions } from '../settings.ts'

/** `test [paths]`: the operator's own rule tests on a virtual clock, offline; `--record` makes one of a kept message. */
export const testCommand: CliCommand = {
  name: 'test',
  summary: { zh: '运行规则测试', en: 'run the rule tests' },
  configure(command) {
    addSettingsOptions(command)
    command
      .argument('[paths...]', '规则目录或文件 / rules folders or files')
      .option('--run <regex>', '只运行名字匹配的测试 / only tests whose name matches')
      .option('--junit <file>', '另存一份 JUnit 报告 / also write a JUnit report')
      .option('--coverage', '列出没有测试到的规则 / list rules that no test reached')
      .option('--min-coverage <percent>', '测试到的规则至少占多少 / share of rules that must be reached')
      .option('--watch', '规则一改就重新测试 / test again whenever the rules change')
      .option('--record <eventId>', '把收到过的一条消息写成测试 / make a test of a kept message')
  },
  run: async (call) => (await import('../programs/test.ts')).runTest(call),
}
