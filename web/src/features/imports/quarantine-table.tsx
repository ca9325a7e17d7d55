import { Code } from '@mantine/core'
import type { QuarantinedRecord } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'

const COLUMNS: Column<QuarantinedRecord>[] = [
  {
    id: 'file',
    title: 'File',
    value: ({ file }) => file,
    cell: ({ file }) => (
      <span className="path" title={file}>
        {file}
      </span>
    ),
  },
  { id: 'position', title: 'Position', numeric: true, value: ({ position }) => position },
  { id: 'person', title: 'Person', wideOnly: true, value: ({ person }) => person },
  { id: 'reason', title: 'Reason', value: ({ reason }) => reason },
  {
    id: 'record',
    title: 'Record',
    wideOnly: true,
    value: ({ record }) => record,
    cell: ({ record }) => (
      <Code className="record" title={record}>
        {record}
      </Code>
    ),
  },
]

/** The records that were not loaded, each with its reason. */
export function QuarantineTable({ records }: { records: QuarantinedRecord[] }) {
  return (
    <DataTable
      caption="Quarantine"
      columns={COLUMNS}
      rows={records}
      rowKey={({ id }) => String(id)}
      rowHeight={48}
    />
  )
}
