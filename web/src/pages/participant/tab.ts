import type { Metric, ParticipantDetail } from '@/api/client'
import { DAY, type TimeWindow } from '@/components/time/window'
import { civilAt, dateText, instantOf } from '@/components/time/zone'
import type { Stretch } from '@/features/participant/queries'

/** What decides what a participant's page shows: all of it stands in the address. */
export interface Search {
  study?: string
  tab?: string
  day?: string
  from?: string
  to?: string
  metrics?: string
  with?: string
  level?: string
  imputed?: string
  tables?: string
  map?: string
  ink?: string
  plot?: string
  begin?: string
  log?: string
}

export type Changes = { [Key in keyof Search]?: Search[Key] | undefined }

/** What each tab is given. */
export interface TabProps {
  participant: ParticipantDetail
  catalogue: Metric[]
  search: Search
  change: (changes: Changes) => void
  window: TimeWindow
  onWindow: (window: TimeWindow | null) => void
  now: number
  /** Whether files may be taken. */
  exports: boolean
}

/** The civil days that a window touches, at most so many of the last. */
export function stretchOf(
  { code, study, timezone }: ParticipantDetail,
  { start, end }: TimeWindow,
  most = 400,
): Stretch {
  const last = Date.parse(dateText(civilAt(end - 1, timezone)))
  const first = Math.max(Date.parse(dateText(civilAt(start, timezone))), last - (most - 1) * DAY)
  return { code, study, start: dateText(first), end: dateText(last) }
}

/** A civil day as a window. */
export const dayWindow = (day: string, zone: string): TimeWindow => {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  return { start: instantOf(midnight, zone), end: instantOf(midnight + DAY, zone) }
}

/** The day that the address names, or the last of the window. */
export const shownDay = (named: string | undefined, { end }: TimeWindow, zone: string): string =>
  named && /^\d{4}-\d{2}-\d{2}$/.test(named) && !Number.isNaN(Date.parse(named))
    ? named
    : dateText(civilAt(end - 1, zone))
