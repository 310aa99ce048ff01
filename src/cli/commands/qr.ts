import { Option } from 'commander'
import { type Asking, askingOf, withAnswer } from '../ask.ts'
import { type Call, type CliCommand, textOption } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { addSettingsOptions, pick, sayTo } from '../settings.ts'

/** `qr`: the code to scan, once more. */
export const qrCommand: CliCommand = {
  name: 'qr',
  summary: { zh: '再打印一次登录二维码', en: 'print the current QR code again' },
  configure(command) {
    addSettingsOptions(command)
    command
      .addOption(
        new Option('--style <style>', '画法 / form').choices(['half', 'full', 'ansi', 'url']).default('half'),
      )
      .option('--refresh', '马上换一张新的 / ask for a fresh one now')
  },
  async run(call) {
    const asking = askingOf(call)
    if (call.options.refresh !== true) return show(call, asking)
    return withAnswer(call, asking, asking.daemon.refreshQr(), (outcome) => {
      if (outcome.kind === 'done') return show(call, asking)
      sayTo(call.io.stderr, pick(outcome.message, asking.language))
      return EXIT.failed
    })
  },
}

function show(call: Call, asking: Asking): Promise<ExitCode> {
  return withAnswer(call, asking, asking.daemon.qr(), (code) => {
    if (code === null) {
      const words = { zh: '现在没有要扫的二维码', en: 'there is no code to scan at the moment' }
      sayTo(call.io.stderr, pick(words, asking.language))
      return EXIT.failed
    }
    const style = textOption(call.options, 'style')
    // The text of the code is never printed: opening it as a link can use it up. The picture's address is meant for that.
    if (style === 'url') sayTo(call.io.stdout, code.imageUrl)
    else {
      const form = style === 'full' || style === 'ansi' ? style : 'half'
      call.io.stdout.write(`${call.programs.drawQr(code.text, form)}\n`)
    }
    return EXIT.ok
  })
}
