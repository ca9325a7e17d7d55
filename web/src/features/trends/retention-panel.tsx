import { useMemo } from 'react'
import type { Trends } from './queries'
import { StepChart } from './step-chart'
import { TrendPanel } from './trend-panel'
import { count, people, percent } from './words'

/** "82 % to 97 %"; a dash where nobody, or everybody, has left. */
const interval = ({ low, high }: Trends['retention'][number]) =>
  low === null || high === null ? '–' : `${percent(low)} to ${percent(high)}`

const edge = (share: number | null) => (share === null ? '–' : percent(share))

interface Props {
  retention: Trends['retention']
  table: boolean
  onTable: (shown: boolean) => void
  exports: boolean
}

/** Who stays: the product-limit estimate, with the numbers at risk under the weeks. */
export function RetentionPanel({ retention, table, onTable, exports }: Props) {
  const x = useMemo(() => retention.map(({ week }) => week), [retention])
  const curves = useMemo(
    () => [{ name: 'Still taking part', slot: 0, values: retention.map(({ share }) => share) }],
    [retention],
  )
  const band = useMemo(
    () => ({ low: retention.map(({ low }) => low), high: retention.map(({ high }) => high) }),
    [retention],
  )
  const last = retention.at(-1)
  const said = last
    ? `${percent(last.share)} stay to week ${last.week}; ${people(last.left)} left.`
    : 'Nobody has begun yet.'
  return (
    <TrendPanel
      title="Retention"
      finding={said}
      rows={retention}
      rowKey={({ week }) => String(week)}
      columns={[
        { id: 'week', title: 'Week since start', numeric: true, value: ({ week }) => week },
        { id: 'at_risk', title: 'Followed', numeric: true, value: (row) => row.at_risk },
        { id: 'left', title: 'Left in all', numeric: true, value: ({ left }) => left },
        {
          id: 'share',
          title: 'Stay',
          numeric: true,
          value: ({ share }) => share,
          cell: ({ share }) => percent(share),
        },
        {
          id: 'low',
          title: '95 % from',
          numeric: true,
          value: ({ low }) => low,
          cell: ({ low }) => edge(low),
        },
        {
          id: 'high',
          title: 'to',
          numeric: true,
          value: ({ high }) => high,
          cell: ({ high }) => edge(high),
        },
      ]}
      table={table}
      onTable={onTable}
      exports={exports}
    >
      {(readout) => (
        <>
          <StepChart
            label={`Share that still takes part, by week since start. ${said}`}
            x={x}
            curves={curves}
            band={band}
            stepped
            top={1}
            values={percent}
            under={(week) => String(retention[week]?.at_risk ?? '')}
            onCursor={(place) => {
              const at = retention[place ?? -1]
              if (readout.current) {
                readout.current.textContent = at
                  ? `Week ${at.week}: ${percent(at.share)} stay (${interval(at)}), ${count(at.at_risk)} followed`
                  : ''
              }
            }}
          />
          <p className="chart-key">
            Weeks since each participant's start; under them the number still followed. Kaplan and
            Meier's estimate with its 95 % interval: who is still taking part counts until today.
          </p>
        </>
      )}
    </TrendPanel>
  )
}
