import type { Metric, Night, Participant, ParticipantDetail, Series } from '@/api/client'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
const ZONES = ['Europe/Berlin', 'Asia/Kolkata', 'America/New_York', 'Europe/Zurich']

const text = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')
const dateText = (at: number) => text(at).slice(0, 10)

/** A repeatable number between 0 and 1 for any two whole numbers. */
export const chance = (a: number, b: number): number => {
  const x = Math.sin(a * 127.1 + b * 311.7) * 43758.5453
  return x - Math.floor(x)
}

const SILENT_HOURS = [1, 5, 30, 80]

/** The n-th participant, seen from a moment. */
export function participant(n: number, now: number): Participant {
  const nothing = n % 17 === 16
  const last = now - (SILENT_HOURS[n % 4] ?? 1) * HOUR
  const today = Math.floor(last / DAY)
  return {
    code: `P-${String(n + 1).padStart(3, '0')}`,
    study: 'DEMO',
    timezone: ZONES[n % ZONES.length] ?? 'UTC',
    enrolled_on: dateText(now - 60 * DAY),
    withdrawn_on: n % 23 === 22 ? dateText(now - 5 * DAY) : null,
    first_sample_at: nothing ? null : text(now - 58 * DAY),
    last_sample_at: nothing ? null : text(last),
    days_with_data: nothing ? 0 : 58 - (n % 9),
    worn_minutes: nothing
      ? []
      : Array.from({ length: 14 }, (_, i) => ({
          day: dateText((today - 13 + i) * DAY),
          minutes: Math.round(chance(n, i) < 0.15 ? 200 : 700 + 700 * chance(i, n)),
        })),
    status: n % 23 === 22 ? 'withdrawn' : 'active',
    synced_at: nothing ? null : text(last),
    next_action: 'nothing',
    next_action_sentence: 'All is well.',
    closed_days: nothing ? 0 : 28,
    pending_days: 0,
    first_due: dateText(now - 59 * DAY),
    study_day: 60,
    study_days: null,
  }
}

const metric = (
  name: string,
  title: string,
  unit: string,
  fold: Metric['fold'],
  resolution_s: number | null,
  family: string,
): Metric => ({
  name,
  title,
  unit,
  kind: resolution_s === null ? 'episode' : resolution_s === 86_400 ? 'daily' : 'sample',
  resolution_s,
  low: 0,
  high: 1000,
  fold,
  hole: 'not_worn',
  loinc: null,
  family,
})

export const CATALOGUE: Metric[] = [
  metric('heart_rate', 'Heart rate', '/min', 'mean', 1, 'heart'),
  metric('hrv_rmssd', 'Heart rate variability (RMSSD)', 'ms', 'mean', 60, 'hrv'),
  metric('spo2', 'Oxygen saturation', '%', 'mean', 60, 'spo2'),
  metric('breathing_rate', 'Breathing rate', '/min', 'mean', 86_400, 'breathing'),
  metric('steps', 'Steps', '{steps}', 'sum', 60, 'activity'),
  metric('active_zone_minutes', 'Active zone minutes', 'min', 'sum', 60, 'zones'),
  metric('sleep', 'Sleep', 'min', 'sum', null, 'sleep'),
]

export const detail = (whom: Participant): ParticipantDetail => ({
  ...whom,
  metrics: CATALOGUE.map(({ name }) => ({
    metric: name,
    first: whom.first_sample_at ?? '',
    last: whom.last_sample_at ?? '',
    days: whom.days_with_data,
    samples: 1000,
  })),
})

const TYPICAL: Record<string, [number, number]> = {
  heart_rate: [68, 26],
  hrv_rmssd: [42, 18],
  spo2: [96, 3],
  breathing_rate: [15, 3],
  steps: [420, 800],
  active_zone_minutes: [2, 12],
}

const LEVELS: [Series['level'], number][] = [
  ['1m', 60_000],
  ['1h', HOUR],
  ['1d', DAY],
  ['1w', 7 * DAY],
]

const asleep = (at: number) => (at % DAY) / HOUR < 7

/** A made-up series in a window: quiet at night, with gaps where nobody wore the device. */
export function series(
  whom: Participant,
  name: string,
  start: number,
  end: number,
  resolution: string,
  points: number,
): Series {
  const { title, unit, fold, resolution_s } = CATALOGUE.find((m) => m.name === name) ?? {
    title: name,
    unit: '1',
    fold: 'mean' as const,
    resolution_s: 60,
  }
  const daily = resolution_s === 86_400
  const fitting = LEVELS.find(([level, step]) =>
    ['auto', 'span'].includes(resolution) ? (end - start) / step <= points : level === resolution,
  ) ?? ['1d', DAY]
  const [level, step] = daily ? (['1d', DAY] as const) : fitting
  const n = Number(whom.code.slice(2))
  const first = Math.max(start, whom.first_sample_at ? Date.parse(whom.first_sample_at) : end)
  const last = Math.min(end, whom.last_sample_at ? Date.parse(whom.last_sample_at) : 0)
  const [centre, swing] = TYPICAL[name] ?? [10, 5]

  const rows: { t: string; mean: number; count: number; spread: number }[] = []
  for (let at = Math.ceil(first / step) * step; at < last; at += step) {
    const nightly = ['hrv_rmssd', 'spo2'].includes(name) && step < DAY
    const away = chance(n, Math.floor(at / (6 * HOUR))) < 0.12
    if (away || (nightly && !asleep(at))) continue
    const wave = asleep(at) ? -0.35 : 0.3 * Math.sin(at / HOUR / 2.3 + n)
    const value = centre + swing * (wave + 0.35 * (chance(at / step, n) - 0.5))
    const mean = fold === 'sum' ? Math.max(0, asleep(at) ? 0 : value) : value
    rows.push({ t: text(at), mean, count: daily ? 1 : Math.round(step / 5000), spread: swing / 2 })
  }
  const total = ({ mean, count }: { mean: number; count: number }) =>
    fold === 'sum' ? Math.round(mean * (step / HOUR)) : mean * count
  return {
    participant: whom.code,
    study: whom.study,
    metric: name,
    title,
    unit,
    fold,
    level,
    imputed: 'exclude',
    t: rows.map(({ t }) => t),
    count: rows.map(({ count }) => count),
    sum: rows.map(total),
    mean: rows.map(({ mean }) => mean),
    min: rows.map(({ mean, spread }) => mean - (daily ? 0 : spread * 0.6)),
    max: rows.map(({ mean, spread }) => mean + (daily ? 0 : spread)),
    first: rows.map(({ mean }) => mean),
    last: rows.map(({ mean }) => mean),
  }
}

const CYCLE = ['light', 'deep', 'light', 'rem', 'wake'] as const
const LENGTHS = [35, 25, 20, 20, 5]

/** One night that ends on the day of an instant. */
export function night(whom: Participant, day: number): Night {
  const start = Math.floor(day / DAY) * DAY - HOUR + chance(day / DAY, 3) * HOUR
  let at = start
  const stages = Array.from({ length: 20 }, (_, i) => {
    const begin = at
    at += (LENGTHS[i % 5] ?? 10) * 60_000 * (0.6 + 0.7 * chance(i, day / DAY))
    return { stage: CYCLE[i % 5] ?? 'light', start: text(begin), end: text(at) }
  })
  return {
    participant: whom.code,
    day: dateText(day),
    start: text(start),
    end: text(at),
    offset_minutes: 60,
    main: true,
    kind: 'stages',
    minutes_asleep: Math.round((at - start) / 60_000) - 25,
    stages,
  }
}
