import type { Metric, Series } from '@/api/client'
import type { Track } from '@/components/chart/tracks'
import { endOf, joins } from './levels'

type Column = (number | null)[]

const USUAL_OF = 200

/** The value of each point: a raw value, or the mean or total of its bucket. */
export function valuesOf(series: Series): Column {
  if (series.level === 'raw') return series.value ?? []
  return (series.fold === 'sum' ? series.sum : series.mean) ?? []
}

function usualSpacing(starts: number[]): number {
  const steps = starts
    .slice(1, USUAL_OF)
    .map((start, i) => start - (starts[i] ?? start))
    .sort((a, b) => a - b)
  return steps[steps.length >> 1] ?? 0
}

/** The longest time that a line of this series may bridge. */
export function reachOf(series: Series, metric: Metric): number {
  const starts = series.t.map(Date.parse)
  return joins(series.level, metric.family, metric.resolution_s, usualSpacing(starts))
}

/** A series as a track to draw: where nothing was measured, the line is broken by a null. */
export function trackOf(series: Series, metric: Metric, slot: number): Track {
  const values = valuesOf(series)
  const banded = series.level !== 'raw' && series.fold === 'mean' && series.min && series.max
  const track: Track & { lows: Column; highs: Column } = {
    name: series.participant,
    slot,
    starts: [],
    ends: [],
    values: [],
    lows: [],
    highs: [],
  }
  const push = (start: number, end: number, value: number | null, i: number) => {
    track.starts.push(start)
    track.ends.push(end)
    track.values.push(value)
    track.lows.push(value === null ? null : (series.min?.[i] ?? null))
    track.highs.push(value === null ? null : (series.max?.[i] ?? null))
  }
  const reach = reachOf(series, metric)
  let before: [number, number] | null = null
  series.t.forEach((t, i) => {
    const start = Date.parse(t)
    const end = endOf(start, series.level, metric.resolution_s)
    if (before && start - before[0] > reach) push(before[1], before[1] + 1, null, i)
    push(start, end, values[i] ?? null, i)
    before = [start, end]
  })
  return banded ? track : { ...track, lows: null, highs: null }
}

/** A series in one sentence, for those who do not see the chart. */
export function summary(series: Series[], unit: string): string {
  return series
    .map((each) => {
      const present = valuesOf(each).filter((value) => value !== null)
      if (present.length === 0) return `${each.participant}: nothing`
      const [low, high] = present.reduce<[number, number]>(
        ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
        [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      )
      const range = `${Math.round(low * 10) / 10} to ${Math.round(high * 10) / 10} ${unit}`
      return `${each.participant}: ${present.length} points from ${range}`
    })
    .join('; ')
}
