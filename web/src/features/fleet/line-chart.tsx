import { useWidth } from '@/components/chart/width'
import type { TimeWindow } from '@/components/time/window'
import { type Mark, PlotFrame } from './plot-frame'
import type { Point, Silence } from './timeline'

interface Props {
  label: string
  runs: readonly Point[][]
  silences: readonly Silence[]
  window: TimeWindow
  marks?: readonly Mark[]
  height?: number
  onPoint?: (point: Point | null) => void
}

const FEW = 80

function scale(runs: readonly Point[][]) {
  const values = runs.flatMap((run) => run.map(({ value }) => value))
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (values.length === 0) return { low: 0, high: 1 }
  const air = (high - low || Math.abs(high) || 1) * 0.06
  return { low: low - air, high: high + air }
}

/** A device's reports of one metric; silences are shaded, and no line goes through them. */
export function LineChart(props: Props) {
  const { label, runs, silences, window, marks = [], height = 240, onPoint } = props
  const [place, width] = useWidth(600)
  const points = runs.flat()
  const dots = points.length <= FEW
  return (
    <div ref={place} className="fleet-plot">
      <PlotFrame
        label={label}
        width={width}
        height={height}
        window={window}
        zone="UTC"
        marks={marks}
        {...scale(runs)}
        onPointer={(at) => {
          if (at === null || points.length === 0) return onPoint?.(null)
          onPoint?.(
            points.reduce((best, one) =>
              Math.abs(one.at - at) < Math.abs(best.at - at) ? one : best,
            ),
          )
        }}
      >
        {({ x, y, top, bottom }) => (
          <>
            {silences.map(({ start, end }) => (
              <rect
                key={start}
                className="silence"
                x={Math.max(x(start), x(window.start))}
                width={Math.max(0, x(Math.min(end, window.end)) - x(Math.max(start, window.start)))}
                y={top}
                height={bottom - top}
              />
            ))}
            {runs.map((run) => (
              <g key={run[0]?.at}>
                <polyline
                  className="median"
                  points={run.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ')}
                />
                {(dots ? run : run.length === 1 ? run : []).map(({ at, value }) => (
                  <circle key={at} className="median-dot" cx={x(at)} cy={y(value)} r={2.5} />
                ))}
              </g>
            ))}
          </>
        )}
      </PlotFrame>
    </div>
  )
}
