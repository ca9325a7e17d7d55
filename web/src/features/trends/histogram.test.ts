import { expect, test } from 'vitest'
import { curve } from '@/testing/overview'
import { binsOf, cutOf } from './histogram'

test('the bins hold every day once', () => {
  const bins = binsOf(curve)

  expect(bins.reduce((sum, { days }) => sum + days, 0)).toBe(150)
  expect(bins.filter(({ days }) => days > 0).map(({ from, days }) => [from, days])).toEqual([
    [9, 50],
    [12, 100],
  ])
})

test('the last bin holds whole days', () => {
  const whole = curve.map((point) => ({ ...point, days: 7 }))

  expect(binsOf(whole).at(-1)).toEqual({ from: 23, to: 24, days: 7 })
})

test.each([
  ['10', 10],
  ['7.3', 7.5],
  ['99', 24],
  ['-1', 0],
  ['x', 10],
  [undefined, 10],
])('the cut %s in the address is %s hours', (text, hours) => {
  expect(cutOf(text, 10)).toBe(hours)
})
