import { useId } from 'react'
import type { Slept } from '@/api/client'
import { useWidth } from '@/components/chart/width'
import { civilText } from '@/components/time/zone'
import { clock, type Day, quantile, type Slot } from './slots'

const MINUTE = 60_000
const DAY_MINUTES = 1440

const [SIDE, END, TALL, GAP, TOP] = [68, 8, 30, 7, 20]
const NOON = 720
const [LOWEST, HIGHEST] = [40, 180]

export type Ink = 'steps' | 'heart'

interface Bar {
  minute: number
  share: number
}

export interface ActogramRow {
  day: string
  bars: Bar[]
  worn: [number, number][]
  off: [number, number][]
  sleep: [number, number][]
}

/** A slot's height as a share of the tallest; null where nothing was measured. */
function shareOf(slot: Slot, ink: Ink, most: number): number | null {
  const value = slot[ink]
  if (value === null) return null
  const share = ink === 'steps' ? value / most : (value - LOWEST) / (HIGHEST - LOWEST)
  return Math.min(Math.max(share, 0), 1)
}

/** Rows of one or two days each, from midnight or noon on; minutes count from a row's start. */
export function rowsOf(
  days: readonly Day[],
  nights: readonly Slept[],
  ink: Ink,
  double: boolean,
  noon: boolean,
): ActogramRow[] {
  const length = (double ? 2 : 1) * DAY_MINUTES
  const shift = noon ? NOON : 0
  const every = days.flatMap(({ slots }) => slots.map((slot) => slot.steps ?? 0))
  const most =
    quantile(
      every.filter((value) => value > 0).sort((a, b) => a - b),
      0.97,
    ) ?? 1
  const slot = DAY_MINUTES / (days[0]?.slots.length || 1)
  return days.map((day, n) => {
    const row: ActogramRow = { day: day.day, bars: [], worn: [], off: [], sleep: [] }
    for (const [k, other] of days.slice(n, n + 3).entries()) {
      for (const one of other.slots) {
        const minute = k * DAY_MINUTES + one.minute - shift
        if (minute < 0 || minute >= length) continue
        const share = shareOf(one, ink, most)
        if (share !== null && share > 0) row.bars.push({ minute, share })
        if (one.mark === 'worn') extend(row.worn, minute, slot)
        else if (one.mark === 'off') extend(row.off, minute, slot)
      }
    }
    const origin = Date.parse(day.day) + shift * MINUTE
    for (const { start, end, offset_minutes } of nights) {
      const [from, to] = [start, end].map(
        (at) => (Date.parse(at) + offset_minutes * MINUTE - origin) / MINUTE,
      ) as [number, number]
      if (to > 0 && from < length) row.sleep.push([Math.max(from, 0), Math.min(to, length)])
    }
    return row
  })
}

function extend(stretches: [number, number][], minute: number, slot: number) {
  const last = stretches.at(-1)
  if (last && last[1] === minute) last[1] = minute + slot
  else stretches.push([minute, minute + slot])
}

interface Props {
  days: readonly Day[]
  nights: readonly Slept[]
  ink: Ink
  double: boolean
  noon: boolean
}

/** Activity in black over the clock, a row a day; sleep over it, wear under it. */
export function Actogram({ days, nights, ink, double, noon }: Props) {
  const [place, width] = useWidth()
  const id = useId()
  const rows = rowsOf(days, nights, ink, double, noon)
  const length = (double ? 2 : 1) * DAY_MINUTES
  const slot = DAY_MINUTES / (days[0]?.slots.length || 1)
  const inner = Math.max(width - SIDE - END, 120)
  const x = (minute: number) => SIDE + (minute / length) * inner
  const wide = Math.max((slot / length) * inner, 0.5)
  const height = TOP + rows.length * (TALL + GAP)
  const every = inner < 500 ? 720 : 360
  const marks = Array.from({ length: length / every + 1 }, (_, i) => i * every)
  const label =
    `${double ? 'Double-plotted actogram' : 'Actogram'}, ${rows.length} days, ` +
    `${ink === 'steps' ? 'steps' : 'heart rate'} in black, ${nights.length} sleeps.`
  return (
    <div ref={place}>
      <svg
        className="svg-chart actogram"
        width={width}
        height={height}
        role="img"
        aria-labelledby={id}
      >
        <title id={id}>{label}</title>
        {marks.map((minute) => (
          <g key={minute}>
            <line className="grid" x1={x(minute)} x2={x(minute)} y1={TOP - 4} y2={height} />
            <text className="tick" x={x(minute) - (minute === length ? 12 : 0)} y={12}>
              {clock(minute + (noon ? NOON : 0))}
            </text>
          </g>
        ))}
        {rows.map((row, n) => (
          <g key={row.day} transform={`translate(0 ${TOP + n * (TALL + GAP)})`}>
            <text className="side" x={SIDE - 8} y={TALL - 4}>
              {civilText(Date.parse(row.day), 'day')}
            </text>
            <path className="act-worn" d={row.worn.map(([a, b]) => strip(x(a), x(b))).join('')} />
            <path className="act-off" d={row.off.map(([a, b]) => dashes(x(a), x(b))).join('')} />
            <path
              className="act-bars"
              d={row.bars
                .map(({ minute, share }) => {
                  const tall = share * (TALL - 4)
                  return `M${x(minute).toFixed(1)} ${TALL - 4}v-${tall.toFixed(1)}h${wide.toFixed(2)}v${tall.toFixed(1)}z`
                })
                .join('')}
            />
            {row.sleep.map(([from, to]) => (
              <rect
                key={from}
                className="act-sleep"
                x={x(from)}
                y={2}
                width={x(to) - x(from)}
                height={TALL - 6}
              />
            ))}
          </g>
        ))}
      </svg>
      <ul className="swatches" aria-label="Key">
        <li>
          <span className="swatch act-bar-key" aria-hidden="true" />{' '}
          {ink === 'steps' ? 'steps' : 'heart rate, 40 to 180 per min'}
        </li>
        <li>
          <span className="swatch act-sleep-key" aria-hidden="true" /> main sleep
        </li>
        <li>
          <span className="swatch worn act-strip-key" aria-hidden="true" /> worn (strip below);
          dashes: not worn
        </li>
      </ul>
    </div>
  )
}

const strip = (from: number, to: number) =>
  `M${from.toFixed(1)} ${TALL - 3}H${to.toFixed(1)}V${TALL}H${from.toFixed(1)}z`

function dashes(from: number, to: number): string {
  let path = ''
  for (let at = from; at < to; at += 6)
    path += `M${at.toFixed(1)} ${TALL - 1.5}H${Math.min(at + 3, to).toFixed(1)}`
  return path
}
