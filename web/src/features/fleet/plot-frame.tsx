import '@/components/chart/svg.css'
import './fleet.css'
import type { ReactNode } from 'react'
import { ticksOf } from '@/components/time/ticks'
import type { TimeWindow } from '@/components/time/window'
import { roundsOf } from './bands'
import { axisFigure } from './words'

export const SIDE = 52
const RIGHT = 12
const FOOT = 24
const MARK_ROW = 15
const LETTER = 6.6
const MARK_ROWS = 3
const TICK_PX = 74
const ROUND_PX = 42

/** Something that happened at an instant: a release, a change of version. */
export interface Mark {
  at: number
  label: string
}

export interface Scale {
  x: (at: number) => number
  y: (value: number) => number
  top: number
  bottom: number
}

interface Placed extends Mark {
  row: number
}

/** Labels in rows, so that none covers another; those without a place keep their line only. */
export function placed(marks: readonly Mark[], x: (at: number) => number): Placed[] {
  const ends: number[] = Array.from({ length: MARK_ROWS }, () => Number.NEGATIVE_INFINITY)
  return [...marks]
    .sort((a, b) => a.at - b.at)
    .map((mark) => {
      const left = x(mark.at)
      const row = ends.findIndex((end) => end < left)
      if (row >= 0) ends[row] = left + mark.label.length * LETTER + 8
      return { ...mark, row }
    })
}

interface Props {
  label: string
  width: number
  height: number
  window: TimeWindow
  zone: string
  low: number
  high: number
  marks?: readonly Mark[]
  onPointer?: (at: number | null) => void
  children: (scale: Scale) => ReactNode
}

/** A drawing over time with its axes and marks; what is in it is the caller's. */
export function PlotFrame(props: Props) {
  const { label, width, height, window, zone, low, high, marks = [], onPointer } = props
  const inner = Math.max(1, width - SIDE - RIGHT)
  const x = (at: number) => SIDE + ((at - window.start) / (window.end - window.start)) * inner
  const shown = placed(
    marks.filter(({ at }) => at >= window.start && at < window.end),
    x,
  )
  const rows = Math.max(0, ...shown.map(({ row }) => row + 1))
  const [top, bottom] = [rows * MARK_ROW + 8, height - FOOT]
  const y = (value: number) => bottom - ((value - low) / (high - low || 1)) * (bottom - top)
  const ticks = ticksOf(window, zone, Math.max(2, Math.floor(inner / TICK_PX)))
  const rounds = roundsOf(low, high, Math.max(2, (bottom - top) / ROUND_PX))
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
        onPointer?.(
          share < 0 || share > 1 ? null : window.start + share * (window.end - window.start),
        )
      }}
      onPointerLeave={() => onPointer?.(null)}
    >
      {rounds.map((value) => (
        <g key={value}>
          <line className="grid" x1={SIDE} x2={width - RIGHT} y1={y(value)} y2={y(value)} />
          <text className="side" x={SIDE - 6} y={y(value) + 4}>
            {axisFigure(value)}
          </text>
        </g>
      ))}
      {ticks.map(({ at, label: words }) => (
        <text key={at} className="tick" x={x(at)} y={height - 6}>
          {words}
        </text>
      ))}
      {props.children({ x, y, top, bottom })}
      {shown.map(({ at, label: words, row }) => (
        <g key={`${at} ${words}`}>
          <line
            className="mark-line"
            x1={x(at)}
            x2={x(at)}
            y1={row < 0 ? top : (row + 0.2) * MARK_ROW}
            y2={bottom}
          />
          {row >= 0 && (
            <text
              className={
                x(at) + words.length * LETTER > width - RIGHT ? 'mark-word end' : 'mark-word'
              }
              x={x(at) + (x(at) + words.length * LETTER > width - RIGHT ? -4 : 4)}
              y={row * MARK_ROW + 12}
            >
              {words}
            </text>
          )}
        </g>
      ))}
    </svg>
  )
}
