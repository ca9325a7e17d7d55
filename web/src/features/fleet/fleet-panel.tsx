import { type ReactNode, type RefObject, useRef } from 'react'
import { type Column, DataTable } from '@/components/data-table'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { csvAddress } from './words'

interface Props<Row extends object> {
  title: string
  unit?: string | undefined
  /** What is to be seen, in a sentence. */
  finding?: ReactNode
  /** What stays there whatever becomes of the answer. */
  controls?: ReactNode
  rows: Row[] | undefined
  rowKey: (row: Row) => string
  columns: Column<Row>[]
  error?: Error | null
  onRetry?: () => void
  busy?: boolean
  /** What to say where there is nothing. */
  none?: string
  table: boolean
  onTable?: (shown: boolean) => void
  children?: (readout: RefObject<HTMLOutputElement | null>) => ReactNode
}

/** A chart of the fleet: what it says, the chart, and the same numbers as a table and as CSV. */
export function FleetPanel<Row extends object>(props: Props<Row>) {
  const { title, unit, finding, rows, rowKey, columns, error, onRetry, table, onTable } = props
  const readout = useRef<HTMLOutputElement>(null)
  const filled = rows !== undefined && rows.length > 0
  const file = filled && {
    csv: csvAddress(
      columns.map(({ title: name }) => name),
      rows.map((row) => columns.map(({ value }) => value(row))),
    ),
  }
  return (
    <Panel
      title={title}
      unit={unit}
      readout={readout}
      table={table}
      {...(filled && onTable && { onTable })}
      {...file}
      busy={props.busy ?? false}
    >
      {props.controls}
      {error && <Trouble error={error} {...(onRetry && { onRetry })} />}
      {!error && !rows && <Loading what={title.toLowerCase()} height={180} />}
      {!error && finding && <p className="finding">{finding}</p>}
      {!error && filled && props.children?.(readout)}
      {!error && rows?.length === 0 && (
        <p className="none">{props.none ?? 'Nothing was reported in this time.'}</p>
      )}
      {!error && table && filled && (
        <DataTable caption={`${title} in numbers`} columns={columns} rows={rows} rowKey={rowKey} />
      )}
    </Panel>
  )
}
