import './imputation.css'
import { type ReactNode, useRef } from 'react'
import { type Column, DataTable } from '@/components/data-table'
import { Panel } from '@/components/panel'

export interface Tabled {
  table: boolean
  onTable: (shown: boolean) => void
}

interface Props<Row extends object> extends Tabled {
  title: string
  unit?: string
  /** The finding, in a sentence. */
  finding: ReactNode
  rows: Row[]
  rowKey: (row: Row) => string
  columns: Column<Row>[]
  children: ReactNode
}

/** A figure of a run: what it says, the plot, and the same numbers as a table. */
export function FigurePanel<Row extends object>(props: Props<Row>) {
  const { title, unit, finding, rows, rowKey, columns, table, onTable, children } = props
  const readout = useRef<HTMLOutputElement>(null)
  return (
    <Panel title={title} unit={unit} readout={readout} table={table} onTable={onTable} busy={false}>
      <p className="finding">{finding}</p>
      {children}
      {table && rows.length > 0 && (
        <DataTable
          caption={`${title} in numbers`}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          rowHeight={34}
        />
      )}
    </Panel>
  )
}
