import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { timeHere } from '@/components/time/words'
import type { Run } from './queries'
import { count, metricWord, STATES, unitOf } from './words'

interface Props {
  runs: Run[]
  /** A number that leads to what a run tells. */
  link: (run: Run) => ReactNode
  /** Called with whoever may withdraw; without it nobody may. */
  onWithdraw?: ((run: Run) => void) | undefined
}

const stateOf = (run: Run) => {
  const known = STATES[run.state]
  return (
    <span className="state">
      <Mark band={known?.band ?? 'quiet'} word={known?.word ?? run.state} title={known?.about} />
      {run.detail && <small>{run.detail}</small>}
    </span>
  )
}

const stands = ({ state }: Run) => ['done', 'stale', 'failed'].includes(state)

/** Every run of a study: what it filled, how, by whom, and whether it stands. */
export function RunsTable({ runs, link, onWithdraw }: Props) {
  const columns: Column<Run>[] = [
    { id: 'run', title: 'Run', value: ({ id }) => id, cell: link },
    { id: 'state', title: 'State', value: ({ state }) => state, cell: stateOf },
    { id: 'metric', title: 'Metric', value: ({ metric }) => metricWord(metric) },
    {
      id: 'filled',
      title: 'Filled',
      numeric: true,
      value: ({ minutes }) => minutes,
      cell: ({ minutes, metric }) => `${count(minutes)} ${unitOf(metric)}`,
    },
    {
      id: 'people',
      title: 'People',
      numeric: true,
      value: ({ finished }) => finished,
      cell: ({ finished, people }) => `${finished} of ${people}`,
    },
    {
      id: 'days',
      title: 'Days',
      wideOnly: true,
      value: ({ start, end }) => `${start ?? 'first'} to ${end ?? 'last'}`,
    },
    { id: 'method', title: 'Method', wideOnly: true, value: ({ method }) => method },
    { id: 'draws', title: 'Draws', numeric: true, wideOnly: true, value: ({ draws }) => draws },
    { id: 'seed', title: 'Seed', numeric: true, wideOnly: true, value: ({ seed }) => seed },
    { id: 'software', title: 'Software', wideOnly: true, value: ({ software }) => software },
    { id: 'by', title: 'By', value: ({ started_by }) => started_by },
    {
      id: 'when',
      title: 'Begun',
      value: ({ started_at }) => started_at,
      cell: ({ started_at }) => timeHere(started_at),
    },
    ...(onWithdraw
      ? [
          {
            id: 'act',
            title: 'Withdraw',
            control: true,
            value: () => null,
            cell: (run: Run) =>
              stands(run) && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="red"
                  aria-label={`Withdraw run ${run.id}`}
                  onClick={() => onWithdraw(run)}
                >
                  Withdraw
                </Button>
              ),
          },
        ]
      : []),
  ]
  return (
    <DataTable
      caption="Imputation runs"
      columns={columns}
      rows={runs}
      rowKey={({ id }) => String(id)}
      rowHeight={44}
    />
  )
}
