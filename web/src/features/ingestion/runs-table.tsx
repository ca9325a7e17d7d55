import { Link } from '@tanstack/react-router'
import type { Run } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { lasting, timeHere } from '@/components/time/words'
import { causeWords, outcomeWords, sumOf } from './words'

const count = (value: number) => value.toLocaleString('en')
const figure = (run: Run, value: number) => (run.cause === 'replay' ? '' : count(value))

const lengthOf = ({ started_at, finished_at }: Run) =>
  finished_at ? Date.parse(finished_at) - Date.parse(started_at) : null

const columnsOf = (study: string): Column<Run>[] => [
  {
    id: 'started',
    title: 'Started',
    value: ({ id }) => id,
    cell: ({ id, started_at }) => (
      <Link
        className="plain-link"
        to="/ingestion"
        search={{ study, tab: 'runs', run: String(id) }}
        aria-label={`${timeHere(started_at)}, attempts of run ${id}`}
      >
        {timeHere(started_at)}
      </Link>
    ),
  },
  { id: 'cause', title: 'Why', wideOnly: true, value: ({ cause }) => causeWords(cause) },
  {
    id: 'outcome',
    title: 'Outcome',
    value: ({ outcome }) => outcome,
    cell: (run) => (
      <div className="state">
        <Mark {...outcomeWords(run.outcome)} />
        <small title={run.detail}>{sumOf(run)}</small>
      </div>
    ),
  },
  {
    id: 'samples',
    title: 'Samples',
    numeric: true,
    wideOnly: true,
    value: ({ samples }) => samples,
    cell: (run) => figure(run, run.samples),
  },
  {
    id: 'episodes',
    title: 'Episodes',
    numeric: true,
    wideOnly: true,
    value: ({ episodes }) => episodes,
    cell: (run) => figure(run, run.episodes),
  },
  {
    id: 'quarantined',
    title: 'Refused',
    numeric: true,
    wideOnly: true,
    value: ({ quarantined }) => quarantined,
    cell: (run) => figure(run, run.quarantined),
  },
  {
    id: 'took',
    title: 'Took',
    numeric: true,
    wideOnly: true,
    value: lengthOf,
    cell: (run) => {
      const took = lengthOf(run)
      return took === null ? '' : lasting(took)
    },
  },
]

interface Props {
  runs: Run[]
  study: string
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

/** What was run, why, and what came of it. */
export function RunsTable({ runs, study, sort, onSort }: Props) {
  return (
    <DataTable
      caption="Runs"
      columns={columnsOf(study)}
      rows={runs}
      rowKey={({ id }) => String(id)}
      rowHeight={56}
      sort={sort}
      onSort={onSort}
    />
  )
}
