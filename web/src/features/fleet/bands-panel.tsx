import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Column } from '@/components/data-table'
import type { TimeWindow } from '@/components/time/window'
import { momentText } from '@/components/time/zone'
import { type Band, bandsOf, type Step, scaleOf } from './bands'
import { BandsChart } from './bands-chart'
import { FleetPanel } from './fleet-panel'
import type { Mark } from './plot-frame'
import { type Asked, figuresQuery, type Weight } from './queries'
import { count, figure, several } from './words'

interface Props {
  metric: string
  title: string
  unit: string
  asked: Asked
  weight: Weight
  window: TimeWindow
  step: Step
  marks: readonly Mark[]
  table: boolean
  onTable: (shown: boolean) => void
}

export const when = (band: Band, step: Step) =>
  momentText(band.start, 'UTC').replace(step === 'hour' ? /$/ : /, 00:00$/, '')

export const bandColumns = (step: Step, of: string): Column<Band>[] => [
  {
    id: 'start',
    title: `${step[0]?.toUpperCase()}${step.slice(1)} (UTC)`,
    value: ({ start }) => new Date(start).toISOString().slice(0, step === 'hour' ? 16 : 10),
  },
  { id: 'count', title: of, numeric: true, value: (row) => row.count },
  ...['p5', 'p25', 'Median', 'p75', 'p95'].map(
    (title, place): Column<Band> => ({
      id: title,
      title,
      numeric: true,
      value: ({ q }) => q[place] ?? null,
      cell: ({ q }) => figure(q[place]),
    }),
  ),
  { id: 'outside', title: 'Outside range', numeric: true, value: ({ outside }) => outside },
]

export const bandText = (band: Band, step: Step, of: string) =>
  `${when(band, step)}: median ${figure(band.q[2])}, half within ${figure(band.q[1])} to ${figure(band.q[3])}, 90 % within ${figure(band.q[0])} to ${figure(band.q[4])} (${several(band.count, of)})`

/** How a metric is spread over the fleet, over time. */
export function BandsPanel(props: Props) {
  const { metric, title, unit, asked, weight, window, step, marks, table, onTable } = props
  const found = useQuery(figuresQuery(metric, asked, [step], weight))
  const whole = useQuery(figuresQuery(metric, asked, [], weight))
  const bands = useMemo(() => found.data && bandsOf(found.data.rows, step), [found.data, step])
  const scale = useMemo(() => scaleOf(bands ?? []), [bands])
  const all = whole.data?.rows[0]
  const of = weight === 'device' ? 'device' : 'report'
  const said =
    all &&
    (all.count === 0
      ? 'Nothing was reported in this time.'
      : `Median ${figure(all.quantiles[2])}${unit && ` ${unit}`}; half of the ${of}s lie within ${figure(all.quantiles[1])} to ${figure(all.quantiles[3])}. From ${several(all.count, of)}${all.outside ? `; ${several(all.outside, 'value')} outside the range left out` : ''}.`)
  return (
    <FleetPanel
      title={`${title} over time`}
      unit={unit}
      finding={said}
      rows={bands}
      rowKey={({ start }) => String(start)}
      columns={bandColumns(step, weight === 'device' ? 'Devices' : 'Reports')}
      error={found.error}
      onRetry={found.refetch}
      busy={found.isFetching}
      table={table}
      onTable={onTable}
    >
      {(readout) => (
        <>
          <BandsChart
            label={`${title} per ${step}: median and percentiles. ${said ?? ''}`}
            bands={bands ?? []}
            window={window}
            marks={marks}
            {...scale}
            onBand={(band) => {
              if (readout.current)
                readout.current.textContent = band ? bandText(band, step, of) : ''
            }}
          />
          <p className="chart-key">
            Line: median per {step} (UTC); dark band: the middle half (p25 to p75); light band: p5
            to p95. A break means that nothing was reported.
            {marks.length > 0 && ' Dashed uprights: the first report of a version.'}
            {found.data && !found.data.exact && (
              <> Percentiles are off by at most {count(found.data.error * 100)} % of the value.</>
            )}
          </p>
        </>
      )}
    </FleetPanel>
  )
}
