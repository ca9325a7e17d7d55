import './day-strip.css'
import type { ReactNode } from 'react'
import { civilText } from '@/components/time/zone'
import type { Day } from './slots'

const LEAST = 600
const FULL = 1440
const FEW = 16

interface Props {
  days: readonly Day[]
  link: (day: string, label: string, tile: ReactNode) => ReactNode
}

const kindOf = ({ reason }: Day): string => {
  if (reason === 'valid') return 'valid'
  if (reason === 'below_threshold') return 'short'
  if (reason === 'pending_sync' || reason === null) return 'dotted'
  if (reason === 'not_due' || reason === 'paused') return 'blank'
  return reason === 'not_worn' ? 'hatched' : 'crossed'
}

const minutesOf = ({ judged, slots }: Day) =>
  judged?.worn_minutes ?? slots.reduce((sum, { worn }) => sum + worn, 0)

/** The days of the window: how long it was worn on each, and why a day is as it is. */
export function DayStrip({ days, link }: Props) {
  return (
    <ol className="day-strip" aria-label="Days">
      {days.map((day) => {
        const minutes = minutesOf(day)
        const hours = (minutes / 60).toFixed(1)
        const weekday = days.length <= FEW && civilText(Date.parse(day.day), 'weekday').slice(0, 3)
        const name = Number(day.day.slice(8))
        const tall = Math.min(minutes / FULL, 1) * 100
        return (
          <li key={day.day}>
            {link(
              day.day,
              `${weekday ? `${weekday} ` : ''}${name} ${day.word}, ${hours} h worn, ${civilText(Date.parse(day.day), 'date')}`,
              <span className={`day-tile ${kindOf(day)}`} aria-hidden="true">
                <span className="day-bar">
                  {tall > 0 && <span style={{ height: `${tall}%` }} />}
                  <i style={{ bottom: `${(LEAST / FULL) * 100}%` }} />
                </span>
                <b>
                  {weekday && <span className="weekday">{weekday} </span>}
                  {name}
                </b>{' '}
                {days.length <= FEW && <small>{day.word}</small>}
              </span>,
            )}
          </li>
        )
      })}
    </ol>
  )
}
