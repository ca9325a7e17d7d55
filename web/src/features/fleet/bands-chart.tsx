import { useWidth } from '@/components/chart/width'
import type { TimeWindow } from '@/components/time/window'
import { type Band, runsOf } from './bands'
import { type Mark, PlotFrame, type Scale } from './plot-frame'

interface Props {
  label: string
  bands: readonly Band[]
  window: TimeWindow
  low: number
  high: number
  marks?: readonly Mark[]
  height?: number
  onBand?: (band: Band | null) => void
}

const LONE_PX = 4

const middle = ({ start, end }: Band) => (start + end) / 2

function Area({ run, from, to, scale, name }: AreaProps) {
  const { x, y } = scale
  const at = (band: Band, place: number) => y(band.q[place] ?? 0)
  const [only] = run
  if (run.length === 1 && only) {
    const left = x(middle(only)) - LONE_PX / 2
    const height = Math.max(1, at(only, from) - at(only, to))
    return <rect className={name} x={left} width={LONE_PX} y={at(only, to)} height={height} />
  }
  const points = [
    ...run.map((band) => `${x(middle(band))},${at(band, to)}`),
    ...[...run].reverse().map((band) => `${x(middle(band))},${at(band, from)}`),
  ]
  return <polygon className={name} points={points.join(' ')} />
}

interface AreaProps {
  run: Band[]
  from: number
  to: number
  scale: Scale
  name: string
}

function Run({ run, scale }: { run: Band[]; scale: Scale }) {
  const { x, y } = scale
  const [first] = run
  return (
    <g>
      <Area run={run} from={0} to={4} scale={scale} name="band-wide" />
      <Area run={run} from={1} to={3} scale={scale} name="band-narrow" />
      <polyline
        className="median"
        points={run.map((band) => `${x(middle(band))},${y(band.q[2] ?? 0)}`).join(' ')}
      />
      {run.length === 1 && first && (
        <circle className="median-dot" cx={x(middle(first))} cy={y(first.q[2] ?? 0)} r={2.5} />
      )}
    </g>
  )
}

/** Percentiles over time: 5 to 95 and 25 to 75 as bands, the median as a line. Where nothing was
 * reported there is nothing drawn. */
export function BandsChart(props: Props) {
  const { label, bands, window, low, high, marks = [], height = 260, onBand } = props
  const [place, width] = useWidth(600)
  return (
    <div ref={place} className="fleet-plot">
      <PlotFrame
        label={label}
        width={width}
        height={height}
        window={window}
        zone="UTC"
        low={low}
        high={high}
        marks={marks}
        onPointer={(at) =>
          onBand?.(at === null ? null : (bands.find((b) => at >= b.start && at < b.end) ?? null))
        }
      >
        {(scale) => runsOf(bands).map((run) => <Run key={run[0]?.start} run={run} scale={scale} />)}
      </PlotFrame>
    </div>
  )
}
