import { expect, test } from 'vitest'
import { bandsOf, bucketStart, roundsOf, runsOf, splitOf } from './bands'
import { placed } from './plot-frame'
import type { FiguresRow } from './queries'

const row = (day: string, median: number | null, version = '0.9.0'): FiguresRow => ({
  group: { day, version },
  count: median === null ? 0 : 9,
  outside: 0,
  mean: median,
  sd: null,
  low: median,
  high: median,
  quantiles: [median, median, median, median, median],
})

test('a day without reports breaks the band', () => {
  const bands = bandsOf([row('2026-06-01', 1), row('2026-06-02', 2), row('2026-06-04', 4)], 'day')

  expect(runsOf(bands).map((run) => run.map(({ q }) => q[2]))).toEqual([[1, 2], [4]])
})

test('a bucket without a value is a gap, not a zero', () => {
  const bands = bandsOf(
    [row('2026-06-01', 1), row('2026-06-02', null), row('2026-06-03', 3)],
    'day',
  )

  expect(runsOf(bands)).toHaveLength(2)
})

test.each([
  ['2026-06-01', '2026-06-01T00:00:00Z'],
  ['2026-06-01T05:00:00Z', '2026-06-01T05:00:00Z'],
])('the bucket %s begins at %s', (text, start) => {
  expect(bucketStart(text)).toBe(Date.parse(start))
})

test('versions keep the order in which the server names them', () => {
  const rows = [row('2026-06-01', 1, '0.9.0'), row('2026-06-01', 1, '0.10.0')]

  expect(splitOf(rows, 'version').map(([name]) => name)).toEqual(['0.9.0', '0.10.0'])
})

test('the marks of an axis are round numbers within it', () => {
  expect(roundsOf(-3, 104, 5)).toEqual([0, 50, 100])
})

test('labels that would cover each other stand in rows', () => {
  const marks = ['0.8.0', '0.9.0', '0.9.1'].map((label, at) => ({ at, label }))

  expect(placed(marks, (at) => at * 2).map(({ row: of }) => of)).toEqual([0, 1, 2])
})
