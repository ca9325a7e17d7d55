import { useMemo } from 'react'
import { civilText } from '@/components/time/zone'
import type { Trends } from './queries'
import { StepChart } from './step-chart'
import { TrendPanel } from './trend-panel'
import { count, people, percent } from './words'

type Enrolment = Trends['enrolment']

interface Props {
  enrolment: Enrolment
  /** The instant up to which enrolment is known. */
  asOf: string
  table: boolean
  onTable: (shown: boolean) => void
  exports: boolean
}

const date = (day: string) => civilText(Date.parse(day), 'date')

function upTo(days: Enrolment['days'], today: string): Enrolment['days'] {
  const last = days.at(-1)
  return last && last.day < today ? [...days, { ...last, day: today }] : days
}

function finding({ target, enrolled, planned, recent, reached_on: reached }: Enrolment): string {
  const said = target
    ? `${count(enrolled)} of ${count(target)} participants enrolled (${percent(enrolled / target)})`
    : `${people(enrolled)} enrolled`
  const pace = `, ${count(recent)} of them in the last 28 days.${target ? '' : ' The study has no target.'}`
  const then = reached ? ` At that pace the target is reached on ${date(reached)}.` : ''
  const later = planned > 0 ? ` ${people(planned)} to come, or without a date.` : ''
  return said + pace + then + later
}

/** How many are enrolled, against how many are to be. */
export function EnrolmentPanel({ enrolment, asOf, table, onTable, exports }: Props) {
  const { days, target } = enrolment
  // The curve goes on to today.
  const drawn = useMemo(() => upTo(days, asOf.slice(0, 10)), [days, asOf])
  const x = useMemo(() => drawn.map(({ day }) => Date.parse(day) / 1000), [drawn])
  const curves = useMemo(
    () => [{ name: 'Enrolled', slot: 0, values: drawn.map(({ participants }) => participants) }],
    [drawn],
  )
  const said = finding(enrolment)
  return (
    <TrendPanel
      title="Enrolment"
      finding={said}
      rows={days}
      rowKey={({ day }) => day}
      columns={[
        { id: 'day', title: 'Day', value: ({ day }) => day, cell: ({ day }) => date(day) },
        {
          id: 'participants',
          title: 'Enrolled in all',
          numeric: true,
          value: ({ participants }) => participants,
        },
      ]}
      table={table}
      onTable={onTable}
      exports={exports}
    >
      {(readout) => (
        <>
          <StepChart
            label={`Enrolment by day. ${said}`}
            x={x}
            curves={curves}
            dates
            stepped
            target={target}
            values={count}
            onCursor={(place) => {
              const at = drawn[place ?? -1]
              if (readout.current) {
                readout.current.textContent = at
                  ? `${date(at.day)}: ${people(at.participants)}`
                  : ''
              }
            }}
          />
          {target !== null && <p className="chart-key">The dotted line is the target.</p>}
        </>
      )}
    </TrendPanel>
  )
}
