import type { JudgedDay, WearDay } from '@/api/client'

const MINUTE = 60_000
const DAY_MINUTES = 1440

/**
 * What a stretch of time says about wear: it was worn; the device told and it was not worn; the
 * device has yet to tell; nothing was due; nothing will come, as the day's reason says; the clock
 * jumped over it.
 */
export type Mark = 'worn' | 'off' | 'pending' | 'blank' | 'gone' | 'jumped'

export const MARK_WORDS: Record<Mark, string> = {
  worn: 'worn',
  off: 'not worn',
  pending: 'not synced yet',
  blank: 'not due',
  gone: 'no data',
  jumped: 'the clock jumped over it',
}

const GONE = new Set(['lost', 'not_authorised', 'outage', 'unknown'])

/** The same for one slot; `at` is when it begins, as near as a slot of the clock can be placed. */
export interface Slot {
  at: number
  minute: number
  lasts: number
  mark: Mark
  worn: number
  steps: number | null
  heart: number | null
}

/** A day with its slots; `reason` and `judged` are null while it is not over. */
export interface Day {
  day: string
  startsAt: number
  endsAt: number
  reason: JudgedDay['reason'] | null
  /** The reason in words. */
  word: string
  judged: JudgedDay | null
  away: boolean
  offset: number | null
  home: number
  slots: Slot[]
}

function markOf(worn: number, end: number, reason: Day['reason'], synced: number | null): Mark {
  if (worn > 0) return 'worn'
  if (reason === 'not_due' || reason === 'paused') return 'blank'
  if (reason !== null && GONE.has(reason)) return 'gone'
  return synced !== null && end <= synced ? 'off' : 'pending'
}

/** Days with what each of their slots says, as of a moment; slots in the future are blank. */
export function daysOf(
  wear: readonly WearDay[],
  judged: readonly JudgedDay[],
  slotMinutes: number,
  syncedAt: string | null,
  now: number,
  words: Record<JudgedDay['reason'], { word: string }>,
): Day[] {
  const known = new Map(judged.map((one) => [one.day, one]))
  const synced = syncedAt ? Date.parse(syncedAt) : null
  return wear.map((one): Day => {
    const startsAt = Date.parse(one.starts_at)
    const endsAt = Date.parse(one.ends_at)
    const of = known.get(one.day) ?? null
    const reason = of?.reason ?? null
    const word = reason ? words[reason].word : 'Not over yet'
    let elapsed = 0
    const slots = one.worn.map((worn, i): Slot => {
      const lasts = one.lasts?.[i] ?? slotMinutes
      const at = startsAt + elapsed * MINUTE
      elapsed += lasts
      const end = startsAt + elapsed * MINUTE
      const mark = lasts === 0 ? 'jumped' : at >= now ? 'blank' : markOf(worn, end, reason, synced)
      const shared = { at, minute: i * slotMinutes, lasts, mark, worn }
      return { ...shared, steps: one.steps[i] ?? null, heart: one.heart_rate[i] ?? null }
    })
    const home = one.home_offset_minutes
    const length = (endsAt - startsAt) / MINUTE
    // On a day of 23 or 25 hours the home clock itself shows two offsets.
    const ends = home + (DAY_MINUTES - length)
    const offset = one.offset_minutes
    const away = offset !== null && offset !== home && offset !== ends
    return { day: one.day, startsAt, endsAt, reason, word, judged: of, away, offset, home, slots }
  })
}

/** Minutes after midnight as a clock shows them. */
export const clock = (minute: number): string => {
  const whole = ((Math.round(minute) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`
}

/** An offset from UTC such as UTC+5:45. */
export function offsetWords(minutes: number): string {
  const size = Math.abs(minutes)
  const rest = size % 60 ? `:${String(size % 60).padStart(2, '0')}` : ''
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}`
}

/** The value below which a share of the values lie; null of none. */
export function quantile(sorted: readonly number[], share: number): number | null {
  if (sorted.length === 0) return null
  const at = (sorted.length - 1) * share
  const low = sorted[Math.floor(at)] ?? 0
  const high = sorted[Math.ceil(at)] ?? low
  return low + (high - low) * (at - Math.floor(at))
}

export interface Profile {
  minute: number
  low: number | null
  median: number | null
  high: number | null
  days: number
}

/** Median and quartiles of days at each slot of the clock, of those days that measured it. */
export function profileOf(days: readonly Day[], of: 'steps' | 'heart'): Profile[] {
  return (days[0]?.slots ?? []).map(({ minute }, i) => {
    const values = days
      .map(({ slots }) => slots[i]?.[of] ?? null)
      .filter((value) => value !== null)
      .sort((a, b) => a - b)
    const at = (share: number) => quantile(values, share)
    return { minute, low: at(0.25), median: at(0.5), high: at(0.75), days: values.length }
  })
}
