import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useMemo, useRef } from 'react'
import type { Metric } from '@/api/client'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { type TimeWindow, windowWords } from '@/components/time/window'
import { drawnOf, summary, wordsAt } from './drawn'
import { levelWords, type Resolution, unitWords } from './levels'
import { csvAddress, seriesQuery } from './queries'
import { SeriesTable } from './series-table'

const TimeChart = lazy(async () => ({
  default: (await import('@/components/chart/time-chart')).TimeChart,
}))

interface Props {
  participants: readonly string[]
  study: string
  metric: Metric
  window: TimeWindow
  zone: string
  resolution: Resolution
  table: boolean
  onTable: (shown: boolean) => void
  onZoom: (window: TimeWindow) => void
  height?: number
  /** Whether the CSV is offered. */
  exports?: boolean
}

const within = (title: string) => title.charAt(0).toLowerCase() + title.slice(1)

/** One metric of one or more participants over the window, as a chart and as a table. */
export function SeriesPanel(props: Props) {
  const { participants, study, metric, window, zone, resolution, table, onTable, onZoom } = props
  const key = { participants, study, metric: metric.name, window, resolution }
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(seriesQuery(key))
  const readout = useRef<HTMLOutputElement>(null)

  const series = useMemo(() => (data?.series ?? []).filter((each) => each.t.length > 0), [data])
  const drawn = useMemo(
    () => series.map((each) => drawnOf(each, metric, participants.indexOf(each.participant))),
    [series, metric, participants],
  )
  const tracks = useMemo(() => drawn.map(({ track }) => track), [drawn])
  const unit = unitWords(metric.unit)

  const onCursor = useCallback(
    (at: number | null) => {
      if (!readout.current) return
      const words = at === null ? [] : drawn.map((each) => wordsAt(each, at, zone, unit))
      readout.current.textContent = words.filter(Boolean).join(' · ')
    },
    [drawn, zone, unit],
  )

  const levels = [...new Set(series.map(({ level }) => levelWords(level, metric)))]
  const between = windowWords(window, zone)
  return (
    <Panel
      title={metric.title}
      unit={unit === within(metric.title) ? '' : unit}
      badge={levels.join(', ')}
      readout={readout}
      {...(props.exports === false ? {} : { csv: csvAddress(key) })}
      table={table}
      onTable={onTable}
      busy={isPlaceholderData || isPending}
    >
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what={metric.title} height={props.height ?? 160} />}
      {data && !error && series.length === 0 && (
        <p className="none">
          No {within(metric.title)} in {between}.
        </p>
      )}
      {!error && series.length > 0 && (
        <Suspense fallback={<Loading what={metric.title} height={props.height ?? 160} />}>
          <TimeChart
            tracks={tracks}
            shape={metric.fold === 'sum' ? 'bars' : 'line'}
            label={`${metric.title}, ${between}, ${levels.join(', ')}. ${summary(series, unit)}.`}
            window={window}
            zone={zone}
            onZoom={onZoom}
            onCursor={onCursor}
            height={props.height ?? 160}
          />
        </Suspense>
      )}
      {data?.next_cursor && (
        <p className="note">
          Only the first part of this window is drawn. Zoom in to see the rest.
        </p>
      )}
      {table && series.length > 0 && <SeriesTable series={series} zone={zone} metric={metric} />}
    </Panel>
  )
}
