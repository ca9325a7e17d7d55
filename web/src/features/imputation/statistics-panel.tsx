import { useMemo } from 'react'
import type { Column } from '@/components/data-table'
import { DotChart } from './dot-chart'
import { FigurePanel, type Tabled } from './figure-panel'
import type { Line, Report } from './queries'
import { COLUMNS, count, fixed, percent, STATISTICS } from './words'

const TABLE: Column<Line>[] = [
  {
    id: 'statistic',
    title: 'Statistic',
    value: ({ statistic }) => STATISTICS[statistic] ?? statistic,
  },
  { id: 'column', title: 'Values', value: ({ column }) => COLUMNS[column] ?? column },
  {
    id: 'value',
    title: 'Estimate',
    numeric: true,
    value: ({ value }) => value,
    cell: ({ value }) => fixed(value),
  },
  { id: 'se', title: 'SE', numeric: true, value: ({ se }) => se, cell: ({ se }) => fixed(se) },
  {
    id: 'interval',
    title: '95 % interval',
    numeric: true,
    value: ({ low }) => low,
    cell: ({ low, high }) => `${fixed(low)} to ${fixed(high)}`,
  },
  {
    id: 'fmi',
    title: 'FMI',
    numeric: true,
    value: ({ fmi }) => fmi,
    cell: ({ fmi }) => fixed(fmi),
  },
  {
    id: 'minutes',
    title: 'Minutes',
    numeric: true,
    value: ({ minutes }) => minutes,
    cell: ({ minutes }) => count(minutes),
  },
  {
    id: 'imputed',
    title: 'Imputed',
    numeric: true,
    value: (row) => row.imputed_share,
    cell: (row) => percent(row.imputed_share),
  },
  {
    id: 'refused',
    title: 'Refused',
    numeric: true,
    value: (row) => row.refused_share,
    cell: (row) => percent(row.refused_share),
  },
  {
    id: 'notes',
    title: 'Beware',
    value: ({ flagged, not_validated }) =>
      [flagged && 'much is imputed', not_validated && 'not validated'].filter(Boolean).join(', '),
  },
]

const NAMES = Object.keys(COLUMNS)

/** The statistics of a run in three columns: observed only, with dropouts, with non-wear. */
export function StatisticsPanel({ report, ...tabled }: { report: Report } & Tabled) {
  const { statistics, run } = report
  const names = useMemo(() => [...new Set(statistics.map((line) => line.statistic))], [statistics])
  const mean = statistics.filter(({ statistic }) => statistic === 'mean')
  const people = mean[0]?.people ?? 0
  const flagged = statistics.some((line) => line.flagged)
  const unknown = statistics.some((line) => line.not_validated)
  return (
    <FigurePanel
      title="In three columns"
      unit={`${people} ${people === 1 ? 'person' : 'people'}, by Rubin's rules over ${run.draws} draws`}
      finding={
        mean.length === 0
          ? 'Of this metric there are no statistics.'
          : [
              mean
                .map(
                  ({ column, value, low, high }, i) =>
                    `${i === 0 ? 'Mean, observed only' : COLUMNS[column]} ${fixed(value)} (${fixed(low)} to ${fixed(high)})`,
                )
                .join('; ')
                .concat('.'),
              flagged ? 'In some figures more than 30 % is imputed, or FMI is above 0.5.' : '',
              unknown ? 'Some of what was filled is of lengths that could not be validated.' : '',
            ]
              .filter(Boolean)
              .join(' ')
      }
      rows={statistics}
      rowKey={({ statistic, column }) => `${statistic} ${column}`}
      columns={TABLE}
      {...tabled}
    >
      {mean.length > 0 && (
        <>
          <div className="pair">
            {names.map((name) => {
              const lines = NAMES.map((column) =>
                statistics.find((line) => line.statistic === name && line.column === column),
              )
              const told = lines.flatMap((line, i) =>
                line
                  ? [`${COLUMNS[NAMES[i] ?? '']} ${fixed(line.value)}, FMI ${fixed(line.fmi)}`]
                  : [],
              )
              return (
                <section key={name} aria-label={STATISTICS[name] ?? name}>
                  <h3>{STATISTICS[name] ?? name}</h3>
                  <DotChart
                    label={`${STATISTICS[name] ?? name} with 95 % intervals: ${told.join('; ')}`}
                    categories={SHORT}
                    rows={[
                      {
                        name: STATISTICS[name] ?? name,
                        slot: 0,
                        dots: lines.map((l) => l ?? null),
                      },
                    ]}
                    scale={(value) => value.toFixed(1)}
                    height={170}
                  />
                </section>
              )
            })}
          </div>
          <p className="chart-key">
            Each column includes those before it; bars are 95 % intervals. Non-wear is filled as if
            it had been worn: what would have been seen.
          </p>
        </>
      )}
    </FigurePanel>
  )
}

const SHORT = ['observed', '+ dropouts', '+ non-wear']
