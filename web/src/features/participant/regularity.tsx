import './rhythm.css'
import { useId } from 'react'
import type { Rhythm, Slept } from '@/api/client'
import { useWidth } from '@/components/chart/width'
import { civilText } from '@/components/time/zone'
import { clock } from './slots'

const MINUTE = 60_000
const DAY_MINUTES = 1440
const NOON = 720
const [SIDE, END, ROW, TOP] = [104, 8, 18, 20]

const whole = (value: number | null) => (value === null ? '–' : Math.round(value).toString())
const time = (minute: number | null) => (minute === null ? '–' : clock(minute))

/** A length in hours and minutes, with its direction. */
export function laterWords(minutes: number | null): string {
  if (minutes === null) return '–'
  const size = Math.round(Math.abs(minutes))
  const long = `${Math.floor(size / 60)} h ${String(size % 60).padStart(2, '0')}`
  return size === 0 ? '0 h 00' : `${long} ${minutes > 0 ? 'later' : 'earlier'}`
}

function Figures({ rhythm: { regularity, timing } }: { rhythm: Rhythm }) {
  const share = regularity.possible ? (100 * regularity.pairs) / regularity.possible : 0
  return (
    <dl className="regularity">
      <div>
        <dt>Sleep Regularity Index</dt>
        <dd>
          <b>{whole(regularity.index)}</b>
          <small>
            {regularity.index === null
              ? 'needs 5 days’ worth of minutes known a day apart; '
              : '100 the same every day, 0 chance; '}
            {Math.round(share)} % of {regularity.possible.toLocaleString('en')} pairs known
          </small>
        </dd>
      </div>
      <div>
        <dt>Mid-sleep</dt>
        <dd>
          <b>{time(timing.midpoint)}</b>
          <small>
            ± {whole(timing.spread)} min, {timing.nights} nights
          </small>
        </dd>
      </div>
      <div>
        <dt>Social jetlag</dt>
        <dd>
          <b>{laterWords(timing.social_jetlag)}</b>
          <small>
            work days {time(timing.work_midpoint)} ({timing.work_nights}), Saturdays and Sundays{' '}
            {time(timing.free_midpoint)} ({timing.free_nights})
          </small>
        </dd>
      </div>
    </dl>
  )
}

/** Where a sleep lies between the noon before and the noon of its day; minutes from that noon. */
export function placeOf({ day, start, end, offset_minutes }: Slept): [number, number] {
  const noon = Date.parse(day) - NOON * MINUTE
  return [start, end].map((at) => (Date.parse(at) + offset_minutes * MINUTE - noon) / MINUTE) as [
    number,
    number,
  ]
}

/** A row for each night from the first to the last; null where no main sleep was told. */
export function everyNight(nights: readonly Slept[]): { day: string; night: Slept | null }[] {
  const known = new Map(nights.map((night) => [night.day, night]))
  const first = Date.parse(nights[0]?.day ?? '')
  const last = Date.parse(nights.at(-1)?.day ?? '')
  const rows = []
  for (let at = first; at <= last; at += DAY_MINUTES * MINUTE) {
    const day = new Date(at).toISOString().slice(0, 10)
    rows.push({ day, night: known.get(day) ?? null })
  }
  return rows
}

/** A night a row, from noon to noon, with its middle; and how regular they are together. */
export function Regularity({ rhythm }: { rhythm: Rhythm }) {
  const [place, width] = useWidth()
  const id = useId()
  const { nights } = rhythm
  const inner = Math.max(width - SIDE - END, 120)
  const x = (minute: number) =>
    SIDE + (Math.min(Math.max(minute, 0), DAY_MINUTES) / DAY_MINUTES) * inner
  const rows = everyNight(nights)
  const height = TOP + rows.length * ROW + 4
  const middle = rhythm.timing.midpoint
  return (
    <div ref={place}>
      <Figures rhythm={rhythm} />
      <svg className="svg-chart" width={width} height={height} role="img" aria-labelledby={id}>
        <title id={id}>
          {`${nights.length} nights from noon to noon; mid-sleep at ${time(middle)}.`}
        </title>
        {[0, 360, 720, 1080, 1440].map((minute) => (
          <g key={minute}>
            <line className="grid" x1={x(minute)} x2={x(minute)} y1={TOP - 4} y2={height} />
            <text className="tick" x={x(minute) - (minute === 1440 ? 12 : 0)} y={12}>
              {clock(minute + NOON)}
            </text>
          </g>
        ))}
        {rows.map(({ day, night }, n) => {
          const [from, to] = night ? placeOf(night) : [0, 0]
          const free = [0, 6].includes(new Date(day).getUTCDay())
          return (
            <g key={day} transform={`translate(0 ${TOP + n * ROW})`}>
              <text className={`side ${free ? 'free' : ''}`} x={SIDE - 8} y={ROW - 5}>
                {civilText(Date.parse(day), 'weekday')}
              </text>
              {night && (
                <>
                  <rect
                    className={`sleep-bar ${night.kind}`}
                    x={x(from)}
                    y={3}
                    width={Math.max(x(to) - x(from), 1)}
                    height={ROW - 6}
                    rx={2}
                  />
                  <line
                    className="sleep-middle"
                    x1={x((from + to) / 2)}
                    x2={x((from + to) / 2)}
                    y1={1}
                    y2={ROW - 1}
                  />
                </>
              )}
            </g>
          )
        })}
      </svg>
      <p className="note">
        The upright mark is mid-sleep; Saturdays and Sundays in bold stand for free days. Index
        after Phillips et al. 2017, social jetlag after Wittmann et al. 2006.
      </p>
    </div>
  )
}
