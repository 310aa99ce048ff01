import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import { drawQr, removeQrPng, type TerminalStyle, writeQrPng } from '../../../src/web/qr-draw.ts'

const LINK = 'https://login.weixin.qq.com/l/YfJ-8bXp3A=='

/** The drawn text as a terminal shows it: one entry per cell, true where it is dark. Half blocks give two rows a line. */
function screen(text: string): boolean[][] {
  return text.split('\n').flatMap((line) => {
    const upper: boolean[] = []
    const lower: boolean[] = []
    let isInkDark = false
    let isPaperDark = false
    // biome-ignore lint/suspicious/noControlCharactersInRegex: reads terminal escapes.
    for (const [part] of line.matchAll(/\u001b\[[\d;]*m|[\s\S]/gu)) {
      if (part.startsWith('\u001b')) {
        if (part.includes('38;5;16')) isInkDark = true
        if (part.includes('48;5;16m')) isPaperDark = true
        if (part.includes('48;5;231')) isPaperDark = false
        continue
      }
      upper.push(part === '█' || part === '▀' ? isInkDark : isPaperDark)
      lower.push(part === '█' || part === '▄' ? isInkDark : isPaperDark)
    }
    return [upper, lower]
  })
}

function decode(cells: boolean[][], cellWidth: number, cellHeight: number): string | undefined {
  const width = (cells[0]?.length ?? 0) * cellWidth
  const height = cells.length * cellHeight
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (cells[Math.floor(y / cellHeight)]?.[Math.floor(x / cellWidth)])
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3)
    }
  }
  return jsQR.default(pixels, width, height)?.data
}

describe('terminal drawing', () => {
  test.each<[TerminalStyle, number, number, number, number]>([
    ['half', 33, 17, 8, 8],
    ['full', 66, 33, 4, 4],
    ['ansi', 66, 33, 4, 4],
  ])('%s is %i columns by %i lines and can be scanned', (style, columns, lines, cellWidth, cellHeight) => {
    const text = drawQr(LINK, style)
    expect(text.split('\n')).toHaveLength(lines)
    const cells = screen(text)
    expect(cells.every((row) => row.length === columns)).toBe(true)
    expect(decode(cells, cellWidth, cellHeight)).toBe(LINK)
  })

  test('every line sets its own colours and puts them back', () => {
    for (const style of ['half', 'full', 'ansi'] as const) {
      for (const line of drawQr(LINK, style).split('\n')) {
        expect(line.startsWith('\u001b[')).toBe(true)
        expect(line.endsWith('\u001b[0m')).toBe(true)
      }
    }
  })

  test('none draws nothing', () => {
    expect(drawQr(LINK, 'none')).toBe('')
  })
})

describe('picture', () => {
  test('can be scanned, is private, replaces the one before and can be removed twice', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'wxr-qr-'))
    const path = join(dir, 'qr.png')
    try {
      await writeQrPng(path, 'https://login.weixin.qq.com/l/older')
      await writeQrPng(path, LINK)
      const { data, width, height } = PNG.sync.read(await readFile(path))
      expect(jsQR.default(new Uint8ClampedArray(data), width, height)?.data).toBe(LINK)
      expect((await stat(path)).mode & 0o777).toBe(0o600)
      expect(await readdir(dir)).toEqual(['qr.png'])
      await removeQrPng(path)
      await removeQrPng(path)
      expect(await readdir(dir)).toEqual([])
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })
})
