import { Link } from '@tanstack/react-router'
import type { Column } from '@/components/data-table'
import { ago } from '@/components/time/words'
import type { Device, FleetMetric } from './queries'
import { metricTitle, orNone } from './words'

const told = (value: unknown): string | number | null =>
  typeof value === 'number' || typeof value === 'string'
    ? value
    : value === null || value === undefined
      ? null
      : String(value)

/** What is shown of devices: their place, and the newest value of the battery and every attribute. */
export function deviceColumns(metrics: readonly FleetMetric[], now: number): Column<Device>[] {
  const shown = metrics.filter(({ attribute, vital }) => attribute || vital === 'battery')
  return [
    {
      id: 'serial',
      title: 'Device',
      sticky: true,
      value: ({ serial }) => serial,
      cell: ({ serial, project, device }) => (
        <Link className="plain-link" to="/fleet/device" search={{ project, device }}>
          {serial}
        </Link>
      ),
    },
    {
      id: 'cohort',
      title: 'Cohort',
      value: ({ cohort }) => cohort,
      cell: ({ cohort }) => orNone(cohort),
    },
    {
      id: 'version',
      title: 'Version',
      value: ({ version }) => version,
      cell: ({ version }) => orNone(version),
    },
    {
      id: 'hardware',
      title: 'Hardware',
      wideOnly: true,
      value: ({ hardware }) => hardware,
      cell: ({ hardware }) => orNone(hardware),
    },
    {
      id: 'captured',
      title: 'Last report',
      value: ({ captured_at }) => captured_at,
      cell: ({ captured_at }) => (
        <time dateTime={captured_at} title={captured_at}>
          {ago(Date.parse(captured_at), now)}
        </time>
      ),
    },
    ...shown.map(
      (metric): Column<Device> => ({
        id: `metric-${metric.name}`,
        title: `${metricTitle(metric)}${metric.unit && `, ${metric.unit}`}`,
        numeric: metric.kind !== 'string',
        value: ({ metrics: newest }) => told(newest[metric.name]),
      }),
    ),
  ]
}
