/** A share in percent; a dash where there is nothing to divide by. */
export const percent = (share: number | null): string =>
  share === null ? 'none closed' : `${Math.round(share * 100)} %`

export const count = (number: number): string => number.toLocaleString('en')

export const people = (number: number): string =>
  `${count(number)} participant${number === 1 ? '' : 's'}`

/** Rows as CSV, with a line of names. */
export const csvOf = (names: readonly string[], rows: (string | number | null)[][]): string =>
  `${[names.join(','), ...rows.map((row) => row.map((cell) => cell ?? '').join(','))].join('\n')}\n`

/** An address from which a text can be downloaded as CSV. */
export const csvAddress = (text: string): string =>
  `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`
