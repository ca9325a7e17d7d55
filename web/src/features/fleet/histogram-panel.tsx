import { useQuery } from '@tanstack/react-query'
import { useWidth } from '@/components/chart/width'
import { roundsOf } from './bands'
import { FleetPanel } from './fleet-panel'
import { type Asked, type HistogramRow, histogramQuery, type Weight } from './queries'
import { count, figure, several } from './words'

type Bar = HistogramRow['bars'][number]

const [TALL, SIDE, FOOT, RIGHT] = [220, 52, 24, 16]

function Bars({ bars, label, onBar }: BarsProps) {
  const [place, width] = useWidth(500)
  const [low, high] = [bars[0]?.low ?? 0, bars.at(-1)?.high ?? 1]
  const most = Math.max(1, ...bars.map((bar) => bar.count))
  const x = (value: number) => SIDE + ((value - low) / (high - low || 1)) * (width - SIDE - RIGHT)
  const y = (many: number) => TALL - FOOT - (many / most) * (TALL - FOOT - 10)
  return (
    <div ref={place} className="fleet-plot">
      <svg className="svg-chart" width={width} height={TALL} role="img" aria-label={label}>
        {roundsOf(0, most, 4)
          .filter(Number.isInteger)
          .map((many) => (
            <g key={many}>
              <line className="grid" x1={SIDE} x2={width - RIGHT} y1={y(many)} y2={y(many)} />
              <text className="side" x={SIDE - 6} y={y(many) + 4}>
                {count(many)}
              </text>
            </g>
          ))}
        {roundsOf(low, high, Math.max(2, width / 90)).map((value) => (
          <text key={value} className="tick" x={x(value)} y={TALL - 6}>
            {figure(value)}
          </text>
        ))}
        {bars.map((bar) => (
          <rect
            key={bar.low}
            className="fleet-bar"
            x={x(bar.low) + 0.5}
            width={Math.max(1, (high > low ? x(bar.high) : width - RIGHT) - x(bar.low) - 1)}
            y={y(bar.count)}
            height={TALL - FOOT - y(bar.count)}
            onPointerEnter={() => onBar(bar)}
            onPointerLeave={() => onBar(null)}
          />
        ))}
      </svg>
    </div>
  )
}

interface BarsProps {
  bars: readonly Bar[]
  label: string
  onBar: (bar: Bar | null) => void
}

interface Props {
  metric: string
  title: string
  unit: string
  asked: Asked
  weight: Weight
  table: boolean
  onTable: (shown: boolean) => void
}

/** How a metric's values are distributed over the whole stretch of time. */
export function HistogramPanel({ metric, title, unit, asked, weight, table, onTable }: Props) {
  const found = useQuery(histogramQuery(metric, asked, weight))
  const all = found.data?.[0]
  const of = weight === 'device' ? 'device' : 'report'
  const bars = found.data && (all && all.count > 0 ? all.bars : [])
  const said = all && all.count > 0 && `${several(all.count, of)} in ${all.bars.length} bars.`
  return (
    <FleetPanel
      title={`${title} distribution`}
      unit={unit}
      finding={said || undefined}
      rows={bars}
      rowKey={({ low }) => String(low)}
      columns={[
        {
          id: 'low',
          title: 'From',
          numeric: true,
          value: (r) => r.low,
          cell: (r) => figure(r.low),
        },
        {
          id: 'high',
          title: 'To',
          numeric: true,
          value: (r) => r.high,
          cell: (r) => figure(r.high),
        },
        {
          id: 'count',
          title: weight === 'device' ? 'Devices' : 'Reports',
          numeric: true,
          value: (r) => r.count,
        },
      ]}
      error={found.error}
      onRetry={found.refetch}
      busy={found.isFetching}
      table={table}
      onTable={onTable}
    >
      {(readout) => (
        <Bars
          bars={bars ?? []}
          label={`Distribution of ${title}. ${said || ''}`}
          onBar={(bar) => {
            if (readout.current)
              readout.current.textContent = bar
                ? `${figure(bar.low)} to ${figure(bar.high)}: ${several(bar.count, of)}`
                : ''
          }}
        />
      )}
    </FleetPanel>
  )
}
