import { expect, test } from 'vitest'
import type { JudgedDay, Night, Series, WearDay } from '@/api/client'
import { rowsOf } from './actogram'
import { figuresOf, readOut } from './day'
import { batteryOf, batteryUse } from './line-panel'
import { daysOf, profileOf, quantile } from './slots'

const HOUR = 3_600_000
const WORDS = new Proxy({} as Record<JudgedDay['reason'], { word: string }>, {
  get: (_, name) => ({ word: String(name) }),
})

const hours = (value: (hour: number) => number | null) =>
  Array.from({ length: 24 }, (_, hour) => value(hour))

const day = (name: string, more: Partial<WearDay> = {}): WearDay => ({
  day: name,
  starts_at: `${name}T00:00:00Z`,
  ends_at: new Date(Date.parse(`${name}T00:00:00Z`) + 24 * HOUR).toISOString(),
  offset_minutes: 0,
  home_offset_minutes: 0,
  lasts: null,
  worn: hours((hour) => (hour < 12 ? 60 : 0)).map((worn) => worn ?? 0),
  steps: hours((hour) => (hour < 12 ? hour : null)),
  heart_rate: hours((hour) => (hour < 12 ? 60 + hour : null)),
  ...more,
})

const judged = (name: string, reason: JudgedDay['reason']) => ({ day: name, reason }) as JudgedDay

const marks = (reason: JudgedDay['reason'] | null, synced: string | null, now: string) =>
  daysOf(
    [day('2026-03-02')],
    reason ? [judged('2026-03-02', reason)] : [],
    60,
    synced,
    Date.parse(now),
    WORDS,
  )[0]?.slots.map(({ mark }) => mark) ?? []

test('after the last sync what is not there may still come', () => {
  const found = marks('pending_sync', '2026-03-02T15:00:00Z', '2026-03-04T00:00:00Z')

  expect(found.slice(11, 16)).toEqual(['worn', 'off', 'off', 'off', 'pending'])
})

test('what is to come is blank, and so is a day on which nothing is due', () => {
  expect(marks(null, '2026-03-02T13:00:00Z', '2026-03-02T13:30:00Z').slice(12, 15)).toEqual([
    'off',
    'pending',
    'blank',
  ])
  expect(marks('not_due', '2026-03-04T00:00:00Z', '2026-03-04T00:00:00Z')[20]).toBe('blank')
})

test('of a lost day nothing is taken for not worn', () => {
  expect(marks('lost', '2026-03-04T00:00:00Z', '2026-03-04T00:00:00Z')[20]).toBe('gone')
})

test('a day recorded abroad is a journey, a day of 25 hours is none', () => {
  const found = daysOf(
    [
      day('2026-03-02', { offset_minutes: 540, home_offset_minutes: 60 }),
      day('2026-10-25', {
        offset_minutes: 60,
        home_offset_minutes: 120,
        starts_at: '2026-10-24T22:00:00Z',
        ends_at: '2026-10-25T23:00:00Z',
      }),
    ],
    [],
    60,
    null,
    Date.parse('2026-11-01'),
    WORDS,
  )

  expect(found.map(({ away }) => away)).toEqual([true, false])
})

test('quartiles are those of the days that measured the slot', () => {
  const days = daysOf(
    [0, 10, 20, 30].map((steps, n) =>
      day(`2026-03-0${n + 2}`, { steps: hours((hour) => (hour === 5 && n ? steps : null)) }),
    ),
    [],
    60,
    null,
    Date.parse('2026-03-10'),
    WORDS,
  )

  expect(profileOf(days, 'steps')[5]).toEqual({
    minute: 300,
    low: 15,
    median: 20,
    high: 25,
    days: 3,
  })
  expect(profileOf(days, 'steps')[6]?.median).toBeNull()
  expect(quantile([], 0.5)).toBeNull()
})

test('a row of a double-plotted actogram holds its day and the next', () => {
  const days = daysOf(
    [day('2026-03-02'), day('2026-03-03')],
    [],
    60,
    '2026-03-04T00:00:00Z',
    Date.parse('2026-03-05'),
    WORDS,
  )
  const sleep = {
    day: '2026-03-03',
    start: '2026-03-02T22:00:00Z',
    end: '2026-03-03T06:00:00Z',
    offset_minutes: 0,
    kind: 'stages',
    midpoint: 120,
    asleep_minutes: 400,
    efficiency: 90,
  }

  const [first, last] = rowsOf(days, [sleep], 'heart', true, false)
  const [noon] = rowsOf(days, [sleep], 'heart', false, true)

  expect(first?.bars.map(({ minute }) => minute).slice(11, 13)).toEqual([660, 1440])
  expect(first?.sleep).toEqual([[1320, 1800]])
  expect(last?.bars).toHaveLength(12)
  expect(noon?.worn).toEqual([[720, 1440]])
  expect(noon?.sleep).toEqual([[600, 1080]])
})

const minutes = (metric: string, from: number, sums: number[]): Series =>
  ({
    metric,
    t: sums.map((_, i) => new Date(from + i * 60_000).toISOString()),
    sum: sums,
    mean: sums,
    min: sums.map((value) => value - 5),
    max: sums.map((value) => value + 5),
  }) as Series

const START = Date.parse('2026-03-02T00:00:00Z')
const asleep = (_: readonly Night[], at: number) => (at < START + HOUR ? 'Light' : '')

const figures = (now: number) =>
  figuresOf({
    window: { start: START, end: START + 24 * HOUR },
    series: [
      minutes('heart_rate', START, [60, 61, 62]),
      minutes('steps', START, [...Array(15).fill(2), ...Array(15).fill(0)]),
    ],
    nights: [],
    timeline: null,
    syncedAt: '2026-03-02T06:00:00Z',
    now,
    quiet: null,
  })

test('steps of zero in minutes that nobody wore are no data', () => {
  const { bars } = figures(START + 24 * HOUR)

  expect(bars.map(({ steps }) => steps)).toEqual([30])
})

test('the wear strip tells worn, not worn and not synced yet apart', () => {
  const { worn } = figures(START + 12 * HOUR)

  expect(worn.map(({ mark }) => mark)).toEqual(['worn', 'off', 'pending'])
  expect(worn.at(-1)?.end).toBe(START + 12 * HOUR)
})

test('a gap of more than two minutes parts the line', () => {
  const beats = minutes('heart_rate', START, [60, 61, 62, 63])
  const at = [0, 1, 3, 6].map((minute) => new Date(START + minute * 60_000).toISOString())

  const { runs } = figuresOf({
    window: { start: START, end: START + HOUR },
    series: [{ ...beats, t: at }],
    nights: [],
    timeline: null,
    syncedAt: null,
    now: START + HOUR,
    quiet: null,
  })

  expect(runs.map((run) => run.map(({ mean }) => mean))).toEqual([[60, 61, 62], [63]])
})

test('the read-out says what every lane has at an instant, and what has none', () => {
  const found = figures(START + 24 * HOUR)

  expect(readOut(found, START + 60_000, 'UTC', asleep)).toEqual([
    '00:01',
    'heart rate 61 per min (56 to 66)',
    '30 steps in 15 min',
    'sleep: Light',
    'worn',
  ])
  expect(readOut(found, START + 8 * HOUR, 'UTC', asleep)).toEqual([
    '08:00',
    'no heart rate',
    'no steps data',
    'not synced yet',
  ])
})

test('the battery empties by so much a day, charging left out', () => {
  const told = (at: number, percent: number) => ({
    at: new Date(START + at * HOUR).toISOString(),
    device: 'W',
    percent,
    level: null,
  })
  const track = batteryOf({
    batteries: [told(0, 90), told(12, 80), told(13, 100), told(25, 90)],
  } as never)

  expect(batteryUse(track)).toBe(20)
})
