import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Metric, Participant } from '@/api/client'
import type { Track } from '@/components/chart/tracks'
import { Loading, Trouble } from '@/components/states'
import { DAY, type TimeWindow } from '@/components/time/window'
import { instantOf } from '@/components/time/zone'
import { ComparePanel } from '@/features/compare/compare-panel'
import { type Align, type Line, sinceFirstDay } from '@/features/compare/lines'
import { drawnOf } from '@/features/series/drawn'
import { BADGES, type ImputedChoice, imputedDrawnOf } from '@/features/series/imputed'
import { ImputedKey } from '@/features/series/imputed-key'
import { Legend } from '@/features/series/legend'
import { levelWords, type Resolution, unitWords } from '@/features/series/levels'
import { csvAddress, seriesQuery } from '@/features/series/queries'
import { SeriesTable } from '@/features/series/series-table'

interface Props {
  people: readonly Participant[]
  study: string
  metric: Metric
  window: TimeWindow
  zone: string
  align: Align
  view: 'overlay' | 'multiples'
  byArm: boolean
  resolution: Resolution
  imputed: ImputedChoice
  table: boolean
  onTable: (shown: boolean) => void
  exports: boolean
}

/** Somebody's day 1: the first whole day that is expected of them. */
export const beginsOn = ({ first_due }: Participant): string | null => first_due ?? null

/** A track of which nothing is drawn. */
const without = (track: Track): Track => ({ ...track, values: track.values.map(() => null) })

/** A window of study days as it falls for somebody. */
function windowFor(who: Participant, align: Align, window: TimeWindow): TimeWindow | null {
  if (align === 'calendar') return window
  const begins = beginsOn(who)
  if (!begins) return null
  const midnight = (days: number) => instantOf(Date.parse(begins) + days * DAY, who.timezone)
  return { start: midnight(window.start / DAY), end: midnight(window.end / DAY) }
}

/** One metric of many participants, by date or by day in the study. */
export function Figures(props: Props) {
  const { people, study, metric, window, zone, align, view, byArm, resolution, imputed } = props
  const asked = people.flatMap((who) => {
    const own = windowFor(who, align, window)
    return own ? [{ who, own }] : []
  })
  const { series, pending, error, again } = useQueries({
    queries: asked.map(({ who, own }) =>
      seriesQuery({
        participants: [who.code],
        study,
        metric: metric.name,
        window: own,
        resolution,
        imputed,
      }),
    ),
    combine: (answers) => ({
      series: answers.flatMap(({ data }) => data?.series ?? []),
      pending: answers.some(({ isPending }) => isPending),
      error: answers.find(({ error }) => error)?.error ?? null,
      again: () => answers.forEach(({ refetch }) => void refetch()),
    }),
  })
  const arms = useMemo(() => [...new Set(people.flatMap(({ arm }) => arm ?? []))].sort(), [people])
  const lines = useMemo(
    () =>
      people.flatMap((who, n): Line[] => {
        const own = series.find(({ participant }) => participant === who.code)
        if (!own) return []
        const slot = byArm ? arms.indexOf(who.arm ?? '') + 1 : n
        const { track } = drawnOf(own, metric, slot)
        const filled = imputedDrawnOf(own, metric, slot)
        const begins = beginsOn(who)
        const moved = (each: Track) =>
          align === 'study' && begins ? sinceFirstDay(each, who.timezone, begins) : each
        const group = byArm ? (who.arm ? `Arm ${who.arm}` : 'No arm') : null
        const measured = imputed === 'only' ? without(track) : track
        const layer = filled && moved(filled.track)
        return [{ code: who.code, group, slot, track: moved(measured), imputed: layer }]
      }),
    [people, series, metric, align, byArm, arms, imputed],
  )
  if (error) return <Trouble error={error} onRetry={again} />
  if (pending) return <Loading what={metric.title} height={360} />

  const drawn = series.filter(({ t }) => t.length > 0)
  const levels = [...new Set(drawn.map(({ level }) => levelWords(level, metric)))].join(', ')
  const whole = {
    start: Math.min(...asked.map(({ own }) => own.start)),
    end: Math.max(...asked.map(({ own }) => own.end)),
  }
  const participants = asked.map(({ who }) => who.code)
  const file = { participants, study, metric: metric.name, window: whole, resolution, imputed }
  const left = people.length - asked.length
  const shape = metric.fold === 'sum' ? 'bars' : 'line'
  return (
    <>
      {view === 'overlay' && (
        <Legend names={byArm ? ['No arm', ...arms.map((arm) => `Arm ${arm}`)] : participants} />
      )}
      <ComparePanel
        title={metric.title}
        metric={metric.name}
        unit={unitWords(metric.unit)}
        badge={[levels, ...BADGES[imputed]].join(', ')}
        shape={shape}
        lines={lines}
        view={view}
        align={align}
        window={window}
        zone={zone}
        link={(code) => (
          <Link to="/participants/$code" params={{ code }} search={{ study }}>
            {code}
          </Link>
        )}
        {...(props.exports ? { csv: csvAddress(file) } : {})}
        table={props.table}
        onTable={props.onTable}
        busy={false}
      >
        {imputed !== 'exclude' && (
          <ImputedKey
            choice={imputed}
            shape={view === 'overlay' ? 'line' : shape}
            banded={false}
            interval={false}
          />
        )}
        {left > 0 && (
          <p className="note">
            {left} of {people.length} have no first day in the study and are left out.
          </p>
        )}
        {props.table && drawn.length > 0 && (
          <SeriesTable series={drawn} zone={zone} metric={metric} />
        )}
      </ComparePanel>
    </>
  )
}
