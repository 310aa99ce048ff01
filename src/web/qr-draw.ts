import { open, rename, rm } from 'node:fs/promises'
import QRCode from 'qrcode'

/** Forms of a code in a terminal: half blocks, full blocks, background colour only. */
export type TerminalStyle = 'half' | 'full' | 'ansi' | 'none'

/** White modules around the code. Two are enough for phones and keep the half-block form at 33 columns. */
const QUIET_ZONE = 2
/** Exact black and white of the 256-colour table: the sixteen theme colours may be anything. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m'
const ON_BLACK = '\u001b[48;5;16m'
const ON_WHITE = '\u001b[48;5;231m'
const RESET = '\u001b[0m'
const HALVES = [' ', '▄', '▀', '█'] as const

/** True where the code is dark; light outside it, without end. */
type Modules = { readonly size: number; isDark(row: number, column: number): boolean }

function modulesOf(text: string): Modules {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' })
  const isInside = (index: number) => index >= 0 && index < modules.size
  return {
    size: modules.size,
    isDark: (row, column) => isInside(row) && isInside(column) && modules.get(row, column) === 1,
  }
}

function drawRow(modules: Modules, cell: (column: number) => string): string {
  let line = ''
  for (let column = -QUIET_ZONE; column < modules.size + QUIET_ZONE; column++) line += cell(column)
  return line
}

function rowsFrom(modules: Modules, step: number, draw: (row: number) => string): string {
  const lines: string[] = []
  for (let row = -QUIET_ZONE; row < modules.size + QUIET_ZONE; row += step) lines.push(draw(row))
  return lines.join('\n')
}

function half(modules: Modules): string {
  return rowsFrom(modules, 2, (row) => {
    const line = drawRow(modules, (column) => {
      const upper = modules.isDark(row, column) ? 2 : 0
      const lower = modules.isDark(row + 1, column) ? 1 : 0
      return HALVES[upper + lower] ?? ' '
    })
    return `${BLACK_ON_WHITE}${line}${RESET}`
  })
}

function full(modules: Modules): string {
  return rowsFrom(modules, 1, (row) => {
    const line = drawRow(modules, (column) => (modules.isDark(row, column) ? '██' : '  '))
    return `${BLACK_ON_WHITE}${line}${RESET}`
  })
}

function ansi(modules: Modules): string {
  return rowsFrom(modules, 1, (row) => {
    let last = ''
    const line = drawRow(modules, (column) => {
      const colour = modules.isDark(row, column) ? ON_BLACK : ON_WHITE
      const change = colour === last ? '' : colour
      last = colour
      return `${change}  `
    })
    return `${line}${RESET}`
  })
}

/**
 * The code as terminal text, explicitly black on white, without a line break at the end; '' for `none`.
 * A login link of 42 characters is 33 columns by 17 lines in `half`, 66 by 33 in the others.
 */
export function drawQr(text: string, style: TerminalStyle): string {
  switch (style) {
    case 'half':
      return half(modulesOf(text))
    case 'full':
      return full(modulesOf(text))
    case 'ansi':
      return ansi(modulesOf(text))
    case 'none':
      return ''
  }
}

/** Writes the code as a PNG: aside, flushed, renamed, readable by its owner only (whoever sees it can log in). */
export async function writeQrPng(path: string, text: string): Promise<void> {
  const picture = await QRCode.toBuffer(text, { errorCorrectionLevel: 'M', margin: 4, scale: 8 })
  const aside = `${path}.new`
  await rm(aside, { force: true })
  const file = await open(aside, 'wx', 0o600)
  try {
    await file.writeFile(picture)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
}

/** Removes the picture; fine when there is none. */
export async function removeQrPng(path: string): Promise<void> {
  await rm(path, { force: true })
}
