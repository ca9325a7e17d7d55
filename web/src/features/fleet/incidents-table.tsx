import { Link } from '@tanstack/react-router'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { lasting, timeHere } from '@/components/time/words'
import type { Incident } from './queries'
import { figure } from './words'

interface Props {
  incidents: Incident[]
  now: number
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

const timeOf = (at: string | null) => (at === null ? '–' : timeHere(at))

const duration = ({ opened_at, resolved_at, began_at }: Incident, now: number) =>
  (resolved_at ? Date.parse(resolved_at) : now) - Date.parse(opened_at ?? began_at)

export const incidentColumns = (now: number): Column<Incident>[] => [
  {
    id: 'state',
    title: 'State',
    value: ({ state }) => state,
    cell: ({ state }) => <Mark band={state === 'open' ? 'act' : 'good'} word={state} />,
  },
  { id: 'rule', title: 'Rule', value: ({ rule }) => rule },
  {
    id: 'device',
    title: 'About',
    value: ({ device, project }) => device || project,
    cell: ({ device, project }) =>
      device ? (
        <Link className="plain-link" to="/fleet/device" search={{ project, device }}>
          {device}
        </Link>
      ) : (
        project || 'all projects'
      ),
  },
  {
    id: 'value',
    title: 'Value',
    numeric: true,
    value: ({ value }) => value,
    cell: ({ value }) => figure(value),
  },
  {
    id: 'began',
    title: 'Began',
    wideOnly: true,
    value: ({ began_at }) => began_at,
    cell: ({ began_at }) => timeOf(began_at),
  },
  {
    id: 'opened',
    title: 'Opened',
    value: ({ opened_at }) => opened_at,
    cell: ({ opened_at }) => timeOf(opened_at),
  },
  {
    id: 'resolved',
    title: 'Resolved',
    value: ({ resolved_at }) => resolved_at,
    cell: ({ resolved_at }) => timeOf(resolved_at),
  },
  {
    id: 'lasted',
    title: 'Lasted',
    numeric: true,
    value: (one) => duration(one, now),
    cell: (one) => lasting(duration(one, now)),
  },
]

/** Incidents that are open or over. */
export function IncidentsTable({ incidents, now, sort, onSort }: Props) {
  return (
    <DataTable
      caption="Incidents"
      columns={incidentColumns(now)}
      rows={incidents}
      rowKey={({ number }) => String(number)}
      rowHeight={44}
      sort={sort}
      onSort={onSort}
    />
  )
}
