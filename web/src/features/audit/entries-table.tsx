import type { AuditEntry } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'

/** Acts in words; one that is not here is shown as it is. */
const ACTS: Record<string, string> = {
  'session.open': 'signed in',
  'session.refuse': 'was refused at the door',
  'session.end_all': 'signed out everywhere',
  'contact.read': 'looked at contact details',
  'contact.change': 'changed contact details',
  'contact.destroy': 'destroyed contact details',
  'participant.enrol': 'enrolled',
  'participant.change': 'changed',
  'participant.pause': 'paused',
  'participant.resume': 'resumed',
  'participant.keep': 'withdrew, data kept',
  'participant.part': 'withdrew, identity destroyed',
  'grant.invite': 'invited',
  'grant.accept': 'consented',
  'grant.revoke': 'revoked the grant',
  'study.unblind': 'ended the blinding',
  'user.add': 'let in',
  'user.change': 'changed the access of',
  'user.disable': 'shut out',
  'user.enable': 'let in again',
  'user.password': 'set the password of',
  'user.factor.add': 'set up a second factor',
  'user.factor.drop': 'took the second factor away',
  'key.create': 'made the key',
  'key.revoke': 'revoked the key',
  export: 'exported',
  import: 'imported',
  'audit.export': 'exported the trail',
}

const text = (value: unknown) =>
  value === null || value === ''
    ? '–'
    : typeof value === 'object'
      ? JSON.stringify(value)
      : `${value}`

/** What was before and after, field by field. */
const differing = ({ before, after }: AuditEntry) =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((name) =>
      name in before
        ? `${name}: ${text(before[name])} → ${text(after[name])}`
        : `${name}: ${text(after[name])}`,
    )
    .join('; ')

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
  { id: 'act', title: 'Did', value: ({ act }) => ACTS[act] ?? act },
  { id: 'about', title: 'About', value: about },
  {
    id: 'change',
    title: 'Before → after',
    wideOnly: true,
    value: differing,
    cell: (entry) => <span title={differing(entry)}>{differing(entry)}</span>,
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
