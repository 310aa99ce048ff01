/** Reads 周一, 周一、三、五 and 周一至周五 as numbers from 1 (Monday) to 7; null when it is none of these. */
export function readWeekdays(text: string): ReadonlySet<number> | null {
  const plain = text.replace(/^星期|^礼拜/, '周')
  if (!plain.startsWith('周')) return null
  const found = new Set<number>()
  for (const part of plain.split(/[、,，]/)) {
    const range = /^周?([一二三四五六日天])(?:[至到\-~]周?([一二三四五六日天]))?$/.exec(part)
    const from = weekdayNumber(range?.[1])
    if (range === null || from === 0) return null
    const to = range[2] === undefined ? from : weekdayNumber(range[2])
    for (let day = from; ; day = (day % 7) + 1) {
      found.add(day)
      if (day === to) break
    }
  }
  return found
}

const WEEKDAY_NAMES = '一二三四五六日'

function weekdayNumber(name: string | undefined): number {
  return name === undefined ? 0 : WEEKDAY_NAMES.indexOf(name === '天' ? '日' : name) + 1
}
