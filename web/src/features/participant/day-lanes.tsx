import type { ReactNode } from 'react'
import type { Span } from '@/components/chart/lane-chart'
import type { Beat, Figures } from './day'
import { ImputedHeart, ImputedSteps } from './day-imputed-lanes'
import type { Mark } from './slots'

const [LOWEST, HIGHEST] = [40, 180]
const PEAK = 100

export interface LaneProps {
  figures: Figures
  sleep: { lanes: readonly string[]; spans: readonly Span[] }
  x: (at: number) => number
  height: number
  left: number
  right: number
  prefix: string
}

/** A lane with its name above it. */
export function Lane({ name, unit, top, children }: NameProps) {
  return (
    <g transform={`translate(0 ${top})`}>
      <text className="lane-name" x={0} y={-9}>
        {name} <tspan className="lane-unit">{unit}</tspan>
      </text>
      {children}
    </g>
  )
}

interface NameProps {
  name: string
  unit: string
  top: number
  children: ReactNode
}

function Side({ at, y, left, right }: { at: string; y: number; left: number; right: number }) {
  return (
    <>
      <line className="grid" x1={left} x2={right} y1={y} y2={y} />
      <text className="side" x={left - 8} y={y + 4}>
        {at}
      </text>
    </>
  )
}

const path = (points: [number, number][]) =>
  points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

/** The mean with a band from lowest to highest, on the same scale every day. */
export function Heart({ figures, x, height, left, right }: LaneProps) {
  const held = (value: number) => Math.min(Math.max(value, LOWEST), HIGHEST)
  const y = (value: number) => height - ((held(value) - LOWEST) / (HIGHEST - LOWEST)) * height
  const centre = (beat: Beat) => x(beat.at + 30_000)
  const beats = figures.runs.flat()
  const beyond = beats.filter(({ low, high }) => high > HIGHEST || low < LOWEST)
  return (
    <>
      {[60, 100, 140, 180].map((value) => (
        <Side key={value} at={String(value)} y={y(value)} left={left} right={right} />
      ))}
      {figures.runs.map((run) => {
        const top = run.map((beat): [number, number] => [centre(beat), y(beat.high)])
        const bottom = run.map((beat): [number, number] => [centre(beat), y(beat.low)]).reverse()
        const mean = run.map((beat): [number, number] => [centre(beat), y(beat.mean)])
        const [first] = mean
        return (
          <g key={run[0]?.at}>
            <path className="heart-band" d={`${path([...top, ...bottom])}Z`} />
            {run.length === 1 && first ? (
              <circle className="heart-dot" cx={first[0]} cy={first[1]} r={1.6} />
            ) : (
              <path className="heart-mean" d={path(mean)} />
            )}
          </g>
        )
      })}
      <ImputedHeart runs={figures.imputed.runs} x={x} y={y} />
      {beyond.map((beat) => (
        <path
          key={beat.at}
          className="beyond"
          d={
            beat.high > HIGHEST
              ? `M${centre(beat) - 3} 5l3 -5l3 5z`
              : `M${centre(beat) - 3} ${height - 5}l3 5l3 -5z`
          }
        />
      ))}
    </>
  )
}

/** Bars of a quarter of an hour; a measured zero is a line on the ground, a gap is nothing. */
export function Steps({ figures, x, height, left, right }: LaneProps) {
  const base = (at: number) => figures.bars.find(({ start }) => start === at)?.steps ?? 0
  const most = Math.max(
    500,
    ...figures.bars.map(({ steps }) => steps),
    ...figures.imputed.bars.map(({ start, steps }) => base(start) + steps),
  )
  return (
    <>
      <Side at={Math.round(most).toLocaleString('en')} y={0} left={left} right={right} />
      <Side at="0" y={height} left={left} right={right} />
      {figures.bars.map(({ start, end, steps }) => {
        const tall = Math.max((steps / most) * height, 1)
        const wide = Math.max(x(end) - x(start) - 1, 1)
        return (
          <rect
            key={start}
            className="step-bar"
            x={x(start)}
            y={height - tall}
            width={wide}
            height={tall}
          />
        )
      })}
      <ImputedSteps {...{ base, x, height, most }} bars={figures.imputed.bars} />
    </>
  )
}

/** Stages as steps down and up again; where nothing was told there is nothing. */
export function Sleep({ figures, sleep, x, height, left, right }: LaneProps) {
  const { start, end } = figures.window
  const inside = (at: number) => Math.min(Math.max(at, start), end)
  const row = height / Math.max(sleep.lanes.length, 1)
  if (sleep.lanes.length === 0) {
    return (
      <text className="nothing" x={left + 4} y={row - 4}>
        no sleep log
      </text>
    )
  }
  const spans = sleep.spans.filter((span) => span.end > start && span.start < end)
  return (
    <>
      {sleep.lanes.map((name, lane) => (
        <Side key={name} at={name} y={(lane + 0.5) * row} left={left} right={right} />
      ))}
      {spans.map((span, i) => {
        const before = spans[i - 1]
        const joins = before && before.end === span.start && before.lane !== span.lane
        const at = x(inside(span.start))
        return (
          <g key={`${span.start} ${span.lane}`}>
            {joins && span.start > start && (
              <line
                className="stage-step"
                x1={at}
                x2={at}
                y1={(before.lane + 0.5) * row}
                y2={(span.lane + 0.5) * row}
              />
            )}
            <rect
              x={at}
              y={span.lane * row + 2}
              width={Math.max(x(inside(span.end)) - at, 0.6)}
              height={row - 4}
              fill={`var(${span.ink})`}
            />
          </g>
        )
      })}
    </>
  )
}

const FILLS: Partial<Record<Mark, string>> = { off: 'hatched', pending: 'dotted', gone: 'crossed' }

/** Worn, not worn, not known yet. */
export function Strip({ figures, x, height, prefix }: LaneProps) {
  return (
    <>
      {figures.worn
        .filter(({ mark }) => mark !== 'blank')
        .map(({ start, end, mark }) => (
          <rect
            key={start}
            className={`strip ${mark}`}
            x={x(start)}
            y={0}
            width={Math.max(x(end) - x(start), 0.4)}
            height={height}
            fill={FILLS[mark] ? `url(#${prefix}-${FILLS[mark]})` : undefined}
          />
        ))}
    </>
  )
}

/** The battery as devices told of it. */
export function Battery({ figures, x, height, left, right }: LaneProps) {
  const y = (percent: number) => height - (percent / PEAK) * height
  const told = (figures.timeline?.batteries ?? []).flatMap(({ at, percent }) =>
    percent === null ? [] : [{ at: Date.parse(at), percent }],
  )
  if (told.length === 0) {
    return (
      <text className="nothing" x={left + 4} y={height / 2 + 4}>
        no device told of its battery
      </text>
    )
  }
  return (
    <>
      <Side at="100" y={0} left={left} right={right} />
      <Side at="0" y={height} left={left} right={right} />
      <path className="battery" d={path(told.map(({ at, percent }) => [x(at), y(percent)]))} />
      {told.map(({ at, percent }) => (
        <circle key={at} className="battery-dot" cx={x(at)} cy={y(percent)} r={2.4} />
      ))}
    </>
  )
}

/** Ticks where a device synced, letters where somebody was written to. */
export function Events({ figures, x, height, left }: LaneProps) {
  const { timeline } = figures
  const written = timeline?.messages ?? []
  if (!timeline || timeline.syncs.length + written.length === 0) {
    return (
      <text className="nothing" x={left + 4} y={height / 2 + 4}>
        none
      </text>
    )
  }
  return (
    <>
      {timeline.syncs.map(({ at, device }) => (
        <line
          key={`${at} ${device}`}
          className="sync"
          x1={x(Date.parse(at))}
          x2={x(Date.parse(at))}
          y1={2}
          y2={height - 2}
        />
      ))}
      {written.map(({ id, due_at, finished_at, template }) => {
        const at = x(Date.parse(finished_at ?? due_at))
        return (
          <g key={id} transform={`translate(${at - 8} ${height / 2 - 6})`}>
            <path className="letter" d="M0 0h16v12H0zM0 0l8 7l8 -7" />
            <text className="letter-word" x={20} y={10}>
              {template}
            </text>
          </g>
        )
      })}
    </>
  )
}
