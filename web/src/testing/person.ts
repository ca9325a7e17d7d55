import type { JudgedDay, Participant, Rhythm, Timeline, Wear, WearDay } from '@/api/client'
import { civilAt, instantOf } from '@/components/time/zone'
import { DAY, HOUR } from './study'

const MINUTE = 60_000
const text = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')
const dateText = (at: number) => text(at).slice(0, 10)

const JUDGED = {
  closed: true,
  waiting_h: null,
  night_uploaded: true,
  night_valid: true,
  asleep_minutes: 420,
  night_kind: 'stages',
  steps: 8000,
} as const

/** Civil midnights from one date to another, both included. */
const datesOf = (start: string, end: string): number[] => {
  const first = Date.parse(start)
  return Array.from(
    { length: Math.round((Date.parse(end) - first) / DAY) + 1 },
    (_, n) => first + n * DAY,
  )
}

/** Worn from 8 to 23 o'clock, but for every fifth day, which nobody wore. */
function wearDay(whom: Participant, civil: number, slot: number, now: number): WearDay {
  const zone = whom.timezone
  const [starts, ends] = [instantOf(civil, zone), instantOf(civil + DAY, zone)]
  const offset = (civil - starts) / MINUTE
  const jump = (ends - starts) / MINUTE - 1440
  const many = 1440 / slot
  const at = (i: number) => (i * slot) / 60
  const idle = (civil / DAY) % 5 === 0
  const here = (i: number) => !idle && at(i) >= 8 && at(i) < 23 && starts + at(i) * HOUR < now
  const lasts = Array.from({ length: many }, (_, i) =>
    jump < 0 && at(i) >= 2 && at(i) < 3 ? 0 : jump > 0 && at(i) >= 2 && at(i) < 3 ? 2 * slot : slot,
  )
  const fill = (value: number) => Array.from({ length: many }, (_, i) => (here(i) ? value : null))
  return {
    day: dateText(civil),
    starts_at: text(starts),
    ends_at: text(ends),
    offset_minutes: idle ? null : offset,
    home_offset_minutes: offset,
    lasts: jump === 0 ? null : lasts,
    worn: fill(slot).map((worn) => worn ?? 0),
    steps: fill(slot * 10),
    heart_rate: fill(70),
  }
}

function judged(whom: Participant, civil: number, now: number): JudgedDay | null {
  if (instantOf(civil + DAY, whom.timezone) > now) return null
  const idle = (civil / DAY) % 5 === 0
  const worn = idle ? 0 : 900
  const told = { day: dateText(civil), day_minutes: 1440, worn_minutes: worn, count: worn }
  return { ...JUDGED, ...told, reason: idle ? 'not_worn' : 'valid' }
}

const rhythm = (whom: Participant, dates: number[]): Rhythm => ({
  participant: whom.code,
  timezone: whom.timezone,
  regularity: { index: 83.4, pairs: 17_000, possible: 18_720 },
  timing: {
    nights: dates.length,
    midpoint: 195,
    spread: 31,
    work_nights: 10,
    work_midpoint: 180,
    free_nights: 4,
    free_midpoint: 240,
    social_jetlag: 60,
  },
  nights: dates.map((civil) => {
    const offset = (civil - instantOf(civil, whom.timezone)) / MINUTE
    return {
      day: dateText(civil),
      start: text(instantOf(civil, whom.timezone) - HOUR),
      end: text(instantOf(civil, whom.timezone) + 7 * HOUR),
      offset_minutes: offset,
      kind: 'stages',
      midpoint: 180,
      asleep_minutes: 420,
      efficiency: 87.5,
    }
  }),
})

const timeline = (whom: Participant, dates: number[], writes: boolean): Timeline => {
  const first = instantOf(dates[0] ?? 0, whom.timezone)
  return {
    participant: whom.code,
    timezone: whom.timezone,
    devices: [
      {
        source: 'google-health',
        device: 'W',
        kind: 'tracker',
        model: 'Charge 6',
        firmware: '1.2',
        first_at: text(first),
        last_at: text(first + HOUR),
      },
    ],
    syncs: [{ at: text(first + 10 * HOUR), device: 'W' }],
    batteries: [
      { at: text(first + 10 * HOUR), device: 'W', percent: 80, level: null },
      { at: text(first + 34 * HOUR), device: 'W', percent: 55, level: null },
    ],
    messages: writes
      ? [
          {
            id: 1,
            template: 'sync',
            state: 'sent',
            cause: 'list',
            due_at: text(first + 9 * HOUR),
            finished_at: text(first + 9 * HOUR),
            detail: '',
          },
        ]
      : null,
  }
}

/** Answers about one participant's days; undefined to anything else. */
export function answer(
  path: string,
  query: URLSearchParams,
  people: readonly Participant[],
  now: number,
  writes: boolean,
): object | undefined {
  const [, code, what] = /^\/participants\/([^/]+)\/(\w+)$/.exec(path) ?? []
  const whom = people.find((each) => each.code === code)
  if (!whom) return undefined
  const dates = datesOf(query.get('start') ?? '', query.get('end') ?? '')
  switch (what) {
    case 'wear': {
      const slot = Number(query.get('slot') ?? 60)
      const days = dates.map((civil) => wearDay(whom, civil, slot, now))
      const found: Wear = {
        participant: whom.code,
        timezone: whom.timezone,
        slot_minutes: slot,
        days,
      }
      return found
    }
    case 'days':
      return { days: dates.flatMap((civil) => judged(whom, civil, now) ?? []) }
    case 'rhythm':
      return rhythm(whom, dates)
    case 'timeline':
      return timeline(whom, dates, writes)
    case 'history':
      return [
        {
          number: 1,
          at: text(civilAt(now, 'UTC') - 2 * DAY),
          actor: 'carla',
          role: 'coordinator',
          via: 'session',
          act: 'participant.pause',
          study: 'DEMO',
          participant: whom.code,
          subject: '',
          before: {},
          after: { first_on: '2026-03-05' },
          reason: 'holiday',
          previous: '0'.repeat(64),
          digest: 'f'.repeat(64),
        },
      ]
    default:
      return undefined
  }
}
