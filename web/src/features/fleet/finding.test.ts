import { expect, test } from 'vitest'
import { finding } from './finding'
import type { ComparisonRow } from './queries'
import { matches, wantedOf } from './search'

const rate = (value: number) => ({ value, low: value - 1, high: value + 1, devices: 9 })

const row = (verdict: ComparisonRow['verdict'], cohort = ''): ComparisonRow => ({
  cohort,
  vital: 'battery_drop',
  before: rate(12),
  after: rate(30),
  difference: 18,
  low: 10,
  high: 26,
  verdict,
})

const said = (...rows: ComparisonRow[]) =>
  finding({ version: '0.10.0', previous: '0.9.1', rows }, '‰')

test('a release that is worse is named with what it was before', () => {
  expect(said(row('worse'))).toBe(
    '0.10.0 is worse than 0.9.1: battery drop of all cohorts (30 ‰ an hour, before 12 ‰ an hour).',
  )
})

test('what is worse in one cohort only is said of that cohort', () => {
  expect(said(row('no difference seen'), row('worse', 'beta'))).toMatch(
    /worse than 0.9.1: battery drop of cohort beta.*No difference to be seen in 1 other comparison/,
  )
})

test('where nothing differs the page says so', () => {
  expect(said(row('no difference seen'))).toBe('No difference to be seen between 0.10.0 and 0.9.1.')
})

test('too few devices are not called no difference', () => {
  expect(said(row('too few devices'))).toMatch(/^Too few devices/)
})

test('a name and a value is an attribute only where devices report that name', () => {
  expect(wantedOf('boot_reason:watchdog WH:1 alpha', ['boot_reason'])).toEqual({
    attributes: ['boot_reason:watchdog'],
    words: ['wh:1', 'alpha'],
  })
})

test('every word must stand somewhere in what is known of a device', () => {
  const device = {
    project: '1',
    device: '7',
    serial: 'WH07',
    cohort: 'alpha',
    hardware: 'evt',
    version: '0.9.0',
    captured_at: '2026-06-01T00:00:00Z',
    created_at: '2026-06-01T00:00:00Z',
    metrics: {},
  }

  expect([matches(device, ['alp', '0.9']), matches(device, ['alpha', 'beta'])]).toEqual([
    true,
    false,
  ])
})
