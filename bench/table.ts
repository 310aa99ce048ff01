/** One figure of a run against what it must be. */
export interface Figure {
  readonly id: string
  readonly what: string
  readonly must: string
  readonly measured: string
  /** Null where this machine cannot tell. */
  readonly isOk: boolean | null
}

/** A figure that may not be above `most`. */
export function atMost(
  id: string,
  what: string,
  measured: number | null,
  most: number,
  unit: string,
): Figure {
  const shown = measured === null ? 'not readable here' : `${Math.round(measured * 100) / 100} ${unit}`
  return {
    id,
    what,
    must: `<= ${most} ${unit}`,
    measured: shown,
    isOk: measured === null ? null : measured <= most,
  }
}

/** The same, where the machine's own share is known: a machine that alone breaks the bound cannot tell. */
export function beyondMachine(figure: Figure, machine: number, most: number): Figure {
  const measured = `${figure.measured}, an idle process ${Math.round(machine)}`
  return { ...figure, measured, isOk: figure.isOk === false && machine > most ? null : figure.isOk }
}

/** The figures as a Markdown table. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ id, what, must, measured, isOk }) => {
    const verdict = isOk === null ? '-' : isOk ? 'ok' : 'NOT OK'
    return `| ${id} | ${what} | ${must} | ${measured} | ${verdict} |`
  })
  return ['| figure | what | must | measured | |', '|---|---|---|---|---|', ...rows].join('\n')
}
