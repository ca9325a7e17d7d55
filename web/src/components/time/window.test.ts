import { expect, test } from 'vitest'
import { ticksOf } from './ticks'
import { between, daysUntil, shifted, textOf, windowOf, windowWords, zoomed } from './window'

const HOUR = 3_600_000
const BERLIN = 'Europe/Berlin'
const KATHMANDU = 'Asia/Kathmandu'

test('a date given as an end includes that whole day', () => {
  const window = windowOf('2026-03-01', '2026-03-01', KATHMANDU)

  expect(window).toEqual({
    start: Date.parse('2026-03-01T00:00:00+05:45'),
    end: Date.parse('2026-03-02T00:00:00+05:45'),
  })
})

test('the day on which the clocks jump forward lasts 23 hours', () => {
  const window = windowOf('2026-03-29', '2026-03-29', BERLIN)

  expect((window?.end ?? 0) - (window?.start ?? 0)).toBe(23 * HOUR)
})

test('whole days go to the address bar as dates and come back the same', () => {
  const window = daysUntil(Date.parse('2026-10-25T12:00:00Z'), 7, BERLIN)

  const text = textOf(window, BERLIN)

  expect(text).toEqual({ from: '2026-10-19', to: '2026-10-25' })
  expect(windowOf(text.from, text.to, BERLIN)).toEqual(window)
})

test('part of a day goes to the address bar as instants and comes back the same', () => {
  const window = between(Date.parse('2026-03-01T10:15:00Z'), Date.parse('2026-03-01T11:00:00Z'))

  const text = textOf(window, BERLIN)

  expect(text.from).toBe('2026-03-01T10:15:00Z')
  expect(windowOf(text.from, text.to, BERLIN)).toEqual(window)
})

test('the next day after a short day is a whole day', () => {
  const short = daysUntil(Date.parse('2026-03-29T12:00:00Z'), 1, BERLIN)

  expect(textOf(shifted(short, 1, BERLIN), BERLIN)).toEqual({
    from: '2026-03-30',
    to: '2026-03-30',
  })
})

test('zooming in keeps the middle and stops at a minute', () => {
  const window = { start: 0, end: 60_000 }

  expect(zoomed({ start: 0, end: 4 * HOUR }, 0.5)).toEqual({ start: HOUR, end: 3 * HOUR })
  expect(zoomed(window, 0.5)).toEqual(window)
})

test.each([
  ['2026-03-02', '2026-03-01'],
  ['soon', 'later'],
  [undefined, '2026-03-01'],
])('%s to %s is no window', (from, to) => {
  expect(windowOf(from, to, BERLIN)).toBeNull()
})

test('a window is told on the clocks of the participant', () => {
  const window = {
    start: Date.parse('2026-03-01T10:00:00Z'),
    end: Date.parse('2026-03-01T11:00:00Z'),
  }

  expect(windowWords(window, KATHMANDU)).toBe('1 Mar 2026, 15:45 to 1 Mar 2026, 16:45')
})

test('marks of days stand on civil midnights across a change of the clocks', () => {
  const window = daysUntil(Date.parse('2026-03-31T12:00:00Z'), 4, BERLIN)

  const ticks = ticksOf(window, BERLIN, 4)

  expect(ticks.map(({ label }) => label)).toEqual(['28 Mar', '29 Mar', '30 Mar', '31 Mar'])
  expect(ticks.at(-1)?.at).toBe(Date.parse('2026-03-31T00:00:00+02:00'))
})

test('marks of a long window are the first days of months', () => {
  const window = daysUntil(Date.parse('2026-06-30T12:00:00Z'), 365, BERLIN)

  expect(ticksOf(window, BERLIN, 5).map(({ label }) => label)).toEqual([
    'Jul',
    'Oct',
    '2026',
    'Apr',
  ])
})
