import '@/features/fleet/fleet.css'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Empty, Loading, Trouble } from '@/components/states'
import { WindowBar } from '@/components/time/window-bar'
import { DeviceTimeline } from '@/features/fleet/device-timeline'
import { type Device, deviceQuery, metricsQuery, timelineQuery } from '@/features/fleet/queries'
import { orNone } from '@/features/fleet/words'
import { FleetTabs } from './fleet-tabs'
import { Page } from './page'
import { changed } from './search'
import { useShownWindow } from './shown-window'

const route = getRouteApi('/fleet/device')

const instant = (at: number) => new Date(at).toISOString()

function Reports({ device }: { device: Device }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (changes: Partial<Record<keyof typeof search, string | undefined>>) =>
    navigate({ search: (now) => changed(now, changes), replace: true, resetScroll: false })
  const last = device.captured_at
  const ends = { first_sample_at: null, last_sample_at: last }
  const shown = useShownWindow(search, 'UTC', ends, (texts) => change(texts))
  const metrics = useQuery(metricsQuery)
  const window = shown?.window ?? { start: 0, end: 1 }
  const found = useQuery(
    timelineQuery(device.project, device.device, instant(window.start), instant(window.end)),
  )
  const failed = found.error ?? metrics.error
  return (
    <>
      {shown && <WindowBar window={window} onWindow={shown.onWindow} all={null} zone="UTC" />}
      {failed && <Trouble error={failed} onRetry={found.error ? found.refetch : metrics.refetch} />}
      {!failed && !(found.data && metrics.data) && <Loading what="its reports" height={260} />}
      {found.data && metrics.data && (
        <DeviceTimeline
          beats={found.data.heartbeats}
          more={found.data.more}
          metrics={metrics.data}
          chosen={search.metric}
          onChoose={(metric) => change({ metric })}
          window={window}
          tables={{
            table: search.tables === 'reports',
            onTable: (table) => change({ tables: table ? 'reports' : undefined }),
          }}
        />
      )}
    </>
  )
}

/** One device: what it reported over time. */
export function FleetDevice() {
  const { project = '', device = '' } = route.useSearch()
  const found = useQuery({ ...deviceQuery(project, device), enabled: device !== '' })
  const one = found.data
  const about = one && [
    `Project ${one.project}`,
    `cohort ${orNone(one.cohort)}`,
    `hardware ${orNone(one.hardware)}`,
    `version ${orNone(one.version)}`,
    `last report ${one.captured_at.slice(0, 16).replace('T', ' ')} UTC`,
  ]
  return (
    <Page title={one ? `Device ${one.serial}` : 'Device'} about={about?.join(' · ')}>
      <FleetTabs here="devices" project={project} />
      {device === '' && (
        <Empty title="No device is named">
          <Link to="/fleet/devices">Choose one of the devices</Link>
        </Empty>
      )}
      {found.error && <Trouble error={found.error} onRetry={found.refetch} />}
      {device !== '' && found.isPending && <Loading what="the device" height={260} />}
      {one && <Reports key={`${project} ${device}`} device={one} />}
    </Page>
  )
}
