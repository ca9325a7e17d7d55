import { expect, test } from 'vitest'
import type { Metric, Series } from '@/api/client'
import { CATALOGUE } from '@/testing/study'
import { drawnOf } from './drawn'
import { figureWords, imputedDrawnOf, imputedWordsAt } from './imputed'

const metric = (name: string): Metric => {
  const found = CATALOGUE.find((each) => each.name === name)
  if (!found) throw new Error(`The test catalogue has no ${name}.`)
  return found
}

const HEART = metric('heart_rate')
const hour = (at: number) => `2026-03-01T${at}:00:00Z`
const shared = {
  participant: 'P-001',
  study: 'DEMO',
  metric: 'heart_rate',
  title: 'Heart rate',
  unit: '/min',
  fold: 'mean' as const,
  imputed: 'include' as const,
}

// From ten to two: measured; half imputed; all imputed; measured; and three hours later measured.
const HOURLY: Series = {
  ...shared,
  level: '1h',
  t: [10, 11, 12, 13, 16].map(hour),
  count: [60, 30, 0, 60, 60],
  sum: [3600, 1860, null, 3840, 3900],
  mean: [60, 62, null, 64, 65],
  min: [50, 52, null, 54, 55],
  max: [70, 72, null, 74, 75],
  imputed_count: [0, 30, 60, 0, 0],
  imputed_sum: [0, 1980, 4200, 0, 0],
  estimate: [60, 64, 70, 64, 65],
  low: [60, 63, 66, 64, 65],
  high: [60, 65, 74, 64, 65],
}

test('what was measured is drawn as it was without the imputed', () => {
  const { track } = drawnOf(HOURLY, HEART, 0)

  expect(track.values).toEqual([60, 62, null, 64, null, 65])
  expect(track.imputed).toBeUndefined()
})

test('a line of imputed values leads to what was measured beside them', () => {
  const track = imputedDrawnOf(HOURLY, HEART, 0)?.track

  expect(track?.values).toEqual([60, 64, 70, 64])
  expect(track?.imputed?.own).toEqual([false, true, true, false])
  expect(track?.lows).toEqual([60, 63, 66, 64])
})

test('a series of which nothing was imputed has no such line', () => {
  const none = { ...HOURLY, imputed_count: [0, 0, 0, 0, 0] }

  expect(imputedDrawnOf(none, HEART, 0)).toBeNull()
})

test('an imputed value is told with its interval, a measured one is not told as imputed', () => {
  const drawn = imputedDrawnOf(HOURLY, HEART, 0)
  const told = (at: string) => drawn && imputedWordsAt(drawn, Date.parse(at), 'UTC', 'per min')

  expect(told('2026-03-01T12:30:00Z')).toBe(
    'P-001, 2026-03-01 12:00, with 60 imputed min: 70 per min (90 % interval 66 to 74)',
  )
  expect(told('2026-03-01T13:30:00Z')).toBe('')
})

test('raw values that were imputed are apart from those that were measured', () => {
  const raw: Series = {
    ...shared,
    level: 'raw',
    t: ['10:00:00', '10:01:00', '10:02:00'].map((time) => `2026-03-01T${time}Z`),
    value: [60, 61, 62],
    is_imputed: [false, true, false],
    low: [null, 57, null],
    high: [null, 65, null],
  }

  expect(drawnOf(raw, HEART, 0).track.values).toEqual([60, 62])
  expect(imputedDrawnOf(raw, HEART, 0)?.track.imputed?.own).toEqual([false, true, false])
  expect(figureWords(raw, HEART, 'per min')).toBe(
    'P-001: measured 2 samples, mean 61 per min; imputed 1 min, mean 61 per min.',
  )
})

test('an imputed part of an amount stands on what was measured', () => {
  const steps: Series = { ...HOURLY, metric: 'steps', fold: 'sum', unit: '{steps}' }
  const track = imputedDrawnOf(steps, metric('steps'), 0)?.track

  expect(track?.values.filter((value) => value !== null)).toEqual([64, 70])
  expect(track?.imputed?.bases).toEqual([1860, 0])
})

test('measured and imputed are counted side by side', () => {
  expect(figureWords(HOURLY, HEART, 'per min')).toBe(
    'P-001: measured 210 samples, mean 62.9 per min; imputed 90 min, mean 68.7 per min.',
  )
})
