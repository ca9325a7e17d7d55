import './desk.css'
import './week-spark.css'
import type { DeskLine } from '@/api/client'
import { civilText } from '@/components/time/zone'
import { REASONS } from './words'

const [WIDE, GAP, TALL, DAYS] = [9, 3, 26, 7]
const LEFT = 1

type Day = DeskLine['week'][number]

const worn = ({ worn_minutes, day_minutes }: Day) =>
  day_minutes > 0 ? Math.min(1, worn_minutes / day_minutes) : 0

const told = (day: Day) =>
  `${civilText(Date.parse(day.day), 'weekday')} ${
    day.worn_minutes > 0
      ? `${Math.round(worn(day) * 100)} %`
      : REASONS[day.reason].word.toLowerCase()
  }`

/** How much of each of the last seven days was worn, with guides at none, half and all of it. */
export function WeekSpark({ week }: { week: DeskLine['week'] }) {
  if (week.length === 0) return <span className="none-yet">No day yet</span>
  const label = `Worn, last ${week.length} days: ${week.map(told).join(', ')}`
  const offset = (DAYS - week.length) * (WIDE + GAP)
  const width = DAYS * (WIDE + GAP) - GAP + 2 * LEFT
  return (
    <svg className="week-spark" viewBox={`0 0 ${width} ${TALL + 2}`} role="img" aria-label={label}>
      <title>{label}</title>
      {[0, 0.5, 1].map((share) => (
        <line
          key={share}
          x1={0}
          x2={width}
          y1={1 + TALL * (1 - share)}
          y2={1 + TALL * (1 - share)}
        />
      ))}
      {week.map((day, i) => {
        const x = LEFT + offset + i * (WIDE + GAP)
        const height = worn(day) * TALL
        return height > 0 ? (
          <rect
            key={day.day}
            className={day.reason === 'valid' ? 'valid' : 'short'}
            x={x}
            y={1 + TALL - height}
            width={WIDE}
            height={height}
          />
        ) : (
          <path
            key={day.day}
            className={day.reason === 'pending_sync' ? 'pending' : 'empty'}
            d={
              day.reason === 'not_due' || day.reason === 'paused'
                ? ''
                : `M${x + 1} ${TALL - 6}l${WIDE - 2} 5m0 -5l-${WIDE - 2} 5`
            }
          />
        )
      })}
    </svg>
  )
}
