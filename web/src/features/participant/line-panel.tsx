import { lazy, Suspense, useCallback, useMemo, useRef } from 'react'
import type { Rhythm, Timeline } from '@/api/client'
import { pointAt, type Track } from '@/components/chart/tracks'
import { type Column, DataTable } from '@/components/data-table'
import { Panel } from '@/components/panel'
import { Loading } from '@/components/states'
import { type TimeWindow, windowWords } from '@/components/time/window'
import { momentText } from '@/components/time/zone'

const TimeChart = lazy(async () => ({
  default: (await import('@/components/chart/time-chart')).TimeChart,
}))

const MINUTE = 60_000
const DAY = 1440 * MINUTE

interface Point {
  at: number
  end: number
  value: number | null
}

const trackOf = (name: string, points: readonly Point[]): Track => ({
  name,
  slot: 0,
  starts: points.map(({ at }) => at),
  ends: points.map(({ end }) => end),
  values: points.map(({ value }) => value),
  lows: null,
  highs: null,
})

/** The share of the time in bed that was slept, a point a night; a missing night breaks the line. */
export function efficiencyOf({ nights }: Rhythm): Track {
  const points: Point[] = []
  let before: number | null = null
  for (const { day, start, end, efficiency } of nights) {
    const here = Date.parse(day)
    const last = points.at(-1)
    if (last && before !== null && here - before > 1.5 * DAY)
      points.push({ at: last.end, end: last.end, value: null })
    points.push({ at: Date.parse(start), end: Date.parse(end), value: efficiency })
    before = here
  }
  return trackOf('Sleep efficiency', points)
}

/** The battery as devices told of it; a day without a word breaks the line. */
export function batteryOf({ batteries }: Timeline): Track {
  const points: Point[] = []
  for (const { at, percent } of batteries) {
    if (percent === null) continue
    const here = Date.parse(at)
    const last = points.at(-1)
    if (last && here - last.at > 1.5 * DAY)
      points.push({ at: last.at + 1, end: last.at + 1, value: null })
    points.push({ at: here, end: here, value: percent })
  }
  return trackOf('Battery', points)
}

/** How fast the battery empties while it does, in percent a day; null of too little. */
export function batteryUse({ starts, values }: Track): number | null {
  let used = 0
  let over = 0
  values.forEach((value, i) => {
    const before = values[i - 1]
    const [from, to] = [starts[i - 1], starts[i]]
    if (value === null || before == null || from === undefined || to === undefined) return
    if (value > before) return
    used += before - value
    over += to - from
  })
  return over >= DAY / 2 ? (used / over) * DAY : null
}

interface Row {
  at: number
  value: number
}

interface Props {
  title: string
  track: Track
  /** What stands beside the title. */
  badge?: string | null
  window: TimeWindow
  zone: string
  csv?: string
  table: boolean
  onTable: (shown: boolean) => void
  onZoom: (window: TimeWindow) => void
}

/** One line in percent over the window. */
export function LinePanel({
  title,
  track,
  badge,
  window,
  zone,
  csv,
  table,
  onTable,
  onZoom,
}: Props) {
  const readout = useRef<HTMLOutputElement>(null)
  const tracks = useMemo(() => [track], [track])
  const rows = useMemo(
    () =>
      track.values.flatMap((value, i): Row[] =>
        value === null ? [] : [{ at: track.starts[i] ?? 0, value }],
      ),
    [track],
  )
  const onCursor = useCallback(
    (at: number | null) => {
      if (!readout.current) return
      const i = at === null ? null : pointAt(track, at, DAY / 2)
      const value = i === null ? null : track.values[i]
      readout.current.textContent =
        i === null || value == null
          ? ''
          : `${momentText(track.starts[i] ?? 0, zone)}: ${Math.round(value)} %`
    },
    [track, zone],
  )
  const columns: Column<Row>[] = [
    { id: 'at', title: 'Time', value: ({ at }) => at, cell: ({ at }) => momentText(at, zone) },
    {
      id: 'value',
      title: `${title}, %`,
      numeric: true,
      value: ({ value }) => Math.round(value),
    },
  ]
  const between = windowWords(window, zone)
  return (
    <Panel
      title={title}
      unit="%"
      badge={badge ?? null}
      readout={readout}
      table={table}
      onTable={onTable}
      busy={false}
      {...(csv ? { csv } : {})}
    >
      {rows.length === 0 ? (
        <p className="none">
          No {title.toLowerCase()} in {between}.
        </p>
      ) : (
        <Suspense fallback={<Loading what={title} height={150} />}>
          <TimeChart
            tracks={tracks}
            shape="line"
            label={`${title}, ${between}, ${rows.length} points.`}
            window={window}
            zone={zone}
            onZoom={onZoom}
            onCursor={onCursor}
            height={150}
          />
        </Suspense>
      )}
      {table && rows.length > 0 && (
        <DataTable
          caption={`${title}, times in ${zone}`}
          columns={columns}
          rows={rows}
          rowKey={({ at }) => String(at)}
          rowHeight={34}
        />
      )}
    </Panel>
  )
}
