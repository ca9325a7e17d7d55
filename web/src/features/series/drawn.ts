import type { Metric, Series } from '@/api/client'
import { pointAt, type Track } from '@/components/chart/tracks'
import { figuresOf } from './imputed'
import { bucketWords, endOf, joins, numberWords } from './levels'

type Column = (number | null)[]

const USUAL_OF = 200

/** The value of each point: a raw value, or the mean or total of its bucket. What was imputed has
 * none, unless nothing else was asked for. */
export function valuesOf(series: Series): Column {
  const { level, is_imputed: imputed, value } = series
  if (level === 'raw') {
    if (!imputed || series.imputed === 'only') return value ?? []
    return (value ?? []).map((each, i) => (imputed[i] ? null : each))
  }
  if (series.imputed === 'only') return series.estimate ?? []
  return (series.fold === 'sum' ? series.sum : series.mean) ?? []
}

function usualSpacing(starts: number[]): number {
  const steps = starts
    .slice(1, USUAL_OF)
    .map((start, i) => start - (starts[i] ?? start))
    .sort((a, b) => a - b)
  return steps[steps.length >> 1] ?? 0
}

/** A series with the track that draws it; `points` leads from the track back to the series. */
export interface Drawn {
  series: Series
  daily: boolean
  track: Track
  points: number[]
  /** The longest time that its line may bridge. */
  reach: number
}

/** Makes a series ready to draw: where nothing was measured, a null breaks the line. */
export function drawnOf(series: Series, metric: Metric, slot: number): Drawn {
  const { level, fold, min, max } = series
  const values = valuesOf(series)
  const banded = level !== 'raw' && fold === 'mean' && min && max
  const all = series.t.map((t) => Date.parse(t))
  const own = series.is_imputed ? all.filter((_, i) => !series.is_imputed?.[i]) : all
  const reach = joins(level, metric.family, metric.resolution_s, usualSpacing(own))

  const points: number[] = []
  const [starts, ends, drawn]: [number[], number[], Column] = [[], [], []]
  const [lows, highs]: [Column, Column] = [[], []]
  const push = (i: number, start: number, end: number, gap: boolean) => {
    points.push(i)
    starts.push(start)
    ends.push(end)
    drawn.push(gap ? null : (values[i] ?? null))
    lows.push(gap ? null : (min?.[i] ?? null))
    highs.push(gap ? null : (max?.[i] ?? null))
  }
  all.forEach((start, i) => {
    if (level === 'raw' && series.is_imputed?.[i]) return
    const before = ends.at(-1)
    const previous = starts.at(-1)
    if (before !== undefined && previous !== undefined && start - previous > reach)
      push(i, before, before + 1, true)
    push(i, start, endOf(start, level, metric.resolution_s), false)
  })
  const edges = banded ? { lows, highs } : { lows: null, highs: null }
  return {
    series,
    daily: metric.kind === 'daily',
    points,
    reach,
    track: { name: series.participant, slot, starts, ends, values: drawn, ...edges },
  }
}

function imputedWords(series: Series): string {
  const { imputed } = figuresOf(series)
  return imputed > 0 ? `, ${imputed} imputed` : ''
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
      const filled = imputedWords(each)
      return `${each.participant}: ${present.length} points from ${range}${filled}`
    })
    .join('; ')
}

/** What a series says at an instant, in words; nothing where it has a gap. */
export function wordsAt(drawn: Drawn, at: number, zone: string, unit: string): string {
  const { series, daily, track, points, reach } = drawn
  const i = points[pointAt(track, at, reach / 2) ?? -1]
  if (i === undefined || valuesOf(series)[i] == null) return ''
  const time = bucketWords(series.t[i] ?? '', series.level, daily, zone)
  const value = `${series.participant}, ${time}: ${numberWords(valuesOf(series)[i])} ${unit}`
  const [low, high] = [series.min?.[i], series.max?.[i]]
  const banded = track.lows && low != null && high != null
  return banded ? `${value} (${numberWords(low)} to ${numberWords(high)})` : value
}
