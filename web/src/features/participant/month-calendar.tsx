import './month-calendar.css'
import type { ReactNode } from 'react'
import { civilText } from '@/components/time/zone'
import type { Day } from './slots'

const DAY = 86_400_000
const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** Weeks from Monday to Sunday that hold these days; nothing where none of them is. */
export function weeksOf(days: readonly Day[]): (Day | null)[][] {
  const known = new Map(days.map((day) => [day.day, day]))
  const first = days[0] ? Date.parse(days[0].day) : 0
  const last = Date.parse(days.at(-1)?.day ?? '')
  const weekday = (new Date(first).getUTCDay() + 6) % 7
  const weeks: (Day | null)[][] = []
  for (let monday = first - weekday * DAY; monday <= last; monday += 7 * DAY) {
    weeks.push(
      WEEK.map((_, i) => known.get(new Date(monday + i * DAY).toISOString().slice(0, 10)) ?? null),
    )
  }
  return weeks
}

const NIGHTS = { valid: 'slept long enough', short: 'slept too little', none: 'no sleep log' }

const nightOf = ({ judged }: Day): keyof typeof NIGHTS | null => {
  if (!judged || judged.night_uploaded === null) return null
  if (!judged.night_uploaded) return 'none'
  return judged.night_valid === false ? 'short' : 'valid'
}

const DAYS: Partial<Record<NonNullable<Day['reason']>, string>> = {
  valid: 'valid',
  below_threshold: 'short',
  not_worn: 'off',
  pending_sync: 'pending',
  lost: 'gone',
  not_authorised: 'gone',
  outage: 'gone',
  unknown: 'gone',
}

function told(day: Day): string {
  const hours = day.judged ? `, ${(day.judged.worn_minutes / 60).toFixed(1)} h worn` : ''
  const night = nightOf(day)
  const slept = night ? `; night: ${NIGHTS[night]}` : ''
  return `${civilText(Date.parse(day.day), 'weekday')}: ${day.word.toLowerCase()}${hours}${slept}`
}

interface Props {
  days: readonly Day[]
  /** A link to a day around its tile. */
  link: (day: string, label: string, tile: ReactNode) => ReactNode
}

/** A tile a day: its upper corner is the day, its lower corner the night that ended on it. */
export function MonthCalendar({ days, link }: Props) {
  return (
    <div className="month-calendar">
      <table>
        <caption className="for-screen-readers">Days and nights, weeks from Monday</caption>
        <thead>
          <tr>
            {WEEK.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(days).map((week) => (
            <tr key={week.find((day) => day !== null)?.day}>
              {week.map((day, i) => (
                <td key={day?.day ?? WEEK[i]}>
                  {day && link(day.day, told(day), <Tile day={day} />)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="swatches" aria-label="Key">
        {[
          ['valid', 'valid'],
          ['short', 'too little'],
          ['off', 'not worn, no sleep log'],
          ['pending', 'not synced yet'],
          ['gone', 'no data'],
        ].map(([name, word]) => (
          <li key={name}>
            <svg className="corner-key" viewBox="0 0 34 24" aria-hidden="true">
              <Corner state={name ?? ''} points="1,1 33,1 1,23" mark="9,8" />
            </svg>
            {word}
          </li>
        ))}
        <li>above: the day · below: the night that ended on it</li>
      </ul>
    </div>
  )
}

const MARKS: Record<string, string> = {
  valid: 'm-3.5 0l2.5 2.5l4.5 -5',
  short: 'm-3 0h6',
  off: 'm-2.5 -2.5l5 5m0 -5l-5 5',
  pending: 'm0 -3v3l2 2',
  gone: 'm-2 -2.5h4l-4 5h4',
}

function Corner({ state, points, mark }: { state: string; points: string; mark: string }) {
  return (
    <g className={`corner ${state}`}>
      <polygon points={points} />
      {MARKS[state] && <path d={`M${mark}${MARKS[state]}`} />}
    </g>
  )
}

const NIGHT_STATES = { valid: 'valid', short: 'short', none: 'off' }

function Tile({ day }: { day: Day }) {
  const night = nightOf(day)
  const waiting = day.reason === 'pending_sync' && night === 'none'
  const nightly = waiting ? 'pending' : night && day.reason !== 'not_due' ? NIGHT_STATES[night] : ''
  const number = Number(day.day.slice(8))
  return (
    <svg viewBox="0 0 64 46" aria-hidden="true">
      <Corner
        state={day.reason ? (DAYS[day.reason] ?? '') : ''}
        points="1,1 63,1 1,45"
        mark="12,12"
      />
      <Corner state={nightly} points="63,1 63,45 1,45" mark="53,36" />
      <text x={32} y={28}>
        {number === 1 ? civilText(Date.parse(day.day), 'day') : number}
      </text>
    </svg>
  )
}
