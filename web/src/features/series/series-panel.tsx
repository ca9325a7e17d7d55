import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useMemo, useRef } from 'react'
import type { Metric, Series } from '@/api/client'
import { pointAt } from '@/components/chart/tracks'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { type TimeWindow, windowWords } from '@/components/time/window'
import { civilAt } from '@/components/time/zone'
import { reachOf, summary, trackOf, valuesOf } from './drawn'
import { bucketWords, levelWords, numberWords, type Resolution, unitWords } from './levels'
import { csvAddress, seriesQuery } from './queries'
import { SeriesTable } from './series-table'

const TimeChart = lazy(async () => ({
  default: (await import('@/components/chart/time-chart')).TimeChart,
}))

interface Props {
  participants: readonly string[]
  metric: Metric
  window: TimeWindow
  zone: string
  resolution: Resolution
  table: boolean
  onTable: (shown: boolean) => void
  onZoom: (window: TimeWindow) => void
  height?: number
}

function pointWords(series: Series, i: number, unit: string): string {
  const value = `${numberWords(valuesOf(series)[i])} ${unit}`.trim()
  const [low, high] = [series.min?.[i], series.max?.[i]]
  const banded = series.level !== 'raw' && series.fold === 'mean' && low != null && high != null
  return banded ? `${value} (${numberWords(low)} to ${numberWords(high)})` : value
}

/** One metric of one or more participants over the window, as a chart and as a table. */
export function SeriesPanel(props: Props) {
  const { participants, metric, window, zone, resolution, table, onTable, onZoom } = props
  const key = { participants, metric: metric.name, window, resolution }
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(seriesQuery(key))
  const readout = useRef<HTMLOutputElement>(null)

  const series = useMemo(() => (data?.series ?? []).filter((each) => each.t.length > 0), [data])
  const tracks = useMemo(
    () => series.map((each) => trackOf(each, metric, participants.indexOf(each.participant))),
    [series, metric, participants],
  )
  const unit = unitWords(metric.unit)

  const onCursor = useCallback(
    (at: number | null) => {
      if (!readout.current) return
      const words: string[] = []
      series.forEach((each, n) => {
        const track = tracks[n]
        const i = at === null || !track ? null : pointAt(track, at, reachOf(each, metric) / 2)
        if (i === null || !track) return
        const point = each.t.findIndex((t) => Date.parse(t) === track.starts[i])
        const time = bucketWords(each.t[point] ?? '', each.level, (t) => civilAt(t, zone))
        const who = series.length > 1 ? `${each.participant} ` : `${time}  `
        words.push(who + pointWords(each, point, unit))
      })
      readout.current.textContent = words.join(' · ')
    },
    [series, tracks, metric, zone, unit],
  )

  const levels = [...new Set(series.map(({ level, fold }) => levelWords(level, fold)))]
  const between = windowWords(window, zone)
  return (
    <Panel
      title={metric.title}
      unit={unit}
      badge={levels.join(', ')}
      readout={readout}
      csv={csvAddress(key)}
      table={table}
      onTable={onTable}
      busy={isPlaceholderData || isPending}
    >
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what={metric.title} height={props.height ?? 160} />}
      {data && !error && series.length === 0 && (
        <p className="none">
          No {metric.title.toLowerCase()} in {between}.
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
        <p className="note">Only the first part of this window is drawn. Zoom in to see the rest.</p>
      )}
      {table && series.length > 0 && (
        <SeriesTable series={series} zone={zone} title={metric.title} />
      )}
    </Panel>
  )
}
