import type { ComparisonRow, FleetMetric, Rate } from './queries'

export const count = (number: number): string => number.toLocaleString('en')

export const several = (number: number, one: string): string =>
  `${count(number)} ${one}${number === 1 ? '' : 's'}`

/** A number as people read it: three digits that count; a dash where there is none. */
export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? '–'
    : value.toLocaleString(
        'en',
        Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
      )

/** A figure beside an axis, where there is little room. */
export const axisFigure = (value: number): string =>
  Math.abs(value) < 100_000
    ? figure(value)
    : value.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 })

export const percent = (share: number | null): string =>
  share === null ? '–' : `${(share * 100).toFixed(1)} %`

/** A span of hours: hours up to two days, days beyond. */
export const hoursLong = (hours: number | null): string =>
  hours === null ? '–' : hours < 48 ? `${figure(hours)} h` : `${figure(hours / 24)} days`

export const metricTitle = ({ name, title }: Pick<FleetMetric, 'name' | 'title'>): string =>
  title || name

export const orNone = (name: string | undefined): string => name || 'none named'

export const VITALS: Record<ComparisonRow['vital'], string> = {
  battery_drop: 'battery drop',
  sync_failure: 'failed syncs',
  silence: 'silent hours',
}

/** A vital's value in its own words. */
export const vitalText = (vital: ComparisonRow['vital'], value: number | null, unit: string) =>
  vital === 'battery_drop'
    ? value === null
      ? '–'
      : `${figure(value)}${unit ? ` ${unit}` : ''} an hour`
    : percent(value)

/** A rate with its interval: "1.2 (1.1 to 1.3)". */
export const rateText = ({ value, low, high }: Rate, words: (value: number | null) => string) =>
  value === null
    ? '–'
    : low === null || high === null
      ? words(value)
      : `${words(value)} (${words(low)} to ${words(high)})`

/** A cell that no spreadsheet takes for a formula. */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** Rows as CSV under a line of names, at an address from which it can be downloaded. */
export function csvAddress(
  names: readonly string[],
  rows: readonly (string | number | null)[][],
): string {
  const lines = [names, ...rows].map((row) => row.map(cell).join(','))
  return `data:text/csv;charset=utf-8,${encodeURIComponent(`${lines.join('\r\n')}\r\n`)}`
}
