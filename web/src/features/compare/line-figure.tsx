import type { CSSProperties } from 'react'
import { dashOf, strokeName } from '@/components/chart/colours'
import type { Track } from '@/components/chart/tracks'
import type { TimeWindow } from '@/components/time/window'
import type { Line, Tick } from './lines'

interface Props {
  lines: readonly Line[]
  window: TimeWindow
  range: readonly [number, number]
  ticks: readonly Tick[]
  shape: 'line' | 'bars'
  at: number | null
  width: number
  height: number
  label: string
  onCursor: (at: number | null) => void
}

const [SIDE, END, TOP, FOOT] = [44, 10, 8, 18]

/** Several participants, or one, over one axis; what lies beyond the range is marked at its edge. */
export function LineFigure(props: Props) {
  const { lines, window, range, ticks, shape, at, width, height, label, onCursor } = props
  const [low, high] = range
  const [inner, tall] = [Math.max(width - SIDE - END, 40), height - TOP - FOOT]
  const length = window.end - window.start
  const x = (time: number) => SIDE + ((time - window.start) / length) * inner
  const y = (value: number) =>
    TOP + tall - ((Math.min(Math.max(value, low), high) - low) / (high - low)) * tall

  const path = (track: Track) => {
    let drawn = ''
    let open = false
    track.values.forEach((value, i) => {
      const middle = ((track.starts[i] ?? 0) + (track.ends[i] ?? 0)) / 2
      if (value === null || middle < window.start || middle > window.end) {
        open = false
        return
      }
      const place = `${x(middle).toFixed(1)} ${y(value).toFixed(1)}`
      drawn += open ? `L${place}` : `M${place}h0.01`
      open = true
    })
    return drawn
  }
  const bars = ({ track }: Line) =>
    track.values
      .map((value, i) => {
        const [start, end] = [track.starts[i] ?? 0, track.ends[i] ?? 0]
        if (!value || start < window.start || start >= window.end) return ''
        const wide = Math.max(x(Math.min(end, window.end)) - x(start) - 0.5, 0.7)
        return `M${x(start).toFixed(1)} ${TOP + tall}V${y(value).toFixed(1)}h${wide.toFixed(1)}V${TOP + tall}z`
      })
      .join('')
  const boxes = (track: Track) =>
    track.values
      .map((value, i) => {
        const [start, end] = [track.starts[i] ?? 0, track.ends[i] ?? 0]
        if (value === null || start < window.start || start >= window.end) return ''
        const wide = Math.max(x(Math.min(end, window.end)) - x(start) - 0.5, 0.7)
        const foot = y(track.imputed?.bases[i] ?? low)
        return `M${x(start).toFixed(1)} ${foot.toFixed(1)}V${y(value).toFixed(1)}h${wide.toFixed(1)}V${foot.toFixed(1)}z`
      })
      .join('')
  const beyond = ({ track }: Line) =>
    track.values.flatMap((value, i) => {
      const time = track.starts[i] ?? 0
      if (value === null || (value <= high && value >= low)) return []
      if (time < window.start || time > window.end) return []
      return [
        value > high
          ? `M${x(time) - 3} ${TOP + 5}l3 -5l3 5z`
          : `M${x(time) - 3} ${TOP + tall - 5}l3 5l3 -5z`,
      ]
    })
  const marks = [low, (low + high) / 2, high]
  const boxed = shape === 'bars' && lines.length === 1

  return (
    <svg
      className="svg-chart"
      width={width}
      height={height}
      role="img"
      aria-label={label}
      onPointerMove={(event) => {
        const { left } = event.currentTarget.getBoundingClientRect()
        const share = (event.clientX - left - SIDE) / inner
        onCursor(share < 0 || share > 1 ? null : window.start + share * length)
      }}
      onPointerLeave={() => onCursor(null)}
    >
      {marks.map((value) => (
        <g key={value}>
          <line className="grid" x1={SIDE} x2={width - END} y1={y(value)} y2={y(value)} />
          <text className="side" x={SIDE - 6} y={y(value) + 4}>
            {Math.round(value).toLocaleString('en')}
          </text>
        </g>
      ))}
      {ticks.map((tick) => (
        <g key={tick.at}>
          <line className="grid" x1={x(tick.at)} x2={x(tick.at)} y1={TOP} y2={TOP + tall} />
          <text className="tick" x={Math.min(x(tick.at), width - 20)} y={height - 4}>
            {tick.label}
          </text>
        </g>
      ))}
      {lines.map((line) => (
        <g key={line.code}>
          {boxed ? (
            <path d={bars(line)} fill={`var(${strokeName(line.slot)})`} />
          ) : (
            <path
              d={path(line.track)}
              fill="none"
              stroke={`var(${strokeName(line.slot)})`}
              strokeWidth={1.5}
              strokeDasharray={lines.length > 1 ? dashOf(line.slot).join(' ') : undefined}
            />
          )}
          {line.imputed && (
            <path
              className={`compare-imputed${boxed ? ' boxed' : ''}`}
              d={boxed ? boxes(line.imputed) : path(line.imputed)}
              style={{ '--stroke': `var(${strokeName(line.slot)})` } as CSSProperties}
            />
          )}
          <path className="beyond" d={beyond(line).join('')} />
        </g>
      ))}
      {lines.every(({ track }) => track.values.every((value) => value === null)) && (
        <text className="nothing" x={SIDE + 8} y={TOP + tall / 2}>
          no data
        </text>
      )}
      {at !== null && (
        <line className="day-cursor" x1={x(at)} x2={x(at)} y1={TOP} y2={TOP + tall} />
      )}
    </svg>
  )
}
