import './day-view.css'
import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react'
import type { Night } from '@/api/client'
import type { Span } from '@/components/chart/lane-chart'
import { Patterns } from '@/components/chart/patterns'
import { useWidth } from '@/components/chart/width'
import { ticksOf } from '@/components/time/ticks'
import { dayWords, type Figures, readOut } from './day'
import { Battery, Events, Heart, Lane, Sleep, Steps, Strip } from './day-lanes'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const SIDE = 68
const END = 12
const TICK = 64
const GAP = 10
const NAME = 22

const HEIGHTS = { heart: 180, steps: 76, strip: 18, battery: 44, events: 26 } as const
const STAGE = 17

interface Props {
  figures: Figures
  zone: string
  sleep: { lanes: readonly string[]; spans: readonly Span[] }
  stageAt: (nights: readonly Night[], at: number) => string
}

const MOVES: Record<string, number> = {
  ArrowLeft: -5 * MINUTE,
  ArrowRight: 5 * MINUTE,
  ArrowDown: -5 * MINUTE,
  ArrowUp: 5 * MINUTE,
  PageDown: -HOUR,
  PageUp: HOUR,
}

/** One day, its lanes over one axis with one cursor; what all say there stands in a fixed row. */
export function DayView({ figures, zone, sleep, stageAt }: Props) {
  const { window } = figures
  const [place, width] = useWidth()
  const [at, setAt] = useState<number | null>(null)
  const prefix = useId()
  const inner = Math.max(width - SIDE - END, 120)
  const length = window.end - window.start
  const x = (instant: number) => SIDE + ((instant - window.start) / length) * inner
  const kept = (instant: number) => Math.min(Math.max(instant, window.start), window.end - MINUTE)

  const onPointer = (event: PointerEvent<HTMLDivElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect()
    const share = (event.clientX - left - SIDE) / inner
    setAt(share < 0 || share > 1 ? null : kept(window.start + share * length))
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const from = at ?? window.start + length / 2
    const move = MOVES[event.key]
    if (move !== undefined) setAt(kept(Math.round((from + move) / MINUTE) * MINUTE))
    else if (event.key === 'Home') setAt(window.start)
    else if (event.key === 'End') setAt(window.end - MINUTE)
    else if (event.key === 'Escape') setAt(null)
    else return
    event.preventDefault()
  }

  const words = at === null ? null : readOut(figures, at, zone, stageAt)
  const stages = Math.max(sleep.lanes.length, 1) * STAGE
  const lanes = [
    { name: 'Heart rate', unit: 'per min', height: HEIGHTS.heart, drawn: Heart },
    { name: 'Steps', unit: 'per 15 min', height: HEIGHTS.steps, drawn: Steps },
    { name: 'Sleep', unit: '', height: stages, drawn: Sleep },
    { name: 'Worn', unit: '', height: HEIGHTS.strip, drawn: Strip },
    { name: 'Battery', unit: '%', height: HEIGHTS.battery, drawn: Battery },
    { name: 'Syncs, messages', unit: '', height: HEIGHTS.events, drawn: Events },
  ] as const
  let top = 6
  const placed = lanes.map((lane) => {
    const from = top
    top += lane.height + GAP + NAME
    return { ...lane, top: from + NAME }
  })
  const ticks = ticksOf(window, zone, Math.max(3, Math.floor(inner / TICK)))

  return (
    <div className="day-view">
      <output className="day-readout" aria-live="off">
        {words ? (
          words.map((word, i) => (
            <span key={word} className={i === 0 ? 'at' : ''}>
              {word}
            </span>
          ))
        ) : (
          <span>{dayWords(figures)}</span>
        )}
      </output>
      <div
        ref={place}
        className="day-lanes"
        role="slider"
        tabIndex={0}
        aria-label={`Time of day, times in ${zone}. Arrow keys move the cursor.`}
        aria-valuemin={0}
        aria-valuemax={length / MINUTE}
        aria-valuenow={Math.round(((at ?? window.start) - window.start) / MINUTE)}
        aria-valuetext={words ? words.join(', ') : dayWords(figures)}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onPointerLeave={(event) => event.pointerType === 'mouse' && setAt(null)}
        onKeyDown={onKey}
      >
        <svg className="svg-chart" width={width} height={top + 18} aria-hidden="true">
          <Patterns prefix={prefix} />
          {ticks.map((tick) => (
            <g key={tick.at}>
              <line className="grid" x1={x(tick.at)} x2={x(tick.at)} y1={6} y2={top} />
              <text className="tick" x={x(tick.at)} y={top + 13}>
                {tick.label}
              </text>
            </g>
          ))}
          {placed.map(({ name, unit, height, top: from, drawn: Drawn }) => (
            <Lane key={name} name={name} unit={unit} top={from}>
              <Drawn {...{ figures, sleep, x, height, prefix }} right={width - END} left={SIDE} />
            </Lane>
          ))}
          {at !== null && <line className="day-cursor" x1={x(at)} x2={x(at)} y1={6} y2={top} />}
        </svg>
      </div>
    </div>
  )
}
