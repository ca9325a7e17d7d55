import { expect, test } from 'vitest'
import { csvOf, ordered, type Written } from './csv'

interface Row {
  name: string
  share: number | null
}

const columns: Written<Row>[] = [
  { id: 'name', title: 'Name', value: ({ name }) => name },
  { id: 'share', title: 'Share', value: ({ share }) => share, text: ({ share }) => share },
  { id: 'x', title: 'Control', control: true, value: () => null },
]

test('a file has the columns that are shown, without controls', () => {
  expect(csvOf(columns, [{ name: 'a', share: 0.5 }])).toBe('Name,Share\r\na,0.5\r\n')
})

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM', "'@SUM"],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
])('%s cannot be taken for a formula or for two cells', (name, written) => {
  expect(csvOf(columns, [{ name, share: null }])).toBe(`Name,Share\r\n${written},\r\n`)
})

test('rows stand as the table shows them: missing values last, whichever way', () => {
  const rows = [
    { name: 'a', share: null },
    { name: 'b', share: 1 },
    { name: 'c', share: 2 },
  ]

  expect(ordered(columns, rows, 'share').map(({ name }) => name)).toEqual(['b', 'c', 'a'])
  expect(ordered(columns, rows, '-share').map(({ name }) => name)).toEqual(['c', 'b', 'a'])
})
