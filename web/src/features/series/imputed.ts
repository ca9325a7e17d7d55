import type { Metric, Series } from '@/api/client'
import { pointAt } from '@/components/chart/tracks'
import type { Drawn } from './drawn'
import { bucketWords, endOf, joins, numberWords } from './levels'

export type ImputedChoice = 'exclude' | 'include' | 'only'

export const IMPUTED_CHOICES = [
  ['exclude', 'Leave out'],
  ['include', 'Show with'],
  ['only', 'Only imputed'],
] as const

/** What a panel's badge says of the choice. */
export const BADGES: Record<ImputedChoice, string[]> = {
  exclude: [],
  include: ['with imputed'],
  only: ['imputed only'],
}

export const imputedOf = (text: string | undefined): ImputedChoice =>
  IMPUTED_CHOICES.find(([name]) => name === text)?.[0] ?? 'exclude'

const MINUTE = 60_000

/** Whether any of a point was imputed. */
export const isImputed = (series: Series, i: number): boolean =>
  series.level === 'raw' ? series.is_imputed?.[i] === true : (series.imputed_count?.[i] ?? 0) > 0

const valueAt = (series: Series, i: number): number | null =>
  (series.level === 'raw' ? series.value?.[i] : series.estimate?.[i]) ?? null

/** The points of a line: those imputed, and the neighbours to which they lead. */
function pointsOf(series: Series, starts: number[], reach: number): number[] {
  const chosen = new Set<number>()
  const joined = (a: number, b: number) => {
    const [from, to] = [starts[a], starts[b]]
    return from !== undefined && to !== undefined && Math.abs(to - from) <= reach
  }
  starts.forEach((_, i) => {
    if (!isImputed(series, i)) return
    if (series.fold === 'mean' && joined(i - 1, i)) chosen.add(i - 1)
    chosen.add(i)
    if (series.fold === 'mean' && joined(i, i + 1)) chosen.add(i + 1)
  })
  return [...chosen].sort((a, b) => a - b)
}

/** What of a series was imputed, ready to draw; null where nothing was. */
export function imputedDrawnOf(series: Series, metric: Metric, slot: number): Drawn | null {
  const all = series.t.map((t) => Date.parse(t))
  const { level } = series
  const daily = metric.kind === 'daily'
  const native = daily ? metric.resolution_s : MINUTE / 1000
  const reach = level === 'raw' && !daily ? 2 * MINUTE : joins(level, metric.family, native, MINUTE)
  const chosen = pointsOf(series, all, reach)
  if (chosen.length === 0) return null
  const drawn: Drawn = {
    series,
    daily,
    points: [],
    reach,
    track: {
      name: series.participant,
      slot,
      starts: [],
      ends: [],
      values: [],
      lows: [],
      highs: [],
      imputed: { own: [], bases: [] },
    },
  }
  for (const i of chosen) push(drawn, i, all[i] ?? 0, native)
  return drawn
}

function push(
  { series, points, reach, track }: Drawn,
  i: number,
  start: number,
  native: number | null,
) {
  const put = (from: number, to: number, value: number | null, filled: boolean) => {
    points.push(i)
    track.starts.push(from)
    track.ends.push(to)
    track.values.push(value)
    track.lows?.push(value === null ? null : (series.low?.[i] ?? value))
    track.highs?.push(value === null ? null : (series.high?.[i] ?? value))
    track.imputed?.own.push(filled)
    track.imputed?.bases.push(series.level === 'raw' ? 0 : (series.sum?.[i] ?? 0))
  }
  const [before, previous] = [track.ends.at(-1), track.starts.at(-1)]
  if (before !== undefined && previous !== undefined && start - previous > reach)
    put(before, before + 1, null, false)
  put(start, endOf(start, series.level, native), valueAt(series, i), isImputed(series, i))
}

const amount = (series: Series, i: number, minutes: string): string =>
  series.level === 'raw'
    ? 'imputed'
    : `with ${numberWords(series.imputed_count?.[i])} imputed ${minutes}`

/** What was imputed at an instant, in words; nothing where nothing was. */
export function imputedWordsAt(drawn: Drawn, at: number, zone: string, unit: string): string {
  const { series, daily, track, points, reach } = drawn
  const place = pointAt(track, at, reach / 2)
  const i = points[place ?? -1]
  if (place === null || i === undefined || !track.imputed?.own[place]) return ''
  const time = bucketWords(series.t[i] ?? '', series.level, daily, zone)
  const value = `${numberWords(valueAt(series, i))} ${unit}`.trim()
  const [low, high] = [series.low?.[i], series.high?.[i]]
  const interval =
    low == null || high == null
      ? ''
      : ` (90 % interval ${numberWords(low)} to ${numberWords(high)})`
  return `${series.participant}, ${time}, ${amount(series, i, daily ? 'nights' : 'min')}: ${value}${interval}`
}

/** How much was measured and how much imputed, over all that is shown. */
export interface Figures {
  samples: number
  measured: number
  imputed: number
  expected: number
}

export function figuresOf(series: Series): Figures {
  const found: Figures = { samples: 0, measured: 0, imputed: 0, expected: 0 }
  series.t.forEach((_, i) => {
    const filled = isImputed(series, i)
    if (series.level === 'raw') {
      const value = series.value?.[i] ?? 0
      found[filled ? 'imputed' : 'samples'] += 1
      found[filled ? 'expected' : 'measured'] += value
      return
    }
    found.samples += series.count?.[i] ?? 0
    found.measured += series.sum?.[i] ?? 0
    found.imputed += series.imputed_count?.[i] ?? 0
    found.expected += series.imputed_sum?.[i] ?? 0
  })
  return found
}

const whole = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 0 })

/** The figures of a series in a sentence: measured, and imputed beside it. */
export function figureWords(series: Series, metric: Metric, unit: string): string {
  const { samples, measured, imputed, expected } = figuresOf(series)
  const minutes = metric.kind === 'daily' ? (imputed === 1 ? 'night' : 'nights') : 'min'
  const told = (sum: number, count: number) =>
    metric.fold === 'sum'
      ? `total ${whole(sum)} ${unit}`
      : `mean ${numberWords(sum / count)} ${unit}`
  const own =
    series.imputed === 'only'
      ? []
      : [
          samples > 0
            ? `measured ${whole(samples)} samples, ${told(measured, samples)}`
            : 'nothing measured',
        ]
  const filled =
    imputed > 0
      ? `imputed ${whole(imputed)} ${minutes}, ${told(expected, imputed)}`
      : 'nothing imputed'
  return `${series.participant}: ${[...own, filled].join('; ')}.`.replaceAll(' .', '.')
}
