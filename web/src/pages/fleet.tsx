import '@/features/fleet/fleet.css'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Empty, Loading, Trouble } from '@/components/states'
import type { TimeWindow } from '@/components/time/window'
import { WindowBar } from '@/components/time/window-bar'
import { stepOf } from '@/features/fleet/bands'
import { BandsPanel } from '@/features/fleet/bands-panel'
import { ComparePanel } from '@/features/fleet/compare-panel'
import { FleetFilters } from '@/features/fleet/fleet-filters'
import { HistogramPanel } from '@/features/fleet/histogram-panel'
import {
  type FleetMetric,
  metricsQuery,
  type Release,
  releasesQuery,
} from '@/features/fleet/queries'
import { type Split, SplitPanel } from '@/features/fleet/split-panel'
import { chosenMetric, drawable, extentOf, projectOf } from '@/features/fleet/usual'
import { VitalsPanel, VitalTiles } from '@/features/fleet/vitals-panel'
import { metricTitle, several } from '@/features/fleet/words'
import { FleetTabs } from './fleet-tabs'
import { Page } from './page'
import { changed, listOf, listText } from './search'
import { useShownWindow } from './shown-window'

const route = getRouteApi('/fleet')
const ALL = {}

interface ShownProps {
  project: string
  releases: Release[]
  all: Release[]
  metrics: FleetMetric[]
}

const instant = (at: number) => new Date(at).toISOString()

function useFleetWindow(releases: Release[], change: (texts: Partial<Texts>) => void) {
  return useShownWindow(route.useSearch(), 'UTC', extentOf(releases), change)
}

type Name =
  | 'project'
  | 'cohort'
  | 'version'
  | 'metric'
  | 'weight'
  | 'by'
  | 'from'
  | 'to'
  | 'release'
  | 'tables'
type Texts = Record<Name, string | undefined>

function Shown({ project, releases, all, metrics }: ShownProps) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const change = (changes: Partial<Texts>) =>
    navigate({ search: (now) => changed(now, changes), replace: true, resetScroll: false })
  const shown = useFleetWindow(releases, change)
  const metric = chosenMetric(metrics, search.metric)
  const { cohort, version } = search
  const window: TimeWindow = shown?.window ?? { start: 0, end: 1 }
  const asked = useMemo(
    () => ({ project, cohort, version, start: instant(window.start), end: instant(window.end) }),
    [project, cohort, version, window.start, window.end],
  )
  const places = useMemo(
    () => ({ project, cohort, start: asked.start, end: asked.end }),
    [project, cohort, asked],
  )
  const within = useQuery(releasesQuery(places))
  const battery = metrics.find(({ vital }) => vital === 'battery')
  const unit = battery?.unit ?? ''
  const step = stepOf(window.end - window.start)
  const marks = useMemo(
    () =>
      releases
        .filter((one) => one.version)
        .map(({ first_at, version: name }) => ({ at: Date.parse(first_at), label: name })),
    [releases],
  )
  const tables = listOf(search.tables)
  const tabled = (name: string) => ({
    table: tables.includes(name),
    onTable: (show: boolean) =>
      change({ tables: listText(show ? [...tables, name] : tables.filter((t) => t !== name)) }),
  })
  const weight = search.weight === 'device' ? 'device' : 'report'
  const by: Split = search.by === 'cohort' ? 'cohort' : 'version'
  if (!shown || !metric) return <Empty title="No device has reported a number yet" />
  const about = {
    metric: metric.name,
    title: metricTitle(metric),
    unit: metric.unit,
    asked,
    weight,
  } as const
  return (
    <>
      <FleetFilters
        projects={[...new Set(all.map((each) => each.project))]}
        metrics={drawable(metrics)}
        versions={releases.map((each) => each.version)}
        values={{ project, cohort, version, metric: metric.name, weight, by }}
        onChange={change}
      />
      <WindowBar {...shown} zone="UTC" />
      <VitalTiles asked={asked} unit={unit} />
      <div className="fleet-grid">
        <div className="wide">
          <BandsPanel {...about} window={window} step={step} marks={marks} {...tabled('time')} />
        </div>
        <div className="wide">
          <SplitPanel {...about} window={window} step={step} by={by} {...tabled('split')} />
        </div>
        <HistogramPanel {...about} {...tabled('distribution')} />
        <VitalsPanel asked={asked} by={by} unit={unit} {...tabled('vitals')} />
        <div className="wide">
          {within.error && <Trouble error={within.error} onRetry={within.refetch} />}
          {within.isPending && <Loading what="releases" height={200} />}
          {within.data && (
            <ComparePanel
              asked={places}
              releases={within.data}
              release={search.release}
              unit={unit}
              onRelease={(release) => change({ release })}
            />
          )}
        </div>
      </div>
    </>
  )
}

/** How the devices do: a metric's spread over time, vitals, and one release against another. */
export function FleetPage() {
  const { project: asked } = route.useSearch()
  const releases = useQuery(releasesQuery(ALL))
  const metrics = useQuery(metricsQuery)
  const failed = releases.error ?? metrics.error
  const project = projectOf(releases.data ?? [], asked)
  const mine = releases.data?.filter((one) => one.project === project) ?? []
  const reports = mine.reduce((sum, one) => sum + one.reports, 0)
  return (
    <Page
      title="Fleet"
      about={
        mine.length > 0
          ? `Project ${project}: ${several(reports, 'report')} of ${several(mine.length, 'version')}.`
          : 'What devices report of themselves.'
      }
    >
      <FleetTabs here="overview" project={asked} />
      {failed && (
        <Trouble error={failed} onRetry={releases.error ? releases.refetch : metrics.refetch} />
      )}
      {!failed && !(releases.data && metrics.data) && (
        <Loading what="the fleet" rows={2} height={240} />
      )}
      {releases.data && metrics.data && mine.length === 0 && (
        <Empty title={asked ? `No device of project ${asked} has reported` : 'No device yet'}>
          <p>
            Load a folder of heartbeats with <code>wearhouse fleet load</code>, or pair devices.
          </p>
        </Empty>
      )}
      {metrics.data && project !== undefined && mine.length > 0 && (
        <Shown
          key={project}
          project={project}
          releases={mine}
          all={releases.data ?? []}
          metrics={metrics.data}
        />
      )}
    </Page>
  )
}
