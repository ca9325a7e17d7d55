import { expect, test } from 'vitest'
import type { Heartbeat } from './queries'
import { changesOf, pointsOf, silencesOf } from './timeline'

const HOUR = 3_600_000
const START = Date.parse('2026-03-29T00:00:00Z')

const beat = (
  hour: number,
  metrics: Record<string, unknown> = {},
  version = '0.9.0',
): Heartbeat => ({
  captured_at: new Date(START + hour * HOUR).toISOString(),
  created_at: new Date(START + hour * HOUR).toISOString(),
  type: 'heartbeat',
  version,
  cohort: 'alpha',
  hardware: 'evt',
  metrics,
})

test('a missed report is a silence, a report on time is none', () => {
  const beats = [0, 1, 2, 3, 6, 7].map((hour) => beat(hour))

  expect(silencesOf(beats)).toEqual([{ start: START + 3 * HOUR, end: START + 6 * HOUR }])
})

test('reports every six hours are no silences', () => {
  expect(silencesOf([0, 6, 12, 18, 24].map((hour) => beat(hour)))).toEqual([])
})

test('no line goes through a silence', () => {
  const beats = [0, 1, 2, 5, 6].map((hour) => beat(hour, { battery: hour }))

  expect(pointsOf(beats, 'battery').map((run) => run.map(({ value }) => value))).toEqual([
    [0, 1, 2],
    [5, 6],
  ])
})

test('a report without the metric is a hole, not a zero', () => {
  const values = [4, null, 6]
  const beats = values.map((battery, hour) => beat(hour, { battery }))

  expect(pointsOf(beats, 'battery').map((run) => run.map(({ value }) => value))).toEqual([[4], [6]])
})

test('a change of version is told at the first report of the new one', () => {
  const beats = [beat(0), beat(1, {}, '0.10.0'), beat(2, {}, '0.10.0')]

  expect(changesOf(beats)).toEqual([{ at: START + HOUR, from: '0.9.0', to: '0.10.0' }])
})
