import { connectControl } from '../web/control-client.ts'
import { drawQr } from '../web/qr-draw.ts'

export { connectControl as connectDaemon }

/** A login code as terminal text. */
export function drawCode(text: string, style: 'half' | 'full' | 'ansi'): string {
  return drawQr(text, style)
}
