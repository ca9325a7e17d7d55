import type { AuditEntry } from '@/api/client'
import { actWords, changesOf } from '@/components/acts'
import { type Column, DataTable } from '@/components/data-table'

const clock = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
})

const about = ({ participant, subject }: AuditEntry) =>
  [participant, subject].filter(Boolean).join(' · ')

const COLUMNS: Column<AuditEntry>[] = [
  {
    id: 'at',
    title: 'When (UTC)',
    value: ({ number }) => number,
    cell: ({ at }) => <time dateTime={at}>{clock.format(new Date(at))}</time>,
  },
  { id: 'actor', title: 'Who', value: ({ actor }) => actor },
  { id: 'act', title: 'Did', value: actWords },
  { id: 'about', title: 'About', value: about },
  {
    id: 'change',
    title: 'Before → after',
    wideOnly: true,
    value: changesOf,
    cell: (entry) => (
      <span className="record" title={changesOf(entry)}>
        {changesOf(entry)}
      </span>
    ),
  },
  { id: 'reason', title: 'Why', wideOnly: true, value: ({ reason }) => reason },
]

/** Who did or read what. */
export function EntriesTable({ entries }: { entries: AuditEntry[] }) {
  return (
    <DataTable
      caption="Audit trail"
      columns={COLUMNS}
      rows={entries}
      rowKey={({ number }) => String(number)}
      rowHeight={40}
    />
  )
}
