import type { Track } from '@/components/chart/tracks'
import { ticksOf } from '@/components/time/ticks'
import { DAY, type TimeWindow } from '@/components/time/window'
import { civilAt } from '@/components/time/zone'

/** One participant's line; `group` is what it is put together with, such as an arm. */
export interface Line {
  code: string
  group: string | null
  slot: number
  track: Track
  /** What was imputed, where that is shown; null where nothing was. */
  imputed: Track | null
}

/** How many points of a track were imputed: the others only lead a line to what was measured. */
export const imputedCount = ({ imputed }: Line): number =>
  imputed?.imputed?.own.filter(Boolean).length ?? 0

/** Where time lies: instants, or milliseconds since the first day in the study. */
export type Align = 'calendar' | 'study'

/** A track on the clock of its participant, counted from the midnight of their first day. */
export function sinceFirstDay(track: Track, zone: string, begins: string): Track {
  const origin = Date.parse(begins)
  const ends = [track.starts[0], track.starts.at(-1)].map((at) =>
    at === undefined ? 0 : civilAt(at, zone) - at,
  )
  // Asking a clock is slow, and in most windows it shows one offset.
  const offset = ends[0] === ends[1] ? ends[0] : undefined
  const moved = (at: number) => (offset === undefined ? civilAt(at, zone) : at + offset) - origin
  return { ...track, starts: track.starts.map(moved), ends: track.ends.map(moved) }
}

export interface Tick {
  at: number
  label: string
}

/** Marks of days in the study, "day 1" first. */
function dayTicks({ start, end }: TimeWindow, most: number): Tick[] {
  const days = (end - start) / DAY
  const step = [1, 2, 7, 14, 28, 56, 112].find((size) => days / size <= most) ?? 364
  const ticks: Tick[] = []
  for (let day = Math.ceil(start / DAY / step) * step; day * DAY < end; day += step)
    ticks.push({ at: day * DAY, label: `day ${day + 1}` })
  return ticks
}

export const ticksFor = (align: Align, window: TimeWindow, zone: string, most: number): Tick[] =>
  align === 'study' ? dayTicks(window, most) : ticksOf(window, zone, most)

const FIXED: Record<string, [number, number]> = { heart_rate: [40, 180] }

/** One range for everybody: fixed where it is usual, else from the lowest to the highest. */
export function rangeOf(metric: string, sums: boolean, lines: readonly Line[]): [number, number] {
  const fixed = FIXED[metric]
  if (fixed) return fixed
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { track, imputed } of lines) {
    track.values.forEach((value, i) => {
      if (value === null) return
      low = Math.min(low, track.lows?.[i] ?? value)
      high = Math.max(high, track.highs?.[i] ?? value)
    })
    for (const value of imputed?.values ?? []) {
      if (value === null) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  if (low > high) return [0, 1]
  return sums ? [0, high || 1] : [low, high > low ? high : low + 1]
}

/** Lines in their groups, in the order of names; one group without a name if nothing groups them. */
export function groupsOf(lines: readonly Line[]): [string | null, Line[]][] {
  const groups = new Map<string | null, Line[]>()
  for (const line of lines) groups.set(line.group, [...(groups.get(line.group) ?? []), line])
  return [...groups].sort(([a], [b]) => (a ?? '\uffff').localeCompare(b ?? '\uffff'))
}

/** Study days as the address writes them, such as 1 and 14; the first two weeks without. */
export function studyWindow(from: string | undefined, to: string | undefined): TimeWindow {
  const [first, last] = [Number(from), Number(to)]
  const good = Number.isInteger(first) && Number.isInteger(last) && from && to && last >= first
  return good ? { start: (first - 1) * DAY, end: last * DAY } : { start: 0, end: 14 * DAY }
}
