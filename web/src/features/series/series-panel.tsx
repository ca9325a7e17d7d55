import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useMemo, useRef } from 'react'
import type { Metric } from '@/api/client'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { type TimeWindow, windowWords } from '@/components/time/window'
import { drawnOf, summary, wordsAt } from './drawn'
import { type GapMark, GapStrip, gapWords } from './gap-strip'
import { GapsTable } from './gaps-table'
import { BADGES, figureWords, type ImputedChoice, imputedDrawnOf, imputedWordsAt } from './imputed'
import { ImputedKey } from './imputed-key'
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
  /** Whether what was imputed is left out, shown with what was measured, or alone. */
  imputed?: ImputedChoice
  /** Where nothing was measured, and what became of it. */
  gaps?: readonly GapMark[]
}

const NO_GAPS: readonly GapMark[] = []

const within = (title: string) => title.charAt(0).toLowerCase() + title.slice(1)

/** One metric of one or more participants over the window, as a chart and as a table. */
export function SeriesPanel(props: Props) {
  const { participants, study, metric, window, zone, resolution, table, onTable, onZoom } = props
  const { imputed = 'exclude', gaps = NO_GAPS } = props
  const key = { participants, study, metric: metric.name, window, resolution, imputed }
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(seriesQuery(key))
  const readout = useRef<HTMLOutputElement>(null)

  const series = useMemo(() => (data?.series ?? []).filter((each) => each.t.length > 0), [data])
  const drawn = useMemo(
    () => series.map((each) => drawnOf(each, metric, participants.indexOf(each.participant))),
    [series, metric, participants],
  )
  const filled = useMemo(
    () =>
      series.flatMap(
        (each) => imputedDrawnOf(each, metric, participants.indexOf(each.participant)) ?? [],
      ),
    [series, metric, participants],
  )
  const tracks = useMemo(
    () => [...(imputed === 'only' ? [] : drawn), ...filled].map(({ track }) => track),
    [imputed, drawn, filled],
  )
  const unit = unitWords(metric.unit)

  const onCursor = useCallback(
    (at: number | null) => {
      if (!readout.current) return
      const words =
        at === null
          ? []
          : [
              ...(imputed === 'only' ? [] : drawn.map((each) => wordsAt(each, at, zone, unit))),
              ...filled.map((each) => imputedWordsAt(each, at, zone, unit)),
            ].filter(Boolean)
      const refused = gaps.filter(
        ({ filled, start, end }) => !filled && at !== null && at >= start && at < end,
      )
      const told = words.length > 0 ? words : refused.map((gap) => gapWords(gap, zone))
      readout.current.textContent = told.join(' · ')
    },
    [drawn, filled, imputed, gaps, zone, unit],
  )

  const levels = [...new Set(series.map(({ level }) => levelWords(level, metric)))]
  const between = windowWords(window, zone)
  const shape = metric.fold === 'sum' ? 'bars' : 'line'
  const what = imputed === 'only' ? 'imputed ' : ''
  return (
    <Panel
      title={metric.title}
      unit={unit === within(metric.title) ? '' : unit}
      badge={[...levels, ...BADGES[imputed]].join(', ')}
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
          No {what}
          {within(metric.title)} in {between}.
        </p>
      )}
      {!error && series.length > 0 && (
        <Suspense fallback={<Loading what={metric.title} height={props.height ?? 160} />}>
          <TimeChart
            tracks={tracks}
            shape={shape}
            label={`${metric.title}, ${between}, ${levels.join(', ')}. ${summary(series, unit)}.`}
            window={window}
            zone={zone}
            onZoom={onZoom}
            onCursor={onCursor}
            height={props.height ?? 160}
          />
        </Suspense>
      )}
      {imputed !== 'exclude' && series.length > 0 && (
        <>
          <ImputedKey
            choice={imputed}
            shape={shape}
            banded={drawn.some(({ track }) => track.lows !== null)}
          />
          {series.map((each) => (
            <p className="series-figures" key={each.participant}>
              {figureWords(each, metric, unit)}
            </p>
          ))}
        </>
      )}
      {gaps.length > 0 && <GapStrip gaps={gaps} window={window} zone={zone} title={metric.title} />}
      {data?.next_cursor && (
        <p className="note">
          Only the first part of this window is drawn. Zoom in to see the rest.
        </p>
      )}
      {table && series.length > 0 && <SeriesTable series={series} zone={zone} metric={metric} />}
      {table && gaps.length > 0 && <GapsTable gaps={gaps} zone={zone} title={metric.title} />}
    </Panel>
  )
}
