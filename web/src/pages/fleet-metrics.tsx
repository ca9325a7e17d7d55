import '@/features/fleet/fleet.css'
import { Anchor } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Empty, Loading, Trouble } from '@/components/states'
import { MetricDialog } from '@/features/fleet/metric-dialog'
import { MetricsTable } from '@/features/fleet/metrics-table'
import { type FleetMetric, metricsQuery } from '@/features/fleet/queries'
import { csvAddress } from '@/features/fleet/words'
import { useMay } from '@/features/session/queries'
import { FleetTabs } from './fleet-tabs'
import { Page } from './page'
import { changed } from './search'

const route = getRouteApi('/fleet/metrics')

const FILE = ['name', 'title', 'unit', 'kind', 'low', 'high', 'vital', 'first_seen_at'] as const

/** Every metric that devices ever reported, and what is made of it. */
export function FleetMetrics() {
  const { sort } = route.useSearch()
  const navigate = route.useNavigate()
  const queries = useQueryClient()
  const may = useMay('keep')
  const { data, error, isPending, refetch } = useQuery(metricsQuery)
  const [asked, setAsked] = useState<FleetMetric | null>(null)
  const file =
    data &&
    csvAddress(
      [...FILE, 'time_series', 'attribute'],
      data.map((row) => [
        ...FILE.map((name) => row[name]),
        String(row.time_series),
        String(row.attribute),
      ]),
    )
  return (
    <Page
      title="Fleet metrics"
      about="A metric appears with its first report. Values outside its range are kept, counted, and left out of statistics."
      actions={
        file && (
          <Anchor href={file} download="metrics.csv" size="sm">
            Download as CSV
          </Anchor>
        )
      }
    >
      <FleetTabs here="metrics" />
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="metrics" rows={6} height={40} />}
      {data?.length === 0 && (
        <Empty title="No metric yet">
          <p>Metrics appear with the first report that is curated.</p>
        </Empty>
      )}
      {data && data.length > 0 && (
        <MetricsTable
          metrics={data}
          sort={sort}
          onSort={(next) =>
            navigate({ search: (now) => changed(now, { sort: next }), replace: true })
          }
          onChange={may ? setAsked : undefined}
        />
      )}
      {asked && (
        <MetricDialog
          metric={asked}
          onClose={() => setAsked(null)}
          onDone={() => {
            setAsked(null)
            queries.invalidateQueries({ queryKey: ['fleet'] })
          }}
        />
      )}
    </Page>
  )
}
