import type { TimeWindow } from './window'
import { civilAt, civilText, instantOf } from './zone'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY
const MONDAY = 4 * DAY
const YEAR = 365.25 * DAY

const STEPS = [
  ...[10, 30].map((seconds) => seconds * SECOND),
  ...[1, 5, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2].map((days) => days * DAY),
  ...[1, 2].map((weeks) => weeks * WEEK),
]
const MONTHS = [1, 3, 6, 12, 24, 60]

export interface Tick {
  at: number
  label: string
}

function label(civil: number, step: number): string {
  if (civil % DAY === 0) return civilText(civil, 'day')
  return civilText(civil, step < MINUTE ? 'second' : 'minute')
}

function monthly(first: number, last: number, months: number): { civil: number; label: string }[] {
  const marks = []
  const from = new Date(first)
  let month = Math.ceil((from.getUTCFullYear() * 12 + from.getUTCMonth()) / months) * months
  for (; ; month += months) {
    const civil = Date.UTC(Math.floor(month / 12), month % 12)
    if (civil >= last) return marks
    const form = month % 12 === 0 ? 'year' : 'month'
    if (civil >= first) marks.push({ civil, label: civilText(civil, form) })
  }
}

/** Marks for a time axis: at most `most`, on the round hours, days or months of a zone. */
export function ticksOf({ start, end }: TimeWindow, zone: string, most: number): Tick[] {
  const span = end - start
  const [first, last] = [civilAt(start, zone), civilAt(end, zone)]
  const step = STEPS.find((length) => span / length <= most)
  if (step === undefined) {
    const months = MONTHS.find((count) => span / ((count * YEAR) / 12) <= most) ?? 120
    return monthly(first, last, months).map((mark) => ({
      at: instantOf(mark.civil, zone),
      label: mark.label,
    }))
  }
  const origin = step >= WEEK ? MONDAY : 0
  const ticks: Tick[] = []
  for (let civil = Math.ceil((first - origin) / step) * step + origin; civil < last; civil += step)
    ticks.push({ at: instantOf(civil, zone), label: label(civil, step) })
  return ticks
}
