import { expect, test } from 'vitest'
import { type Run, standing } from './queries'
import { fates, figureWords, gapFate } from './words'

const run = (id: number, state: string, start: string | null = null): Run => ({
  id,
  study: 'DEMO',
  metric: 'heart_rate',
  method: 'ssm-1',
  state,
  draws: 20,
  seed: 0,
  software: 'wearhouse',
  started_by: 'Ada',
  started_at: '2026-03-01T10:00:00Z',
  finished_at: null,
  people: 1,
  finished: 1,
  minutes: 10,
  data_hash: null,
  detail: '',
  start,
  end: start,
  classes: null,
})

test('the runs that stand reach back to the newest over all days', () => {
  const runs = [
    run(5, 'withdrawn'),
    run(4, 'done', '2026-03-02'),
    run(3, 'stale'),
    run(2, 'done'),
    run(1, 'replaced'),
  ]

  expect(standing(runs, 'heart_rate').map(({ id }) => id)).toEqual([4, 3])
  expect(standing(runs, 'steps')).toEqual([])
})

test('minutes are counted by what became of them', () => {
  const counts = { measured: 100, short: 5, supported: 20, long: 60, unreleased: 7 }

  expect(fates(counts)).toEqual({ measured: 100, filled: 25, refused: 67 })
})

test('a gap that was refused is not told as filled whatever the reason', () => {
  const gap = {
    gap: 1,
    start_at: '2026-03-01T10:00:00Z',
    end_at: '2026-03-01T11:00:00Z',
    minutes: 60,
    gap_minutes: 60,
    why: 'supported',
  }

  expect(gapFate({ ...gap, code: 'refused' }).filled).toBe(false)
  expect(gapFate({ ...gap, code: 'non_wear' }).words).toMatch(/^filled: non-wear/)
})

test('a figure is told with its interval where it has one', () => {
  expect(figureWords({ value: 4.148, low: 3.9, high: 4.4 })).toBe('4.15 [3.90, 4.40]')
  expect(figureWords({ value: null, low: null, high: null })).toBe('–')
})
