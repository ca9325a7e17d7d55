import { cellAt } from './layers'
import type { DayMap, Person, Reason } from './queries'

export type Align = 'calendar' | 'study'
export type Sort = 'code' | 'adherence' | 'worn' | 'start' | 'sync'

export const SORTS: Record<Sort, string> = {
  code: 'Participant',
  adherence: 'Adherence, lowest first',
  worn: 'Hours worn, lowest first',
  start: 'Start, earliest first',
  sync: 'Last sync, longest ago first',
}

const DAY = 86_400_000
const CLOSED: ReadonlySet<Reason> = new Set(['valid', 'below_threshold', 'not_worn', 'lost'])

/** What the days of a person that are shown come to. */
export interface Counts {
  days: number
  closed: number
  valid: number
  pending: number
  worn: number
  wornDays: number
}

/** A person's line: the cell in column c is their day `c + shift`, counted from the map's first. */
export interface Line {
  person: Person
  shift: number
  counts: Counts
}

export interface Arranged {
  lines: Line[]
  columns: number
  /** Of the first column: a day since 1970, or the number of a study day. */
  first: number
}

export const dayNumber = (text: string): number => Math.round(Date.parse(text) / DAY)
export const dayText = (number: number): string => new Date(number * DAY).toISOString().slice(0, 10)

const LATE = Number.POSITIVE_INFINITY

export function countsOf(map: DayMap, person: Person): Counts {
  const counts = { days: 0, closed: 0, valid: 0, pending: 0, worn: 0, wornDays: 0 }
  for (let day = 0; day < person.reason.length; day++) {
    const cell = cellAt(map, person, day)
    if (!cell || cell.reason === 'not_due' || cell.reason === 'paused') continue
    counts.days++
    if (CLOSED.has(cell.reason)) counts.closed++
    if (cell.reason === 'valid') counts.valid++
    if (cell.reason === 'pending_sync') counts.pending++
    if (cell.worn !== null) {
      counts.worn += cell.worn
      counts.wornDays++
    }
  }
  return counts
}

export const adherenceOf = ({ valid, closed }: Counts): number | null =>
  closed > 0 ? valid / closed : null

export const meanWorn = ({ worn, wornDays }: Counts): number | null =>
  wornDays > 0 ? worn / wornDays : null

const KEYS: Record<Exclude<Sort, 'code'>, (line: Line) => number> = {
  adherence: ({ counts }) => adherenceOf(counts) ?? LATE,
  worn: ({ counts }) => meanWorn(counts) ?? LATE,
  start: ({ person }) => (person.first_due ? dayNumber(person.first_due) : LATE),
  sync: ({ person }) => (person.synced_at ? Date.parse(person.synced_at) : 0),
}

function sorted(lines: Line[], sort: Sort): Line[] {
  if (sort === 'code') return lines
  const key = KEYS[sort]
  return lines
    .map((line): [number, Line] => [key(line), line])
    .sort(([a], [b]) => (a === b ? 0 : a - b))
    .map(([, line]) => line)
}

/** The first day on which anything is expected of a person. */
function beginning(map: DayMap, person: Person): number {
  const idle = map.reasons.indexOf('not_due')
  const found = person.reason.findIndex((place) => place !== idle)
  return found < 0 ? map.days : found
}

/** The last day of a line that is over. */
export const newest = ({ person, shift }: Line): number =>
  Math.max(0, person.reason.length - 1 - shift)

/** The people whose code holds the words, each on a line, aligned and sorted. */
export function arrange(map: DayMap, align: Align, sort: Sort, words = ''): Arranged {
  const first = map.first ? dayNumber(map.first) : 0
  const sought = words.trim().toLowerCase()
  const people = map.participants.filter(({ code }) => code.toLowerCase().includes(sought))
  const line = (person: Person, shift: number) => ({ person, shift, counts: countsOf(map, person) })
  if (align === 'calendar') {
    const begins = Math.min(map.days, ...people.map((person) => beginning(map, person)))
    const lines = people.map((person) => line(person, begins))
    return { lines: sorted(lines, sort), columns: map.days - begins, first: first + begins }
  }
  const begun = people.flatMap((person) =>
    person.first_due ? [{ person, start: dayNumber(person.first_due) - first }] : [],
  )
  const least = Math.max(0, Math.min(...begun.map(({ start }) => -start)))
  const most = Math.max(...begun.map(({ person, start }) => person.reason.length - start), least)
  const lines = begun.map(({ person, start }) => line(person, start + least))
  return { lines: sorted(lines, sort), columns: most - least, first: least + 1 }
}

/** The civil date of a cell. */
export const dateOf = (map: DayMap, { shift }: Line, column: number): string =>
  dayText(dayNumber(map.first ?? '') + column + shift)

/** The study day of a cell; null before the first. */
export function studyDay(map: DayMap, { person, shift }: Line, column: number): number | null {
  if (!person.first_due || !map.first) return null
  const day = column + shift + dayNumber(map.first) - dayNumber(person.first_due) + 1
  return day >= 1 ? day : null
}
