import type { StoreLevel } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'

const count = (value: number) => value.toLocaleString('en')

const COLUMNS: Column<StoreLevel>[] = [
  { id: 'metric', title: 'Metric', value: ({ metric }) => metric },
  { id: 'level', title: 'Level', value: ({ level }) => level },
  {
    id: 'rows',
    title: 'Rows',
    numeric: true,
    value: ({ rows }) => rows,
    cell: ({ rows }) => count(rows),
  },
  {
    id: 'bytes',
    title: 'Bytes',
    numeric: true,
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => count(bytes),
  },
  {
    id: 'each',
    title: 'Bytes per sample',
    numeric: true,
    wideOnly: true,
    value: ({ bytes_per_sample }) => bytes_per_sample,
    cell: ({ bytes_per_sample }) => bytes_per_sample?.toFixed(2) ?? '',
  },
  {
    id: 'state',
    title: 'State',
    value: ({ stale }) => (stale ? 'being refreshed' : 'up to date'),
  },
]

interface Props {
  levels: StoreLevel[]
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

/** What the store holds at each level, and what it costs. */
export function StoreTable({ levels, sort, onSort }: Props) {
  return (
    <DataTable
      caption="Store"
      columns={COLUMNS}
      rows={levels}
      rowKey={({ level, metric }) => `${metric} ${level}`}
      rowHeight={38}
      sort={sort}
      onSort={onSort}
    />
  )
}
