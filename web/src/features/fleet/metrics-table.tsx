import { Button } from '@mantine/core'
import { useQueries } from '@tanstack/react-query'
import { type Column, DataTable } from '@/components/data-table'
import { dayHere } from '@/components/time/words'
import { type FleetMetric, figuresQuery } from './queries'
import { count } from './words'

interface Props {
  metrics: FleetMetric[]
  sort: string | undefined
  onSort: (sort: string | undefined) => void
  /** Without it nobody may change them. */
  onChange?: ((metric: FleetMetric) => void) | undefined
}

export interface MetricRow extends FleetMetric {
  outside: number | null
}

const ranged = ({ low, high, kind }: FleetMetric) =>
  kind !== 'string' && (low !== null || high !== null)

const range = ({ low, high }: FleetMetric) =>
  low === null && high === null ? 'any' : `${low ?? 'any'} to ${high ?? 'any'}`

const switched = (on: boolean) => (on ? 'on' : 'off')

export const METRIC_COLUMNS: Column<MetricRow>[] = [
  { id: 'name', title: 'Metric', sticky: true, value: ({ name }) => name },
  { id: 'title', title: 'Display name', value: ({ title }) => title },
  { id: 'unit', title: 'Unit', value: ({ unit }) => unit, cell: ({ unit }) => unit || '–' },
  { id: 'kind', title: 'Type', wideOnly: true, value: ({ kind }) => kind },
  { id: 'range', title: 'Range', value: range },
  {
    id: 'outside',
    title: 'Values outside',
    numeric: true,
    value: ({ outside }) => outside,
    cell: (row) => (row.outside === null ? (ranged(row) ? '…' : '–') : count(row.outside)),
  },
  { id: 'series', title: 'Time series', value: ({ time_series }) => switched(time_series) },
  { id: 'attribute', title: 'Attribute', value: ({ attribute }) => switched(attribute) },
  { id: 'vital', title: 'Vital', value: ({ vital }) => vital, cell: ({ vital }) => vital || '–' },
  {
    id: 'folded',
    title: 'Rollups',
    wideOnly: true,
    value: ({ folded, time_series }) =>
      !time_series ? 'none' : folded ? 'up to date' : 'at the next curation',
  },
  {
    id: 'first',
    title: 'First report',
    wideOnly: true,
    value: ({ first_seen_at }) => first_seen_at,
    cell: ({ first_seen_at }) => dayHere(first_seen_at),
  },
]

/** How many values of each metric that has a range lie outside of it. */
export function useOutside(metrics: FleetMetric[]): MetricRow[] {
  const asked = metrics.filter(ranged)
  const found = useQueries({
    queries: asked.map(({ name }) => figuresQuery(name, {}, [], 'report')),
  })
  const many = new Map(asked.map(({ name }, i) => [name, found[i]?.data?.rows[0]?.outside ?? null]))
  return metrics.map((metric) => ({ ...metric, outside: many.get(metric.name) ?? null }))
}

/** Every metric that devices ever reported. */
export function MetricsTable({ metrics, sort, onSort, onChange }: Props) {
  const rows = useOutside(metrics)
  const columns: Column<MetricRow>[] = onChange
    ? [
        ...METRIC_COLUMNS,
        {
          id: 'change',
          title: 'Change',
          control: true,
          value: () => null,
          cell: (row) => (
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={`Change ${row.name}`}
              onClick={() => onChange(row)}
            >
              Change
            </Button>
          ),
        },
      ]
    : METRIC_COLUMNS
  return (
    <DataTable
      caption="Metrics of devices"
      columns={columns}
      rows={rows}
      rowKey={({ name }) => name}
      rowHeight={44}
      sort={sort}
      onSort={onSort}
    />
  )
}
