import type { Column } from '@/components/data-table'

/** A cell that no spreadsheet takes for a formula. */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

export interface Written<Row> extends Column<Row> {
  /** What a file says where that is not what the table sorts by. */
  text?: (row: Row) => string | number | null
}

/** The columns and rows of a table as a CSV file, in their order. */
export function csvOf<Row>(columns: readonly Written<Row>[], rows: readonly Row[]): string {
  const told = columns.filter(({ control }) => !control)
  const lines = [
    told.map(({ title }) => cell(title)),
    ...rows.map((row) => told.map(({ text, value }) => cell((text ?? value)(row)))),
  ]
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`
}

/** The rows in the order in which the table shows them. */
export function ordered<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  sort: string | undefined,
): Row[] {
  const column = columns.find(({ id }) => id === sort?.replace(/^-/, ''))
  if (!column) return [...rows]
  const way = sort?.startsWith('-') ? -1 : 1
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)]
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    return x === y ? 0 : (x < y ? -1 : 1) * way
  })
}

/** Hands a text to the browser as a file. */
export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
