import { expect, test } from 'vitest'
import { dayMap } from '@/testing/overview'
import { arrange, countsOf, dateOf, newest, studyDay } from './arrange'
import { cellAt } from './layers'
import { placed } from './moves'
import type { DayMap } from './queries'

const NOW = Date.parse('2026-03-30T10:00:00Z')
const map: DayMap = dayMap(3, 10, NOW, false)

test('by calendar a column is the same date for everybody', () => {
  const { lines, columns } = arrange(map, 'calendar', 'code')

  expect(columns).toBe(10)
  expect(lines.map((line) => dateOf(map, line, 9))).toEqual(Array(3).fill('2026-03-29'))
})

test('by study day a column is the same study day for everybody', () => {
  const arranged = arrange(map, 'study', 'code')

  const days = arranged.lines.map((line) => studyDay(map, line, 2))
  const reasons = arranged.lines.map((line) => cellAt(map, line.person, 2 + line.shift)?.reason)
  expect(days).toEqual([3, 3, 3])
  expect(reasons).toEqual(Array(3).fill('below_threshold'))
  expect([arranged.first, arranged.columns]).toEqual([1, 10])
})

test('days before anything is expected of anybody are left out', () => {
  const late = { ...map, participants: map.participants.slice(2) }

  const { first, columns, lines } = arrange(late, 'calendar', 'code')

  expect(columns).toBe(8)
  expect(first).toBe(Math.round(Date.parse('2026-03-22') / 86_400_000))
  expect(newest(lines[0] ?? expect.fail())).toBe(7)
})

test('pauses and days on which nothing is expected count nowhere', () => {
  const [person] = map.participants
  if (!person) throw new Error('nobody')
  const paused = { ...person, reason: [8, 7, 0, 3, 1] }

  expect(countsOf(map, paused)).toMatchObject({ days: 3, closed: 2, valid: 1, pending: 1 })
})

test('who adheres least stands first, and who has no closed day last', () => {
  const changed = map.participants.map((one, n) => ({ ...one, reason: [[0], [3], [1]][n] ?? [] }))

  const { lines } = arrange({ ...map, participants: changed }, 'calendar', 'adherence')

  expect(lines.map(({ person }) => person.code)).toEqual(['P-003', 'P-001', 'P-002'])
})

const SIZE = { rows: 5, columns: 10, page: 3 }
const press = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false })

test.each([
  ['ArrowRight', false, { row: 2, column: 6 }],
  ['ArrowUp', false, { row: 1, column: 5 }],
  ['Home', false, { row: 2, column: 0 }],
  ['End', false, { row: 2, column: 9 }],
  ['Home', true, { row: 0, column: 0 }],
  ['End', true, { row: 4, column: 9 }],
  ['PageDown', false, { row: 4, column: 5 }],
  ['ArrowDown', true, { row: 4, column: 5 }],
])('%s (control %s) leads where a grid is expected to lead', (key, ctrl, to) => {
  expect(placed({ row: 2, column: 5 }, press(key, ctrl), SIZE)).toEqual(to)
})

test('no key leads out of the grid, and others are left alone', () => {
  expect(placed({ row: 0, column: 0 }, press('ArrowLeft'), SIZE)).toEqual({ row: 0, column: 0 })
  expect(placed({ row: 0, column: 0 }, press('a'), SIZE)).toBeNull()
})
