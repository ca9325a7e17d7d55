import { expect, test } from 'vitest'
import { rowsOf, without } from './list-text'

test('blank lines are no rows, and a line that holds code is a heading', () => {
  expect(rowsOf('\ufeffcode;site\r\n\r\nP-1;NORTH\r\nP-2;SOUTH\r\n')).toEqual({
    heading: 'code;site',
    rows: ['P-1;NORTH', 'P-2;SOUTH'],
  })
  expect(rowsOf('P-1\n\nP-2').rows).toEqual(['P-1', 'P-2'])
})

test('rows are left out by their places, the heading stays', () => {
  expect(without('code\nP-1\nP-2\nP-3', new Set([2]))).toBe('code\nP-1\nP-3')
})
