import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { TimeWindow } from '@/components/time/window'
import { type Band, bandsOf, type Step, scaleOf, splitOf } from './bands'
import { BandsChart } from './bands-chart'
import { bandColumns, bandText } from './bands-panel'
import { FleetPanel } from './fleet-panel'
import { type Asked, figuresQuery, type Weight } from './queries'
import { figure, orNone, several } from './words'

export const SPLITS = { version: 'By version', cohort: 'By cohort' } as const
export type Split = keyof typeof SPLITS

interface Props {
  metric: string
  title: string
  unit: string
  asked: Asked
  weight: Weight
  window: TimeWindow
  step: Step
  by: Split
  table: boolean
  onTable: (shown: boolean) => void
}

interface Named extends Band {
  name: string
}

const MOST = 12

/** The same over time for each version or cohort, side by side on one scale. */
export function SplitPanel(props: Props) {
  const { metric, title, unit, asked, weight, window, step, by, table, onTable } = props
  const found = useQuery(figuresQuery(metric, asked, [by, step], weight))
  const whole = useQuery(figuresQuery(metric, asked, [by], weight))
  const groups = useMemo(
    () =>
      found.data &&
      splitOf(found.data.rows, by).map(([name, rows]) => ({ name, bands: bandsOf(rows, step) })),
    [found.data, by, step],
  )
  const rows = useMemo(
    () => groups?.flatMap(({ name, bands }) => bands.map((band): Named => ({ ...band, name }))),
    [groups],
  )
  const scale = useMemo(() => scaleOf(rows ?? []), [rows])
  const of = weight === 'device' ? 'device' : 'report'
  const wholes = new Map(whole.data?.rows.map((row) => [row.group[by] ?? '', row]))
  // The newest releases are the last ones by name.
  const drawn = groups?.slice(by === 'version' ? -MOST : 0).slice(0, MOST) ?? []
  return (
    <FleetPanel
      title={`${title} ${SPLITS[by].toLowerCase()}`}
      unit={unit}
      rows={rows}
      rowKey={({ name, start }) => `${name} ${start}`}
      columns={[
        { id: by, title: by === 'version' ? 'Version' : 'Cohort', value: ({ name }) => name },
        ...bandColumns(step, weight === 'device' ? 'Devices' : 'Reports'),
      ]}
      error={found.error}
      onRetry={found.refetch}
      busy={found.isFetching}
      table={table}
      onTable={onTable}
    >
      {(readout) => (
        <>
          <div className="small-multiples">
            {drawn.map(({ name, bands }) => {
              const all = wholes.get(name)
              return (
                <section key={name} aria-label={`${title}, ${by} ${orNone(name)}`}>
                  <h3>
                    {orNone(name)}{' '}
                    <small>
                      {all && `median ${figure(all.quantiles[2])}, ${several(all.count, of)}`}
                    </small>
                  </h3>
                  <BandsChart
                    label={`${title} of ${by} ${orNone(name)} per ${step}: median and percentiles`}
                    bands={bands}
                    window={window}
                    height={150}
                    {...scale}
                    onBand={(band) => {
                      if (readout.current)
                        readout.current.textContent = band
                          ? `${orNone(name)}, ${bandText(band, step, of)}`
                          : ''
                    }}
                  />
                </section>
              )
            })}
          </div>
          <p className="chart-key">
            All on one scale.
            {groups &&
              drawn.length < groups.length &&
              ` ${drawn.length} of ${groups.length} are drawn; the table has all.`}
          </p>
        </>
      )}
    </FleetPanel>
  )
}
