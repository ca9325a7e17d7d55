import { NativeSelect } from '@mantine/core'
import { useMemo } from 'react'
import type { Column } from '@/components/data-table'
import { DotChart } from './dot-chart'
import { FigurePanel, type Tabled } from './figure-panel'
import type { Report } from './queries'
import { fixed, STATISTICS } from './words'

interface Props extends Tabled {
  report: Report
  whose: string
  statistic: string
  hours: string
  onChange: (changes: { whose?: string; statistic?: string; hours?: string }) => void
}

/** A statistic of everybody, or its difference between two arms, by the shift of non-wear. */
interface Curve {
  whose: string
  statistic: string
  hours: string
  /** What it is held against: what was observed, or no difference. */
  level: number
  tips_at: number | null
  shifts: Report['tipping'][number]['shifts']
}

const EVERYBODY = 'everybody'

const curvesOf = ({ tipping, between_arms: arms }: Report): Curve[] => [
  ...tipping.map((one) => ({ ...one, whose: EVERYBODY, level: one.observed })),
  ...arms.map((one) => ({ ...one, whose: `${one.arm} less ${one.other}`, level: 0 })),
]

const HOURS = [
  ['all', 'All day'],
  ['day', '08:00 to 22:00'],
] as const

interface Row {
  whose: string
  statistic: string
  hours: string
  shift: number
  value: number
  low: number
  high: number
  observed: number
}

const signed = (value: number) => `${value > 0 ? '+' : ''}${fixed(value, 0)}`

const TABLE: Column<Row>[] = [
  { id: 'whose', title: 'Whose', value: ({ whose }) => whose },
  {
    id: 'statistic',
    title: 'Statistic',
    value: ({ statistic }) => STATISTICS[statistic] ?? statistic,
  },
  {
    id: 'hours',
    title: 'Hours',
    value: ({ hours }) => HOURS.find(([name]) => name === hours)?.[1] ?? hours,
  },
  {
    id: 'shift',
    title: 'Shift',
    numeric: true,
    value: ({ shift }) => shift,
    cell: ({ shift }) => signed(shift),
  },
  {
    id: 'value',
    title: 'Estimate',
    numeric: true,
    value: ({ value }) => value,
    cell: ({ value }) => fixed(value),
  },
  {
    id: 'interval',
    title: '95 % interval',
    numeric: true,
    value: ({ low }) => low,
    cell: ({ low, high }) => `${fixed(low)} to ${fixed(high)}`,
  },
  {
    id: 'observed',
    title: 'Held against',
    numeric: true,
    value: ({ observed }) => observed,
    cell: ({ observed }) => fixed(observed),
  },
]

function saidOf(found: Curve | undefined): string {
  if (!found) return 'Of this run there is no tipping point.'
  const { statistic, whose, level, tips_at: tips } = found
  const own = whose === EVERYBODY
  const word = `${wordOf(statistic)}${own ? '' : `, ${whose}`}`
  const against = own ? `what was observed (${fixed(level)})` : 'no difference'
  const moved = own ? 'non-wear' : `non-wear of ${whose.split(' less ')[0]}`
  return tips === null
    ? `${word}: no shift that was tried makes it stand otherwise to ${against}.`
    : `${word}: it stands otherwise to ${against} once ${moved} differs by ${signed(tips)}.`
}

const wordOf = (statistic: string): string => STATISTICS[statistic] ?? statistic

/** By how much non-wear must differ from what was filled before a statistic stands otherwise. */
export function TippingPanel({ report, whose, statistic, hours, onChange, ...tabled }: Props) {
  const curves = useMemo(() => curvesOf(report), [report])
  const own = curves.filter((one) => one.whose === whose)
  const held = own.length > 0 ? own : curves
  const found = held.find((one) => one.statistic === statistic && one.hours === hours) ?? held[0]
  const people = [...new Set(curves.map((one) => one.whose))]
  const rows = useMemo(
    () =>
      curves.flatMap(({ shifts, whose, statistic, hours, level }) =>
        shifts.map((shift): Row => ({ ...shift, whose, statistic, hours, observed: level })),
      ),
    [curves],
  )
  const word = found ? wordOf(found.statistic) : ''
  const said = saidOf(found)
  return (
    <FigurePanel
      title="Tipping point"
      unit="supported non-wear shifted"
      finding={said}
      rows={rows}
      rowKey={(row) => `${row.whose} ${row.statistic} ${row.hours} ${row.shift}`}
      columns={TABLE}
      {...tabled}
    >
      {found && (
        <>
          <div className="filters">
            {people.length > 1 && (
              <NativeSelect
                label="Whose"
                value={found.whose}
                data={people}
                onChange={({ currentTarget: { value } }) => onChange({ whose: value })}
              />
            )}
            <NativeSelect
              label="Statistic"
              value={found.statistic}
              data={[...new Set(held.map((one) => one.statistic))].map((value) => ({
                value,
                label: STATISTICS[value] ?? value,
              }))}
              onChange={({ currentTarget: { value } }) => onChange({ statistic: value })}
            />
            <NativeSelect
              label="Shifted"
              value={found.hours}
              data={HOURS.map(([value, label]) => ({ value, label }))}
              onChange={({ currentTarget: { value } }) => onChange({ hours: value })}
            />
          </div>
          <DotChart
            label={`${word} by the shift of non-wear: ${found.shifts
              .map(({ shift, value }) => `${signed(shift)}: ${fixed(value)}`)
              .join(', ')}. Held against: ${fixed(found.level)}.`}
            categories={found.shifts.map(({ shift }) => signed(shift))}
            rows={[{ name: word, slot: 0, dots: found.shifts }]}
            scale={(value) => value.toFixed(1)}
            level={found.level}
            joined
          />
          <p className="chart-key">
            The dashed line is what it is held against: what was observed, or no difference. Nothing
            recovers data that are missing because they were extreme: this is how much it would
            take.
          </p>
        </>
      )}
    </FigurePanel>
  )
}
