import './heat-panel.css'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useMemo, useRef } from 'react'
import type { Metric } from '@/api/client'
import type { Span } from '@/components/chart/lane-chart'
import { pointAt } from '@/components/chart/tracks'
import { Panel } from '@/components/panel'
import { Loading, Trouble } from '@/components/states'
import { type TimeWindow, windowWords } from '@/components/time/window'
import { type Drawn, drawnOf, summary, valuesOf, wordsAt } from './drawn'
import { BADGES, type ImputedChoice, imputedDrawnOf, imputedWordsAt } from './imputed'
import { levelWords, numberWords, type Resolution, unitWords } from './levels'
import { csvAddress, seriesQuery } from './queries'
import { SeriesTable } from './series-table'

const LaneChart = lazy(async () => ({
  default: (await import('@/components/chart/lane-chart')).LaneChart,
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
  /** Whether the CSV is offered. */
  exports?: boolean
  /** Whether what was imputed is left out, shown with what was measured, or alone. */
  imputed?: ImputedChoice
}

const PALEST = 0.08
const HALVES = 'Measured: cells of full height. Imputed, or with imputed minutes: the lower half.'

/** The values that most lie between, so that one outlier does not bleach the rest. */
function usualRange(values: number[]): [number, number] {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? 0
  return [at(0.02), at(0.98)]
}

function spansOf(drawn: Drawn[], participants: readonly string[], low: number, high: number) {
  const width = high - low || 1
  return drawn.flatMap(({ track }) =>
    track.values.flatMap((value, i): Span[] => {
      if (value === null || (track.imputed && !track.imputed.own[i])) return []
      const share = Math.min(1, Math.max(0, (value - low) / width))
      const start = track.starts[i] ?? 0
      const end = track.ends[i] ?? start
      const lane = participants.indexOf(track.name)
      const half = track.imputed !== undefined
      return [{ lane, start, end, ink: '--heat', share: PALEST + (1 - PALEST) * share, half }]
    }),
  )
}

/** One metric of many participants, a row each: the darker, the higher. */
export function HeatPanel(props: Props) {
  const { participants, study, metric, window, zone, resolution, table, onTable, onZoom } = props
  const { imputed = 'exclude' } = props
  const key = { participants, study, metric: metric.name, window, resolution, imputed }
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(seriesQuery(key))
  const readout = useRef<HTMLOutputElement>(null)

  const series = useMemo(() => (data?.series ?? []).filter((each) => each.t.length > 0), [data])
  const drawn = useMemo(() => series.map((each) => drawnOf(each, metric, 0)), [series, metric])
  const filled = useMemo(
    () => series.flatMap((each) => imputedDrawnOf(each, metric, 0) ?? []),
    [series, metric],
  )
  const [low, high] = useMemo(
    () => usualRange(series.flatMap((each) => valuesOf(each)).filter((v) => v !== null)),
    [series],
  )
  const spans = useMemo(
    () => spansOf([...(imputed === 'only' ? [] : drawn), ...filled], participants, low, high),
    [drawn, filled, imputed, participants, low, high],
  )
  const unit = unitWords(metric.unit)

  const onCursor = useCallback(
    (at: number | null, lane: number | null) => {
      if (!readout.current) return
      const here = ({ track }: Drawn) =>
        at !== null && track.name === participants[lane ?? -1] && pointAt(track, at, 0) !== null
      const measured = imputed === 'only' ? [] : drawn.filter(here)
      readout.current.textContent = [
        ...measured.map((each) => wordsAt(each, at ?? 0, zone, unit)),
        ...filled.filter(here).map((each) => imputedWordsAt(each, at ?? 0, zone, unit)),
      ]
        .filter(Boolean)
        .join(' · ')
    },
    [drawn, filled, imputed, participants, zone, unit],
  )

  const levels = [...new Set(series.map(({ level }) => levelWords(level, metric)))].join(', ')
  const between = windowWords(window, zone)
  return (
    <Panel
      title={metric.title}
      unit={unit}
      badge={[levels, ...BADGES[imputed]].join(', ')}
      readout={readout}
      {...(props.exports === false ? {} : { csv: csvAddress(key) })}
      table={table}
      onTable={onTable}
      busy={isPending || isPlaceholderData}
    >
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what={metric.title} height={300} />}
      {data && series.length === 0 && <p className="none">Nothing in {between}.</p>}
      {series.length > 0 && (
        <Suspense fallback={<Loading what={metric.title} height={300} />}>
          <LaneChart
            lanes={participants}
            spans={spans}
            label={`${metric.title}, ${between}, ${levels}. ${summary(series, unit)}.`}
            window={window}
            zone={zone}
            onZoom={onZoom}
            onCursor={onCursor}
          />
          <p className="heat-key">
            {numberWords(low)} <span aria-hidden="true" /> {numberWords(high)} {unit}
          </p>
          {imputed !== 'exclude' && (
            <p className="note">{imputed === 'only' ? 'Imputed: cells of half height.' : HALVES}</p>
          )}
        </Suspense>
      )}
      {table && series.length > 0 && <SeriesTable series={series} zone={zone} metric={metric} />}
    </Panel>
  )
}
