import type { DayMap } from '@/features/map/queries'
import { chance, DAY } from './study'

const day = (at: number) => new Date(at).toISOString().slice(0, 10)

export const DEFINITION: DayMap['definition'] = {
  name: 'ten-hours',
  title: 'At least 10 hours of wear',
  source: 'Orstad et al. 2021',
  version: 1,
  rule: 'minutes',
  least: 600,
  evidence: 'heart_rate_or_steps',
  slot_minutes: 1,
  window: [0, 1440],
  hour_ratio: 0.5,
  block_hours: 6,
  night_least: 180,
  night_split: 720,
  week_least: 4,
  weekend_least: 0,
  pending_days: 7,
  adherence_bands: [80, 50, 30],
  sync_bands_h: [24, 72, 120, 168],
  sha256: '0',
  methods: '',
}

const REASONS: DayMap['reasons'] = [
  'valid',
  'below_threshold',
  'not_worn',
  'pending_sync',
  'lost',
  'not_authorised',
  'outage',
  'paused',
  'not_due',
  'unknown',
]

/** A map of so many people and days: the n-th began n days late, and one day each was too short. */
export function dayMap(people: number, days: number, now: number, sleep: boolean): DayMap {
  const first = Math.floor(now / DAY) * DAY - days * DAY
  const participants = Array.from({ length: people }, (_, n) => {
    const late = n % 5
    const reason = Array.from({ length: days }, (_, d) => (d < late ? 8 : d === late + 2 ? 1 : 0))
    return {
      code: `P-${String(n + 1).padStart(3, '0')}`,
      timezone: 'UTC',
      site: null,
      first_due: day(first + late * DAY),
      synced_at: new Date(now - (n + 1) * 3_600_000).toISOString(),
      reason,
      worn: reason.map((r, d) => (r === 8 ? null : r === 1 ? 120 : 700 + 600 * chance(n, d))),
      asleep: sleep ? reason.map((r) => (r === 8 ? null : 420)) : null,
    }
  })
  return {
    study: 'DEMO',
    as_of: new Date(now).toISOString(),
    definition: DEFINITION,
    reasons: REASONS,
    first: day(first),
    days,
    participants,
  }
}

const WEEK = { participants: 10, expected: 70, closed: 70, pending: 0 }

export const trends = (now: number) => ({
  study: 'DEMO',
  as_of: new Date(now).toISOString(),
  definition: DEFINITION,
  enrolment: {
    target: 20,
    enrolled: 12,
    planned: 1,
    recent: 4,
    reached_on: '2027-01-17',
    days: [
      { day: '2026-10-01', participants: 8 },
      { day: '2026-11-01', participants: 12 },
    ],
  },
  retention: [
    { week: 0, at_risk: 12, left: 0, share: 1, low: null, high: null },
    { week: 1, at_risk: 11, left: 1, share: 11 / 12, low: 0.539, high: 0.988 },
  ],
  weeks: [
    { arm: null, week: 0, ...WEEK, valid: 63, adherence: 0.9 },
    { arm: null, week: 1, ...WEEK, valid: 56, adherence: 0.8 },
  ],
  by_arm: false,
})

/** 100 days of 12 hours and 50 of 9, of ten people. */
export const curve = Array.from({ length: 49 }, (_, n) => {
  const hours = n / 2
  const days = hours <= 9 ? 150 : hours <= 12 ? 100 : 0
  return {
    hours,
    days,
    days_share: days / 150,
    people: days > 0 ? 10 : 0,
    mean_steps: days > 0 ? 6000 + 100 * hours : null,
    mean_worn_hours: days > 0 ? 11 : null,
  }
})

const TITLES: Record<string, string> = {
  'ten-hours': 'At least 10 hours of wear',
  'twelve-hours': 'At least 12 hours of wear',
  'sixteen-hours': 'At least 16 hours of wear',
  'thousand-steps': 'At least 1,000 steps',
}

const definitions = Object.entries(TITLES).map(([name, title]) => ({ ...DEFINITION, name, title }))

function adherence(names: string[]) {
  const counts = {
    span: 'whole',
    valid: 90,
    closed: 150,
    pending: 3,
    expected: 153,
    adherence: 0.6,
  }
  return {
    as_of: '2026-11-22T00:00:00Z',
    adherence: names.map((name) => ({
      study: 'DEMO',
      definition: { ...DEFINITION, name, title: TITLES[name] ?? name },
      together: [counts],
      participants: [{ ...counts, participant: 'P-001' }],
    })),
  }
}

/** What the map and the trends are answered with; null if something else is asked for. */
export function answer(path: string, query: URLSearchParams, people: number, now: number): unknown {
  if (path === '/studies/DEMO/map') return dayMap(people, 30, now, query.get('sleep') === 'true')
  if (path === '/studies/DEMO/trends') return trends(now)
  if (path === '/adherence/sensitivity') return curve
  if (path === '/adherence') return adherence(query.getAll('definition'))
  if (path === '/definitions') return { definitions, in_force: DEFINITION, choices: [] }
  return null
}
