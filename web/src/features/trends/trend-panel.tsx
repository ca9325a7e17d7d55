import { type ReactNode, type RefObject, useRef } from 'react'
import { type Column, DataTable } from '@/components/data-table'
import { Panel } from '@/components/panel'
import { csvAddress, csvOf } from './words'

interface Props<Row extends object> {
  title: string
  /** The finding, in a sentence. */
  finding: ReactNode
  rows: Row[]
  rowKey: (row: Row) => string
  columns: Column<Row>[]
  table: boolean
  onTable: (shown: boolean) => void
  /** Whether whoever looks at it may take the numbers away. */
  exports: boolean
  children: (readout: RefObject<HTMLOutputElement | null>) => ReactNode
}

/** A trend: what is found, the chart, and the same numbers as a table and as CSV. */
export function TrendPanel<Row extends object>(props: Props<Row>) {
  const { title, finding, rows, rowKey, columns, table, onTable, exports, children } = props
  const readout = useRef<HTMLOutputElement>(null)
  const text = csvOf(
    columns.map(({ id }) => id),
    rows.map((row) => columns.map(({ value }) => value(row))),
  )
  return (
    <Panel
      title={title}
      readout={readout}
      {...(exports && { csv: csvAddress(text) })}
      table={table}
      onTable={onTable}
      busy={false}
    >
      <p className="finding">{finding}</p>
      {rows.length > 0 && children(readout)}
      {rows.length === 0 && <p className="none">Nothing to show yet.</p>}
      {table && rows.length > 0 && (
        <DataTable caption={`${title} in numbers`} columns={columns} rows={rows} rowKey={rowKey} />
      )}
    </Panel>
  )
}
