import uPlot from 'uplot'
import { expect, test } from 'vitest'
import type { Metric, Series } from '@/api/client'
import { aligned } from '@/components/chart/tracks'
import { CATALOGUE } from '@/testing/study'
import { drawnOf, wordsAt } from './drawn'

const metric = (name: string): Metric => {
  const found = CATALOGUE.find((each) => each.name === name)
  if (!found) throw new Error(`The test catalogue has no ${name}.`)
  return found
}

const series = (name: string, level: Series['level'], points: [string, number][]): Series => {
  const { title, unit, fold } = metric(name)
  const values = points.map(([, value]) => value)
  const imputed = 'exclude' as const
  const shared = { study: 'DEMO', metric: name, title, unit, fold, level, imputed }
  const t = points.map(([at]) => at)
  if (level === 'raw') return { ...shared, participant: 'P-001', t, value: values }
  return {
    ...shared,
    participant: 'P-001',
    t,
    count: values.map(() => 10),
    mean: values,
    sum: values.map((value) => value * 10),
    min: values.map((value) => value - 1),
    max: values.map((value) => value + 1),
    first: values,
    last: values,
  }
}

test('a missing hour breaks the line', () => {
  const hourly = series('heart_rate', '1h', [
    ['2026-03-01T10:00:00Z', 60],
    ['2026-03-01T11:00:00Z', 61],
    ['2026-03-01T13:00:00Z', 63],
  ])

  const { track } = drawnOf(hourly, metric('heart_rate'), 0)

  expect(track.values).toEqual([60, 61, null, 63])
  expect(track.lows).toEqual([59, 60, null, 62])
})

test('raw heart rate is joined up to fifteen minutes and no further', () => {
  const raw = series('heart_rate', 'raw', [
    ['2026-03-01T10:00:00Z', 60],
    ['2026-03-01T10:15:00Z', 61],
    ['2026-03-01T10:30:01Z', 62],
  ])

  const { track } = drawnOf(raw, metric('heart_rate'), 0)

  expect(track.values).toEqual([60, 61, null, 62])
})

test('a missing night breaks a line of daily values', () => {
  const daily = series('breathing_rate', 'raw', [
    ['2026-03-01T00:00:00Z', 14],
    ['2026-03-02T00:00:00Z', 15],
    ['2026-03-04T00:00:00Z', 16],
  ])

  const { track } = drawnOf(daily, metric('breathing_rate'), 0)

  expect(track.values).toEqual([14, 15, null, 16])
})

test('the gap of one participant stays a gap where another has data', () => {
  const hours = (names: number[]) =>
    series(
      'heart_rate',
      '1h',
      names.map((hour) => [`2026-03-01T${hour}:00:00Z`, hour]),
    )
  const tracks = [hours([10, 11, 14, 15]), hours([10, 11, 12, 13, 14, 15])].map((each, slot) => ({
    ...drawnOf(each, metric('heart_rate'), slot).track,
    lows: null,
  }))

  const [, first] = aligned(tracks, uPlot.join)

  expect(Array.from(first ?? [])).toEqual([10, 11, null, null, null, 14, 15])
})

test('totals are drawn for what is counted, means for what is measured', () => {
  const steps = series('steps', '1h', [['2026-03-01T10:00:00Z', 12]])

  expect(drawnOf(steps, metric('steps'), 0).track.values).toEqual([120])
})

test('the value under the cursor is told with its range, and a gap tells nothing', () => {
  const hourly = series('heart_rate', '1h', [
    ['2026-03-01T10:00:00Z', 60],
    ['2026-03-01T15:00:00Z', 63],
  ])
  const drawn = drawnOf(hourly, metric('heart_rate'), 0)
  const told = (at: string) => wordsAt(drawn, Date.parse(at), 'Europe/Berlin', 'per min')

  expect(told('2026-03-01T10:30:00Z')).toBe('P-001, 2026-03-01 11:00: 60 per min (59 to 61)')
  expect(told('2026-03-01T12:30:00Z')).toBe('')
})
