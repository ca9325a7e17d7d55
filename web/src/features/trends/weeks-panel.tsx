import { useMemo } from 'react'
import { dashWord } from '@/components/chart/colours'
import type { Trends, Week } from './queries'
import { StepChart } from './step-chart'
import { TrendPanel } from './trend-panel'
import { count, percent } from './words'

interface Props {
  weeks: Trends['weeks']
  byArm: boolean
  table: boolean
  onTable: (shown: boolean) => void
  exports: boolean
}

const ALL = 'Everybody'
const nameOf = ({ arm }: Week) => arm ?? ALL

function finding(weeks: Week[]): string {
  const all = weeks.filter(({ arm, closed }) => arm === null && closed > 0)
  const [first, last] = [all[0], all.at(-1)]
  if (!first || !last) return 'No day is closed yet.'
  const from = `${percent(first.adherence)} in week ${first.week + 1}`
  if (first === last) return `${from} (${count(first.valid)} of ${count(first.closed)} days).`
  return `From ${from} to ${percent(last.adherence)} in week ${last.week + 1} (${count(last.valid)} of ${count(last.closed)} closed days of ${count(last.participants)} people).`
}

/** Adherence by week since everybody's own start, with its counts. */
export function WeeksPanel({ weeks, byArm, table, onTable, exports }: Props) {
  const names = useMemo(() => [...new Set(weeks.map(nameOf))], [weeks])
  const x = useMemo(
    () => weeks.filter(({ arm }) => arm === null).map(({ week }) => week + 1),
    [weeks],
  )
  const curves = useMemo(
    () =>
      names.map((name, slot) => {
        const mine = new Map(weeks.filter((w) => nameOf(w) === name).map((w) => [w.week + 1, w]))
        return { name, slot, values: x.map((week) => mine.get(week)?.adherence ?? null) }
      }),
    [weeks, names, x],
  )
  const followed = new Map(
    weeks.filter(({ arm }) => arm === null).map((w) => [w.week + 1, w.participants]),
  )
  const said = finding(weeks)
  return (
    <TrendPanel
      title="Adherence by week"
      finding={said}
      rows={weeks}
      rowKey={(row) => `${nameOf(row)} ${row.week}`}
      columns={[
        ...(byArm ? [{ id: 'arm', title: 'Arm', value: nameOf }] : []),
        { id: 'week', title: 'Week', numeric: true, value: ({ week }) => week + 1 },
        {
          id: 'adherence',
          title: 'Adherence',
          numeric: true,
          value: ({ adherence }) => adherence,
          cell: ({ adherence }) => percent(adherence),
        },
        { id: 'valid', title: 'Valid', numeric: true, value: ({ valid }) => valid },
        { id: 'closed', title: 'Closed', numeric: true, value: ({ closed }) => closed },
        { id: 'pending', title: 'Pending', numeric: true, value: ({ pending }) => pending },
        { id: 'expected', title: 'Expected', numeric: true, value: ({ expected }) => expected },
        { id: 'people', title: 'People', numeric: true, value: (row) => row.participants },
      ]}
      table={table}
      onTable={onTable}
      exports={exports}
    >
      {(readout) => (
        <>
          <StepChart
            label={`Adherence by week since start. ${said}`}
            x={x}
            curves={curves}
            stepped={false}
            top={1}
            values={percent}
            under={(week) => String(followed.get(week) ?? '')}
            onCursor={(place) => {
              const week = x[place ?? -1]
              const at = weeks.filter((w) => w.week + 1 === week)
              if (!readout.current) return
              readout.current.textContent = at
                .map((w) => `${nameOf(w)}: ${percent(w.adherence)} (${w.valid}/${w.closed})`)
                .join(' · ')
            }}
          />
          <p className="chart-key">
            Valid of closed days in each week since the start; under them how many people have a
            closed day.
            {byArm && ` ${names.map((name, slot) => `${name}: ${dashWord(slot)}`).join(', ')}.`}
          </p>
        </>
      )}
    </TrendPanel>
  )
}
