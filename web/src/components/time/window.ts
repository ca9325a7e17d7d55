import { civilAt, civilDay, civilText, dateText, instantOf } from './zone'

/** A stretch of time in milliseconds since the epoch; the end is excluded. */
export interface TimeWindow {
  start: number
  end: number
}

/** A window as the address bar writes it: dates or instants, both included as dates. */
export interface WindowText {
  from: string
  to: string
}

export const DAY = 86_400_000
const MINUTE = 60_000
const SHORTEST = MINUTE
const DATE = /^\d{4}-\d{2}-\d{2}$/
const ZONED = /(?:Z|[+-]\d{2}:?\d{2})$/i

function edge(text: string, zone: string, daysLater: number): number {
  if (DATE.test(text)) return instantOf(Date.parse(`${text}T00:00:00Z`) + daysLater * DAY, zone)
  return ZONED.test(text) ? Date.parse(text) : instantOf(Date.parse(`${text}Z`), zone)
}

/** The window between two texts on the clocks of a zone; null if they make no window. */
export function windowOf(
  from: string | undefined,
  to: string | undefined,
  zone: string,
): TimeWindow | null {
  if (!from || !to) return null
  try {
    const start = edge(from, zone, 0)
    const end = edge(to, zone, 1)
    return end > start ? { start, end } : null
  } catch {
    return null
  }
}

const midnight = (at: number, zone: string) => civilAt(at, zone) % DAY === 0
const instantText = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')

/** A window for the address bar: dates if it holds whole civil days, instants if not. */
export function textOf({ start, end }: TimeWindow, zone: string): WindowText {
  if (midnight(start, zone) && midnight(end, zone)) {
    return {
      from: dateText(civilAt(start, zone)),
      to: dateText(civilAt(end, zone) - DAY),
    }
  }
  return { from: instantText(start), to: instantText(end) }
}

/** A window in words, on the clocks of a zone. */
export function windowWords({ start, end }: TimeWindow, zone: string): string {
  const [first, last] = [civilAt(start, zone), civilAt(end, zone)]
  if (first % DAY !== 0 || last % DAY !== 0) {
    return `${civilText(first, 'moment')} to ${civilText(last, 'moment')}`
  }
  const [from, to] = [civilText(first, 'date'), civilText(last - DAY, 'date')]
  return from === to ? from : `${from} to ${to}`
}

/** The civil days that end with the day of an instant. */
export function daysUntil(last: number, days: number, zone: string): TimeWindow {
  const day = civilDay(last, zone)
  return { start: instantOf(day - (days - 1) * DAY, zone), end: instantOf(day + DAY, zone) }
}

/** The window moved by a share of its length; whole days stay whole days. */
export function shifted(window: TimeWindow, share: number, zone: string): TimeWindow {
  const by = (window.end - window.start) * share
  if (midnight(window.start, zone) && midnight(window.end, zone)) {
    const civil = Math.round(by / DAY) * DAY
    if (civil !== 0) {
      return {
        start: instantOf(civilAt(window.start, zone) + civil, zone),
        end: instantOf(civilAt(window.end, zone) + civil, zone),
      }
    }
  }
  const step = Math.round(by / 1000) * 1000
  return { start: window.start + step, end: window.end + step }
}

/** The window made longer (factor over 1) or shorter around its middle. */
export function zoomed({ start, end }: TimeWindow, factor: number): TimeWindow {
  const half = Math.max(((end - start) / 2) * factor, SHORTEST / 2)
  const middle = (start + end) / 2
  return between(middle - half, middle + half)
}

/** The window between two instants in any order, on whole seconds and never under a minute. */
export function between(a: number, b: number): TimeWindow {
  const start = Math.floor(Math.min(a, b) / 1000) * 1000
  const end = Math.ceil(Math.max(a, b) / 1000) * 1000
  return { start, end: Math.max(end, start + SHORTEST) }
}
