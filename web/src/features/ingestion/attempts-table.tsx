import type { Attempt } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { timeHere } from '@/components/time/words'
import { civilText } from '@/components/time/zone'
import { advice, outcomeWords } from './words'

const count = (value: number) => value.toLocaleString('en')
const day = (on: string) => civilText(Date.parse(on), 'day')

const daysOf = ({ first_on, last_on }: Attempt) =>
  first_on === last_on ? day(first_on) : `${day(first_on)} to ${day(last_on)}`

const COLUMNS: Column<Attempt>[] = [
  { id: 'participant', title: 'Participant', value: ({ participant }) => participant },
  {
    id: 'family',
    title: 'Family',
    value: ({ family }) => family,
    cell: ({ family, source }) => <span title={source}>{family.replaceAll('_', ' ')}</span>,
  },
  {
    id: 'days',
    title: 'Days',
    wideOnly: true,
    value: ({ first_on }) => Date.parse(first_on),
    cell: daysOf,
  },
  {
    id: 'outcome',
    title: 'Outcome',
    value: ({ outcome }) => outcome,
    cell: ({ outcome, detail, code }) => (
      <div className="state">
        <Mark {...outcomeWords(outcome)} />
        <small title={detail}>{[detail, advice(outcome, code)].filter(Boolean).join(' ')}</small>
      </div>
    ),
  },
  ...(['samples', 'episodes', 'quarantined'] as const).map((name) => ({
    id: name,
    title: { samples: 'Samples', episodes: 'Episodes', quarantined: 'Refused' }[name],
    numeric: true,
    wideOnly: true,
    value: (attempt: Attempt) => attempt[name],
    cell: (attempt: Attempt) => count(attempt[name]),
  })),
  {
    id: 'started',
    title: 'Started',
    wideOnly: true,
    value: ({ id }) => id,
    cell: ({ started_at }) => timeHere(started_at),
  },
]

const OF_ONE = COLUMNS.slice(1)

interface Props {
  attempts: Attempt[]
  /** Whether all are of one participant, whom the page names. */
  ofOne?: boolean
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

/** What was tried, family by family, and what came of it. */
export function AttemptsTable({ attempts, ofOne, sort, onSort }: Props) {
  return (
    <DataTable
      caption="Attempts"
      columns={ofOne ? OF_ONE : COLUMNS}
      rows={attempts}
      rowKey={({ id }) => String(id)}
      rowHeight={52}
      sort={sort}
      onSort={onSort}
    />
  )
}
