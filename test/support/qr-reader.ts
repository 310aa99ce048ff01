import { readFileSync } from 'node:fs'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'

/** Modules of white around a drawing, so that a reader finds its edge. */
const MARGIN = 4
const SCALE = 4

/** Reads the QR code of a PNG file; null when there is none to read. */
export function readPng(path: string): string | null {
  const png = PNG.sync.read(readFileSync(path))
  return jsQR.default(new Uint8ClampedArray(png.data), png.width, png.height)?.data ?? null
}

/** Reads a QR code printed in half blocks, dark modules as the foreground, whatever text stands around it. */
export function readHalfBlocks(output: string): string | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes of the terminal begin with ESC.
  const lines = output.replaceAll(/\u001b\[[0-9;]*m/g, '').split('\n')
  const isDrawing = (line: string) => /^[ ▀▄█]{25,}$/.test(line)
  const first = lines.findIndex((line) => isDrawing(line) && line.trim() !== '')
  if (first < 0) return null
  const rows = lines.slice(
    first,
    lines.findIndex((line, index) => index > first && !isDrawing(line)),
  )
  const width = Math.max(...rows.map((row) => row.length))
  const dark = (x: number, y: number) => {
    const cell = rows[Math.floor(y / 2)]?.[x] ?? ' '
    return cell === '█' || cell === (y % 2 === 0 ? '▀' : '▄')
  }
  return decode(width, rows.length * 2, dark) ?? decode(width, rows.length * 2, (x, y) => !dark(x, y))
}

function decode(width: number, height: number, dark: (x: number, y: number) => boolean): string | null {
  const w = (width + 2 * MARGIN) * SCALE
  const h = (height + 2 * MARGIN) * SCALE
  const pixels = new Uint8ClampedArray(w * h * 4).fill(255)
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const mx = Math.floor(x / SCALE) - MARGIN
      const my = Math.floor(y / SCALE) - MARGIN
      if (mx >= 0 && my >= 0 && mx < width && my < height && dark(mx, my))
        pixels.fill(0, (y * w + x) * 4, (y * w + x) * 4 + 3)
    }
  }
  return jsQR.default(pixels, w, h)?.data ?? null
}
