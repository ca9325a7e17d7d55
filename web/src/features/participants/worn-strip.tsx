import './worn-strip.css'
import type { Participant } from '@/api/client'

const DAY = 86_400_000
const LONGEST = 14
const VALID = 600
const FULL = 1440
const [WIDE, GAP, TALL] = [6, 2, 24]

type Worn = Participant['worn_minutes']

/** The same days without holes: a day that nobody reported has no minutes. */
export function everyDay(worn: Worn): { day: string; minutes: number | null }[] {
  const [first, last] = [worn[0], worn.at(-1)]
  if (!first || !last) return []
  const minutes = new Map(worn.map((each) => [each.day, each.minutes]))
  const [start, end] = [Date.parse(first.day), Date.parse(last.day)]
  const from = Math.max(start, end - (LONGEST - 1) * DAY)
  return Array.from({ length: Math.round((end - from) / DAY) + 1 }, (_, i) => {
    const day = new Date(from + i * DAY).toISOString().slice(0, 10)
    return { day, minutes: minutes.get(day) ?? null }
  })
}

/** Worn minutes of the last days as small bars; the taller ones reach ten hours. */
export function WornStrip({ worn }: { worn: Worn }) {
  const days = everyDay(worn)
  const last = days.at(-1)
  if (!last) return <span className="worn-none">No worn minutes yet</span>

  const enough = days.filter((day) => (day.minutes ?? 0) >= VALID).length
  const label =
    `Worn at least 10 hours on ${enough} of ${days.length} days to ${last.day}; ` +
    `last day ${last.minutes ?? 0} minutes.`
  const offset = (LONGEST - days.length) * (WIDE + GAP)
  return (
    <svg
      className="worn-strip"
      viewBox={`0 0 ${LONGEST * (WIDE + GAP) - GAP} ${TALL + 1}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {days.map(({ day, minutes }, i) => {
        const height = Math.max(2, ((minutes ?? 0) / FULL) * TALL)
        return (
          <rect
            key={day}
            className={minutes === null ? 'none' : minutes >= VALID ? 'enough' : 'short'}
            x={offset + i * (WIDE + GAP)}
            y={TALL - height}
            width={WIDE}
            height={height}
            rx={1}
          />
        )
      })}
    </svg>
  )
}
