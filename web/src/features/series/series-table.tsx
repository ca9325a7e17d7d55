import { Text } from '@mantine/core'
import { useMemo } from 'react'
import type { Metric, Series } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { valuesOf } from './drawn'
import { bucketWords, numberWords, unitWords } from './levels'

interface Row {
  key: string
  participant: string
  time: string
  value: number | null
  min: number | null
  max: number | null
  mean: number | null
  count: number | null
  imputed: number | string | null
  estimate: number | null
  low: number | null
  high: number | null
}

const MOST = 1000

function imputedAt(series: Series, i: number): number | string | null {
  if (series.level === 'raw') return series.is_imputed?.[i] ? 'imputed' : ''
  return series.imputed_count?.[i] ?? null
}

function rowsOf(series: Series[], daily: boolean, zone: string): Row[] {
  const rows: Row[] = []
  for (const each of series) {
    const values = valuesOf(each)
    for (const [i, t] of each.t.slice(0, MOST - rows.length).entries()) {
      rows.push({
        key: `${each.participant} ${t} ${i}`,
        participant: each.participant,
        time: bucketWords(t, each.level, daily, zone),
        value: (each.level === 'raw' ? each.value?.[i] : values[i]) ?? null,
        min: each.min?.[i] ?? null,
        max: each.max?.[i] ?? null,
        mean: each.mean?.[i] ?? null,
        count: each.count?.[i] ?? null,
        imputed: imputedAt(each, i),
        estimate: each.estimate?.[i] ?? null,
        low: each.low?.[i] ?? null,
        high: each.high?.[i] ?? null,
      })
    }
  }
  return rows
}

type Figure = 'value' | 'min' | 'max' | 'mean' | 'count' | 'estimate' | 'low' | 'high'

function columnsOf(series: Series[], daily: boolean): Column<Row>[] {
  const [first] = series
  const unit = unitWords(first?.unit ?? '')
  const inUnit = (title: string) => (unit ? `${title}, ${unit}` : title)
  const number = (id: Figure, title: string): Column<Row> => ({
    id,
    title,
    numeric: true,
    value: (row) => row[id],
    cell: (row) => numberWords(row[id]),
  })
  const time: Column<Row> = { id: 'time', title: 'Time', value: (row) => row.time }
  const who: Column<Row> = { id: 'who', title: 'Participant', value: (row) => row.participant }
  const shared = series.length > 1 ? [who, time] : [time]
  const raw = first?.level === 'raw'
  const marked: Column<Row> = {
    id: 'imputed',
    title: raw ? 'Imputed' : daily ? 'Imputed, nights' : 'Imputed, min',
    numeric: !raw,
    value: ({ imputed }) => imputed,
  }
  const edges = [number('low', '90 % from'), number('high', '90 % to')]
  const layer =
    (first?.imputed ?? 'exclude') === 'exclude'
      ? []
      : raw
        ? [marked, ...edges]
        : [
            marked,
            number('estimate', first?.fold === 'sum' ? 'Total with imputed' : 'Mean with imputed'),
            ...edges,
          ]
  if (raw) return [...shared, number('value', inUnit('Value')), ...layer]
  if (first?.imputed === 'only') return [...shared, ...layer]
  const leading =
    first?.fold === 'sum'
      ? [number('value', inUnit('Total')), number('mean', 'Mean')]
      : [number('mean', inUnit('Mean'))]
  return [
    ...shared,
    ...leading,
    number('min', 'Min'),
    number('max', 'Max'),
    number('count', 'Samples'),
    ...layer,
  ]
}

/** The numbers behind a chart, up to the first thousand rows. */
export function SeriesTable({ series, zone, metric }: SeriesTableProps) {
  const rows = useMemo(
    () => rowsOf(series, metric.kind === 'daily', zone),
    [series, metric.kind, zone],
  )
  const columns = useMemo(() => columnsOf(series, metric.kind === 'daily'), [series, metric.kind])
  const total = series.reduce((sum, each) => sum + each.t.length, 0)
  return (
    <>
      <DataTable
        caption={`${metric.title}, times in ${zone}`}
        columns={columns}
        rows={rows}
        rowKey={({ key }) => key}
        rowHeight={34}
      />
      {total > rows.length && (
        <Text size="sm" c="dimmed">
          The first {rows.length.toLocaleString('en')} of {total.toLocaleString('en')} rows. The CSV
          has them all.
        </Text>
      )}
    </>
  )
}

interface SeriesTableProps {
  series: Series[]
  zone: string
  metric: Metric
}
