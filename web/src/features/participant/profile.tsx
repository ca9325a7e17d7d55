import { type PointerEvent, useId, useState } from 'react'
import { useWidth } from '@/components/chart/width'
import type { Ink } from './actogram'
import { clock, type Day, profileOf, type Profile as Quartiles } from './slots'

const DAY_MINUTES = 1440
const [SIDE, END, TALL, TOP, FOOT] = [52, 12, 200, 8, 20]
const [LOWEST, HIGHEST] = [40, 140]

interface Props {
  days: readonly Day[]
  of: Ink
  onRead: (words: string) => void
}

const whole = (value: number | null) =>
  value === null ? '–' : Math.round(value).toLocaleString('en')

/** What a profile says at a slot. */
export const profileWords = ({ minute, low, median, high, days }: Quartiles, unit: string) =>
  median === null
    ? `${clock(minute)}: no data`
    : `${clock(minute)}: median ${whole(median)} ${unit}, middle half ${whole(low)} to ${whole(high)}, ${days} days`

/** All days over one clock, with the median and the middle half of them. */
export function Profile({ days, of, onRead }: Props) {
  const [place, width] = useWidth()
  const [at, setAt] = useState<number | null>(null)
  const id = useId()
  const profile = profileOf(days, of)
  const slot = DAY_MINUTES / (profile.length || 1)
  const unit = of === 'steps' ? `steps in ${slot} min` : 'per min'
  const inner = Math.max(width - SIDE - END, 120)
  const tops = profile.map(({ high }) => high ?? 0)
  const top = of === 'heart' ? HIGHEST : Math.max(50, ...tops) * 1.3
  const bottom = of === 'heart' ? LOWEST : 0
  const x = (minute: number) => SIDE + ((minute + slot / 2) / DAY_MINUTES) * inner
  const y = (value: number) =>
    TOP + TALL - ((Math.min(Math.max(value, bottom), top) - bottom) / (top - bottom)) * TALL
  const line = (values: (number | null)[]) => {
    let path = ''
    let open = false
    values.forEach((value, i) => {
      if (value === null) open = false
      else {
        path += `${open ? 'L' : 'M'}${x(i * slot).toFixed(1)} ${y(value).toFixed(1)}${open ? '' : 'h0.01'}`
        open = true
      }
    })
    return path
  }
  const read = (i: number | null) => {
    setAt(i)
    const here = i === null ? undefined : profile[i]
    onRead(here ? profileWords(here, unit) : '')
  }
  const onPointer = (event: PointerEvent<HTMLDivElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect()
    const i = Math.floor(((event.clientX - left - SIDE) / inner) * profile.length)
    read(i >= 0 && i < profile.length ? i : null)
  }
  const here = at === null ? undefined : profile[at]
  const marks = [0, 0.5, 1].map((share) => bottom + (top - bottom) * share)
  return (
    <div
      ref={place}
      className="profile"
      role="slider"
      tabIndex={0}
      aria-label="Clock time. Arrow keys move the cursor."
      aria-valuemin={0}
      aria-valuemax={Math.max(profile.length - 1, 0)}
      aria-valuenow={at ?? 0}
      aria-valuetext={here ? profileWords(here, unit) : `${days.length} days`}
      onPointerMove={onPointer}
      onPointerLeave={() => read(null)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key]
        if (by === undefined) return
        event.preventDefault()
        read(Math.min(Math.max((at ?? 0) + by, 0), profile.length - 1))
      }}
    >
      <svg
        className="svg-chart"
        width={width}
        height={TOP + TALL + FOOT}
        role="img"
        aria-labelledby={id}
      >
        <title id={id}>{`${days.length} days by clock time, median and middle half`}</title>
        {marks.map((value) => (
          <g key={value}>
            <line className="grid" x1={SIDE} x2={width - END} y1={y(value)} y2={y(value)} />
            <text className="side" x={SIDE - 8} y={y(value) + 4}>
              {whole(value)}
            </text>
          </g>
        ))}
        {[0, 6, 12, 18, 24].map((hour) => (
          <text
            key={hour}
            className="tick"
            x={SIDE + (hour / 24) * inner - (hour === 24 ? 8 : 0)}
            y={TOP + TALL + 15}
          >
            {hour === 24 ? '24:00' : clock(hour * 60)}
          </text>
        ))}
        {days.map((day) => (
          <path
            key={day.day}
            className="profile-day"
            d={line(day.slots.map((one) => (one.mark === 'jumped' ? null : one[of])))}
          />
        ))}
        <path
          className="profile-band"
          d={profile
            .filter(({ low, high }) => low !== null && high !== null)
            .map(
              ({ minute, low, high }) =>
                `M${(x(minute) - inner / profile.length / 2).toFixed(1)} ${y(high ?? 0).toFixed(1)}` +
                `h${(inner / profile.length + 0.3).toFixed(2)}V${y(low ?? 0).toFixed(1)}` +
                `h-${(inner / profile.length + 0.3).toFixed(2)}z`,
            )
            .join('')}
        />
        <path className="profile-median" d={line(profile.map(({ median }) => median))} />
        {here && (
          <line
            className="day-cursor"
            x1={x(here.minute)}
            x2={x(here.minute)}
            y1={TOP}
            y2={TOP + TALL}
          />
        )}
      </svg>
      <ul className="swatches" aria-label="Key">
        <li>
          <span className="swatch profile-median-key" aria-hidden="true" /> median
        </li>
        <li>
          <span className="swatch profile-band-key" aria-hidden="true" /> middle half of the days
        </li>
        <li>thin lines: each day</li>
      </ul>
    </div>
  )
}
