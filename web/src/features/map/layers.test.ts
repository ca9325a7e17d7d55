import { expect, test } from 'vitest'
import { type Cell, cellWords, type Layer, lookOf, minutesWords } from './layers'
import type { Reason } from './queries'

const cell = (reason: Reason, worn: number | null = null, asleep: number | null = null): Cell => ({
  reason,
  worn,
  asleep,
})

test('a darker colour means less wear', () => {
  const fills = [60, 700, 1400].map((worn) => lookOf('wear', cell('valid', worn)).fill)

  expect(new Set(fills).size).toBe(3)
  expect(fills[2]).toBe(lookOf('wear', cell('valid', 1400)).fill)
})

test.each<[Layer]>([['wear'], ['sync'], ['valid'], ['reason']])(
  'no two looks of the layer %s differ by colour alone',
  (layer) => {
    const reasons: Reason[] = [
      'valid',
      'below_threshold',
      'not_worn',
      'pending_sync',
      'lost',
      'not_authorised',
      'outage',
      'paused',
      'unknown',
    ]
    const looks = new Map(reasons.map((reason) => [lookOf(layer, cell(reason)).word, reason]))

    const glyphs = [...looks.values()].map((reason) => lookOf(layer, cell(reason)).glyph)

    expect(new Set(glyphs).size).toBe(glyphs.length)
  },
)

test('a pending day has no zero in words either', () => {
  expect(cellWords('wear', cell('pending_sync'))).toBe('Waiting for a sync')
  expect(cellWords('wear', cell('not_worn', 0))).toBe('Not worn, worn 0 h 00 min')
})

test('a night that was not uploaded is told apart from one that waits', () => {
  expect(lookOf('sleep', cell('valid', 900)).word).toBe('No sleep was uploaded')
  expect(lookOf('sleep', cell('pending_sync')).word).toBe('Waiting for a sync')
  expect(cellWords('sleep', cell('valid', 900, 425))).toContain('asleep 7 h 05 min')
})

test('minutes are rounded before they are split into hours', () => {
  expect(minutesWords(119.7)).toBe('2 h 00 min')
})
