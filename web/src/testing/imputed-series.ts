import type { Series } from '@/api/client'

const every = (i: number) => i % 10 === 5

/** A made-up series with every tenth point imputed instead of measured, as it was asked for. */
export function withImputed(series: Series, choice: Series['imputed']): Series {
  if (choice === 'exclude') return series
  const { t, count, sum, mean, min, max, first, last, ...about } = series
  const kept = t.flatMap((_, i) => (choice === 'include' || every(i) ? [i] : []))
  const pick = <Value>(column: Value[] | undefined | null, otherwise: Value) =>
    kept.map((i) => (every(i) ? otherwise : (column?.[i] ?? otherwise)))
  const value = (i: number) => mean?.[i] ?? 0
  const figures = {
    count: pick(count, 0),
    sum: pick<number | null>(sum, null),
    mean: pick<number | null>(mean, null),
    min: pick<number | null>(min, null),
    max: pick<number | null>(max, null),
    first: pick<number | null>(first, null),
    last: pick<number | null>(last, null),
  }
  return {
    ...about,
    ...(choice === 'include' ? figures : {}),
    imputed: choice,
    t: kept.map((i) => t[i] ?? ''),
    imputed_count: kept.map((i) => (every(i) ? 1 : 0)),
    imputed_sum: kept.map((i) => (every(i) ? value(i) : 0)),
    estimate: kept.map(value),
    low: kept.map((i) => value(i) - (every(i) ? 4 : 0)),
    high: kept.map((i) => value(i) + (every(i) ? 4 : 0)),
  }
}
