import type { QrStyle } from '../config/config.ts'
import type { Phrase } from './phrases.ts'

/** What shows a QR code; the drawing itself belongs to the web room. */
export interface QrTools {
  draw(text: string, style: QrStyle): Promise<string>
  /** Writes the picture aside and renames it; mode 0600. */
  writePng(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
}

export interface QrOutputOptions {
  readonly style: QrStyle
  readonly showUrl: boolean
  /** null: no picture file. */
  readonly pngPath: string | null
  readonly language: 'zh-CN' | 'en'
}

const INVITE: Phrase = {
  zh: '请用手机微信“扫一扫”扫描上面的二维码，然后在手机上点“登录”。',
  en: 'Scan the code above with WeChat on the phone, then tap "Log In" there.',
}

function helpLines(options: QrOutputOptions, imageUrl: string): Phrase {
  const url = options.showUrl ? imageUrl : ''
  const png = options.pngPath ?? ''
  return {
    zh: [
      ...(url === '' ? [] : [`扫不出来? 浏览器打开 ${url}`]),
      ...(png === '' ? [] : [`          或看图片 ${png}`]),
      '          或设 WXREPLY_LOGIN_QR_STYLE=full 后重启',
    ].join('\n'),
    en: [
      ...(url === '' ? [] : [`Cannot scan it? Open ${url} in a browser`]),
      ...(png === '' ? [] : [`          or the picture ${png}`]),
      '          or set WXREPLY_LOGIN_QR_STYLE=full and restart',
    ].join('\n'),
  }
}

/** The whole block for one code: drawing, what to do, and the ways out when it cannot be scanned. */
export async function qrBlock(
  code: { readonly qrText: string; readonly qrImageUrl: string; readonly nth: number },
  options: QrOutputOptions,
  tools: QrTools,
): Promise<string> {
  const pick = (phrase: Phrase) => (options.language === 'en' ? phrase.en : phrase.zh)
  const drawing = options.style === 'none' ? '' : `${await tools.draw(code.qrText, options.style)}\n`
  const nth: Phrase = {
    zh: `(第 ${code.nth} 张，过期会自动换新)`,
    en: `(code ${code.nth}; a new one comes when it expires)`,
  }
  return `\n${drawing}${pick(INVITE)}\n${pick(helpLines(options, code.qrImageUrl))}\n${pick(nth)}\n\n`
}
